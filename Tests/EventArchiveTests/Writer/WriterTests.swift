import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EventArchive

@Suite("The writer")
struct WriterTests {
    let fixture = Fixture()

    @Test("an event over the limit is refused, and nothing is lost or changed")
    func tooLarge() throws {
        let writer = try fixture.writer(
            ArchiveConfiguration(
                segmentBytes: 64 << 10, eventBytesMax: 1_000, durability: .none))
        try writer.append(Event(0, bytes: 1_000))
        #expect(throws: ArchiveError.eventTooLarge(bytes: 1_001, limit: 1_000)) {
            try writer.append(Event(1, bytes: 1_001))
        }
        #expect(try writer.append(Event(1, bytes: 1_000)) == 1)
        #expect(try fixture.reader().read(bytes: 1_000).sequences == [0, 1])
    }

    @Test("an event that no segment can hold is refused; the largest that one can, fits")
    func largerThanSegment() throws {
        let limit = Fixture.small.effectiveEventBytesMax
        let writer = try fixture.writer()
        #expect(throws: ArchiveError.eventTooLarge(bytes: limit + 1, limit: limit)) {
            try writer.append(Event(0, bytes: limit + 1))
        }
        for sequence in 0..<3 as Range<UInt64> { try writer.append(Event(sequence, bytes: limit)) }
        try writer.close()
        #expect(try fixture.segments().count == 3)
        #expect(try fixture.reader().read(bytes: limit).sequences == [0, 1, 2])
        #expect(try fixture.reader().verify().isSound)
        let size = try fixture.content(SegmentName.firstSealed).count
        #expect(size <= Fixture.small.segmentBytes)
    }

    @Test("a larger configuration begins a new segment when an event needs it")
    func largerConfiguration() throws {
        try fixture.write(0..<3, closing: false, bytes: 100)
        let writer = try fixture.writer(ArchiveConfiguration(segmentBytes: 1 << 20))
        try writer.append(Event(3, bytes: 100))
        try writer.append(
            [UInt8](repeating: 0, count: 500_000).span.bytes, eventTime: 0, ingestTime: 0)
        try writer.close()
        #expect(try fixture.reader().info.segments.map(\.records) == [4, 1])
    }

    @Test(
        "a configuration out of its range is refused",
        arguments: [
            ArchiveConfiguration(segmentBytes: 0), ArchiveConfiguration(segmentBytes: 4_096),
            ArchiveConfiguration(segmentBytes: (64 << 10) + 8),
            ArchiveConfiguration(segmentBytes: ArchiveFormat.segmentBytesMax + 4_096),
            ArchiveConfiguration(eventBytesMax: -1),
            ArchiveConfiguration(eventBytesMax: ArchiveFormat.eventBytesMax + 1),
            ArchiveConfiguration(durability: .interval(milliseconds: -1)),
            ArchiveConfiguration(prefaultBytes: -1),
        ])
    func invalid(configuration: ArchiveConfiguration) throws {
        #expect(throws: ArchiveError.self) { try fixture.writer(configuration) }
        let missing = ArchiveError.missingDirectory(directory: fixture.path)
        #expect(throws: missing) { try fixture.reader() }
    }

    @Test("commit moves the durable watermark; appending moves the other")
    func watermark() throws {
        let writer = try fixture.writer()
        #expect(writer.watermark.appended == 0 && writer.watermark.durable == 0)
        for sequence in 0..<3 as Range<UInt64> { try writer.append(Event(sequence)) }
        #expect(writer.watermark.appended == 3 && writer.watermark.durable == 0)
        try writer.commit()
        #expect(writer.watermark.durable == 3)
        try writer.append(Event(3))
        try writer.close()
        #expect(writer.watermark.appended == 4 && writer.watermark.durable == 4)
        #expect(try fixture.writer().watermark.durable == 4)
    }

    @Test("what a crash left is durable once the next writer is open")
    func recoveredIsDurable() throws {
        try fixture.write(0..<5, closing: false)
        #expect(try fixture.writer().watermark.durable == 5)
    }

    @Test("commitIfDue commits as the policy says")
    func policies() throws {
        func due(_ durability: ArchiveDurability, at times: [Int64]) throws -> [Bool] {
            let fixture = Fixture()
            let writer = try fixture.writer(
                ArchiveConfiguration(segmentBytes: 64 << 10, durability: durability))
            return try times.map { now in
                try writer.append(Event(writer.watermark.appended))
                return try writer.commitIfDue(now: now * 1_000_000)
            }
        }
        #expect(try due(.none, at: [0, 1_000]) == [false, false])
        #expect(try due(.batch, at: [0, 0]) == [true, true])
        #expect(
            try due(.interval(milliseconds: 10), at: [0, 9, 10, 15, 20])
                == [false, false, true, false, true])
        let writer = try fixture.writer()
        #expect(try writer.commitIfDue(now: 0) == false, "nothing to commit")
    }

    @Test("after close every call throws, and closing again does nothing")
    func closed() throws {
        let writer = try fixture.writer()
        try writer.close()
        try writer.close()
        #expect(throws: ArchiveError.closed) { try writer.append(Event(0)) }
        #expect(throws: ArchiveError.closed) { try writer.commit() }
        #expect(throws: ArchiveError.closed) { try writer.commitIfDue(now: 0) }
    }

    @Test("an archive opened and closed without events leaves no segment behind")
    func noEvents() throws {
        try fixture.write(0..<3)
        for _ in 0..<3 { try fixture.write(3..<3) }
        #expect(try fixture.segments() == [SegmentName.firstSealed])
    }

    @Test("a writer without pages mapped ahead writes the same")
    func withoutPrefault() throws {
        let configuration = ArchiveConfiguration(segmentBytes: 64 << 10, prefaultBytes: 0)
        try fixture.write(0..<1_000, configuration: configuration)
        #expect(try fixture.reader().read().sequences == Array(0..<1_000))
    }

    @Test("segments larger than what is mapped ahead are written and verified")
    func severalWindows() throws {
        let configuration = ArchiveConfiguration(segmentBytes: 1 << 20, prefaultBytes: 16 << 10)
        try fixture.write(0..<2_000, configuration: configuration, bytes: 1_000)
        #expect(try fixture.reader().read(bytes: 1_000).sequences == Array(0..<2_000))
        #expect(try fixture.reader().verify().isSound)
    }
}

