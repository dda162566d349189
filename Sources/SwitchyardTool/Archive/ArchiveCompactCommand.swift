import ArgumentParser
import CommandOutput
import EventArchive
import Foundation

/// `switchyard archive compact`
struct ArchiveCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Make an archive smaller: remove what is too old, compress the rest.",
        discussion: """
            Whole segments go, the oldest first; the newest stays, and so does what a reader still \
            means to read. What is left and sealed gets an index, and with --compress is compressed \
            with Zstandard, in place, to independent frames that are still read by time and key. A \
            writer may be at work. Ctrl-C stops between two frames and leaves nothing half done.

            EXAMPLES
              switchyard archive compact DIR --keep-days 30
              switchyard archive compact DIR --keep-mebibytes 10000 --compress
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Remove segments that got nothing for so long.", valueName: "days"))
    var keepDays: Double?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Remove the oldest segments beyond this size.", valueName: "MiB"))
    var keepMebibytes: UInt64?
    @Flag(help: "Compress sealed segments.")
    var compress = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How hard to compress, from 1 to 19. [default: 3]", valueName: "level"))
    var level: Int?
    @Flag(help: "Print one object.")
    var json = false

    private struct Summary: Encodable {
        var removed: [String]
        var removedBytes: UInt64
        var pinned: String?
        var indexesWritten: Int
        var compressed: Int
        var bytesBefore: UInt64
        var bytesAfter: UInt64
        var problems: [String]
    }

    func validate() throws {
        if let level, !(1...19).contains(level) {
            throw ValidationError("--level has to be from 1 to 19.")
        }
        guard level == nil || compress else {
            throw ValidationError("--level is for --compress, which is not given.")
        }
        if let keepDays, !(keepDays > 0 && keepDays <= 36_500) {
            throw ValidationError(
                "--keep-days has to be greater than 0 and at most 36,500; without it, no event is "
                    + "too old.")
        }
        if let keepMebibytes, keepMebibytes > 1 << 40 {
            throw ValidationError("--keep-mebibytes is larger than any disk.")
        }
    }

    func run() throws {
        Interrupt.listen()
        var removal = ArchiveRetentionReport()
        var indexing = ArchiveIndexingReport()
        var compaction = ArchiveCompactionReport()
        do throws(ArchiveError) {
            if keepDays != nil || keepMebibytes != nil {
                removal = try ArchiveReader(directory: directory).retain(
                    ArchiveRetention(
                        ageNanoseconds: keepDays.map { Int64($0 * 86_400e9) },
                        bytes: keepMebibytes.map { $0 << 20 }),
                    now: Int64(Date().timeIntervalSince1970 * 1e9))
            }
            let reader = try ArchiveReader(directory: directory)
            indexing = try reader.makeIndexes { !Interrupt.isRequested }
            if compress {
                var progress = Progress("compact")
                compaction = try reader.compress(level: level ?? 3) {
                    progress.update { "compressing" }
                    return !Interrupt.isRequested
                }
            }
        } catch {
            throw ArchiveCommand.failure(error, of: directory)
        }
        try report(
            Summary(
                removed: removal.removed, removedBytes: removal.bytes, pinned: removal.pinned,
                indexesWritten: indexing.written, compressed: compaction.segments,
                bytesBefore: compaction.bytesBefore, bytesAfter: compaction.bytesAfter,
                problems: (indexing.problems + compaction.problems).map(\.description)))
        if Interrupt.isRequested { throw Outcome.interrupted }
        // A damaged index that was written anew is told of, and is no failure.
        if !compaction.problems.isEmpty { throw Outcome.wrong }
    }

    private func report(_ summary: Summary) throws {
        if json {
            Terminal.print(try JSONText.encoded(summary))
        } else {
            Terminal.print(
                "\(Figure.count(summary.removed.count, of: "segment")) removed "
                    + "(\(Figure.bytes(summary.removedBytes))), \(summary.indexesWritten) "
                    + "index\(summary.indexesWritten == 1 ? "" : "es") written")
            if compress {
                Terminal.print(
                    "\(Figure.count(summary.compressed, of: "segment")) compressed, "
                        + "\(Figure.bytes(summary.bytesBefore)) to "
                        + Figure.bytes(summary.bytesAfter))
            }
        }
        Output.standard.flush()
        if let pinned = summary.pinned { Terminal.note("\(pinned) stays: a reader still needs it") }
        for problem in summary.problems { Terminal.error("\(directory): \(problem)") }
    }
}
