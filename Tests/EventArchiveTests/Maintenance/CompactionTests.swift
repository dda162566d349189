import Foundation
import TestSupport
import Testing

@testable import EventArchive

@Suite("Compression", .onThreadsOfItsOwn, .enabled(if: ArchiveReader.canCompress))
struct CompactionTests {
    let fixture = Fixture()

    /// About 700 KB in one segment, so three frames, and records across their borders.
    private func write() throws {
        let configuration = ArchiveConfiguration(segmentBytes: 1 << 20)
        let writer = try fixture.writer(configuration, calls: .unsynced)
        for sequence in 0..<2_000 as Range<UInt64> { try writer.append(KeyedEvent(sequence)) }
        try writer.close()
    }

    private func compressedFile() throws -> String {
        try #require(try fixture.files().first { $0.hasSuffix(".segment.zst") })
    }

    @Test("a compressed archive is smaller and gives the same records, by every selection")
    func roundTrip() throws {
        try write()
        try fixture.reader().makeIndexes()
        let report = try fixture.reader().compress()
        #expect(report.segments == 1 && report.problems.isEmpty)
        #expect(report.bytesAfter * 2 < report.bytesBefore)
        #expect(try fixture.segments().isEmpty)
        let reader = try fixture.reader()
        #expect(reader.recoveryReport.isClean && reader.info.records == 2_000)
        let all = try reader.readKeyed(.all)
        #expect(all.sequences == Array(0..<2_000) && all.gaps.isEmpty)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let selection = ArchiveSelection.random(&random)
            let found = try reader.readKeyed(selection)
            #expect(
                found.sequences == all.sequences.filter { selection.selects(KeyedEvent($0)) },
                "\(selection), SWITCHYARD_SEED=\(seed)")
        }
        let late = try reader.readKeyed(.sequence(1_990))
        #expect(late.sequences == Array(1_990..<2_000) && late.statistics.recordsRead < 400)
        #expect(try reader.verify().isSound && reader.verify().records == 2_000)
        #expect(try fixture.reader().compress().segments == 0)
    }

    @Test(
        "a reader that was there before the compression reads on, and the writer goes on behind it")
    func beside() throws {
        try fixture.write(0..<300, bytes: 600)
        let reader = try fixture.reader()
        var cursor = reader.cursor()
        for sequence in 0..<10 as Range<UInt64> { #expect(try cursor.next()?.sequence == sequence) }
        #expect(try fixture.reader().compress().segments == reader.info.segments.count)
        for sequence in 10..<300 as Range<UInt64> {
            try #require(try cursor.next()?.sequence == sequence)
        }
        #expect(cursor.gaps.isEmpty)
        try fixture.write(300..<310, bytes: 600)
        #expect(try fixture.reader().read(bytes: 600).sequences == Array(0..<310))
    }

    @Test("a damaged frame costs the records in it, and no others")
    func damagedFrame() throws {
        try write()
        try fixture.reader().compress()
        let file = try compressedFile()
        let bytes = try fixture.content(file)
        let handle = try ArchiveDirectory(opening: fixture.path).openFile(file)
        let table = try #require(try CompressedTable(handle, fileBytes: bytes.count))
        try fixture.edit(file) { $0[table.frames[1].begin + 100] ^= 0x20 }
        let found = try fixture.reader().readKeyed(.all)
        let map = SegmentMap(eventBytes: 300)
        let intact = (0..<2_000).filter { map.record($0).clamped(to: table.range(of: 1)).isEmpty }
        #expect(found.sequences == intact.map(UInt64.init))
        #expect(found.gaps.count == 1)
        let verification = try fixture.reader().verify()
        #expect(!verification.isSound && verification.gaps.count == 1)
    }

    @Test("any damage to the table is found: the segment is unreadable, and nothing else is")
    func damagedTable() throws {
        try fixture.write(0..<300, bytes: 600)
        try fixture.reader().compress()
        let file = try compressedFile()
        let good = try fixture.content(file)
        let handle = try ArchiveDirectory(opening: fixture.path).openFile(file)
        let table = try #require(try CompressedTable(handle, fileBytes: good.count))
        let begin = table.frames.reduce(0) { $0 + $1.byteCount } + 8
        let second = try fixture.reader().info.segments[1].sequences.lowerBound
        for bit in stride(from: begin * 8, to: good.count * 8, by: 5) {
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try fixture.replace(file, bad)
            let reader = try fixture.reader()
            try #require(reader.recoveryReport.gaps.count == 1, "bit \(bit)")
            try #require(reader.sequences.lowerBound == second, "bit \(bit)")
        }
    }

    @Test("a damaged segment is not compressed")
    func damagedSegment() throws {
        try write()
        let file = try #require(try fixture.segments().first)
        try fixture.edit(file) { $0[70_000] ^= 1 }
        let report = try fixture.reader().compress()
        #expect(report.segments == 0 && report.problems.map(\.file) == [file])
        #expect(try fixture.segments() == [file])
    }

    @Test(
        "where both forms are there, as after a crash, the segment counts, and is compressed again")
    func bothForms() throws {
        try write()
        let file = try #require(try fixture.segments().first)
        let segment = try fixture.content(file)
        try fixture.reader().compress()
        try fixture.replace(file, segment)
        #expect(try fixture.reader().readKeyed(.all).sequences.count == 2_000)
        #expect(try fixture.reader().compress().segments == 1)
        #expect(try fixture.segments().isEmpty)
    }

    @Test("stopping leaves the segment as it was")
    func stopping() throws {
        try write()
        var left = 2
        let report = try fixture.reader().compress {
            left -= 1
            return left > 0
        }
        #expect(report.segments == 0)
        #expect(try fixture.segments().count == 1)
        #expect(try fixture.files().allSatisfy { !$0.contains(".zst") })
    }
}

