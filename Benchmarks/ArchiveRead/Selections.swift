import EventArchive
import Foundation

/// Parts of an archive of a hundred segments, and what is passed over for them.
enum Selections {
    private static let segmentCount = 100
    private static let eventBytes = 1_024
    private static let rare: UInt32 = 77
    private static let sparse: UInt32 = 78

    /// A hundred segments of 16 MiB, sealed and indexed: one event in a hundred has the sparse source,
    /// those of segment 50 that have not have the rare one.
    private final class Archive {
        let scratch = Scratch()
        let count: Int
        let reader: ArchiveReader

        init(closes: Bool = true) throws {
            let configuration = ArchiveConfiguration(
                segmentBytes: 16 << 20, durability: .none, unsealedSegmentsMax: 32)
            let event = [UInt8](repeating: UInt8(ascii: "x"), count: eventBytes)
            let writer = try ArchiveWriter(
                directory: scratch.path, configuration: configuration)
            let perSegment = (16 << 20) / (eventBytes + ArchiveFormat.recordHeaderBytes)
            count = perSegment * segmentCount - perSegment / 2
            for number in 0..<count {
                var keys = ArchiveKeys(source: 1 + UInt32(number % 7), detailType: 5, account: 9)
                if number % 100 == 3 {
                    keys.source = sparse
                } else if number / perSegment == 50 {
                    keys.source = rare
                }
                try writer.append(
                    event.span.bytes, keys: keys, eventTime: Int64(number),
                    ingestTime: Int64(number))
            }
            // Without close the last segment stays open, as after a crash; the others are sealed.
            if closes { try writer.close() } else { try writer.commit() }
            reader = try ArchiveReader(directory: scratch.path)
            try reader.makeIndexes()
        }
    }

    static func timeRange() throws {
        let archive = try Archive()
        let range = Int64(archive.count / 2)..<Int64(archive.count / 2 + archive.count / 100)
        var times: [Double] = []
        var statistics = ArchiveReadStatistics()
        for _ in 0..<ArchiveRead.passes {
            let (time, found, read) = try scan(archive, .ingestTime(range))
            ArchiveRead.expect(found == range.count, "\(found) events in the time range")
            times.append(time)
            statistics = read
        }
        ArchiveRead.report("1% time range of 100 segments", range.count, times)
        print("  opened \(statistics.segmentsOpened), skipped \(statistics.segmentsSkipped)")
    }

    static func rareSource() throws {
        let archive = try Archive()
        var (full, filtered): ([Double], [Double]) = ([], [])
        var found = 0
        for _ in 0..<ArchiveRead.passes {
            full.append(try scan(archive, .all).time)
            let result = try scan(archive, ArchiveSelection(sources: [rare]))
            filtered.append(result.time)
            found = result.found
            ArchiveRead.expect(found > 10_000, "\(found) events of the rare source")
        }
        ArchiveRead.report("full scan of 100 segments", archive.count, full)
        ArchiveRead.report("a source that is in 2 of 100 segments", archive.count, filtered)
        print(String(format: "  %.1f times as fast", full.median / filtered.median))
    }

    static func sparseSource() throws {
        let archive = try Archive()
        var times: [Double] = []
        var statistics = ArchiveReadStatistics()
        for _ in 0..<ArchiveRead.passes {
            let (time, found, read) = try scan(archive, ArchiveSelection(sources: [sparse]))
            ArchiveRead.expect(
                abs(found - archive.count / 100) <= 1, "\(found) events of the sparse source")
            times.append(time)
            statistics = read
        }
        ArchiveRead.report(
            "a source of 1% of every segment: skipped", Int(statistics.recordsSkipped), times)
        ArchiveRead.report(
            "  the same: read and verified", Int(statistics.recordsRead), times)
    }

    static func openAfterCrash() throws {
        let archive = try Archive(closes: false)
        let last = try ArchiveReader(directory: archive.scratch.path).info.segments.last
        var (opening, lastScan): ([Double], [Double]) = ([], [])
        for _ in 0..<ArchiveRead.passes {
            var records: UInt64 = 0
            opening.append(
                try ArchiveRead.time {
                    records = try ArchiveReader(directory: archive.scratch.path).info.records
                })
            ArchiveRead.expect(records == UInt64(archive.count), "\(records) records")
            let sequences = last?.sequences ?? 0..<0
            lastScan.append(try scan(archive, .sequences(sequences)).time)
        }
        print(
            String(
                format: "opening 100 segments after a crash: %.2f ms, scan of the last %.2f ms",
                opening.median / 1e6, lastScan.median / 1e6))
    }

    private static func scan(
        _ archive: Archive, _ selection: ArchiveSelection
    ) throws -> (time: Double, found: Int, statistics: ArchiveReadStatistics) {
        var found = 0
        var statistics = ArchiveReadStatistics()
        let time = try ArchiveRead.time {
            var cursor = archive.reader.cursor(over: selection)
            while try cursor.next() != nil { found += 1 }
            statistics = cursor.statistics
        }
        return (time, found, statistics)
    }
}
