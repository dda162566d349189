import Foundation
import InternalSystem
import Testing

@testable import EventArchive

@Suite("Following")
struct FollowTests {
    let fixture = Fixture()

    @Test("a cursor that follows gives each record once, in order, across segments")
    func acrossSegments() throws {
        let writer = try fixture.writer(calls: .unsynced)
        var cursor = try fixture.reader().cursor(following: true)
        #expect(try cursor.next()?.sequence == nil)
        var expected: UInt64 = 0
        // Segments of 64 KiB take about 85 of these.
        for batch in [1, 2, 90, 1, 300, 5] {
            for _ in 0..<batch { try writer.append(Event(writer.watermark.appended, bytes: 700)) }
            for _ in 0..<batch {
                // While a segment changes its name, it may be nowhere for a moment.
                var sequence = try cursor.next()?.sequence
                if sequence == nil, try cursor.waitForMore(nanoseconds: 30_000_000_000) {
                    sequence = try cursor.next()?.sequence
                }
                try #require(sequence == expected)
                expected += 1
            }
            let isAtEnd = try cursor.next() == nil
            #expect(isAtEnd)
        }
        try writer.close()
        #expect(try cursor.next()?.sequence == nil)
        #expect(cursor.gaps.isEmpty && cursor.position == expected)
        // Another writer goes on in a segment of its own.
        let second = try fixture.writer(calls: .unsynced)
        try second.append(Event(expected, bytes: 700))
        #expect(try cursor.waitForMore(nanoseconds: 1_000_000_000))
        #expect(try cursor.next()?.sequence == expected)
        #expect(cursor.gaps.isEmpty)
    }

    @Test("waiting ends after its time, and at once when it is cancelled")
    func waiting() throws {
        let writer = try fixture.writer(calls: .unsynced)
        var cursor = try fixture.reader().cursor(following: true)
        #expect(try cursor.next()?.sequence == nil)
        #expect(try !cursor.waitForMore(nanoseconds: 2_000_000))
        #expect(try !cursor.waitForMore(nanoseconds: .max / 2, isCancelled: { true }))
        try writer.append(Event(0))
        #expect(try cursor.waitForMore(nanoseconds: 0))
        var plain = try fixture.reader().cursor()
        #expect(try !plain.waitForMore(nanoseconds: .max / 2))
    }

    @Test("a selection ends a cursor that follows at its last number")
    func ending() throws {
        let writer = try fixture.writer(calls: .unsynced)
        try writer.append(Event(0))
        var cursor = try fixture.reader().cursor(over: .sequences(1..<3), following: true)
        #expect(try cursor.next()?.sequence == nil)
        for sequence in 1..<6 as Range<UInt64> { try writer.append(Event(sequence)) }
        #expect(try cursor.next()?.sequence == 1)
        #expect(try cursor.next()?.sequence == 2)
        #expect(try cursor.next()?.sequence == nil)
        #expect(try !cursor.waitForMore(nanoseconds: .max / 2))
    }

