import TestSupport
import Testing

@testable import EventArchive

@Suite("Replay", .onThreadsOfItsOwn)
struct ReplayTests {
    let fixture = Fixture()
    let reader: ArchiveReader
    /// The end of each segment's sequence numbers.
    let ends: [UInt64]

    /// About ten segments.
    init() throws {
        try fixture.write(0..<1_000, bytes: 600)
        reader = try fixture.reader()
        ends = reader.info.segments.map(\.sequences.upperBound)
        try #require(ends.count == 11)
    }

    @Test("from a sequence number, only the segments from there on are opened")
    func fromSequence() throws {
        for first in [0, 1, ends[0] - 1, ends[0], ends[4] + 3, 999, 1_000, .max] {
            let reading = try reader.read(.sequence(first), bytes: 600)
            #expect(reading.sequences == Array(min(first, 1_000)..<1_000))
            #expect(reading.segmentsOpened == ends.count { $0 > first })
        }
    }

    @Test("a range of sequence numbers opens only the segments that have them")
    func sequences() throws {
        let reading = try reader.read(.sequences(ends[2]..<ends[3]), bytes: 600)
        #expect(reading.sequences == Array(ends[2]..<ends[3]))
        #expect(reading.segmentsOpened == 1)
        #expect(try reader.read(.sequences(5..<5), bytes: 600) == Reading())
        #expect(try reader.read(.sequences(998..<5_000), bytes: 600).sequences == [998, 999])
    }

    @Test("a range of ingest times opens only the segments that can have them")
    func ingestTime() throws {
        let (first, end) = (ends[3] - 2, ends[4] + 2)
        let range = Int64(first) * 1_000..<Int64(end) * 1_000
        let reading = try reader.read(.ingestTime(range), bytes: 600)
        #expect(reading.sequences == Array(first..<end))
        #expect(reading.segmentsOpened == 3)
        #expect(try reader.read(.ingestTime(-5..<0), bytes: 600) == Reading())
        #expect(try reader.read(.ingestTime(0..<1), bytes: 600).sequences == [0])
    }

    @Test("a range of event times gives them in the order of sequence numbers")
    func eventTime() throws {
        // Event times of even and odd numbers are swapped: 100 ..< 110 has the times 995 ..< 1095.
        let reading = try reader.read(.eventTime(995..<1_095), bytes: 600)
        #expect(reading.sequences == Array(100..<110))
        #expect(reading.segmentsOpened == 1)
        #expect(try reader.read(.eventTime(995..<1_005), bytes: 600).sequences == [101])
        #expect(try reader.read(.eventTime(.min ..< .max), bytes: 600).sequences.count == 1_000)
    }

    @Test("ranges can be combined")
    func combined() throws {
        let selection = ArchiveSelection(
            sequences: 50..<100, ingestTimes: 60_000..<90_000, eventTimes: 0..<705)
        #expect(try reader.read(selection, bytes: 600).sequences == Array(60..<70) + [71])
    }

    @Test("a selection has the gaps that can concern it")
    func gaps() throws {
        let file = try fixture.segments()[5]
        try fixture.edit(file) { $0[4_200] ^= 1 }
        let gap = ends[4]..<ends[4] + 1
        #expect(try reader.read(.sequence(ends[4]), bytes: 600).gaps.map(\.sequences) == [gap])
        #expect(try reader.read(.sequence(ends[4] + 1), bytes: 600).gaps == [])
        #expect(try reader.read(.sequences(0..<10), bytes: 600).gaps == [])
    }

    @Test("several cursors go their own ways")
    func independent() throws {
        var first = reader.cursor()
        var second = reader.cursor(over: .sequence(500))
        for step in 0..<500 as Range<UInt64> {
            #expect(try first.next()?.sequence == step)
            #expect(try second.next()?.sequence == 500 + step)
        }
        #expect(try second.next()?.sequence == nil)
        #expect(try second.next()?.sequence == nil)
        #expect(try first.next()?.sequence == 500)
    }

    @Test("info adds up")
    func info() throws {
        let info = reader.info
        #expect(info.records == 1_000 && info.eventBytes == 600_000)
        #expect(info.sequences == 0..<1_000)
        #expect(info.ingestTimes == 0...999_000)
        #expect(info.eventTimes == -5...9_985)
        #expect(info.id.count == 32)
        #expect(info.segments.allSatisfy { $0.isSealed })
    }

    @Test("a reader beside a busy writer sees all that was appended before, and nothing else")
    func besideWriter() async throws {
        let fixture = Fixture()
        let writer = try fixture.writer()
        let watermark = writer.watermark
        let total: UInt64 = 5_000
        let writing = Task.detached {
            for sequence in 0..<total { try writer.append(Event(sequence, bytes: 200)) }
        }
        var seen: UInt64 = 0
        while seen < total {
            let before = watermark.appended
            let reader = try fixture.reader()
            let reading = try reader.read(bytes: 200)
            seen = UInt64(reading.sequences.count)
            #expect(seen >= before && reading.gaps.isEmpty)
            try #require(reading.sequences == Array(0..<seen))
        }
        try await writing.value
    }
}
