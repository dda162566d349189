import Dispatch
import EventPipeline
import Glibc
import InternalSystem
import Synchronization
import TestSupport
import Testing

@Suite("Stages")
struct StageTests {
    @Test(
        "events that trickle in wake the worker again and again, and all are handled in order",
        arguments: [false, true])
    func trickle(lendsTurns: Bool) {
        let order = OrderChecker(producerCount: 2)
        let stage = Stage(
            label: "trickle", ring: MPSCRing(minimumCapacity: 64), lingerMax: 0
        ) {
            order.check($0)
        }
        stage.lendsTurns = lendsTurns
        onThreads(2) { producer in
            var random = SeededGenerator(stream: 30 + UInt64(producer))
            for tag in 0..<20_000 {
                #expect(stage.send(events(tag..<tag + 1, of: producer), onFull: .wait) == 1)
                // Long enough, now and then, for the worker to park.
                for _ in 0..<Int.random(in: 0...60, using: &random) where tag % 4 == 0 {
                    sched_yield()
                }
            }
        }
        stage.stopAndWait()
        #expect(order.isInOrder)
        #expect(order.next == [20_000, 20_000])
        #expect(stage.statistics.events == 40_000)
        #expect(stage.statistics.wakes > 0)
        #expect(stage.statistics.turns >= stage.statistics.wakes)
    }

    @Test("while there is little to do, publishers take the worker's turns, unless they must not")
    func lendsTurns() {
        let own = Atomic(0)
        let others = Atomic(0)
        let publisher = pthread_self()
        let stage = Stage(label: "lent", ring: MPSCRing(minimumCapacity: 64)) { run in
            if pthread_equal(pthread_self(), publisher) != 0 {
                own.add(run.count, ordering: .relaxed)
            } else {
                others.add(run.count, ordering: .relaxed)
            }
        }
        stage.lendsTurns = true
        // However long the machine takes to find out that there is little to do.
        let deadline = monotonicNanoseconds() + 60_000_000_000
        var sent = 0
        while own.load(ordering: .relaxed) < 10, monotonicNanoseconds() < deadline {
            sent += stage.send(events(0..<1), onFull: .wait)
            usleep(1_000)
        }
        #expect(own.load(ordering: .relaxed) >= 10)
        stage.perform { stage.lendsTurns = false }
        let before = own.load(ordering: .relaxed)
        for _ in 0..<50 {
            sent += stage.send(events(0..<1), onFull: .wait)
            usleep(1_000)
        }
        stage.stopAndWait()
        let (all, kept) = (others.load(ordering: .relaxed), own.load(ordering: .relaxed))
        #expect(kept == before && all + kept == sent)
        #expect(stage.statistics.events == UInt64(sent))
    }

    @Test("an event that comes just as the worker parks is handled without another one to follow")
    func parking() {
        var random = SeededGenerator(stream: 32)
        let handled = Sum()
        let stage = Stage(
            label: "parking", ring: SPSCRing(minimumCapacity: 4), lingerMax: 0
        ) {
            handled.add($0.count)
        }
        for count in 1...50_000 {
            _ = stage.send(events(0..<1), onFull: .wait)
            let deadline = monotonicNanoseconds() + 5_000_000_000
            while handled.count < count && monotonicNanoseconds() < deadline { sched_yield() }
            if handled.count < count {
                Issue.record("event \(count) was not handled in five seconds")
                break
            }
            let pause = monotonicNanoseconds() + UInt64.random(in: 0...2_000, using: &random)
            while monotonicNanoseconds() < pause {}
        }
        stage.stopAndWait()
    }

    @Test("publishers wait for a slow worker, and nothing is lost", arguments: [1, 4])
    func waitPolicy(producerCount: Int) {
        let order = OrderChecker(producerCount: producerCount)
        let stage = Stage(label: "slow", ring: MPSCRing(minimumCapacity: 32), turnBudget: 50) {
            order.check($0)
            if $0[0].tag % 64 == 0 { usleep(50) }
        }
        onThreads(producerCount) { producer in
            for start in stride(from: 0, to: 20_000, by: 100) {
                let batch = events(start..<start + 100, of: producer)
                #expect(stage.send(batch, onFull: .wait) == 100)
            }
        }
        stage.stopAndWait()
        #expect(order.isInOrder)
        #expect(order.next == Array(repeating: 20_000, count: producerCount))
        #expect(stage.statistics.dropped == 0)
    }

    @Test("fail returns at once with what was accepted; drop counts the rest")
    func failAndDrop() {
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let seen = Atomic(0)
        let stage = Stage(label: "blocked", ring: SPSCRing(minimumCapacity: 8)) { run in
            started.signal()
            gate.wait()
            seen.add(run.count, ordering: .relaxed)
        }
        #expect(stage.send(events(0..<1), onFull: .fail) == 1)
        started.wait()  // the handler holds one slot now
        #expect(stage.send(events(1..<11), onFull: .fail) == 7)
        #expect(stage.send(events(8..<11), onFull: .fail) == 0)
        #expect(stage.statistics.dropped == 0)
        #expect(stage.send(events(8..<11), onFull: .dropNewest) == 0)
        #expect(stage.statistics.dropped == 3)
        for _ in 0..<20 { gate.signal() }
        stage.stopAndWait()
        let seenCount = seen.load(ordering: .relaxed)
        #expect(seenCount == 8)
        #expect(stage.statistics.events == 8)
    }

    @Test("stopping handles all that was accepted, and the handler is not called afterwards")
    func stopDrains() {
        for round in 0..<50 {
            let order = OrderChecker(producerCount: 4)
            let isStopped = Atomic(false)
            let stage = Stage(label: "stop", ring: MPSCRing(minimumCapacity: 64)) {
                let isLate = isStopped.load(ordering: .acquiring)
                #expect(!isLate)
                order.check($0)
            }
            let accepted = Sum()
            onThreads(5) { thread in
                if thread == 4 {
                    usleep(UInt32(round * 20))
                    stage.stopAndWait()
                    isStopped.store(true, ordering: .releasing)
                    return
                }
                var sent = 0
                while !stage.isClosed {
                    sent += stage.send(events(sent..<sent + 7, of: thread), onFull: .wait)
                }
                accepted.add(sent)
            }
            #expect(order.isInOrder)
            #expect(order.next.reduce(0, +) == UInt64(accepted.count))
            #expect(stage.send(events(0..<1), onFull: .wait) == 0)
        }
    }

    @Test("a stage may be stopped more than once, and by an async function")
    func stopTwice() async {
        let stage = Stage(label: "twice", ring: SPSCRing(minimumCapacity: 8)) { _ in }
        #expect(stage.send(events(0..<3), onFull: .wait) == 3)
        await stage.stop()
        #expect(stage.statistics.events == 3)
        await stage.stop()
        stage.stopAndWait()
    }

    @Test("a stage and its ring go when nobody refers to them")
    func deallocation() {
        final class Token: Sendable {}
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            let stage = Stage(label: "gone", ring: SPSCRing(minimumCapacity: 8)) { _ in
                withExtendedLifetime(token) {}
            }
            _ = stage.send(events(0..<3), onFull: .wait)
            stage.stopAndWait()
        }
        // The queue lets go of its last block a moment after that ran.
        for _ in 0..<1_000 where weakToken != nil { usleep(1_000) }
        #expect(weakToken == nil)
    }
}

/// A sum over threads.
private final class Sum: Sendable {
    private let sum = Atomic(0)
    func add(_ count: Int) { self.sum.add(count, ordering: .relaxed) }
    var count: Int { self.sum.load(ordering: .relaxed) }
}
