import CommandOutput
import EventMatching
import EventWorkload
import JSONScan
import MemoryMeasures

/// Scans events, and matches them, a pass at a time, on the calling thread.
struct MatchMeter: ~Copyable {
    /// What a pass over the same events took and found.
    struct Pass {
        /// The structural scan alone.
        var scan = Measurement(events: 0, bytes: 0, nanoseconds: 0)
        /// From bytes to matching rules, the scan included.
        var match = Measurement(events: 0, bytes: 0, nanoseconds: 0)
        var matches: UInt64 = 0
        /// What both allocated while they were timed; nil where that can't be counted.
        var allocations = Allocations.areCounted ? Allocations() : nil
    }

    private let events: BenchEvents
    private var scanner: StructuralScanner
    private var matcher: Matcher

    /// Makes ready to match events against some rules.
    init(_ events: BenchEvents, _ rules: RuleSet, kernel: ScanKernel) {
        self.events = events
        scanner = StructuralScanner(kernel: kernel)
        matcher = Matcher(rules, kernel: kernel)
    }

    /// Measures a pass over the first `total` events; nil where Ctrl-C ended it early.
    ///
    /// - Parameter done: called now and then with the number of events so far, outside of the time.
    mutating func pass(
        _ total: Int, done: (Int) -> Void = { _ in }
    ) throws(JSONError) -> Pass? {
        let events = self.events
        var pass = Pass()
        for part in parts(of: total) {
            guard !Interrupt.isRequested else { return nil }
            pass.scan += try Self.timed(part, of: events, &pass.allocations) {
                () throws(JSONError) in
                try events.forEach(in: part) { event throws(JSONError) in
                    _ = try scanner.scan(event)
                }
            }
            var matches: UInt64 = 0
            pass.match += try Self.timed(part, of: events, &pass.allocations) {
                () throws(JSONError) in
                try events.forEach(in: part) { event throws(JSONError) in
                    matches &+= UInt64(try matcher.match(event.bytes).count)
                }
            }
            pass.matches += matches
            done(part.upperBound)
        }
        return pass
    }

    /// Parts short enough to hear Ctrl-C and to show progress.
    private func parts(of total: Int) -> [Range<Int>] {
        let perEvent = max(events.batch.bytes.count / events.batch.count, 1)
        let size = min(max(Self.partBytes / perEvent, 1), Self.partEvents)
        return stride(from: 0, to: total, by: size).map { $0..<min($0 + size, total) }
    }

    private static let partBytes = 32 << 20
    private static let partEvents = 20_000

    private static func timed(
        _ part: Range<Int>, of events: BenchEvents, _ allocations: inout Allocations?,
        _ work: () throws(JSONError) -> Void
    ) throws(JSONError) -> Measurement {
        let before = Allocations.now()
        let start = benchClock()
        try work()
        let nanoseconds = benchClock() - start
        if let before, let after = Allocations.now() { allocations? += after.since(before) }
        return Measurement(
            events: part.count, bytes: events.byteCount(of: part), nanoseconds: nanoseconds)
    }
}