@Suite("Failing disks")
struct FailureTests {
    let fixture = Fixture()
    let disk = FailingDisk()

    @Test("a failed sync ends the writer: every later call throws it, and nothing is synced again")
    func failedSync() throws {
        let writer = try fixture.writer(calls: disk.calls)
        try writer.append(Event(0))
        try writer.commit()
        try writer.append(Event(1))
        disk.failSyncs()
        let error = ArchiveError.syncFailed(file: SegmentName.firstOpen, errno: 5)
        #expect(throws: error) { try writer.commit() }
        let syncs = disk.syncs
        #expect(throws: error) { try writer.commit() }
        #expect(throws: error) { try writer.append(Event(2)) }
        #expect(throws: error) { try writer.commitIfDue(now: .max) }
        #expect(throws: error) { try writer.close() }
        #expect(disk.syncs == syncs)
        #expect(writer.watermark.durable == 1)
        #expect(writer.watermark.appended == 2)
        // Closing gave the directory free; what was written is there, and now made durable.
        #expect(try fixture.writer().watermark.durable == 2)
    }

    @Test("a sync that fails while a segment is sealed ends the writer as well")
    func failedSeal() throws {
        let writer = try fixture.writer(calls: disk.calls)
        disk.failSyncs()
        let failed = try #require(
            #expect(throws: ArchiveError.self) {
                while true { try writer.append(Event(writer.watermark.appended)) }
            })
        // Which of the queues finds out first is left to chance.
        guard case .syncFailed(_, errno: 5) = failed else {
            Issue.record("\(failed)")
            return
        }
        let appended = writer.watermark.appended
        #expect(throws: ArchiveError.self) { try writer.append(Event(appended)) }
        #expect(throws: ArchiveError.self) { try writer.close() }
        #expect(writer.watermark.durable == 0)
        // One that was being appended may be there too; nobody was told so.
        let sequences = try fixture.reader().read().sequences
        #expect(sequences.prefix(Int(appended)).elementsEqual(0..<appended))
        #expect(sequences.count <= appended + 1)
    }

    @Test("a sync that fails while the archive is made leaves nothing in the way")
    func failedCreation() throws {
        disk.failSyncs()
        #expect(throws: ArchiveError.self) { try fixture.writer(calls: disk.calls) }
        try fixture.write(0..<3)
        #expect(try fixture.reader().read().sequences == [0, 1, 2])
    }

    @Test(
        "without room for the next segment appending fails, loses nothing, and can be tried again")
    func noRoom() throws {
        let writer = try fixture.writer(calls: disk.calls)
        disk.fill()
        let failed = #expect(throws: ArchiveError.self) {
            while true { try writer.append(Event(writer.watermark.appended)) }
        }
        guard case .diskFull(_, bytes: 65_536, errno: 28) = failed else {
            Issue.record("\(String(describing: failed))")
            return
        }
        let appended = writer.watermark.appended
        try writer.watermark.waitUntilDurable(appended - 1)
        #expect(throws: ArchiveError.self) { try writer.append(Event(appended)) }
        #expect(try fixture.reader().read().sequences == Array(0..<appended))
        #expect(try fixture.segments().allSatisfy { $0.hasSuffix(".segment") })
        try writer.commit()
        disk.free()
        #expect(try writer.append(Event(appended)) == appended)
        try writer.close()
        #expect(try fixture.reader().read().sequences == Array(0...appended))
        #expect(try fixture.reader().verify().isSound)
    }

    @Test(
        "a disk that is full while a segment is prepared, and has room in time, stops nobody",
        arguments: [false, true])
    func roomInTime(isToldLate: Bool) throws {
        let disk = FailingDisk(refusesLate: isToldLate)
        let writer = try fixture.writer(calls: disk.calls)
        try wait(seconds: 30) { try fixture.files().contains { $0.hasSuffix(".prepared") } }
        disk.fill()
        // Into the segment that was ready.
        for sequence in 0..<80 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try wait(seconds: 30) { disk.refusals > 0 }
        disk.free()
        for sequence in 80..<300 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try writer.close()
        #expect(try fixture.reader().read(bytes: 1_000).sequences == Array(0..<300))
    }

    private func wait(seconds: Double, until isSo: () throws -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while try !isSo() {
            try #require(Date() < end)
            usleep(1_000)
        }
    }

    @Test("without room for the first segment opening fails, and can be tried again")
    func noRoomAtOpen() throws {
        disk.fill()
        #expect(throws: ArchiveError.self) { try fixture.writer(calls: disk.calls) }
        #expect(try fixture.files() == [ArchiveIdentity.fileName])
        try fixture.write(0..<3)
    }

    @Test(
        "on a disk that is really full, all that was appended stays readable",
        .enabled(if: SmallDisk.isPossible, "mounting a small tmpfs needs root"))
    func fullDisk() throws {
        let mounted = try SmallDisk(kilobytes: 640)
        let path = mounted.path + "/archive"
        let writer = try ArchiveWriter(directory: path, configuration: Fixture.small)
        let failed = #expect(throws: ArchiveError.self) {
            while true { try writer.append(Event(writer.watermark.appended)) }
        }
        guard case .diskFull = failed else {
            Issue.record("\(String(describing: failed))")
            return
        }
        let appended = writer.watermark.appended
        try writer.watermark.waitUntilDurable(appended - 1)
        #expect(appended > 1_000 && writer.watermark.durable == appended)
        #expect(try ArchiveReader(directory: path).read().sequences == Array(0..<appended))
        #expect(try ArchiveReader(directory: path).verify().isSound)
    }
}
