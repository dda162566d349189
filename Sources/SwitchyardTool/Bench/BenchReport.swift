import CommandOutput
import Foundation
import LoadReporting

/// What a benchmark found: the table for people, the object for `--json`.
struct BenchReport: Encodable {
    /// Where the time of a stage went, in the order of the table.
    struct Stage {
        var name: String
        var meaning: String
        var figures: StageFigures
    }

    /// A comparison that has to come out equal.
    struct Check: Encodable {
        var name: String
        var passed: Bool
    }

    var title: String
    var origin = ReportOrigin.here(version: SwitchyardTool.version)
    /// Events of one pass, distinct ones among them, their bytes, and where they come from.
    var events: Int
    var distinctEvents: Int
    var bytes: Int
    var eventSource: String
    /// Nil, as the next three, where nothing is scanned and matched.
    var rules: Int?
    var ruleSource: String?
    /// Matches of one pass.
    var matches: UInt64?
    var kernel: String?
    var passes: Int
    var compile: CompileFigures?
    var stages: [Stage] = []
    /// From publication to delivery.
    var latency: LatencyFigures?
    var allocated: AllocationFigures?
    var archiveBytes: UInt64?
    var wakes: UInt64?
    var checks: [Check] = []

    /// Whether every check came out equal.
    var selfCheck: Bool { checks.allSatisfy(\.passed) }

    private enum Key: String, CodingKey {
        case benchmark, date, build, processor, events, distinctEvents, bytes, eventSource, rules,
            ruleSource, matches
        case passes, kernel, compile, stages, latencyNanoseconds
        case allocationsPerEvent, allocatedBytesPerEvent
        case archiveBytes, wakes, checks, selfCheck
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(title, forKey: .benchmark)
        try object.encode(origin.date, forKey: .date)
        try object.encode(origin.build, forKey: .build)
        try object.encode(origin.processor, forKey: .processor)
        try object.encode(events, forKey: .events)
        try object.encode(distinctEvents, forKey: .distinctEvents)
        try object.encode(bytes, forKey: .bytes)
        try object.encode(eventSource, forKey: .eventSource)
        try object.encodeIfPresent(rules, forKey: .rules)
        try object.encodeIfPresent(ruleSource, forKey: .ruleSource)
        try object.encodeIfPresent(matches, forKey: .matches)
        try object.encode(passes, forKey: .passes)
        try object.encodeIfPresent(kernel, forKey: .kernel)
        try object.encodeIfPresent(compile, forKey: .compile)
        try object.encode(
            Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.figures) }), forKey: .stages)
        try object.encodeIfPresent(latency, forKey: .latencyNanoseconds)
        try object.encodeIfPresent(allocated?.countPerEvent, forKey: .allocationsPerEvent)
        try object.encodeIfPresent(allocated?.bytesPerEvent, forKey: .allocatedBytesPerEvent)
        try object.encodeIfPresent(archiveBytes, forKey: .archiveBytes)
        try object.encodeIfPresent(wakes, forKey: .wakes)
        try object.encode(checks, forKey: .checks)
        try object.encode(selfCheck, forKey: .selfCheck)
    }

    /// Ends a benchmark: prints what its complete passes found.
    ///
    /// - Throws: the exit code, where a check failed, lines were skipped, or Ctrl-C ended it early.
    func finish(json: Bool, _ skipped: SkippedLines) throws {
        Terminal.clearProgress()
        guard passes > 0 else {
            Terminal.note("stopped before a pass was complete: there are no figures")
            throw Outcome.interrupted
        }
        Terminal.print(json ? try JSONText.encoded(self) : table)
        Output.standard.flush()
        guard !Interrupt.isRequested else {
            Terminal.note("stopped early: the figures are those of \(passes) complete passes")
            throw Outcome.interrupted
        }
        if !selfCheck { throw Outcome.wrong }
        try skipped.finish()
    }

    private var table: String {
        let mean = Double(bytes) / Double(max(events, 1))
        var lines = [
            "switchyard \(title)",
            "",
            row("measured", "\(origin.date), by \(origin.build)"),
            row("processor", origin.processor),
            row(
                "events",
                "\(Figure.count(events)) (\(Figure.count(distinctEvents)) different ones), "
                    + "\(String(format: "%.0f", mean)) bytes each (\(eventSource))"),
        ]
        if let rules, let ruleSource {
            lines.append(row("rules", "\(Figure.count(rules)) (\(ruleSource))"))
        }
        if let matches {
            let perEvent = String(format: "%.2f", Double(matches) / Double(max(events, 1)))
            lines.append(row("matches", "\(Figure.count(matches)), \(perEvent) an event"))
        }
        if let kernel { lines.append(row("scan kernel", kernel)) }
        if let compile {
            lines.append(
                row(
                    "compile",
                    "\(Figure.rate(compile.rulesPerSecond.median))rules/s, "
                        + "\(String(format: "%.0f", compile.bytesPerRule)) bytes a rule"))
        }
        lines += ["", header] + stages.map(line)
        if passes > 1 { lines.append("  (medians of \(passes) passes, ns/event from min to max)") }
        lines.append("")
        if let latency {
            lines.append(
                row(
                    "latency",
                    latency.percentiles.map { "\($0.name) \(Figure.duration($0.nanoseconds)), " }
                        .joined()
                        + "max \(Figure.duration(latency.max)), from publication to delivery, "
                        + "no commit awaited; most of it in the queue, kept full")
            )
        }
        lines.append(
            row(
                "allocated",
                allocated?.description
                    ?? "not measured: install libjemalloc-dev and build again"))
        if let archiveBytes {
            lines.append(
                row(
                    "archive",
                    "\(Figure.bytes(archiveBytes)), "
                        + "\(String(format: "%.0f", Double(archiveBytes) / Double(max(events, 1)))) bytes an event"
                ))
        }
        for check in checks {
            lines.append(row("self-check", "\(check.passed ? "ok    " : "FAILED")  \(check.name)"))
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ value: String) -> String {
        "  " + name.padding(toLength: 13, withPad: " ", startingAt: 0) + value
    }

    private var header: String {
        "  " + "stage".padding(toLength: 10, withPad: " ", startingAt: 0)
            + Figure.cell("events/s", 12) + Figure.cell("MB/s", 10) + Figure.cell("ns/event", 11)
            + Figure.cell("min", 9) + Figure.cell("max", 9) + "  what it is"
    }

    private func line(_ stage: Stage) -> String {
        let figures = stage.figures
        func nanoseconds(_ value: Double) -> String { String(format: "%.1f", value) }
        return "  " + stage.name.padding(toLength: 10, withPad: " ", startingAt: 0)
            + Figure.cell(Figure.rate(figures.eventsPerSecond.median), 12)
            + Figure.cell(String(format: "%.0f", figures.megabytesPerSecond.median), 10)
            + Figure.cell(nanoseconds(figures.nanosecondsPerEvent.median), 11)
            + Figure.cell(nanoseconds(figures.nanosecondsPerEvent.min), 9)
            + Figure.cell(nanoseconds(figures.nanosecondsPerEvent.max), 9) + "  \(stage.meaning)"
    }
}
