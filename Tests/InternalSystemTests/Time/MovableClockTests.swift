import Dispatch
import InternalSystem
import Synchronization
import TestSupport
import Testing

@Suite("A clock that goes on by itself, and can be moved", .timeLimit(.minutes(2)))
struct MovableClockTests {
    private let queue = DispatchQueue(label: "test")
    private let hour: UInt64 = 3_600 * 1_000_000_000

    @Test("shows the machine's time, and is so much later after it was moved")
    func shows() {
        let clock = MovableClock()
        let before = (SystemClock.shared.monotonicTime, SystemClock.shared.wallTime)
        let shown = (clock.monotonicTime, clock.wallTime)
        #expect(shown.0 >= before.0 && shown.1 >= before.1)
        clock.advance(by: hour)
        #expect(clock.monotonicTime >= shown.0 + hour)
        #expect(clock.wallTime >= shown.1 + Int64(hour))
        #expect(clock.advancedNanoseconds == hour)
    }

    @Test("what was due in between is done in order, once, and at its time")
    func inOrder() {
        let clock = MovableClock()
        let begin = clock.wallTime
        let seen = Guarded<[(name: String, after: Int64)]>([])
        @Sendable func note(_ name: String) {
            let after = clock.wallTime - begin
            seen.withLock { $0.append((name, after)) }
        }
        clock.run(on: queue, at: .wall(begin + 3_000_000_000_000), every: nil) { note("late") }
        clock.run(on: queue, after: 1_000_000_000_000) {
            note("early")
            // What it asks for in turn is due within the same move.
            clock.run(on: queue, after: 500_000_000_000) { note("asked for") }
        }
        clock.run(
            on: queue, at: .monotonic(clock.monotonicTime + 2_000_000_000_000),
            every: 1_000_000_000_000
        ) { note("each") }
        clock.advance(by: hour)
        let all = seen.withLock { $0 }
        #expect(all.map(\.name) == ["early", "asked for", "each", "late", "each"])
        // Each as late as it was due, but for what passed since the first look at the clock.
        for (entry, due) in zip(all, [1_000, 1_500, 2_000, 3_000, 3_000] as [Int64]) {
            #expect(entry.after / 1_000_000_000 >= due - 1)
            #expect(entry.after / 1_000_000_000 < due + 100)
        }
    }

    @Test("work is done when the machine's time gets there, too")
    func byItself() async {
        let clock = MovableClock()
        let inbox = Inbox()
        clock.advance(by: hour)
        clock.run(on: queue, after: 2_000_000) { inbox.take("second") }
        clock.run(on: queue, after: 1_000_000) { inbox.take("first") }
        let cancelled = clock.run(on: queue, after: 1_500_000) { inbox.take("cancelled") }
        cancelled.cancel()
        await inbox.wait(for: 2)
        #expect(inbox.texts == ["first", "second"])
    }

    @Test("who pauses goes on when the clock is moved")
    func pause() {
        let clock = MovableClock()
        let isOver = Atomic<Bool>(false)
        let thread = DispatchGroup()
        DispatchQueue.global().async(group: thread) {
            clock.pause(hour)
            isOver.store(true, ordering: .relaxed)
        }
        // It may not have begun to wait yet: then the next move is the one that it waits for.
        while thread.wait(timeout: .now() + .milliseconds(10)) == .timedOut {
            clock.advance(by: hour)
        }
        let hasGoneOn = isOver.load(ordering: .relaxed)
        #expect(hasGoneOn)
    }
}
