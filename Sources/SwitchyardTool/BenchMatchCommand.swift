import ArgumentParser
import EventMatching
import EventWorkload
import JSONScan

/// `switchyard bench match`
struct BenchMatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Measure the scan and the matcher alone, on one thread.",
        discussion: """
            scan is the structural scan with all checks of the JSON; match is what it takes from an \
            event's bytes to the rules that match, the scan included.

            EXAMPLES
              switchyard bench match --workload geojson-numeric --rules 5
              switchyard bench match --rules rules.jsonl --events events.jsonl --kernel portable
            """)

    @OptionGroup var input: BenchInput
    @OptionGroup var options: BenchOptions

    func run() throws {
        Interrupt.listen()
        var skipped = SkippedLines(input.policy)
        let (rules, ruleSource) = try input.makeRules(&skipped)
        let events = try input.makeEvents(&skipped)
        let (ruleSet, compile) = try measureCompile(rules, passes: options.passes)
        var scanner = StructuralScanner(kernel: input.kernel)
        var matcher = Matcher(ruleSet, kernel: input.kernel)
        var report = BenchReport(
            title: "bench match", events: events.total, distinctEvents: events.batch.count,
            bytes: events.byteCount, eventSource: events.source, rules: ruleSet.count,
            ruleSource: ruleSource, matches: 0, passes: options.passes,
            kernel: input.kernel.description, compile: compile)

        var scans: [Measurement] = []
        var matches: [Measurement] = []
        var matchCounts: [UInt64] = []
        var allocated: Double?
        var progress = Progress("bench match")
        // The first pass warms caches and scratch memory up, and is not counted.
        for pass in 0...options.passes {
            var scan = Measurement(events: 0, bytes: 0, nanoseconds: 0)
            var match = scan
            var count: UInt64 = 0
            let before = Allocations.now()
            for part in parts(of: events.total) {
                guard !Interrupt.isRequested else { break }
                scan += try time(part, of: events) { event in
                    _ = try scanner.scan(event)
                }
                match += try time(part, of: events) { event in
                    count += UInt64(try matcher.match(event.bytes).count)
                }
                progress.update {
                    "pass \(pass) of \(options.passes), "
                        + "\(part.upperBound * 100 / events.total)%"
                }
            }
            guard !Interrupt.isRequested else { break }
            if let before, let after = Allocations.now() {
                allocated = Double(after.since(before).bytes) / Double(2 * events.total)
            }
            matchCounts.append(count)
            if pass == 0 { continue }
            scans.append(scan)
            matches.append(match)
        }
        report.matches = matchCounts.last ?? 0
        report.allocatedBytesPerEvent = allocated
        report.stages = [
            .init(name: "scan", meaning: "structure and validity", figures: StageFigures(scans)),
            .init(name: "match", meaning: "scan and match", figures: StageFigures(matches)),
        ]
        report.checks = [
            .init(name: "every pass has the same matches", passed: Set(matchCounts).count <= 1)
        ]
        report.passes = scans.count
        try report.finish(json: options.json, skipped)
    }

    /// Parts short enough to hear Ctrl-C and to show progress.
    private func parts(of total: Int) -> [Range<Int>] {
        stride(from: 0, to: total, by: 20_000).map { $0..<min($0 + 20_000, total) }
    }

    private func time(
        _ part: Range<Int>, of events: BenchEvents, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Measurement {
        var bytes = 0
        var measurement = try measured(events: part.count, bytes: 0) {
            try events.forEach(in: part) { event in
                bytes += event.count
                try body(event)
            }
        }
        measurement.bytes = bytes
        return measurement
    }
}
