import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import EventPattern
import JSONScan
import Switchyard

/// `switchyard archive cat`
struct ArchiveCatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print an archive's events, one a line.",
        discussion: """
            Exits with 1 if events of what was asked for are lost, and says which.

            EXAMPLES
              switchyard archive cat DIR --from 1000 --limit 10
              switchyard archive cat DIR --since 2026-01-31T12:00:00Z --envelope
              switchyard archive cat DIR --source aws.ec2 --follow
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @OptionGroup var part: SelectionOptions
    @Flag(help: "Print {\"sequence\", \"ingestTime\", \"eventTime\", \"event\"} a line.")
    var envelope = false
    @Flag(help: "At the end, wait for more, until Ctrl-C.")
    var follow = false
    @Option(help: ArgumentHelp("Only events of this source; can be repeated.", valueName: "name"))
    var source: [String] = []
    @Option(
        help: ArgumentHelp("Only events of this detail-type; can be repeated.", valueName: "name"))
    var detailType: [String] = []

    func run() throws {
        Interrupt.listen()
        let reader = try ArchiveCommand.open(directory)
        var selection = part.selection
        if !source.isEmpty { selection.sources = Set(source.map(hash)) }
        if !detailType.isEmpty { selection.detailTypes = Set(detailType.map(hash)) }
        var cursor = reader.cursor(over: selection, following: follow)
        var matcher = try exactMatcher()
        var left = part.limit ?? .max
        do throws(ArchiveError) {
            while left > 0, !Interrupt.isRequested {
                guard let record = try cursor.next() else {
                    guard follow else { break }
                    Output.standard.flush()
                    _ = try cursor.waitForMore(nanoseconds: 1_000_000_000) {
                        Interrupt.isRequested
                    }
                    continue
                }
                guard matcher.matches(record) else { continue }
                print(record)
                left -= 1
            }
        } catch {
            throw ArchiveCommand.failure(error, of: directory)
        }
        try reportGaps(
            cursor.gaps, endedAt: left == 0 || Interrupt.isRequested ? cursor.position : nil)
        if Interrupt.isRequested { throw Outcome.interrupted }
    }

    private func hash(_ name: String) -> UInt32 {
        Array(name.utf8).withUnsafeBufferPointer { EnvelopeFields.hash($0) }
    }

    /// Different names can have the same hash: what the archive gives is compared by the names.
    private func exactMatcher() throws -> ExactMatcher {
        var members: [String] = []
        for (key, names) in [("source", source), ("detail-type", detailType)] where !names.isEmpty {
            let values = names.map { "{\"exactly\":\(JSONText.quoted($0))}" }
            members.append("\"\(key)\":[\(values.joined(separator: ","))]")
        }
        let pattern = "{\(members.joined(separator: ","))}"
        do {
            let rules = members.isEmpty ? [] : [try Rule(name: "chosen", pattern: pattern)]
            return ExactMatcher(try RuleSet(rules))
        } catch {
            throw Outcome.failure("\(error)")
        }
    }

    private func print(_ record: borrowing ArchiveRecord) {
        if envelope {
            Output.standard.write(
                """
                {"sequence":\(record.sequence),\
                "ingestTime":"\(EventTime(record.ingestTime))",\
                "eventTime":"\(EventTime(record.eventTime))","event":
                """)
        }
        record.bytes.withUnsafeBytes { Output.standard.write($0) }
        Output.standard.write(envelope ? "}\n" : "\n")
    }
}

/// Whether an event has the names that were asked for; without any, every event.
private struct ExactMatcher: ~Copyable {
    private let isNeeded: Bool
    private var scanner = StructuralScanner()
    private var matcher: Matcher

    init(_ rules: RuleSet) {
        isNeeded = rules.count > 0
        matcher = Matcher(rules)
    }

    mutating func matches(_ record: borrowing ArchiveRecord) -> Bool {
        guard isNeeded else { return true }
        return record.bytes.withUnsafeBytes { bytes in
            // What is no JSON object has no names.
            guard let index = try? scanner.scan(bytes) else { return false }
            return !matcher.matchUnborrowed(index).isEmpty
        }
    }
}
