import EventArchive
import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery
@testable import Switchyard

@Suite("The target that is an archive")
struct ArchiveTargetTests {
    @Test("has events archived when that is done, also after a run of which none could be")
    func times() throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let writer = try ArchiveWriter(
            directory: folder.path + "/a.archive",
            configuration: ArchiveConfiguration(segmentBytes: 1 << 20, eventBytesMax: 64),
            clock: clock)
        let feed = ArchiveFeed(writer)
        let target = ArchiveTarget(feed, clock: clock)
        let names = TargetNames(bus: "b", rule: "r", target: "t", ruleARN: "arn")
        func deliver(_ text: String) throws {
            try Array(text.utf8).withUnsafeBytes {
                try target.deliver(
                    MatchedEvent(
                        bytes: $0, sequence: 1, attempt: 1, publishTime: 0, hops: 0, names: names))
            }
        }
        let tooLong = #"{"n":"\#(String(repeating: "x", count: 100))"}"#
        #expect(throws: DeliveryError.self) { try deliver(tooLong) }
        clock.advance(by: 3_600_000_000_000)
        let now = clock.wallTime
        try deliver(#"{"n":1}"#)
        try target.finishRun()
        target.close()
        let info = try ArchiveReader(directory: folder.path + "/a.archive").info
        #expect(info.segments.compactMap(\.ingestTimes) == [now...now])
    }
}
