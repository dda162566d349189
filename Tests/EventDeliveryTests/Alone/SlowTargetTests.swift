import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EventDelivery

@Suite("A target that is slow")
struct SlowTargetTests {
    @Test("is known to have got what it got, while it is in the midst of many")
    func isKnown() async throws {
        let gate = Gate()
        let count = Atomic<Int>(0)
        // All are in one run, which is not over before the gate opens.
        let target = LoneTarget(
            .closure("t") { _ in
                // Longer than a part of a run takes.
                usleep(20_000)
                if count.wrappingAdd(1, ordering: .relaxed).newValue == 12 { gate.wait() }
            }, queueEvents: 64)
        target.publish(0..<20)
        await wait { count.load(ordering: .relaxed) == 12 }
        #expect(target.statistics.delivered == 11)
        let watermark = try #require(target.watermark)
        // It is advanced ten times a second.
        #expect((1...11).contains(watermark))
        gate.open()
        await wait { target.statistics.delivered == 20 }
        target.close()
        #expect(target.watermark == 20)
    }

    @Test("gives back what is left when the time to close is over, whatever it had in its queue")
    func givesBack() async throws {
        let gate = Gate()
        let count = Atomic<Int>(0)
        let target = LoneTarget(
            .closure("t") { _ in
                count.wrappingAdd(1, ordering: .relaxed)
                gate.wait()
            }, queueEvents: 64)
        target.publish(0..<20)
        await wait { count.load(ordering: .relaxed) == 1 }
        let worker = try #require(target.engine.queue?.worker)
        worker.stopBeginning(at: 1)
        gate.open()
        let left = Mutex<[UInt64]?>(nil)
        target.close { items in left.withLock { $0 = items.map(\.sequence) } }
        await wait { left.withLock { $0 != nil } }
        #expect(left.withLock { $0 } == Array(1..<20))
        #expect(count.load(ordering: .relaxed) == 1)
        #expect(target.watermark == 1)
    }

    @Test("that fails for one event has come no further than before it")
    func failsForOne() async throws {
        let target = LoneTarget(
            .closure("t", retry: RetryPolicy(firstDelay: .seconds(1_000))) { event in
                if event.sequence == 3 { throw Refusal() }
            }, queueEvents: 64)
        target.publish(0..<20)
        await wait { target.statistics.delivered == 19 }
        target.noteCheckpoint()
        await wait { target.watermark == 3 }
        target.close()
        #expect(target.watermark == 3)
    }

    @Test("is waited for where its queue is full, for a while, and falls behind after that")
    func isWaitedFor() async throws {
        // A batch of 64 and the queue are full long before the last one.
        for patience in [86_400_000_000_000, 1_000_000] as [UInt64] {
            let gate = Gate()
            let count = Atomic<Int>(0)
            let target = LoneTarget(
                .closure("t") { _ in
                    if count.wrappingAdd(1, ordering: .relaxed).newValue == 1 { gate.wait() }
                }, patience: patience)
            let isPublished = Atomic<Bool>(false)
            Thread.detachNewThread {
                target.publish(0..<500)
                isPublished.store(true, ordering: .relaxed)
            }
            let isPatient = patience > 1_000_000_000
            if isPatient {
                await wait { count.load(ordering: .relaxed) == 1 }
                // The lane can't have gone on: the target has room for a few of these.
                let hasGoneOn = isPublished.load(ordering: .relaxed)
                #expect(!hasGoneOn)
            } else {
                // The lane goes on, though the target does not.
                await wait { isPublished.load(ordering: .relaxed) }
                #expect(count.load(ordering: .relaxed) <= 1)
            }
            gate.open()
            await wait { count.load(ordering: .relaxed) == 500 }
            #expect(target.statistics.fellBehind == (isPatient ? 0 : 1))
            await wait { isPublished.load(ordering: .relaxed) && !target.isCatchingUp }
            target.close()
        }
    }

    @Test("that caught up goes on from where it is, not from before")
    func caughtUp() async throws {
        let count = Atomic<Int>(0)
        let target = LoneTarget(
            .closure("t") { _ in count.wrappingAdd(1, ordering: .relaxed) }, queueEvents: 4)
        target.begin(behind: 0..<500)
        await wait { !target.isCatchingUp }
        target.publish(500..<502)
        await wait { count.load(ordering: .relaxed) == 502 }
        target.close()
        #expect(target.watermark == 502)
        #expect(count.load(ordering: .relaxed) == 502)
    }
}
