import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import Foundation
import JSONScan
import Switchyard

/// `switchyard dry-run`
struct DryRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dry-run",
        abstract: "Say what rules would have done with the events of an archive.",
        discussion: """
            Reads the archive through the rules and delivers nothing. Prints, for each rule, how many \
            events it would have matched, the sequence numbers of the first ones, and, if the rule \
            has targets, how many deliveries that makes and how many events have no input for a \
            target, so that they would have become dead letters. With --show it prints each match, \
            and what each target would have got.

            A line of the rules file can have "targets": [{"Id": "pager", "InputPath": \
            "$.detail"}], with Input, InputPath or InputTransformer as EventBridge has them. A target \
            with a member that EventBridge does not know, or with the Id of another, is an error.

            EXAMPLES
              switchyard dry-run rules.jsonl --archive DIR
              switchyard dry-run - --archive DIR --since 2026-01-31T12:00:00Z --show < rules.jsonl
            """)

    @Argument(help: "The rules: JSON Lines of {\"name\", \"pattern\", \"targets\"}; - for input.")
    var rules: String
    @Option(help: ArgumentHelp("The archive's directory.", valueName: "dir"))
    var archive: String
    @OptionGroup var part: SelectionOptions
    @Flag(help: "Print every match, and what its targets would have got.")
    var show = false
    @Option(parsing: .unconditional, help: "How many sequence numbers to name for each rule.")
    var first = 5
    @Flag(help: "Print objects: with --show one a match, then one for each rule.")
    var json = false
    @OptionGroup var policy: InputPolicy

    func validate() throws {
        guard (0...1_000).contains(first) else {
            throw ValidationError("--first has to be from 0 to 1000.")
        }
    }

    private struct Verdict: Encodable {
        var rule: String
        var events: UInt64
        var matched: UInt64
        var first: [UInt64]
        var targets: Int
        var deliveries: UInt64
        var withoutInput: UInt64
    }

    func run() throws {
        var skipped = SkippedLines(policy)
        let candidates = try readCandidates(&skipped)
        // Not before: rules can be awaited from a pipe, and Ctrl-C is to end that at once.
        Interrupt.listen()
        let reader = try ArchiveCommand.open(archive)
        var run: DryRun
        do throws(RuleError) {
            run = try DryRun(of: candidates, over: reader, part.selection)
        } catch { throw Outcome.failure(error) }
        var firsts = candidates.map { _ in [UInt64]() }
        var progress = Progress("dry-run")
        var isMore = true
        do throws(ArchiveError) {
            while isMore, !Interrupt.isRequested, run.events < part.limit ?? .max {
                let left = (part.limit ?? .max) - run.events
                isMore = try run.step(limit: Int(min(left, 10_000))) { found in
                    if firsts[found.candidate].count < first {
                        firsts[found.candidate].append(found.sequence)
                    }
                    if show { print(found, candidates[found.candidate].targets) }
                }
                progress.update { "\(Figure.count(run.events)) events" }
            }
        } catch { throw ArchiveCommand.failure(error, of: archive) }
        Terminal.clearProgress()
        for (position, candidate) in candidates.enumerated() {
            let count = run.counts[position]
            try report(
                Verdict(
                    rule: candidate.rule.name, events: run.events, matched: count.matched,
                    first: firsts[position], targets: candidate.targets.count,
                    deliveries: count.deliverable, withoutInput: count.failed))
        }
        for sequence in run.invalid { Terminal.error("event \(sequence) is not a JSON object") }
        let further = run.invalidCount - UInt64(run.invalid.count)
        if further > 0 { Terminal.error("nor are \(further) further events") }
        try reportGaps(run.gaps, endedAt: isMore ? run.position : nil)
        if Interrupt.isRequested { throw Outcome.interrupted }
        if !run.invalid.isEmpty { throw Outcome.wrong }
        try skipped.finish()
    }

    private func readCandidates(_ skipped: inout SkippedLines) throws -> [DryRun.Candidate] {
        let file = try readRulesFile(rules, &skipped)
        return zip(file.rules, file.targets).map { DryRun.Candidate(rule: $0, targets: $1) }
    }

    private func print(
        _ found: borrowing DryRun.Found, _ targets: [DryRun.Candidate.Target]
    ) {
        let event = found.event.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let inputs = zip(targets, found.inputs)
        if json {
            let deliveries = inputs.map { target, input in
                let outcome =
                    switch input {
                    case .success(let bytes):
                        "\"input\":" + JSONText.quoted(String(decoding: bytes, as: UTF8.self))
                    case .failure(let failure):
                        "\"failure\":" + JSONText.quoted(failure.description)
                    }
                return "{\"target\":\(JSONText.quoted(target.id)),\(outcome)}"
            }
            return Terminal.print(
                "{\"sequence\":\(found.sequence),\"rule\":\(JSONText.quoted(found.rule)),"
                    + "\"event\":\(event),\"deliveries\":[\(deliveries.joined(separator: ","))]}")
        }
        Terminal.print("\(found.sequence)\t\(ShownName.text(found.rule))\t\(event)")
        for (target, input) in inputs {
            switch input {
            case .success(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                Terminal.print("  \(ShownName.text(target.id)) would get \(text)")
            case .failure(let failure):
                Terminal.print("  \(ShownName.text(target.id)) would get nothing: \(failure)")
            }
        }
    }

    private func report(_ verdict: Verdict) throws {
        if json { return Terminal.print(try JSONText.encoded(verdict)) }
        let share =
            verdict.events > 0
            ? " (\(Figure.share(verdict.matched, of: verdict.events)))" : ""
        var line =
            "\(ShownName.text(verdict.rule)): would have matched \(Figure.count(verdict.matched)) of "
            + "\(Figure.count(verdict.events, of: "event"))\(share)"
        if !verdict.first.isEmpty {
            line += ": " + verdict.first.map(String.init).joined(separator: ", ")
            if UInt64(verdict.first.count) < verdict.matched { line += ", ..." }
        }
        if verdict.targets > 0 {
            let noun = verdict.deliveries == 1 ? "delivery" : "deliveries"
            line += "; \(Figure.count(verdict.deliveries)) \(noun)"
            if verdict.withoutInput > 0 {
                line +=
                    ", \(Figure.count(verdict.withoutInput, of: "dead letter")) for want of an input"
            }
        }
        Terminal.print(line)
    }
}
