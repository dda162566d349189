import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import Foundation
import Switchyard

/// `switchyard archive replay`
struct ArchiveReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Read an archive through rules, and print what matches.",
        discussion: """
            Prints, for each event that a rule matches, its sequence number, a tab, and the names of \
            the rules, as switchyard match does; then, on standard error, how many events there were and how fast they came. \
            Events that no rule can match, by their source, detail-type or account, or that are not of \
            the time asked for, are passed over: they count for nothing else, and are not even read \
            where the archive's footers and indexes tell (switchyard archive compact makes indexes). \
            Events come in the order of the archive. A --pace follows the times at which they came \
            in, or with --by-event-time their own, where one whose time has passed comes at once. \
            Ctrl-C ends it, and says how to go on.

            EXAMPLES
              switchyard archive replay DIR --rules rules.jsonl
              switchyard archive replay DIR --rules rules.jsonl --since 2026-01-31T12:00:00Z --count
              switchyard archive replay DIR --rules rules.jsonl --rule late --pace 10
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Option(
        help: ArgumentHelp("The rules: JSON Lines of {\"name\", \"pattern\"}.", valueName: "file"))
    var rules: String
    @Option(help: ArgumentHelp("Only this rule of the file; can be repeated.", valueName: "name"))
    var rule: [String] = []
    @OptionGroup var part: SelectionOptions
    @Option(
        help: ArgumentHelp(
            "\"full\" speed, the \"original\" pace, or so many times that, as 10 or 0.5.",
            valueName: "pace"))
    var pace = PaceOption()
    @Flag(help: "Print only how many events there were, and how many matches.")
    var count = false
    @Flag(help: "Print {\"sequence\", \"rules\"} a line, or with --count one object.")
    var json = false
    @OptionGroup var policy: InputPolicy

    /// How long Ctrl-C may go unnoticed.
    private static let napNanoseconds: UInt64 = 50_000_000

    private struct Totals: Encodable {
        var events: UInt64
        var bytes: UInt64
        var matches: UInt64
        var matchedEvents: UInt64
        var skippedEvents: UInt64
        var skippedSegments: Int
        var eventsPerSecond: Double
    }

    func run() throws {
        var skipped = SkippedLines(policy)
        let chosen = try chosenRules(&skipped)
        // Not before: rules can be awaited from a pipe, and Ctrl-C is to end that at once.
        Interrupt.listen()
        let ruleSet = try compile(chosen)
        let reader = try ArchiveCommand.open(directory)
        var replay = Replay(
            of: reader, over: part.selection, at: pace.pace,
            by: part.byEventTime ? .event : .ingest, through: ruleSet, keys: RuleKeys(chosen))
        let start = benchClock()
        let end: End
        do throws(ArchiveError) {
            end = try play(&replay, reader.sequences, ruleSet)
        } catch {
            throw ArchiveCommand.failure(error, of: directory)
        }
        try report(replay, end, seconds: Double(max(benchClock() - start, 1)) / 1e9)
        for sequence in replay.invalid { Terminal.error("event \(sequence) is not a JSON object") }
        let further = replay.invalidCount - UInt64(replay.invalid.count)
        if further > 0 { Terminal.error("nor are \(further) further events") }
        if Interrupt.isRequested, end != .complete {
            Terminal.note("stopped; go on with --from \(replay.position)")
        }
        try reportGaps(replay.gaps, endedAt: end == .complete ? nil : replay.position)
        if Interrupt.isRequested { throw Outcome.interrupted }
        if !replay.invalid.isEmpty { throw Outcome.wrong }
        try skipped.finish()
    }

    private func chosenRules(_ skipped: inout SkippedLines) throws -> [Rule] {
        let all = try readRules(rules, &skipped)
        for name in rule where !all.contains(where: { $0.name == name }) {
            throw Outcome.failure("\(rules) has no usable rule \"\(name)\"")
        }
        return rule.isEmpty ? all : all.filter { rule.contains($0.name) }
    }

    /// How a replay ended.
    private enum End {
        /// Nothing is left.
        case complete
        /// Something is left.
        case stopped
        /// The same, and the next event was read and was waiting for its time.
        case waiting
    }

    /// Replays until the end, the limit, or Ctrl-C.
    private func play(
        _ replay: inout Replay, _ sequences: Range<UInt64>, _ ruleSet: RuleSet
    ) throws(ArchiveError) -> End {
        var progress = Progress("replay")
        var end = End.stopped
        while !Interrupt.isRequested, replay.events < part.limit ?? .max {
            let left = (part.limit ?? .max) - replay.events
            let step = try replay.step(limit: Int(min(left, 10_000)), now: benchClock()) { event in
                if !count, !event.matches.isEmpty { print(event, ruleSet) }
            }
            let passed = Double(replay.position) - Double(sequences.lowerBound)
            progress.update {
                let share = max(0, passed) / Double(max(1, sequences.count))
                return "\(Figure.count(replay.events)) events, \(Int(100 * min(share, 1))) % done"
            }
            switch step {
            case .more: end = .stopped
            case .end: return .complete
            case .due(let nanoseconds):
                end = .waiting
                Output.standard.flush()
                usleep(UInt32(min(nanoseconds, Self.napNanoseconds) / 1_000 + 1))
            }
        }
        return end
    }

    private func report(_ replay: borrowing Replay, _ end: End, seconds: Double) throws {
        let statistics = replay.statistics
        let totals = Totals(
            events: replay.events, bytes: replay.bytes, matches: replay.matches,
            matchedEvents: replay.matchedEvents, skippedEvents: statistics.recordsSkipped,
            skippedSegments: statistics.segmentsSkipped,
            eventsPerSecond: Double(replay.events) / seconds)
        var line =
            "\(Figure.count(totals.events)) events, \(Figure.bytes(totals.bytes)), "
            + "\(Figure.count(totals.matches)) matches in "
            + "\(Figure.count(totals.matchedEvents)) events, "
            + Figure.eventRate(totals.eventsPerSecond)
        let played = totals.events + (end == .waiting ? 1 : 0)
        let others = statistics.recordsRead - min(played, statistics.recordsRead)
        if others + totals.skippedEvents > 0 {
            line +=
                "; passed over \(Figure.count(others + totals.skippedEvents, of: "other")), "
                + "\(Figure.count(totals.skippedEvents)) of them unread"
        }
        if totals.skippedSegments > 0 {
            line += " (\(Figure.count(totals.skippedSegments, of: "whole segment")))"
        }
        if count {
            Terminal.clearProgress()
            Terminal.print(json ? try JSONText.encoded(totals) : line)
        } else {
            Terminal.note(line)
        }
    }

    private func print(_ event: borrowing RoutedEvent, _ rules: RuleSet) {
        let names = event.matches.indices.map { rules.names[Int(event.matches[$0])] }.sorted()
        Terminal.print(
            json
                ? "{\"sequence\":\(event.sequence),\"rules\":["
                    + names.map(JSONText.quoted).joined(separator: ",") + "]}"
                : "\(event.sequence)\t\(names.map(ShownName.text).joined(separator: ","))")
    }
}

/// A pace on the command line: `full`, `original`, or a factor.
struct PaceOption: ExpressibleByArgument {
    var pace = ReplayPace.fullSpeed

    init() {}

    init?(argument: String) {
        switch argument {
        case "full": break
        case "original": pace = .original
        default:
            guard let factor = Double(argument), factor > 0, factor.isFinite else { return nil }
            pace = .times(factor)
        }
    }

    var defaultValueDescription: String { "full" }
}
