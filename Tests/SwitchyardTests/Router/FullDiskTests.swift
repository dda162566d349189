import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct FullDiskTests {
    @Test(
        "a bus whose disk is full waits alone: its lane's other buses go on, and nothing is lost",
        .enabled(if: SmallDisk.isPossible))
    func holdsOneBus() async throws {
        let folder = try TemporaryFolder()
        // When the ballast is gone, there is room for all that slabs can hold until the disk is full,
        // and for segments that are prepared ahead.
        let disk = try SmallDisk(kilobytes: 52 << 10)
        let ballast = disk.path + "/ballast"
        try Data(count: 48 << 20).write(to: URL(fileURLWithPath: ballast))
        let router = try makeRouter(folder)
        let place = disk.path + "/full.archive"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/router/buses/full.archive", withDestinationPath: place)
        try router.createBus("full")
        let (full, other) = (Inbox(), Inbox())
        try router.putRule(
            RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: "full")
        try router.putTargets(
            [.closure("t") { full.take(String($0.text.prefix(20))) }], on: "all", of: "full")
        try router.putTargets([.inline("t") { other.take($0.text) }], on: "all")

        var accepted = 0
        let filler = String(repeating: "x", count: 1_000)
        let publisher = try router.makePublisher(to: "full")
        var refusal: PublishError?
        while refusal == nil, accepted < 100_000 {
            do {
                try publisher.publish(
                    #"{"n":\#(1_000_000 + accepted),"filler":"\#(filler)"}"#.utf8Span.span.bytes)
                accepted += 1
            } catch { refusal = error }
        }
        publisher.flush()
        guard case .archive(.diskFull) = refusal else {
            Issue.record("the disk never was full: \(String(describing: refusal))")
            return
        }
        // The other bus of the lane goes on meanwhile.
        for number in 0..<500 { try router.publish(event(number)) }
        try await router.confirm()
        #expect(other.texts == (0..<500).map(event))
        var statistics = try router.statistics(bus: "full")
        #expect(statistics.isArchiveBlocked && statistics.held > 0)
        #expect(statistics.routed + UInt64(statistics.held) == UInt64(accepted))
        try FileManager.default.removeItem(atPath: ballast)
        try await wait { try router.statistics(bus: "full").held == 0 }
        try await wait { try !router.statistics(bus: "full").isArchiveBlocked }
        try router.publish(#"{"n":\#(1_000_000 + accepted)}"#, to: "full")
        publisher.close()
        try router.close(within: .seconds(60))
        statistics = try router.statistics(bus: "full")
        #expect(statistics.archived == UInt64(accepted) + 1 && statistics.unarchived == 0)
        let expected = (0...accepted).map { #"{"n":\#(1_000_000 + $0)"# }
        #expect(full.count == accepted + 1)
        #expect(full.texts.map { String($0.prefix(12)) } == expected.map { String($0.prefix(12)) })
    }
}
