import Foundation
import Testing

@testable import EventArchive

/// What holds for both ways of writing, and what only holds for one.
@Suite("The write paths")
struct WritePathTests {
    static let durabilities: [ArchiveDurability] = [.none, .batch, .interval(milliseconds: 0)]
    let fixture = Fixture()

    @Test("events through many segments come back, in order and whole", arguments: durabilities)
    func manySegments(durability: ArchiveDurability) throws {
        let writer = try fixture.writer(Fixture.configuration(durability), calls: .unsynced)
        for sequence in 0..<3_000 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: Int(sequence % 300)))
            if sequence % 37 == 0 { try writer.startCommit() }
            if sequence % 501 == 0 { try writer.commit() }
        }
        try writer.close()
        let reader = try fixture.reader()
        #expect(try reader.verify().isSound)
        #expect(reader.info.segments.count > 8)
        #expect(reader.info.segments.allSatisfy { $0.isSealed })
        var cursor = reader.cursor()
        var next: UInt64 = 0
        while let record = try cursor.next() {
            let expected = Event(next, bytes: Int(next % 300))
            try #require(record.sequence == next)
            let isRight = record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) }
            try #require(isRight)
            next += 1
        }
        #expect(next == 3_000 && cursor.gaps.isEmpty)
        #expect(try fixture.files().allSatisfy { !$0.hasSuffix(".prepared") })
    }

    @Test("a writer goes on where another one stopped", arguments: durabilities, durabilities)
    func goOn(first: ArchiveDurability, second: ArchiveDurability) throws {
        do {
            let writer = try fixture.writer(Fixture.configuration(first))
            for sequence in 0..<100 as Range<UInt64> { try writer.append(Event(sequence)) }
            try writer.commit()
        }
        for round in 1..<4 as Range<UInt64> {
            let writer = try fixture.writer(Fixture.configuration(second))
            for sequence in round * 100..<(round + 1) * 100 {
                #expect(try writer.append(Event(sequence)) == sequence)
            }
            try writer.commit()
        }
        #expect(try fixture.reader().read().sequences == Array(0..<400))
        #expect(try fixture.reader().verify().isSound)
        try fixture.write(400..<401)
        #expect(try fixture.reader().verify().isSound)
    }

    @Test(
        "what is committed can be read by others, also in the midst of it", arguments: durabilities)
    func committedIsVisible(durability: ArchiveDurability) throws {
        let writer = try fixture.writer(Fixture.configuration(durability))
        for sequence in 0..<2_000 as Range<UInt64> {
            try writer.append(Event(sequence))
            guard sequence % 250 == 0 else { continue }
            try writer.commit()
            let reader = try fixture.reader()
            #expect(reader.recoveryReport.isClean)
            #expect(try reader.read().sequences == Array(0...sequence))
        }
    }

    @Test(
        "an event larger than the memory that gathers is written and read", .timeLimit(.minutes(1)))
    func largeEvents() throws {
        let size = 9 << 20
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 64 << 20, eventBytesMax: size, durability: .batch))
        for sequence in 0..<7 as Range<UInt64> {
            try writer.append(
                [UInt8](repeating: UInt8(sequence), count: size - Int(sequence)).span.bytes,
                eventTime: 0, ingestTime: 0)
        }
        try writer.close()
        #expect(try fixture.reader().verify().isSound)
        var cursor = try fixture.reader().cursor()
        var counts: [Int] = []
        while let record = try cursor.next() {
            counts.append(record.byteCount)
            let byte = UInt8(record.sequence)
            let isRight = record.bytes.withUnsafeBytes { $0.first == byte && $0.last == byte }
            #expect(isRight)
        }
        #expect(counts == (0..<7).map { size - $0 })
    }

    @Test("those who wait for the watermark are woken when a commit has reached it")
    func waiting() async throws {
        let writer = try fixture.writer(Fixture.configuration(.batch))
        let watermark = writer.watermark
        let waiters = (0..<10 as Range<UInt64>).map { sequence in
            Task { try await watermark.untilDurable(sequence) }
        }
        let blocked = Task.detached { try watermark.waitUntilDurable(9) }
        for sequence in 0..<10 as Range<UInt64> {
            try writer.append(Event(sequence))
            try writer.startCommit()
        }
        for waiter in waiters { try await waiter.value }
        try await blocked.value
        #expect(watermark.durable == 10)
    }

    @Test("who waits for what will never be durable is told why")
    func waitingInVain() async throws {
        let disk = FailingDisk()
        let writer = try fixture.writer(Fixture.configuration(.batch), calls: disk.calls)
        let watermark = writer.watermark
        let waiter = Task { try await watermark.untilDurable(0) }
        let cancelled = Task { try await watermark.untilDurable(0) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        disk.failSyncs()
        try writer.append(Event(0))
        try writer.startCommit()
        let error = ArchiveError.syncFailed(file: SegmentName.firstOpen, errno: 5)
        await #expect(throws: error) { try await waiter.value }
        #expect(throws: error) { try watermark.waitUntilDurable(0) }
        #expect(throws: error) { try writer.append(Event(1)) }
        #expect(throws: error) { try writer.close() }
        #expect(throws: error) { try watermark.waitUntilDurable(5) }
    }

    @Test("one write takes what gathered while the one before ran")
    func groupCommit() throws {
        let disk = SlowDisk()
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 8 << 20, durability: .batch), calls: disk.calls)
        let before = disk.writes
        for sequence in 0..<1_000 as Range<UInt64> {
            try writer.append(Event(sequence))
            try writer.startCommit()
        }
        try writer.commit()
        #expect(writer.watermark.durable == 1_000)
        #expect(disk.writes - before < 500, "\(disk.writes - before) writes for 1,000 commits")
        #expect(try fixture.reader().read().sequences == Array(0..<1_000))
    }

    @Test("a disk that is slower than events waits with them, in bounded memory")
    func backPressure() throws {
        let disk = SlowDisk()
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 64 << 20, durability: .batch), calls: disk.calls)
        // Three times the memory that gathers.
        let event = [UInt8](repeating: 7, count: 1 << 16)
        for _ in 0..<768 { try writer.append(event.span.bytes, eventTime: 0, ingestTime: 0) }
        #expect(writer.watermark.durable >= 512)
        try writer.close()
        #expect(try fixture.reader().verify().records == 768)
    }
}
