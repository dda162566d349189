import Dispatch
import InternalSystem
import Testing

@Suite("The machine's clock")
struct SystemClockTests {
    let clock = SystemClock.shared
    let queue = DispatchQueue(label: "test")

    @Test("the times are those that are measured, and go on")
    func times() {
        let before = (monotonicNanoseconds(), wallClockNanoseconds())
        let (monotonic, wall) = (clock.monotonicTime, clock.wallTime)
        let after = (monotonicNanoseconds(), wallClockNanoseconds())
        #expect(before.0 <= monotonic && monotonic <= after.0)
        #expect(before.1 <= wall && wall <= after.1)
        #expect(wall > 1_700_000_000_000_000_000, "after 2023")
    }

    @Test("runs work on its queue and not before its time, whatever the clock")
    func work() {
        let (done, key) = (DispatchGroup(), DispatchSpecificKey<Bool>())
        queue.setSpecific(key: key, value: true)
        let seen = Guarded<[(UInt64, Bool)]>([])
        let begin = clock.monotonicTime
        let moments: [TimedMoment] = [
            clock.moment(after: 3_000_000), .wall(clock.wallTime + 3_000_000),
        ]
        for moment in moments {
            done.enter()
            clock.run(on: queue, at: moment) { [clock] in
                let isOnQueue = DispatchQueue.getSpecific(key: key) ?? false
                seen.withLock { $0.append((clock.monotonicTime, isOnQueue)) }
                done.leave()
            }
        }
        done.wait()
        let entries = seen.withLock { $0 }
        #expect(entries.count == 2)
        for (time, isOnQueue) in entries {
            // The wall clock may be slewed by some parts of a thousand.
            #expect(time >= begin + 2_900_000)
            #expect(isOnQueue)
        }
    }

    @Test("runs at once what is past", arguments: [TimedMoment.monotonic(0), .wall(0), .wall(-5)])
    func pastWork(moment: TimedMoment) {
        let done = DispatchGroup()
        done.enter()
        clock.run(on: queue, at: moment) { done.leave() }
        done.wait()
    }

    @Test("repeats work until it is cancelled, from within too")
    func repeatedWork() {
        let (done, turns) = (DispatchGroup(), Guarded(0))
        let work = Guarded<TimedWork?>(nil)
        done.enter()
        queue.sync {
            // On the queue: it cannot run before `work` is known.
            let started = clock.run(on: queue, every: 100_000) {
                let turn = turns.withLock { turns in
                    turns += 1
                    return turns
                }
                guard turn == 3 else { return }
                work.withLock { _ = $0?.cancel() }
                done.leave()
            }
            work.withLock { $0 = started }
        }
        done.wait()
        queue.sync {}
        #expect(turns.withLock { $0 } == 3)
        #expect(work.withLock { $0?.isOver } == true)
    }

    @Test(
        "work that is cancelled or has run lets go of what it refers to", arguments: [true, false])
    func lettingGo(isCancelled: Bool) {
        final class Resource: Sendable {
            let group: DispatchGroup
            init(_ group: DispatchGroup) { self.group = group }
            deinit { group.leave() }
        }
        // Dispatch lets go of a handler on the queue, some time soon: waited for, however long.
        let gone = DispatchGroup()
        gone.enter()
        func start() -> TimedWork {
            let held = Resource(gone)
            let delay: UInt64 = isCancelled ? 3_600_000_000_000 : 0
            return clock.run(on: queue, after: delay) { withExtendedLifetime(held) {} }
        }
        let work = start()
        if isCancelled { #expect(work.cancel()) }
        gone.wait()
        #expect(work.isOver)
    }

    @Test("pauses and sleeps no shorter than it was told")
    func pauses() async throws {
        var begin = clock.monotonicTime
        clock.pause(2_000_000)
        #expect(clock.nanoseconds(since: begin) >= 2_000_000)
        begin = clock.monotonicTime
        try await clock.sleep(2_000_000)
        #expect(clock.nanoseconds(since: begin) >= 2_000_000)
    }

    @Test("a task that is cancelled sleeps no more")
    func cancelledSleep() async {
        let task = Task { [clock] in try await clock.sleep(3_600_000_000_000) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
