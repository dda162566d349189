import Dispatch
import InternalSystem
import TestSupport
import Testing

@Suite("The clock that tests move")
struct ManualClockTests {
    let clock = ManualClock(monotonicTime: 1_000, wallTime: 50_000)
    let queue = DispatchQueue(label: "test")
    let log = Guarded<[String]>([])

    private func note(_ text: String) -> @Sendable () -> Void {
        { [log] in log.withLock { $0.append(text) } }
    }

    private var noted: [String] { log.withLock { $0 } }

    @Test("stands still by itself, and both its times go on together")
    func times() {
        #expect(clock.monotonicTime == 1_000)
        #expect(clock.wallTime == 50_000)
        clock.advance(by: 7)
        #expect(clock.monotonicTime == 1_007)
        #expect(clock.wallTime == 50_007)
    }

    @Test("runs what is due by then, in order of due time, and what was asked for first first")
    func order() {
        clock.run(on: queue, after: 30, note("c"))
        clock.run(on: queue, after: 10, note("a"))
        clock.run(on: queue, at: .wall(50_030), note("d"))
        clock.run(on: queue, after: 20, note("b"))
        clock.run(on: queue, after: 41, note("later"))
        clock.advance(by: 40)
        #expect(noted == ["a", "b", "c", "d"])
        #expect(clock.waitingCount == 1)
        #expect(clock.nanosecondsToNext == 1)
        clock.advance(by: 1)
        #expect(noted.last == "later")
        clock.advance(by: 1_000)
        #expect(noted.count == 5)
    }

    @Test("shows each piece of work the time at which it was due")
    func timesOfWork() {
        let seen = Guarded<[UInt64]>([])
        for delay: UInt64 in [5, 3, 8] {
            clock.run(on: queue, after: delay) { [clock] in
                seen.withLock { $0.append(clock.monotonicTime) }
            }
        }
        clock.advance(by: 100)
        #expect(seen.withLock { $0 } == [1_003, 1_005, 1_008])
        #expect(clock.monotonicTime == 1_100)
    }

    @Test("also runs what the work that it runs asks for, if it is due by then")
    func workThatAsksForWork() {
        clock.run(on: queue, after: 10) { [clock, queue, log] in
            log.withLock { $0.append("first") }
            clock.run(on: queue, after: 10) { log.withLock { $0.append("second") } }
            clock.run(on: queue, after: 91) { log.withLock { $0.append("too late") } }
        }
        clock.advance(by: 100)
        #expect(noted == ["first", "second"])
    }

    @Test("runs nothing within the call that asks for it, even if it is past")
    func pastWork() {
        clock.run(on: queue, at: .monotonic(1), note("past"))
        clock.run(on: queue, at: .wall(-1), note("long past"))
        queue.sync {}
        #expect(noted.isEmpty)
        clock.advance(by: 0)
        #expect(noted == ["past", "long past"])
    }

    @Test("repeats work at each interval until it is cancelled")
    func repeatedWork() {
        let work = clock.run(on: queue, every: 10, note("tick"))
        clock.advance(by: 35)
        #expect(noted.count == 3)
        #expect(!work.isOver)
        #expect(work.cancel())
        clock.advance(by: 100)
        #expect(noted.count == 3)
        #expect(clock.waitingCount == 0)
    }

    @Test("work that is cancelled never runs, and lets go of what it refers to")
    func cancelledWork() {
        final class Resource: Sendable {}
        weak var resource: Resource?
        let work: TimedWork
        do {
            let held = Resource()
            resource = held
            work = clock.run(on: queue, after: 10) { withExtendedLifetime(held) {} }
        }
        #expect(resource != nil)
        #expect(work.cancel())
        #expect(resource == nil)
        #expect(!work.cancel(), "it was to run no more")
        clock.advance(by: 100)
        #expect(clock.waitingCount == 0)
    }

    @Test("work that has run cannot be cancelled any more")
    func cancellingTooLate() {
        let work = clock.run(on: queue, after: 10, note("done"))
        clock.advance(by: 10)
        #expect(work.isOver)
        #expect(!work.cancel())
    }

