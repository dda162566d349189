import ArgumentParser
import EventArchive
import EventMatching
import Switchyard

/// `switchyard archive replay`
struct ArchiveReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Read an archive through rules, and print what matches.",
        discussion: """
            Prints, for each event that a rule matches, its sequence number, a tab, and the names of \
            the rules; then, on standard error, how many events there were and how fast they came.

            EXAMPLES
              switchyard archive replay DIR --rules rules.jsonl
              switchyard archive replay DIR --rules rules.jsonl --since 2026-01-31T12:00:00Z --count
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Option(
        help: ArgumentHelp("The rules: JSON Lines of {\"name\", \"pattern\"}.", valueName: "file"))
    var rules: String
    @OptionGroup var part: SelectionOptions
    @Flag(help: "Print only how many events there were, and how many matches.")
    var count = false
    @Flag(help: "Print {\"sequence\", \"rules\"} a line, or with --count one object.")
    var json = false
    @OptionGroup var policy: InputPolicy

    private struct Totals: Encodable {
        var events: UInt64
        var bytes: UInt64
        var matches: UInt64
        var matchedEvents: UInt64
        var eventsPerSecond: Double
    }

    func run() throws {
        Interrupt.listen()
        var skipped = SkippedLines(policy)
        let ruleSet = try loadRules(rules, &skipped)
        let reader = try ArchiveCommand.open(directory)
        var replay = Replay(of: reader, over: part.selection, through: ruleSet)
        var progress = Progress("replay")
        let start = benchClock()
        do throws(ArchiveError) {
            var isMore = true
            while isMore, !Interrupt.isRequested, replay.events < part.limit ?? .max {
                let left = (part.limit ?? .max) - replay.events
                isMore = try replay.step(limit: Int(min(left, 10_000))) { event in
                    if !count, !event.matches.isEmpty { print(event, ruleSet) }
                }
                progress.update { "\(Figure.count(replay.events)) events" }
            }
        } catch {
            throw Outcome.failure(error)
        }
        let seconds = Double(max(benchClock() - start, 1)) / 1e9
        let totals = Totals(
            events: replay.events, bytes: replay.bytes, matches: replay.matches,
            matchedEvents: replay.matchedEvents, eventsPerSecond: Double(replay.events) / seconds)
        try report(totals)
        for sequence in replay.invalid { Terminal.error("event \(sequence) is not a JSON object") }
        try reportGaps(replay.gaps)
        if Interrupt.isRequested { throw Outcome.interrupted }
        if !replay.invalid.isEmpty { throw Outcome.wrong }
        try skipped.finish()
    }

    private func report(_ totals: Totals) throws {
        let line =
            "\(Figure.count(totals.events)) events, \(Figure.bytes(totals.bytes)), "
            + "\(Figure.count(totals.matches)) matches in "
            + "\(Figure.count(totals.matchedEvents)) events, "
            + "\(Figure.rate(totals.eventsPerSecond))events/s"
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
                : "\(event.sequence)\t\(names.joined(separator: ","))")
    }
}
