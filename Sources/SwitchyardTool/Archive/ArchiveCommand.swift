import ArgumentParser
import CommandOutput
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
            throw failure(error, of: directory)
        }
    }

    /// Why something can't be done with an archive. Errors of its files name those alone.
    static func failure(_ error: ArchiveError, of directory: String) -> any Error {
        let text = error.description
        return Outcome.failure(text.contains(directory) ? text : "\(directory): \(text)")
    }

    /// A range of sequence numbers as it is printed.
    static func describe(_ range: Range<UInt64>) -> String {
        switch range.count {
        case 0: "none"
        case 1: "\(range.lowerBound)"
        default: "\(range.lowerBound) to \(range.upperBound - 1)"
        }
    }

    /// A gap as it is printed.
    static func describe(_ gap: ArchiveGap) -> String {
        "\(gap.file): \(gap.events) \(gap.sequences.count == 1 ? "is" : "are") lost"
    }
}

/// The part of an archive that a command reads.
struct SelectionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Begin at this sequence number.", valueName: "n"))
    var from: UInt64?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("End before this sequence number.", valueName: "n"))
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
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Stop after so many events.", valueName: "n"))
    var limit: UInt64?

    func validate() throws {
        for time in [since, until].compactMap(\.self) where EventTime(time) == nil {
            throw ValidationError("\"\(time)\" is no time: write it as 2026-01-31T12:00:00Z.")
        }
        if let from, let before, from > before {
            throw ValidationError("--from \(from) lies behind --before \(before).")
        }
        let times = [since, until].map { $0.flatMap(EventTime.init)?.nanoseconds }
        if let first = times[0], let end = times[1], first > end {
            throw ValidationError("--since \(since ?? "") lies behind --until \(until ?? "").")
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
/// - Parameters:
///   - gaps: all that are known of what was chosen.
///   - position: where reading ended before the end of it, at a limit or by Ctrl-C: what lies behind
///     was not asked for. Nil at the end.
/// - Throws: the exit code, if anything could not.
func reportGaps(_ gaps: [ArchiveGap], endedAt position: UInt64? = nil) throws {
    Output.standard.flush()
    let gaps = gaps.filter { $0.sequences.lowerBound < position ?? .max }
    guard !gaps.isEmpty else { return }
    for gap in gaps {
        Terminal.error(
            "\(ArchiveCommand.describe(gap)) (\(gap.reason), "
                + "bytes \(gap.bytes.lowerBound) to \(gap.bytes.upperBound))")
    }
    throw Outcome.wrong
}
