import EventArchive
import EventMatching
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
        let disk = try SmallDisk(kilobytes: 57 << 10)
        let ballast = disk.path + "/ballast"
        try Data(count: 48 << 20).write(to: URL(fileURLWithPath: ballast))
        let router = try makeRouter(folder)
        try createFullBus(of: router, in: folder, on: disk)
        let (full, other) = (Inbox(), Inbox())
        try router.putTargets(
            [.closure("t") { full.take(String($0.text.prefix(20))) }], of: "all", on: "full")
        try router.putTargets([.inline("t") { other.take($0.text) }], of: "all")

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

    @Test(
        "a bus that is removed while its disk is full is gone with what it held",
        .enabled(if: SmallDisk.isPossible))
    func removesFullBus() async throws {
        let folder = try TemporaryFolder()
        let disk = try SmallDisk(kilobytes: 9 << 10)
        let router = try makeRouter(folder)
        try createFullBus(of: router, in: folder, on: disk)
        try router.putTargets([.closure("t") { _ in }], of: "all", on: "full")
        let filler = String(repeating: "x", count: 1_000)
        let publisher = try router.makePublisher(to: "full")
        #expect(throws: PublishError.self) {
            for number in 0..<100_000 {
                try publisher.publish(
                    #"{"n":\#(number),"filler":"\#(filler)"}"#.utf8Span.span.bytes)
            }
        }
        publisher.close()
        try await wait { try router.statistics(bus: "full").held > 0 }
        // The archive says that it had no room.
        #expect(throws: RouterError.self) { try router.removeBus("full") }
        // Longer than a bus waits before it looks for room again.
        try await Task.sleep(for: .milliseconds(200))
        try router.publish(event(1))
        try await router.confirm()
        #expect(try router.deadLetters().isEmpty)
        try router.close()
    }

    @Test(
        "an event bus whose disk is full waits for room, and nothing is lost or out of order",
        .enabled(if: SmallDisk.isPossible))
    func holdsEventBus() throws {
        let disk = try SmallDisk(kilobytes: 52 << 10)
        let ballast = disk.path + "/ballast"
        try Data(count: 48 << 20).write(to: URL(fileURLWithPath: ballast))
        let inbox = Inbox()
        let bus = try makeEventBus(on: disk, inbox)
        var accepted = try publishUntilFull(bus)
        #expect(bus.statistics.refused == 0 && inbox.count <= accepted)
        try FileManager.default.removeItem(atPath: ballast)
        // It finds out by itself that there is room again.
        for _ in 0..<patience {
            guard (try? bus.publish(line(accepted))) == nil else { break }
            usleep(10_000)
        }
        accepted += 1
        try bus.close()
        #expect(inbox.texts == (0..<accepted).map { String(line($0).prefix(12)) })
        let archive = try ArchiveReader(directory: disk.path + "/archive")
        #expect(try archive.verify().isSound)
        #expect(bus.watermark?.appended == UInt64(accepted))
    }

    @Test(
        "an event bus that is closed while its disk is full refuses what it could not archive",
        .enabled(if: SmallDisk.isPossible))
    func closesFullEventBus() throws {
        let disk = try SmallDisk(kilobytes: 4 << 10)
        let inbox = Inbox()
        let bus = try makeEventBus(on: disk, inbox)
        let accepted = try publishUntilFull(bus)
        #expect(throws: ArchiveError.self) { try bus.close() }
        let statistics = bus.statistics
        #expect(statistics.refused > 0)
        #expect(statistics.delivered + statistics.refused == UInt64(accepted))
        #expect(statistics.delivered == UInt64(inbox.count))
        // What was delivered is what is in the archive.
        #expect(bus.watermark?.appended == statistics.delivered)
        #expect(inbox.texts == (0..<inbox.count).map { String(line($0).prefix(12)) })
    }

    /// A bus "full" whose journal is on a small disk, with a rule for every event that has a member `n`.
    private func createFullBus(
        of router: Router, in folder: TemporaryFolder, on disk: SmallDisk
    ) throws {
        let place = disk.path + "/full.archive"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/router/buses/full.archive", withDestinationPath: place)
        try router.createBus("full")
        try router.putRule(
            RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: "full")
    }

    private func makeEventBus(on disk: SmallDisk, _ inbox: Inbox) throws -> EventBus {
        var configuration = EventBus.Configuration()
        configuration.archive = .init(
            directory: disk.path + "/archive",
            configuration: ArchiveConfiguration(segmentBytes: 1 << 20, eventBytesMax: 64 << 10))
        let rules = try RuleSet([Rule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)])
        return try EventBus(rules: rules, configuration: configuration) { event in
            inbox.take(
                event.bytes.withUnsafeBytes { String(decoding: $0.prefix(12), as: UTF8.self) })
        }
    }

    private func line(_ number: Int) -> String {
        #"{"n":\#(1_000_000 + number),"filler":"\#(String(repeating: "x", count: 1_000))"}"#
    }

    /// Gives how many events were taken before one was refused because the disk is full.
    private func publishUntilFull(_ bus: EventBus) throws -> Int {
        let publisher = try bus.makePublisher()
        defer { publisher.close() }
        for number in 0..<100_000 {
            do {
                try publisher.publish(line(number).utf8Span.span.bytes)
            } catch PublishError.archive(.diskFull) {
                return number
            }
        }
        Issue.record("the disk never was full")
        return 0
    }
}
