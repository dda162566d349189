import ArgumentParser
import CommandOutput
import EventArchive
import Foundation
import Switchyard

/// `switchyard archive info`
struct ArchiveInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Print an archive's segments, events and times.",
        discussion: """
            It reads what segments say of themselves, and the records of open ones; \
            switchyard archive verify reads everything. Exits with 1 if something is damaged.
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Flag(help: "Print one object.")
    var json = false

    private struct Summary: Encodable {
        struct Segment: Encodable {
            var file: String
            var sealed: Bool
            /// Whether it is complete: a sealed segment that was cut has none.
            var footer: Bool
            var compressed: Bool
            var firstSequence: UInt64
            var records: UInt64
            var eventBytes: UInt64
            var fileBytes: UInt64
        }

        var id: String
        var firstSequence: UInt64
        var endSequence: UInt64
        var records: UInt64
        var eventBytes: UInt64
        var fileBytes: UInt64
        var ingestTimes: [String]?
        var eventTimes: [String]?
        var gaps: Int
        var problems: [String]
        var segments: [Segment]
    }

    func run() throws {
        let reader = try ArchiveCommand.open(directory)
        let info = reader.info
        if json {
            Terminal.print(try JSONText.encoded(summary(info, reader.recoveryReport)))
        } else {
            printTable(info, reader.recoveryReport)
        }
        // What is no gap is told as it was found; a gap says it in terms of events.
        let report = reader.recoveryReport
        let gaps = report.gaps.map { "\($0.file):\($0.bytes.lowerBound)" }
        let others = report.problems.filter { !gaps.contains("\($0.file):\($0.offset)") }
        for problem in others { Terminal.error("\(problem)") }
        try reportGaps(report.gaps)
        guard others.isEmpty else { throw Outcome.wrong }
    }

    private func summary(_ info: ArchiveInfo, _ report: ArchiveRecoveryReport) -> Summary {
        Summary(
            id: info.id, firstSequence: info.sequences.lowerBound,
            endSequence: info.sequences.upperBound, records: info.records,
            eventBytes: info.eventBytes, fileBytes: info.fileBytes,
            ingestTimes: times(info.ingestTimes), eventTimes: times(info.eventTimes),
            gaps: report.gaps.count, problems: report.problems.map(\.description),
            segments: info.segments.map {
                .init(
                    file: $0.file, sealed: hasSealedName($0), footer: $0.isSealed,
                    compressed: $0.isCompressed,
                    firstSequence: $0.sequences.lowerBound, records: $0.records,
                    eventBytes: $0.eventBytes, fileBytes: $0.fileBytes)
            })
    }

    private func times(_ range: ClosedRange<Int64>?) -> [String]? {
        range.map { [EventTime($0.lowerBound).description, EventTime($0.upperBound).description] }
    }

    private func printTable(_ info: ArchiveInfo, _ report: ArchiveRecoveryReport) {
        func row(_ name: String, _ value: String) {
            Terminal.print(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
        }
        row("archive", info.id)
        row("events", "\(Figure.count(info.records)), \(Figure.bytes(info.eventBytes))")
        row("sequences", ArchiveCommand.describe(info.sequences))
        row("ingest times", times(info.ingestTimes)?.joined(separator: " to ") ?? "none")
        row("event times", times(info.eventTimes)?.joined(separator: " to ") ?? "none")
        row(
            "files",
            "\(Figure.count(info.segments.count, of: "segment")), \(Figure.bytes(info.fileBytes))")
        if report.tornBytes > 0 {
            row(
                "torn tail",
                Figure.count(report.tornBytes, of: "byte")
                    + " behind the last whole record, never acknowledged")
        }
        Terminal.print("")
        Terminal.print(
            Figure.cell("events", 12) + Figure.cell("bytes", 12) + Figure.cell("on disk", 12)
                + "  state       file")
        for segment in info.segments {
            Terminal.print(
                Figure.cell(Figure.count(segment.records), 12)
                    + Figure.cell(Figure.bytes(segment.eventBytes), 12)
                    + Figure.cell(Figure.bytes(segment.fileBytes), 12)
                    + "  \(state(of: segment))  \(segment.file)")
        }
    }

    private func state(of segment: ArchiveSegmentInfo) -> String {
        if segment.isCompressed { return "compressed" }
        if segment.isSealed { return "sealed    " }
        return hasSealedName(segment) ? "no footer " : "open      "
    }

    /// A segment gets this name when it is sealed, and keeps it where its footer is lost.
    private func hasSealedName(_ segment: ArchiveSegmentInfo) -> Bool {
        segment.isSealed || segment.file.hasSuffix(".segment")
    }
}
