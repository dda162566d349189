import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import Foundation
import JSONScan
import LoadReporting
import Switchyard

/// `switchyard load`: the embedded router under load.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Drive a router at a fixed rate, or as fast as it goes, and measure it.",
        discussion: """
            With --rate the loop is open: every event has a time at which it should be published, \
            and its latency counts from that time until its target has it, so that a stall of \
            anything, the publishers included, shows in all events that it held up. Without --rate \
            the publishers go as fast as the router takes events, and latencies count from the \
            moment of publishing.

            The rows: how long events took from then until the target had them; how late the publishers \
            turned to what was due, which is part of that; how many processors the whole program kept \
            busy; how much memory it had at most, and what of that is no file's; page faults of all \
            threads for a million events, major ones those that waited for a disk: they come with what \
            is touched for the first time, and get rare.

            Beside the generated rules there is one that matches every event; its target measures. \
            At the end everything that was published must have reached it, or the command fails.

            With --outage the target fails at first, for so many seconds of the measured time: \
            what comes meanwhile waits in the archive, and memory should stay as it is. The end waits \
            until the target has caught up, which counts as measured too; each event must have come \
            at least once. Ctrl-C ends the outage.

            EXAMPLES
              switchyard load --rate 100000 --rules 100 --seconds 10
              switchyard load --rate 10000 --expect 'p99<5ms' --expect 'rate>=0.99'
              switchyard load --rules 100 --target closure --report after.json
              switchyard load --rate 50000 --html report.html
              switchyard load --rate 50000 --target closure --outage 60 --seconds 90
              switchyard load --compare before.json after.json --html comparison.html
            """)

    @Option(
        parsing: .unconditional,
        help: "Events a second, all publishers together. [default: as fast as it goes]")
    var rate: Double?
    @Option(parsing: .unconditional, help: "How many threads publish.")
    var producers = 1
    @Option(
        parsing: .unconditional,
        help: """
            How many buses, each with all of the rules; events go to one after the other. More than \
            one needs --no-archived: each archive has files of its own.
            """)
    var buses = 1
    @Flag(
        help: """
            Deal the rules out to the buses instead of giving all of them to each: no two buses have \
            the same ones, so that nothing is shared between them.
            """)
    var deal = false
    @Option(parsing: .unconditional, help: "How long to measure.")
    var seconds = 10.0
    @Option(parsing: .unconditional, help: "How long to run before that.")
    var warmup = 1.0
    @Option(
        help: ArgumentHelp(
            "How events reach the target: inline, on the bus's worker, or closure, by a queue.",
            valueName: "kind"))
    var target = LoadTarget.inline
    @Option(
        parsing: .unconditional,
        help: """
            How many of the measured seconds the target fails before it takes anything; it has to be \
            a closure.
            """)
    var outage = 0.0
    @Flag(inversion: .prefixedNo, help: "Archive the events, without syncs.")
    var archived = true
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How much of the archive is kept: beyond it the oldest files are written anew. With the \
            target closure everything is kept, for it to catch up from.
            """, valueName: "GiB"))
    var keep = 2
    @Option(help: ArgumentHelp("Write the report as JSON to a file.", valueName: "file"))
    var report: String?
    @Option(
        help: ArgumentHelp(
            "Write the report, or a comparison, as an HTML page with plots.", valueName: "file"))
    var html: String?
    @Flag(help: "Print the report as JSON instead of a table.")
    var json = false
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Compare two reports instead; - is standard input.", valueName: "before after"))
    var compare: [String] = []
    @Option(parsing: .unconditionalSingleValue, help: LoadExpectation.help)
    var expect: [String] = []
    @OptionGroup var input: BenchInput

    /// More threads than this would only wait for each other.
    static let producersMax = 64

    func validate() throws {
        guard compare.isEmpty || compare.count == 2 else {
            throw ValidationError("--compare takes two reports.")
        }
        guard compare != ["-", "-"] else {
            throw ValidationError("Only one of the reports can be standard input.")
        }
        try ResultFile.refuseStandardOutput(
            report, option: "--report", "--json prints the report")
        try ResultFile.refuseStandardOutput(html, option: "--html", "name a file for the page")
        guard report == nil || report != html else {
            throw ValidationError("--report and --html are two files, not one.")
        }
        guard compare.isEmpty || (rate == nil && report == nil && !json) else {
            throw ValidationError(
                "--compare measures nothing; of the other options it takes --html alone.")
        }
        let expected = try expect.map { try LoadExpectation($0) }
        guard compare.isEmpty || expected.isEmpty else {
            throw ValidationError("--expect is for a run, not for a comparison.")
        }
        guard rate != nil || !expected.contains(where: { $0.figure == .rate }) else {
            throw ValidationError("--expect 'rate>=...' is a part of --rate: give one.")
        }
        if let rate, !(rate > 0 && rate <= 1e9) {
            throw ValidationError("--rate has to be more than 0 and at most 1e9.")
        }
        guard (1...Self.producersMax).contains(producers) else {
            throw ValidationError("--producers has to be from 1 to \(Self.producersMax).")
        }
        guard (1...100_000).contains(buses), buses == 1 || !archived else {
            throw ValidationError(
                "--buses is from 1 to 100000, and more than 1 need --no-archived.")
        }
        guard !deal || buses > 1 else {
            throw ValidationError("--deal needs --buses.")
        }
        guard (1...1_024).contains(keep) else {
            throw ValidationError("--keep has to be from 1 to 1024.")
        }
        guard (0.1...86_400).contains(seconds), (0...3_600).contains(warmup) else {
            throw ValidationError("--seconds is 0.1 to 86400, --warmup 0 to 3600.")
        }
        guard (0...seconds).contains(outage), outage == 0 || (target == .closure && archived) else {
            throw ValidationError(
                "--outage is at most --seconds, and needs --target closure and the archive.")
        }
    }

    func run() throws {
        if compare.count == 2 { return try printComparison() }
        let files = [report, html].compactMap { $0.map { ResultFile(path: $0) } }
        for file in files { try file.check() }
        var skipped = SkippedLines(input.policy)
        let (rules, source) = try input.makeRules(&skipped)
        let events = try input.makeEvents(&skipped)
        // From here on: what comes before stops by itself, and leaves nothing behind.
        Interrupt.listen()
        var result = try measure(rules, events, ruleSource: source)
        Terminal.clearProgress()
        guard !result.intervals.isEmpty || !Interrupt.isRequested else {
            Terminal.note(
                "stopped before anything was measured: there are no figures"
                    + (expect.isEmpty ? "" : ", and the expectations were not judged"))
            throw Outcome.interrupted
        }
        let failures = try judgeExpectations(&result)
        let text = try JSONText.encoded(result)
        if json { Terminal.print(text) } else { result.printTable() }
        Output.standard.flush()
        if let report {
            try ResultFile(path: report).write(text + "\n")
            Terminal.note("the report is in \(report)")
        }
        if let html {
            try ResultFile(path: html).write(LoadPage(reports: [result]).html)
            Terminal.note("the page is in \(html)")
        }
        if Interrupt.isRequested, !expect.isEmpty {
            Terminal.note("stopped before the end: the expectations were not judged")
        }
        try judge(result)
        for failure in failures { Terminal.error("not as expected: \(failure)") }
        guard failures.isEmpty else { throw Outcome.wrong }
        try skipped.finish()
    }

    /// Notes in the report which expectations were met. A run that was stopped is not judged: nobody
    /// knows what the rest would have been.
    ///
    /// - Returns: the others, and what was found instead.
    private func judgeExpectations(_ result: inout LoadReport) throws -> [String] {
        guard !expect.isEmpty, !Interrupt.isRequested else { return [] }
        var failures: [String] = []
        var met: [String: Bool] = [:]
        for text in expect {
            let failure = try LoadExpectation(text).failure(of: result)
            met[text] = failure == nil
            if let failure { failures.append(failure) }
        }
        result.expectations = met
        return failures
    }

    /// Runs the load; the archive is gone before anything is printed, whatever becomes of that.
    private func measure(
        _ rules: [Rule], _ events: BenchEvents, ruleSource: String
    ) throws -> LoadReport {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let run = try LoadRun(self, rules, events, directory: folder)
            try run.drive()
            return run.report(ruleSource: ruleSource, eventSource: events.source)
        } catch let error as RouterError {
            throw Outcome.failure(error)
        } catch let error as PublishError {
            throw Outcome.failure(error)
        }
    }

    /// Says what is not as it was asked for.
    private func judge(_ result: LoadReport) throws {
        guard result.delivered == result.published else {
            Terminal.error(
                "\(Figure.count(result.published)) events were published, "
                    + "\(Figure.count(result.delivered)) delivered"
                    + (archived ? "" : "; without an archive, what finds a queue full is lost"))
            throw Outcome.wrong
        }
        if Interrupt.isRequested { throw Outcome.interrupted }
        guard result.eventsPerSecond > 0 else {
            Terminal.error("no event was delivered in the measured time: raise --seconds or --rate")
            throw Outcome.wrong
        }
        if let rate, result.eventsPerSecond < 0.98 * rate {
            Terminal.note(
                "note: the rate was not kept: \(Figure.eventRate(result.eventsPerSecond)) of "
                    + "\(Figure.eventRate(rate)). Latencies count the delay that grew meanwhile")
        }
    }

    private func printComparison() throws {
        let reports = try compare.map { try LoadReport(path: $0) }
        reports[0].printComparison(with: reports[1])
        Output.standard.flush()
        let differences = reports[0].differences(from: reports[1])
        if !differences.isEmpty {
            Terminal.note(
                "note: the runs differ in more than the outcome: \(differences.joined(separator: ", "))"
            )
        }
        if let html {
            try ResultFile(path: html).write(LoadPage(reports: reports).html)
            Terminal.note("the page is in \(html)")
        }
    }

    private func temporaryFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("switchyard-load-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch { throw Outcome.failure("\(folder) can't be made: \(error)") }
        Interrupt.cleanUp(folder)
        return folder
    }
}

/// How the measuring target is called.
enum LoadTarget: String, ExpressibleByArgument, CaseIterable {
    case inline, closure
}
