import Foundation
import Switchyard
import Synchronization
import TestSupport
import Testing

@Suite struct KillTests {
    /// What a killed process leaves is what its files hold at that moment: the archive's mapped pages
    /// are in the page cache. So the files are copied while the router works, and the copy is opened.
    /// The watermarks are copied first: they are never ahead of what was delivered by then.
    @Test(
        "killed between match and delivery, every confirmed event was delivered, or is after the start"
    )
    func losesNothing() async throws {
        var random = SeededGenerator(stream: 0xDEAD)
        for round in 0..<4 {
            let (folder, copy) = (try TemporaryFolder(), try TemporaryFolder())
            let (before, after) = (Inbox(), Inbox())
            let router = try makeRouter(folder) {
                $0.targetQueueEvents = 64
                $0.pendingEventsMax = 32
            }
            try router.putTargets(
                [
                    .closure("t", retry: eager) {
                        if $0.attempt == 1, $0.sequence % 7 == 0 { throw Refusal() }
                        usleep(50)
                        before.take($0.text)
                    }
                ], of: "all")
            let confirmed = Confirmed()
            let publishing = Task {
                for batch in 0..<60 {
                    _ = try router.publish(contentsOf: (batch * 50..<batch * 50 + 50).map(event))
                    try await router.confirm()
                    confirmed.count.store(batch * 50 + 50, ordering: .relaxed)
                }
            }
            try await Task.sleep(
                for: .milliseconds(Int.random(in: 0..<120, using: &random)))
            let count = confirmed.count.load(ordering: .relaxed)
            try FileManager.default.createDirectory(
                atPath: copy.path + "/router", withIntermediateDirectories: true)
            for name in ["delivery.watermarks", "buses"] {
                try FileManager.default.copyItem(
                    atPath: folder.path + "/router/" + name, toPath: copy.path + "/router/" + name)
            }
            let delivered = Set(before.texts)
            let restarted = try makeRouter(copy)
            try restarted.putTargets([.closure("t") { after.take($0.text) }], of: "all")
            try await wait {
                try restarted.statistics(target: "t", of: "all").queued == 0
                    && Set((0..<count).map(event)).subtracting(delivered)
                        .subtracting(after.texts).isEmpty
            }
            let missing = Set((0..<count).map(event)).subtracting(delivered)
                .subtracting(after.texts)
            #expect(missing.isEmpty, "round \(round): \(missing.count) of \(count) are missing")
            try restarted.close()
            try await publishing.value
            #expect(try router.close(within: .seconds(120)) == Router.Remainder())
            let left = Set((0..<3_000).map(event)).subtracting(before.texts)
            #expect(left.isEmpty, "round \(round): \(left.count) were not delivered at the end")
        }
    }
}

/// How many events were confirmed.
private final class Confirmed: Sendable {
    let count = Atomic<Int>(0)
}
