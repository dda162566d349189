import ArgumentParser
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
            is there already is not touched without --overwrite; cloudtrail's files have new names \
            each time and stand beside those of earlier exports.

            EXAMPLES
              switchyard archive export DIR --to events.jsonl
              switchyard archive export DIR --layout cloudtrail --to logs --since 2026-01-31T00:00:00Z
              duckdb -c "SELECT unnest(Records) FROM 'logs/AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz'"
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Option(help: ArgumentHelp("The file, or for cloudtrail the folder.", valueName: "path"))
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

    func run() throws {
        Interrupt.listen()
        let reader = try ArchiveCommand.open(directory)
        var cursor = reader.cursor(over: part.selection)
        var summary = Summary(events: 0, leftOut: 0, files: 0)
        var progress = Progress("export")
        do {
            let target: any ExportTarget =
                switch layout {
                case .lines: try LinesExport(path: to, overwrites: overwrite)
                case .cloudtrail: try CloudTrailExport(folder: to)
                }
            while !Interrupt.isRequested, summary.events + summary.leftOut < part.limit ?? .max,
                let record = try cursor.next()
            {
                let isTaken = try record.bytes.withUnsafeBytes { try target.write($0) }
                if isTaken { summary.events += 1 } else { summary.leftOut += 1 }
                progress.update { "\(Figure.count(summary.events)) events" }
            }
            if Interrupt.isRequested, layout == .lines {
                target.abandon()
                throw Outcome.interrupted
            }
            summary.files = try target.finish()
        } catch let error as ArchiveError {
            throw Outcome.failure(error)
        } catch let error as ExportError {
            throw Outcome.failure(error)
        }
        if json {
            Terminal.print(try JSONText.encoded(summary))
        } else {
            Terminal.print(
                "\(Figure.count(summary.events)) events in \(summary.files) files"
                    + (summary.leftOut > 0 ? ", \(Figure.count(summary.leftOut)) left out" : ""))
        }
        try reportGaps(cursor.gaps)
        if Interrupt.isRequested { throw Outcome.interrupted }
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

/// One file of JSON Lines, under its name once it is complete.
final class LinesExport: ExportTarget {
    private let path: String
    private let file: FileHandle
    private var buffer: [UInt8] = []

    init(path: String, overwrites: Bool) throws {
        self.path = path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { throw ExportError(path, "a folder; name a file in it") }
            guard overwrites else {
                throw ExportError(path, "exists; choose another name, or --overwrite")
            }
        }
        guard FileManager.default.createFile(atPath: path + ".part", contents: nil) else {
            throw ExportError(path, String(cString: strerror(errno)))
        }
        guard let file = FileHandle(forWritingAtPath: path + ".part") else {
            throw ExportError(path, "can't be written")
        }
        self.file = file
    }

    func write(_ event: UnsafeRawBufferPointer) throws -> Bool {
        buffer += event
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 20 { try flush() }
        return true
    }

    private func flush() throws {
        do { try file.write(contentsOf: buffer) } catch {
            abandon()
            throw ExportError(path, "can't be written: \(error.localizedDescription)")
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func abandon() { try? FileManager.default.removeItem(atPath: path + ".part") }

    func finish() throws -> Int {
        try flush()
        try file.close()
        guard rename(path + ".part", path) == 0 else {
            throw ExportError(path, String(cString: strerror(errno)))
        }
        return 1
    }
}