    @Test("a wall clock that jumps runs what is due by it, and leaves the rest alone")
    func wallJump() {
        clock.run(on: queue, at: .wall(60_000), note("at sixty"))
        clock.run(on: queue, after: 10_000, note("after ten"))
        clock.setWallTime(70_000)
        #expect(noted == ["at sixty"])
        #expect(clock.monotonicTime == 1_000)
        clock.run(on: queue, at: .wall(70_100), note("a hundred later"))
        clock.setWallTime(69_000)
        clock.advance(by: 1_099)
        #expect(noted == ["at sixty"], "the wall clock went back")
        clock.advance(by: 1)
        #expect(noted == ["at sixty", "a hundred later"])
    }

    @Test("what repeats by a wall clock that jumps is made up for by one turn")
    func repeatedWallWork() {
        _ = clock.run(on: queue, at: .wall(50_010), every: 10, note("tick"))
        clock.setWallTime(50_055)
        #expect(noted.count == 1)
        #expect(clock.nanosecondsToNext == 5)
        clock.advance(by: 5)
        #expect(noted.count == 2)
    }

    @Test("runs work on its queue, and waits for what is before it there")
    func queues() {
        let key = DispatchSpecificKey<Int>()
        queue.setSpecific(key: key, value: 7)
        let found = Guarded<Int?>(nil)
        queue.suspend()
        queue.async { [log] in log.withLock { $0.append("before") } }
        clock.run(on: queue, after: 1) { [log] in
            found.withLock { $0 = DispatchQueue.getSpecific(key: key) }
            log.withLock { $0.append("work") }
        }
        DispatchQueue(label: "other").async { [queue] in queue.resume() }
        clock.advance(by: 1)
        #expect(noted == ["before", "work"])
        #expect(found.withLock { $0 } == 7)
    }

    @Test("a thread that pauses goes on when the time has been moved far enough")
    func pause() async {
        DispatchQueue(label: "pausing").async { [clock, log] in
            clock.pause(100)
            log.withLock { $0.append("went on at \(clock.monotonicTime)") }
        }
        await untilTrue { clock.waitingCount == 1 }
        clock.advance(by: 99)
        #expect(noted.isEmpty)
        clock.advance(by: 1)
        await untilTrue { !noted.isEmpty }
        #expect(noted == ["went on at 1100"])
    }

    @Test("a task that sleeps goes on when the time has been moved far enough")
    func sleep() async throws {
        let task = Task { [clock] in
            try await clock.sleep(100)
            return clock.monotonicTime
        }
        await untilTrue { clock.waitingCount == 1 }
        clock.advance(by: 150)
        #expect(try await task.value >= 1_100)
    }

    @Test(
        "a task that is cancelled sleeps no more, whether before or meanwhile",
        arguments: [true, false])
    func cancelledSleep(before: Bool) async throws {
        let task = Task { [clock] in
            if before { withUnsafeCurrentTask { $0?.cancel() } }
            try await clock.sleep(100)
        }
        if !before {
            await untilTrue { clock.waitingCount == 1 }
            task.cancel()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.waitingCount == 0)
    }

    @Test("a moment too far off to be told is never reached, and a time to come has not passed")
    func arithmetic() {
        #expect(clock.moment(after: 5) == .monotonic(1_005))
        #expect(clock.moment(after: .max) == .monotonic(.max))
        #expect(clock.nanoseconds(since: 400) == 600)
        #expect(clock.nanoseconds(since: 1_001) == 0)
    }

    @Test("work that many threads ask for runs once each")
    func threads() {
        let ran = Guarded(0)
        onThreads(4) { [clock] index in
            let queue = DispatchQueue(label: "worker \(index)")
            for delay in 0..<250 {
                clock.run(on: queue, after: UInt64(delay)) { ran.withLock { $0 += 1 } }
            }
        }
        clock.advance(by: 300)
        #expect(ran.withLock { $0 } == 1_000)
    }
}

/// Lets others go on until a condition holds: it has to, sooner or later.
func untilTrue(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}
