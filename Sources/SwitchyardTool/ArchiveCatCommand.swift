import ArgumentParser
import EventArchive
import Switchyard

/// `switchyard archive cat`
struct ArchiveCatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print an archive's events, one a line.",
        discussion: """
            EXAMPLES
              switchyard archive cat DIR --from 1000 --limit 10
              switchyard archive cat DIR --since 2026-01-31T12:00:00Z --envelope
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @OptionGroup var part: SelectionOptions
    @Flag(help: "Print {\"sequence\", \"ingestTime\", \"eventTime\", \"event\"} a line.")
    var envelope = false

    func run() throws {
        Interrupt.listen()
        let reader = try ArchiveCommand.open(directory)
        var cursor = reader.cursor(over: part.selection)
        var left = part.limit ?? .max
        do throws(ArchiveError) {
            while left > 0, !Interrupt.isRequested, let record = try cursor.next() {
                print(record)
                left -= 1
            }
        } catch {
            throw Outcome.failure(error)
        }
        try reportGaps(cursor.gaps)
        if Interrupt.isRequested { throw Outcome.interrupted }
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
