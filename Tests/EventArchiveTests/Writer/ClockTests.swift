import Dispatch
import InternalSystem
import Testing

@testable import EventArchive

@Suite("What an archive does because of the time")
struct ClockTests {
    let fixture = Fixture()
    let clock = ManualClock()
    private static let hour: UInt64 = 3_600_000_000_000
    private static let millisecond: UInt64 = 1_000_000

    private func writer(
        _ durability: ArchiveDurability, _ retention: ArchiveRetention = ArchiveRetention()
    ) throws -> ArchiveWriter {
        var configuration = Fixture.configuration(durability)
        configuration.retention = retention
        return try fixture.writer(configuration, calls: .unsynced, clock: clock)
    }

    @Test("records that get too old go, although nobody appends any more")
    func retention() throws {
        let writer = try writer(.none, ArchiveRetention(ageNanoseconds: Int64(Self.hour)))
        for sequence in 0..<30 {
            // Twenty at once, ten half an hour later; three fit into a segment.
            if sequence == 20 { clock.advance(by: Self.hour / 2) }
            let event = [UInt8](repeating: 1, count: 20_000)
            let now = clock.wallTime
            try writer.append(event.span.bytes, eventTime: now, ingestTime: now)
        }
        clock.advance(by: Self.hour / 2 - Self.millisecond)
        #expect(writer.upkeepReport.segments == 0)
        // It looks once a minute.
        clock.advance(by: 61_000 * Self.millisecond)
        let afterOne = writer.upkeepReport.segments
        #expect(afterOne > 0)
        let first = try fixture.reader().sequences.lowerBound
        #expect((18...20).contains(first))
        clock.advance(by: Self.hour)
        #expect(writer.upkeepReport.segments > afterOne)
        try writer.close()
        #expect(clock.waitingCount == 0, "a closed writer waits for nothing")
    }

    @Test("an interval's commits are due by the writer's clock")
    func interval() throws {
        let writer = try writer(.interval(milliseconds: 10))
        var started: [Bool] = []
        for _ in 0..<5 {
            try writer.append([1, 2, 3].span.bytes, eventTime: 0, ingestTime: 0)
            started.append(try writer.startCommitIfDue())
            clock.advance(by: 5 * Self.millisecond)
        }
        #expect(started == [false, false, true, false, true])
        try writer.watermark.waitUntilDurable(4)
        try writer.close()
    }

    @Test("files tell the time of the writer's clock as theirs")
    func timestamps() throws {
        let begin = clock.wallTime
        let writer = try writer(.none)
        try writer.append([1].span.bytes, eventTime: 0, ingestTime: 0)
        clock.advance(by: Self.hour)
        try writer.close()
        let directory = try fixture.reader().directory
        #expect(try directory.identity().created == begin)
        let file = try directory.openFile(SegmentName.firstSealed)
        let footer = try #require(
            try SegmentSurvey.readFooter(file, fileBytes: try file.byteCount()))
        #expect(footer.header.created == begin)
        #expect(footer.sealed == begin + Int64(Self.hour))
    }

    @Test("who follows waits as long as the reader's clock says, and then no more")
    func following() async throws {
        try fixture.write(0..<5)
        let directory = try ArchiveDirectory(opening: fixture.path, clock: clock)
        let identity = try directory.identity()
        let reader = ArchiveReader(
            directory, identity, try ArchiveSurvey.whileWriting(directory, of: identity.id))
        let result = Guarded<Bool?>(nil)
        let begin = clock.monotonicTime
        DispatchQueue(label: "follower").async {
            var cursor = reader.cursor(following: true)
            do {
                while try cursor.next() != nil {}
                let hasMore = try cursor.waitForMore(nanoseconds: 1_000 * Self.millisecond)
                result.withLock { $0 = hasMore }
            } catch {
                Issue.record(error)
                result.withLock { $0 = true }
            }
        }
        while result.withLock({ $0 }) == nil {
            if let next = clock.nanosecondsToNext { clock.advance(by: next) }
            await Task.yield()
        }
        #expect(result.withLock { $0 } == false)
        #expect(clock.nanoseconds(since: begin) == 1_000 * Self.millisecond)
    }
}
