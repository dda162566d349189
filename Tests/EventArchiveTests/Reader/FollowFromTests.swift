import Testing

@testable import EventArchive

/// Cursors that begin in the midst of what a writer appends to.
@Suite("Following from a number on")
struct FollowFromTests {
    let fixture = Fixture()

    @Test(
        "begins at any number, without reading what is before, and goes on",
        arguments: WritePathTests.durabilities)
    func anyNumber(durability: ArchiveDurability) throws {
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 8 << 20, durability: durability), calls: .unsynced)
        // Into the third segment.
        let count: UInt64 = 20_000
        for sequence in 0..<count { try writer.append(Event(sequence, bytes: 1_000)) }
        try writer.commit()
        for first in [0, 1, 9_999, 17_000, 19_990, count - 1, count] {
            let reader = try ArchiveReader(following: fixture.path)
            #expect(reader.sequences == 0..<count)
            var cursor = reader.cursor(over: .sequences(first..<UInt64.max), following: true)
            for expected in first..<count {
                let sequence = try cursor.next()?.sequence
                try #require(sequence == expected)
            }
            #expect(try cursor.next()?.sequence == nil)
            // Not what is before, but for the way there.
            #expect(cursor.statistics.recordsRead < count - first + 200)
            #expect(cursor.gaps.isEmpty)
        }
        var cursor = try ArchiveReader(following: fixture.path)
            .cursor(over: .sequences(count - 10..<UInt64.max), following: true)
        for sequence in count..<count + 10_000 {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try writer.commit()
        for expected in count - 10..<count + 10_000 {
            var sequence = try cursor.next()?.sequence
            if sequence == nil, try cursor.waitForMore(nanoseconds: 10_000_000_000) {
                sequence = try cursor.next()?.sequence
            }
            try #require(sequence == expected)
        }
        try writer.close()
        #expect(try cursor.next()?.sequence == nil)
        #expect(cursor.gaps.isEmpty)
    }

    @Test("without a writer it reads what is there, as any reader")
    func noWriter() throws {
        try fixture.write(0..<100, closing: false)
        let reader = try ArchiveReader(following: fixture.path)
        #expect(reader.sequences == 0..<100)
        #expect(try reader.read().sequences == Array(0..<100))
    }
}
