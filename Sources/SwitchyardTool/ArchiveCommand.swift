import ArgumentParser
import EventArchive
import Switchyard

/// `switchyard archive`
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract:
            "Look into an archive, check it, mend it, print it, replay it, export it, make it smaller.",
        discussion: """
            A writer may be at work, except for repair. Only compact and repair change an archive.
            """,
        subcommands: [
            ArchiveInfoCommand.self, ArchiveVerifyCommand.self, ArchiveRepairCommand.self,
            ArchiveCatCommand.self, ArchiveReplayCommand.self, ArchiveExportCommand.self,
            ArchiveCompactCommand.self,
        ])

    /// Opens an archive, and says what is wrong with it already.
    static func open(_ directory: String) throws -> ArchiveReader {
        do throws(ArchiveError) {
            return try ArchiveReader(directory: directory)
        } catch {
            throw Outcome.failure(error)
        }
    }

    /// A range of sequence numbers as it is printed.
    static func describe(_ range: Range<UInt64>) -> String {
        range.isEmpty ? "none" : "\(range.lowerBound) to \(range.upperBound - 1)"
    }
}

/// The part of an archive that a command reads.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Begin at this sequence number.", valueName: "n"))
    var from: UInt64?
    @Option(help: ArgumentHelp("End before this sequence number.", valueName: "n"))
    var before: UInt64?
    @Option(
        help: ArgumentHelp(
            "Only events that the archive got at this time or later, as 2026-01-31T12:00:00Z.",
            valueName: "time"))
    var since: String?
    @Option(
        help: ArgumentHelp("Only events that the archive got before this time.", valueName: "time"))
    var until: String?
    @Flag(help: "Let times, and a pace, be those of the events' own \"time\".")
    var byEventTime = false
    @Option(help: ArgumentHelp("Stop after so many events.", valueName: "n"))
    var limit: UInt64?

    func validate() throws {
        for time in [since, until].compactMap(\.self) where EventTime(time) == nil {
            throw ValidationError("\"\(time)\" is no time: write it as 2026-01-31T12:00:00Z.")
        }
    }

    /// What to read.
    var selection: ArchiveSelection {
        var selection = ArchiveSelection()
        if from != nil || before != nil {
            let first = from ?? 0
            selection.sequences = first..<max(first, before ?? .max)
        }
        if since != nil || until != nil {
            let first = since.flatMap(EventTime.init)?.nanoseconds ?? .min
            let end = until.flatMap(EventTime.init)?.nanoseconds ?? .max
            let times = first..<max(first, end)
            if byEventTime { selection.eventTimes = times } else { selection.ingestTimes = times }
        }
        return selection
    }
}

/// Says what of an archive could not be read.
///
/// - Throws: the exit code, if anything could not.
func reportGaps(_ gaps: [ArchiveGap]) throws {
    Output.standard.flush()
    guard !gaps.isEmpty else { return }
    for gap in gaps {
        Terminal.error(
            "\(gap.file): events \(ArchiveCommand.describe(gap.sequences)) are lost (\(gap.reason), "
                + "bytes \(gap.bytes.lowerBound) to \(gap.bytes.upperBound))")
    }
    throw Outcome.wrong
}
