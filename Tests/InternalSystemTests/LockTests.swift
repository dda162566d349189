import Dispatch
import InternalSystem
import TestSupport
import Testing

@Suite("Locks")
struct LockTests {
    @Test("a lock lets one thread at a time through")
    func lock() {
        final class Counter: @unchecked Sendable {
            let lock = Lock()
            var count = 0
        }
        let counter = Counter()
        onThreads(4) { _ in
            for _ in 0..<10_000 { counter.lock.withLock { counter.count += 1 } }
        }
        #expect(counter.lock.withLock { counter.count } == 40_000)
    }

    @Test("a guarded value is changed by one thread at a time")
    func guarded() {
        let state = Guarded((first: 0, second: 0))
        onThreads(4) { _ in
            for _ in 0..<10_000 {
                let differs = state.withLock { state in
                    defer {
                        state.first += 1
                        state.second += 1
                    }
                    return state.first != state.second
                }
                if differs { Issue.record("seen half changed") }
            }
        }
        #expect(state.withLock { $0.first } == 40_000)
    }

    @Test("a lock is free again after an error, which comes out with its own type")
    func errors() throws {
        struct Refusal: Error, Equatable { let number: Int }
        let lock = Lock()
        let (state, monitor) = (Guarded(1), Monitor())
        for number in 1...2 {
            #expect(throws: Refusal(number: number)) {
                try lock.withLock { throw Refusal(number: number) }
            }
            #expect(throws: Refusal(number: number)) {
                try state.withLock { _ in throw Refusal(number: number) }
            }
            #expect(throws: Refusal(number: number)) {
                try monitor.withLock { throw Refusal(number: number) }
            }
        }
    }

    @Test("who waits at a monitor goes on when others have made it true")
    func monitor() {
        final class Queue: @unchecked Sendable {
            let monitor = Monitor()
            var items: [Int] = []
            var taken: [Int] = []
        }
        let queue = Queue()
        // Two consumers, two producers, room for three.
        onThreads(4) { index in
            for item in 0..<1_000 {
                queue.monitor.withLock {
                    if index < 2 {
                        queue.monitor.wait { queue.items.count < 3 }
                        queue.items.append(item)
                    } else {
                        queue.monitor.wait { !queue.items.isEmpty }
                        queue.taken.append(queue.items.removeFirst())
                    }
                    queue.monitor.wakeAll()
                }
            }
        }
        #expect(queue.taken.sorted() == (0..<1_000).flatMap { [$0, $0] })
    }
}