@Suite("Retention")
struct RetentionTests {
    let fixture = Fixture()

    @Test("by bytes, the oldest segments go until the rest is small enough; the newest stays")
    func bytes() throws {
        try fixture.write(0..<500, bytes: 600)
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let sizes = reader.info.segments.map(\.fileBytes)
        let limit = sizes.suffix(3).reduce(0, +)
        let report = try reader.retain(ArchiveRetention(bytes: limit), now: 0)
        #expect(report.removed == reader.info.segments.dropLast(3).map(\.file))
        #expect(report.bytes == sizes.dropLast(3).reduce(0, +) && report.pinned == nil)
        let left = try fixture.reader()
        #expect(left.info.segments.map(\.file) == reader.info.segments.suffix(3).map(\.file))
        #expect(left.recoveryReport.isClean)
        #expect(try fixture.files().filter { $0.hasSuffix(".index") }.count == 3)
        try left.retain(ArchiveRetention(bytes: 0), now: 0)
        #expect(try fixture.reader().info.segments.count == 1)
        try fixture.write(500..<510, bytes: 600)
        #expect(try fixture.reader().sequences.upperBound == 510)
    }

    @Test("by age, the segments go whose newest record is older")
    func age() throws {
        try fixture.write(0..<500, bytes: 600)
        let reader = try fixture.reader()
        let third = try #require(reader.info.segments[2].ingestTimes?.upperBound)
        let report = try reader.retain(ArchiveRetention(ageNanoseconds: 1_000), now: third + 1_000)
        #expect(report.removed == reader.info.segments.prefix(2).map(\.file))
        #expect(try reader.retain(ArchiveRetention(), now: .max).removed.isEmpty)
    }

    @Test("what a cursor has yet to read stays, and goes once it has been read")
    func pinned() throws {
        try fixture.write(0..<500, bytes: 600)
        let reader = try fixture.reader()
        let second = reader.info.segments[1]
        var cursor = reader.cursor(over: .sequence(second.sequences.lowerBound))
        let report = try reader.retain(ArchiveRetention(bytes: 0), now: 0)
        // A pin reaches from the first to the last segment that was there.
        #expect(report.pinned != nil)
        var count: UInt64 = 0
        while try cursor.next() != nil { count += 1 }
        #expect(count == 500 - second.sequences.lowerBound && cursor.gaps.isEmpty)
        let again = try reader.retain(ArchiveRetention(bytes: 0), now: 0)
        #expect(again.pinned == nil)
        #expect(try fixture.reader().info.segments.count == 1)
    }
}
