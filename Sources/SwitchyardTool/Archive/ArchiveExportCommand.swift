import ArgumentParser
import CommandOutput
import EventArchive
import Foundation
import JSONScan
import Switchyard

/// `switchyard archive export`
struct ArchiveExportCommand: ParsableCommand {
    /// How events are laid out in files.
    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case lines, cloudtrail
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write an archive's events to files that other programs read.",
        discussion: """
            lines writes one file of JSON Lines. cloudtrail writes what CloudTrail delivers to S3: \
            AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/...json.gz, each {"Records":[...]} of the \
            "detail" of the events whose detail-type ends in "via CloudTrail"; the others are \
            counted and left out. Files appear under their names when they are complete. A file that \
            is there already is not touched without --overwrite, and with it only if it is a regular \
            one, or a link to one; cloudtrail's files have new names each time and stand beside those \
            of earlier exports. Nothing is written into an archive.

            EXAMPLES
              switchyard archive export DIR --to events.jsonl
              switchyard archive export DIR --to - | zstd > events.jsonl.zst
              switchyard archive export DIR --layout cloudtrail --to logs --since 2026-01-31T00:00:00Z
              duckdb -c "SELECT unnest(Records) FROM 'logs/AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz'"
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Option(
        help: ArgumentHelp(
            "The file, or - for standard output; for cloudtrail the folder.", valueName: "path"))
    var to: String
    @Option(help: "How: lines or cloudtrail.")
    var layout = Layout.lines
    @OptionGroup var part: SelectionOptions
    @Flag(help: "Let the file take the place of one that is there.")
    var overwrite = false
    @Flag(help: "Print one object.")
    var json = false

    private struct Summary: Encodable {
        var events: UInt64
        var leftOut: UInt64
        var files: Int
    }

    func validate() throws {
        guard to != "-" || layout == .lines else {
            throw ValidationError("--layout cloudtrail makes many files: --to has to be a folder.")
        }
    }

    func run() throws {
        Interrupt.listen()
        let reader = try ArchiveCommand.open(directory)
        var cursor = reader.cursor(over: part.selection)
        var summary = Summary(events: 0, leftOut: 0, files: 0)
        var progress = Progress("export")
        var target: (any ExportTarget)?
        do {
            let opened = try makeTarget()
            target = opened
            while !Interrupt.isRequested, summary.events + summary.leftOut < part.limit ?? .max,
                let record = try cursor.next()
            {
                let isTaken = try record.bytes.withUnsafeBytes { try opened.write($0) }
                if isTaken { summary.events += 1 } else { summary.leftOut += 1 }
                progress.update { "\(Figure.count(summary.events)) events" }
            }
            if Interrupt.isRequested, layout == .lines {
                opened.abandon()
                throw Outcome.interrupted
            }
            summary.files = try opened.finish()
        } catch let error as ArchiveError {
            target?.abandon()
            throw ArchiveCommand.failure(error, of: directory)
        } catch let error as ExportError {
            target?.abandon()
            throw Outcome.failure(error)
        }
        try report(summary)
        let isCut = Interrupt.isRequested || summary.events + summary.leftOut == part.limit
        try reportGaps(cursor.gaps, endedAt: isCut ? cursor.position : nil)
        if Interrupt.isRequested { throw Outcome.interrupted }
    }

    private func makeTarget() throws -> any ExportTarget {
        switch layout {
        case .lines where to == "-": LinesOutput()
        case .lines: try LinesExport(path: to, overwrites: overwrite)
        case .cloudtrail: try CloudTrailExport(folder: to)
        }
    }

    private func report(_ summary: Summary) throws {
        let line =
            json
            ? try JSONText.encoded(summary)
            : "\(Figure.count(summary.events, of: "event")) in "
                + Figure.count(summary.files, of: "file")
                + (summary.leftOut > 0 ? ", \(Figure.count(summary.leftOut)) left out" : "")
        // Standard output is the file.
        if to == "-" { Terminal.note(line) } else { Terminal.print(line) }
    }
}

/// Why something could not be exported.
struct ExportError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }
}

/// Where exported events go.
protocol ExportTarget: AnyObject {
    /// Writes an event; false if it has no place there.
    func write(_ event: UnsafeRawBufferPointer) throws -> Bool
    /// Completes everything, and says how many files there are.
    func finish() throws -> Int
    /// Leaves nothing that is not complete.
    func abandon()
}
