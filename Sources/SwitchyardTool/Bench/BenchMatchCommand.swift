import ArgumentParser
import CommandOutput
import EventMatching
import EventWorkload
import JSONScan
import MemoryMeasures

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
    @OptionGroup var scan: KernelOption

    func run() throws {
        var skipped = SkippedLines(input.policy)
        let (rules, ruleSource) = try input.makeRules(&skipped)
        let events = try input.makeEvents(&skipped)
        let (ruleSet, compile) = try measureCompile(rules, passes: options.passes)
        // From here on: what comes before stops by itself, and leaves nothing behind.
        Interrupt.listen()
        var meter = MatchMeter(events, ruleSet, kernel: scan.kernel)
        var report = BenchReport(
            title: "bench match", events: events.total, distinctEvents: events.batch.count,
            bytes: events.byteCount, eventSource: events.source, rules: ruleSet.count,
            ruleSource: ruleSource, matches: 0, kernel: scan.kernel.description,
            passes: options.passes,
            compile: compile)

        var passes: [MatchMeter.Pass] = []
        var matchCounts: Set<UInt64> = []
        var progress = Progress("bench match")
        // The first pass warms caches and scratch memory up, and is not counted.
        for number in 0...options.passes {
            let pass = try meter.pass(events.total) { done in
                progress.update {
                    "pass \(number) of \(options.passes), \(done * 100 / events.total)%"
                }
            }
            guard let pass else { break }
            matchCounts.insert(pass.matches)
            if number > 0 { passes.append(pass) }
        }
        report.passes = passes.count
        report.matches = passes.last?.matches ?? 0
        // In the first passes, structures of events are learned that come again.
        // Of the later passes the one with the least: what events lead to comes in every one, a thread of
        // the runtime's that begins only in one.
        let later = passes.suffix(max(passes.count / 2, 1)).map(\.allocations)
        report.allocated = AllocationFigures(
            [later.min { ($0?.count ?? 0) < ($1?.count ?? 0) } ?? nil],
            events: passes.isEmpty ? 0 : events.total)
        report.stages = [
            .init(
                name: "scan", meaning: "structure and validity",
                figures: StageFigures(passes.map(\.scan))),
            .init(
                name: "match", meaning: "scan and match",
                figures: StageFigures(passes.map(\.match))),
        ]
        report.checks = [
            .init(name: "every pass has the same matches", passed: matchCounts.count <= 1)
        ]
        #if !DEBUG
            // What the compiler does not optimise does allocate.
            if let allocated = report.allocated, passes.count > 3 {
                report.checks.append(
                    .init(name: "no event led to an allocation", passed: allocated.total.count == 0)
                )
            }
        #endif
        try report.finish(json: options.json, skipped)
    }
}
