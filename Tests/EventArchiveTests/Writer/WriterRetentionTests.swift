import Foundation
import InternalSystem
import Testing

@testable import EventArchive

@Suite("A writer that keeps limits")
struct WriterRetentionTests {
    let fixture = Fixture()
    static let limit = 5 * ArchiveFormat.segmentBytesMin

    private func configuration(
        _ durability: ArchiveDurability, _ retention: ArchiveRetention
    ) -> ArchiveConfiguration {
        var configuration = Fixture.configuration(durability)
        configuration.retention = retention
        return configuration
    }

    @Test(
        "many times its limit goes through an archive, which keeps the newest, in recycled files",
        arguments: [ArchiveDurability.none, .batch])
    func bytes(durability: ArchiveDurability) throws {
        let configuration = configuration(durability, ArchiveRetention(bytes: UInt64(Self.limit)))
        let writer = try fixture.writer(configuration, calls: .unsynced)
        let count: UInt64 = 4_000
        for sequence in 0..<count {
            try writer.append(Event(sequence, bytes: 1_000))
            if sequence % 50 == 49 { try writer.commit() }
        }
        try writer.close()
        let report = writer.upkeepReport
        #expect(report.failure == nil)
        #expect(report.segments > 40 && report.recycled > 20)
        let reader = try fixture.reader()
        let sizes = try fixture.segments().map { try fixture.content($0).count }
        #expect(sizes.reduce(0, +) <= Self.limit)
        let reading = try reader.read(bytes: 1_000)
        #expect(reading.gaps.isEmpty && reader.recoveryReport.isClean)
        #expect(reading.sequences.count > 100 && reading.sequences.last == count - 1)
        #expect(reading.sequences == Array(reading.sequences[0]..<count))
        #expect(try reader.verify().isSound)
        #expect(try fixture.files().allSatisfy { !$0.hasSuffix(".spare") })
    }

    @Test("what was ingested too long ago goes, but the newest segment with records stays")
    func age() throws {
        let hour: Int64 = 3_600_000_000_000
        let now = wallClockNanoseconds()
        let retention = ArchiveRetention(ageNanoseconds: hour)
        let writer = try fixture.writer(configuration(.none, retention), calls: .unsynced)
        let event = [UInt8](repeating: 1, count: 20_000)
        for index in 0..<30 {
            let time = index < 15 ? now - 2 * hour : now
            try writer.append(event.span.bytes, eventTime: time, ingestTime: time)
        }
        try writer.close()
        let reader = try fixture.reader()
        #expect(reader.sequences == 15..<30 || reader.sequences == 14..<30)
        #expect(writer.upkeepReport.segments >= 4)
    }

    @Test("a writer that opens an archive beyond its limits brings it back within them")
    func opening() throws {
        try fixture.write(0..<500, bytes: 1_000)
        let before = try fixture.segments().count
        let retention = ArchiveRetention(bytes: UInt64(Self.limit))
        try fixture.writer(configuration(.none, retention), calls: .unsynced).close()
        #expect(before > 7)
        let sizes = try fixture.segments().map { try fixture.content($0).count }
        #expect(sizes.reduce(0, +) <= Self.limit)
        #expect(try fixture.reader().sequences.upperBound == 500)
    }

    @Test("a segment that a reader has pinned stays, and all behind it, until it is let go")
    func pinned() throws {
        try fixture.write(0..<500, bytes: 1_000)
        let retention = ArchiveRetention(bytes: UInt64(Self.limit))
        do {
            let reader = try fixture.reader()
            var cursor = reader.cursor()
            #expect(try cursor.next()?.sequence == 0)
            let before = try fixture.segments().count
            let writer = try fixture.writer(configuration(.none, retention), calls: .unsynced)
            for sequence in 500..<800 as Range<UInt64> {
                try writer.append(Event(sequence, bytes: 1_000))
            }
            try writer.close()
            #expect(writer.upkeepReport == ArchiveUpkeepReport())
            #expect(try fixture.segments().count > before)
            var next: UInt64 = 1
            while let record = try cursor.next() {
                try #require(record.sequence == next)
                next += 1
            }
            #expect(next == 500)
        }
        try fixture.writer(configuration(.none, retention), calls: .unsynced).close()
        #expect(try fixture.reader().sequences.lowerBound > 500)
    }

    @Test("a file that is open somewhere, pinned or not, is not made into another segment")
    func openElsewhere() throws {
        try fixture.write(0..<500, bytes: 1_000)
        let reader = try fixture.reader()
        let first = try #require(reader.segments.first)
        let content = try #require(try reader.directory.openContent(of: first))
        let retention = ArchiveRetention(bytes: UInt64(Self.limit))
        let writer = try fixture.writer(configuration(.none, retention), calls: .unsynced)
        for sequence in 500..<800 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try writer.close()
        #expect(writer.upkeepReport.recycled < writer.upkeepReport.segments)
        var walk = try SegmentWalk(content, of: first)
        var count: UInt64 = 0
        while walk.next(isStream: true) != nil { count += 1 }
        #expect(count == first.summary.records)
    }

    @Test("a segment whose file is being made into another is gone for who opens it then")
    func takenMeanwhile() throws {
        try fixture.write(0..<500, bytes: 1_000)
        let reader = try fixture.reader()
        let first = try #require(reader.segments.first)
        #expect(try reader.directory.makeSpare(of: first.name))
        #expect(try reader.directory.openContent(of: first) == nil)
    }

    @Test("where another process maintains the archive, the writer goes on and tries again later")
    func maintained() throws {
        let retention = ArchiveRetention(bytes: UInt64(Self.limit))
        let writer = try fixture.writer(configuration(.none, retention), calls: .unsynced)
        let directory = try fixture.reader().directory
        try directory.maintaining { () throws(ArchiveError) in
            for sequence in 0..<500 as Range<UInt64> {
                let bytes = Event(sequence, bytes: 1_000).bytes
                try writer.append(bytes.span.bytes, eventTime: 0, ingestTime: 0)
            }
            try writer.commit()
            #expect(writer.upkeepReport == ArchiveUpkeepReport())
        }
        for sequence in 500..<600 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try writer.close()
        #expect(writer.upkeepReport.segments > 3)
    }
}
