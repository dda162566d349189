import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

/// Events that were accepted, and that their bus's archive could not take any more: no target finds
/// them there again.
@Suite struct UnarchivedEventTests {
    private static let filler = String(repeating: "x", count: 1_000)

    private func long(_ number: Int) -> String { #"{"n":\#(number),"f":"\#(Self.filler)"}"# }

    /// A router whose archive breaks while it has thousands of events to route, and how many targets
    /// were to get.
    private func breakArchive(
        of router: Router, in folder: TemporaryFolder, count: Int = 3_000, _ target: Target
    ) async throws {
        let (lane, laneWaits) = (Gate(), Switch(false))
        let gateEvent = long(10)
        try router.putTargets(
            [
                target,
                .inline("lane") {
                    guard $0.text == gateEvent else { return }
                    laneWaits.isOn = true
                    lane.wait()
                },
            ], of: "all")
        for number in 0..<10 { try await router.publishAndConfirm(long(number)) }
        try router.publish(gateEvent)
        await wait { laneWaits.isOn }
        _ = try router.publish(contentsOf: (11..<count).map(long))
        try FileManager.default.removeItem(
            atPath: folder.path + "/router/buses/default.archive")
        lane.open()
        try await wait { try router.statistics().routed == UInt64(count) }
        #expect(try router.statistics().unarchived > 0, "the archive did not break")
    }

    private func router(in folder: TemporaryFolder, queueEvents: Int) throws -> Router {
        try makeRouter(folder) {
            $0.targetQueueEvents = queueEvents
            $0.targetQueueBytes = 32 << 20
            $0.pendingEventsMax = queueEvents
            $0.archive = ArchiveConfiguration(
                segmentBytes: 64 << 10, eventBytesMax: 4_096, durability: .none,
                prefaultBytes: 16 << 10, preparedSegmentsMax: 1)
            $0.entryLimits.requestBytes = 2_048
            $0.slabBytes = 1 << 16
            $0.slabCount = 256
        }
    }

    @Test("an event that can't be archived becomes a dead letter of a target that is behind")
    func behind() async throws {
        let folder = try TemporaryFolder()
        let router = try router(in: folder, queueEvents: 2)
        try await breakArchive(
            of: router, in: folder, .closure("t", retry: seldom) { _ in throw Refusal() })
        let statistics = try router.statistics(target: "t", of: "all")
        #expect(statistics.fellBehind == 1)
        #expect(try statistics.deadLettered == router.statistics().unarchived)
        #expect(throws: RouterError.self) { try router.close(within: .zero) }
    }

    @Test("an event that can't be archived and waits when the router closes becomes a dead letter")
    func pending() async throws {
        let folder = try TemporaryFolder()
        let router = try router(in: folder, queueEvents: 8_192)
        try await breakArchive(
            of: router, in: folder, .closure("t", retry: seldom) { _ in throw Refusal() })
        let unarchived = try router.statistics().unarchived
        try await wait { try router.statistics(target: "t", of: "all").pending == 3_000 }
        // Nothing is due within the limit, so that nothing is waited for.
        #expect(throws: RouterError.self) { try router.close(within: .seconds(60)) }
        #expect(try router.statistics(target: "t", of: "all").deadLettered == unarchived)
    }
}
