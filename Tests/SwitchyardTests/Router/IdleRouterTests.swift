import EventArchive
import InternalSystem
import Switchyard
import TestSupport
import Testing

@Suite("A router that has nothing to do")
struct IdleRouterTests {
    @Test("waits for nothing: not from the start, and not when all is delivered and kept")
    func isQuiet() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let inbox = Inbox()
        let router = try makeRouter(folder) {
            $0.clock = clock
            $0.watermarkInterval = .seconds(1)
        }
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        #expect(clock.waitingCount == 0)
        try await router.publishAndConfirm(event(0))
        await inbox.wait(for: 1)
        await wait { clock.waitingCount == 1 }
        // What it has come to is kept: killed then, it would go on behind the event.
        await wait {
            clock.advance(by: 1_000_000_000)
            let text = readFile(folder.path + "/router/delivery.watermarks") ?? []
            return String(decoding: text, as: UTF8.self).contains(#""sequence":1}"#)
        }
        try await becomesQuiet(clock)
        try router.close()
    }

    /// Waits until nothing waits for the clock, however often that is looked at.
    private func becomesQuiet(_ clock: ManualClock) async throws {
        var looks = 0
        for _ in 0..<10_000 where looks < 20 {
            clock.advance(by: 1_000_000_000)
            // What ticks has a queue of its own.
            try await Task.sleep(for: .milliseconds(2))
            looks = clock.waitingCount == 0 ? looks + 1 : 0
        }
        #expect(looks == 20)
    }

    @Test("commits what its journal holds back for an interval, though nothing more comes")
    func commitsInterval() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let router = try makeRouter(folder) {
            $0.clock = clock
            $0.watermarkInterval = .seconds(1)
            $0.archive = ArchiveConfiguration(
                segmentBytes: 1 << 20, durability: .interval(milliseconds: 2_500))
        }
        for number in 0..<3 { try router.publish(event(number)) }
        try await wait { try router.statistics().archived == 3 }
        await wait {
            clock.advance(by: 1_000_000_000)
            return (try? router.statistics().durable) == 3
        }
        #expect(try router.statistics().durable == 3)
        try await becomesQuiet(clock)
        try router.close()
    }
}
