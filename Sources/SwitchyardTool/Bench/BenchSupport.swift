import ArgumentParser
import CommandOutput
import EventMatching
import Foundation
import JSONScan

/// What all benchmarks have as options.
struct BenchOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "How often everything is measured; figures are min, median and max.")
    var passes = 5
    @Flag(help: "Print one object instead of the table.")
    var json = false

    func validate() throws {
        if passes < 1 { throw ValidationError("--passes has to be at least 1.") }
    }
}

/// The clock of all benchmarks: nanoseconds that never go back.
func benchClock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Measures a piece of work.
func measured(events: Int, bytes: Int, _ work: () throws -> Void) rethrows -> Measurement {
    let start = benchClock()
    try work()
    return Measurement(events: events, bytes: bytes, nanoseconds: benchClock() - start)
}

/// Compiles rules several times.
func measureCompile(
    _ rules: [Rule], passes: Int
) throws -> (RuleSet, CompileFigures) {
    var rates: [Double] = []
    var ruleSet = try compile([])
    for _ in 0..<passes where !Interrupt.isRequested {
        let start = benchClock()
        ruleSet = try compile(rules)
        rates.append(Double(rules.count) * 1e9 / Double(max(benchClock() - start, 1)))
    }
    return (
        ruleSet,
        CompileFigures(
            rulesPerSecond: Spread(rates),
            bytesPerRule: Double(ruleSet.byteCount) / Double(max(rules.count, 1)))
    )
}

/// Says how far a benchmark is, at most some times a second; never with `SWITCHYARD_PROGRESS=0` in the
/// environment, for those who read what a command says.
struct Progress {
    private let title: String
    private var next: UInt64

    init(_ title: String) {
        self.title = title
        let isWanted = ProcessInfo.processInfo.environment["SWITCHYARD_PROGRESS"] != "0"
        next = isWanted ? benchClock() + 500_000_000 : .max
    }

    /// Shows what `message` says, if it is time to.
    mutating func update(_ message: () -> String) {
        let now = benchClock()
        guard now >= next else { return }
        next = now + (Terminal.isInteractive ? 200_000_000 : 2_000_000_000)
        Terminal.progress("\(title): \(message())")
    }
}