    @Test("damage in the open segment is a gap for who follows, who goes on behind it")
    func damageInOpen() throws {
        let map = SegmentMap(eventBytes: 50)
        let writer = try fixture.writer(calls: .unsynced)
        let reader = try fixture.reader()
        var cursor = reader.cursor(following: true)
        for sequence in 0..<10 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 50))
        }
        for (record, offset) in [(3, 60), (4, 2), (7, 8)] {
            try fixture.pokeRing(map.record(record).lowerBound + offset, 0xA5)
        }
        var given: [UInt64] = []
        while let record = try cursor.next() { given.append(record.sequence) }
        #expect(given == [0, 1, 2, 5, 6, 8, 9])
        #expect(cursor.gaps.map(\.sequences) == [3..<5, 7..<8])
        // The last one of all: what it was is known when there is one behind it.
        try writer.append(Event(10, bytes: 50))
        try fixture.pokeRing(map.record(10).lowerBound + 50, 0xA5)
        #expect(try !cursor.waitForMore(nanoseconds: 1_000_000))
        try writer.append(Event(11, bytes: 50))
        #expect(try cursor.waitForMore(nanoseconds: 1_000_000_000))
        #expect(try cursor.next()?.sequence == 11)
        #expect(cursor.gaps.map(\.sequences) == [3..<5, 7..<8, 10..<11])
        #expect(try cursor.next()?.sequence == nil)
    }

    @Test("a segment that a listing misses, since it is renamed just then, is not passed over")
    func missedByListing() throws {
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in 0..<5 as Range<UInt64> { try writer.append(Event(sequence)) }
        try writer.close()
        var calls = FileSystemCalls()
        calls.list = { directory, names in
            let error = FileSystemCalls().list(directory, &names)
            names.removeAll { $0.hasPrefix("00000000000000000002-") }
            return error
        }
        let directory = try ArchiveDirectory(opening: fixture.path, calls: calls)
        let identity = try directory.identity()
        let reader = ArchiveReader(
            directory, identity, try ArchiveSurvey.whileWriting(directory, of: identity.id))
        var cursor = reader.cursor(following: true)
        while try cursor.next() != nil {}
        try fixture.write(5..<400, bytes: 600)
        #expect(try fixture.segments().count > 3)
        try cursor.expect(5..<400)
    }

    @Test("a cursor that follows from segment to segment forgets those that it has passed")
    func passedSegments() throws {
        try fixture.write(0..<400, bytes: 600)
        var cursor = try fixture.reader().cursor(following: true)
        while try cursor.next() != nil {}
        try fixture.write(400..<1_200, bytes: 600)
        let count = try fixture.segments().count
        #expect(count > 8)
        try cursor.expect(400..<1_200)
        let known = cursor.knownSegmentCount
        #expect(known <= 2, "of \(count)")
    }

    @Test("segments that were compressed before the cursor came to them are read")
    func compressedAhead() throws {
        guard ArchiveReader.canCompress else { return }
        try fixture.write(0..<5)
        var cursor = try fixture.reader().cursor(following: true)
        while try cursor.next() != nil {}
        try fixture.write(5..<400, bytes: 600)
        #expect(try fixture.reader().compress().segments > 3)
        try cursor.expect(5..<400)
    }

    @Test("a sealed segment that cannot be read is a gap, and the cursor goes on behind it")
    func unreadableAhead() throws {
        try fixture.write(0..<5)
        var cursor = try fixture.reader().cursor(following: true)
        while try cursor.next() != nil {}
        try fixture.write(5..<400, bytes: 600)
        let segments = try fixture.reader().info.segments
        let damaged = segments[2]
        try fixture.edit(damaged.file) { bytes in
            for place in [0, 20, bytes.count - 1, bytes.count - 20] { bytes[place] ^= 0xFF }
        }
        var given: [UInt64] = []
        while let record = try cursor.next() { given.append(record.sequence) }
        #expect(given == (5..<400).filter { !damaged.sequences.contains($0) })
        #expect(cursor.gaps.map(\.sequences) == [damaged.sequences])
    }

    @Test("a torn record is not given, and the one that replaces it is")
    func tornRecord() throws {
        try fixture.write(0..<3, closing: false)
        let file = try #require(try fixture.segments().first)
        let reader = try fixture.reader()
        var cursor = reader.cursor(following: true)
        for sequence in 0..<3 as Range<UInt64> { #expect(try cursor.next()?.sequence == sequence) }
        let end = try #require(reader.segments.first).recordsEnd
        let handle = try #require(FileHandle(forUpdatingAtPath: "\(fixture.path)/\(file)"))
        try handle.seek(toOffset: UInt64(end) + 4)
        try handle.write(contentsOf: [60, 0, 0, 0x80, 3, 0, 0, 0])
        try handle.close()
        #expect(try cursor.next()?.sequence == nil)
        let writer = try fixture.writer(calls: .unsynced)
        #expect(try cursor.next()?.sequence == nil)
        try writer.append(Event(3))
        #expect(try cursor.next()?.sequence == 3)
        #expect(cursor.gaps.isEmpty)
    }

    /// Also what ThreadSanitizer looks at: threads that read what another one writes.
    @Test("several readers follow a busy writer on other threads, and miss nothing")
    func busyWriter() throws {
        let writer = try fixture.writer(calls: .unsynced)
        let total: UInt64 = 3_000
        let reader = try fixture.reader()
        let readings = [Follower(0), Follower(0), Follower(1_000)]
        let group = DispatchGroup()
        for follower in readings {
            // A thread of its own: it blocks.
            group.enter()
            Thread.detachNewThread {
                follower.follow(reader, to: total)
                group.leave()
            }
        }
        for sequence in 0..<total {
            try writer.append(Event(sequence, bytes: 200))
            if sequence % 64 == 0 { usleep(10) }
        }
        #expect(group.wait(timeout: .now() + 60) == .success)
        #expect(readings.map(\.wrong) == [nil, nil, nil])
    }
}

/// Follows an archive on a thread of its own. Read what it found after the thread has ended.
private final class Follower: @unchecked Sendable {
    private var expected: UInt64
    private(set) var wrong: String?

    init(_ first: UInt64) { expected = first }

    func follow(_ reader: ArchiveReader, to end: UInt64) {
        var cursor = reader.cursor(over: .sequence(expected), following: true)
        do {
            while expected < end {
                guard let record = try cursor.next() else {
                    if try !cursor.waitForMore(nanoseconds: 30_000_000_000) {
                        wrong = "nothing behind \(expected)"
                        return
                    }
                    continue
                }
                let event = Event(expected, bytes: 200)
                guard record.sequence == expected,
                    record.bytes.withUnsafeBytes({ $0.elementsEqual(event.bytes) })
                else {
                    wrong = "\(record.sequence) is not \(expected)"
                    return
                }
                expected += 1
            }
            wrong = cursor.gaps.isEmpty ? nil : "\(cursor.gaps)"
        } catch {
            wrong = "\(error)"
        }
    }
}

@Suite("Pins")
struct PinTests {
    let fixture = Fixture()

    @Test("a cursor pins the segments that it may read, until it has passed them or is gone")
    func pinned() throws {
        try fixture.write(0..<500, bytes: 600)
        let reader = try fixture.reader()
        let ids = reader.info.segments.map(\.id)
        func isFree(_ id: UInt64) throws -> Bool {
            try SegmentPin.withoutPins(on: id, in: reader.directory) { true } ?? false
        }
        #expect(try ids.allSatisfy(isFree))
        do {
            var cursor = reader.cursor()
            #expect(try ids.allSatisfy { try !isFree($0) })
            let third = reader.info.segments[2].sequences.lowerBound
            while let record = try cursor.next(), record.sequence < third {}
            #expect(try ids.map(isFree) == ids.map { $0 < ids[2] })
            let other = reader.cursor(over: .sequence(0))
            #expect(try !isFree(ids[0]))
            _ = consume other
            #expect(try isFree(ids[0]))
            _ = consume cursor
        }
        #expect(try ids.allSatisfy(isFree))
    }
}

extension ArchiveCursor {
    /// Requires that these numbers come next, and nothing behind them.
    fileprivate mutating func expect(_ sequences: Range<UInt64>) throws {
        for sequence in sequences { try #require(try next()?.sequence == sequence) }
        #expect(try next() == nil && gaps.isEmpty)
    }
}
