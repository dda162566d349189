package import Dispatch
internal import Synchronization

/// The machine's time, until somebody moves it on: then it is later from that moment on.
///
///     let clock = MovableClock()
///     clock.advance(by: 3_600 * 1_000_000_000)   // an hour's work has been done when this returns
///
/// While it is moved, time stands still at each moment at which work is due, and that work is done, in
/// order and once each, as with a ``ManualClock``; in between it goes on as the machine's.
///
/// Reading the time costs one atomic load more than ``SystemClock``; asking for work takes a lock and
/// sets a timer. Any thread may do either; one at a time moves the clock, and not on a queue whose work is
/// due.
package final class MovableClock: TimeSource {
    /// How far it was moved.
    private let offset = Atomic<UInt64>(0)
    /// While it is moved, what time it is; else 0.
    private let standing = Atomic<UInt64>(0)
    /// The wall clock less the monotonic one, as the machine's are.
    private var wallAhead: Int64 { SystemClock.shared.wallTime &- Int64(bitPattern: machineTime) }
    private var machineTime: UInt64 { SystemClock.shared.monotonicTime }
    private let state: Guarded<State>
    /// Held while the clock is moved, and while what is due is done.
    private let moving = Lock()
    private let queue = DispatchQueue(label: "switchyard.clock")

    /// What waits, and the timer for the first of it.
    private struct State {
        var waiting: [Waiting] = []
        var count: UInt64 = 0
        var timer: TimedWork?
        var timerMoment = UInt64.max
    }

    private struct Waiting {
        let number: UInt64
        var moment: TimedMoment
        let interval: UInt64?
        let queue: DispatchQueue
        let work: TimedWork
        let body: @Sendable () -> Void
    }

    /// A clock that shows the machine's time.
    package init() { state = Guarded(State()) }

    package var monotonicTime: UInt64 {
        let standing = standing.load(ordering: .acquiring)
        return standing == 0
            ? machineTime &+ offset.load(ordering: .acquiring) : standing
    }

    package var wallTime: Int64 {
        let standing = standing.load(ordering: .acquiring)
        return standing == 0
            ? SystemClock.shared.wallTime
                &+ Int64(bitPattern: offset.load(ordering: .acquiring))
            : Int64(bitPattern: standing) &+ wallAhead
    }

    @discardableResult
    package func run(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        precondition(interval != 0, "work that is due again at once would never let time go on")
        let work = state.withLock { state in
            state.count += 1
            let number = state.count
            let work = TimedWork(repeats: interval != nil) { [weak self] in self?.forget(number) }
            state.waiting.append(
                Waiting(
                    number: number, moment: moment, interval: interval, queue: queue, work: work,
                    body: body))
            return work
        }
        arm()
        return work
    }

    package func pause(_ nanoseconds: UInt64) {
        let monitor = Monitor()
        let isOver = Guarded(false)
        run(on: queue, after: nanoseconds) {
            isOver.withLock { $0 = true }
            monitor.withLock { monitor.wakeAll() }
        }
        monitor.withLock { monitor.wait { isOver.withLock { $0 } } }
    }

    /// Moves the time on by so many nanoseconds, and does what is due until then, each at its time.
    package func advance(by nanoseconds: UInt64) {
        moving.withLock {
            let end = monotonicTime &+ nanoseconds
            fireAll(until: end)
            offset.wrappingAdd(nanoseconds, ordering: .acquiringAndReleasing)
            standing.store(0, ordering: .releasing)
        }
        arm()
    }

    /// How far it was moved, in nanoseconds.
    package var advancedNanoseconds: UInt64 { offset.load(ordering: .acquiring) }

    private func forget(_ number: UInt64) {
        state.withLock { $0.waiting.removeAll { $0.number == number } }
    }

    /// When work is due, by the monotonic clock.
    private func due(_ moment: TimedMoment) -> UInt64 {
        switch moment {
        case .monotonic(let time): time
        case .wall(let time): UInt64(clamping: time &- wallAhead)
        }
    }

    /// Does what is due until a moment, each with the clock standing at the time at which it is due.
    private func fireAll(until end: UInt64) {
        var now = monotonicTime
        while let next = takeNext(until: end) {
            now = max(now, next.due)
            standing.store(max(now, 1), ordering: .releasing)
            next.waiting.queue.sync { if next.waiting.work.begin() { next.waiting.body() } }
        }
        standing.store(max(end, 1), ordering: .releasing)
    }

    /// The first of what is due until a moment; if it repeats, it waits for its next turn.
    ///
    /// - Parameter now: turns before it that were missed are made up for by this one; nil to miss none.
    private func takeNext(
        until end: UInt64, missedUntil now: UInt64? = nil
    ) -> (waiting: Waiting, due: UInt64)? {
        state.withLock { state in
            let waiting = state.waiting
            let order = waiting.indices.min { one, other in
                (due(waiting[one].moment), waiting[one].number)
                    < (due(waiting[other].moment), waiting[other].number)
            }
            guard let first = order else { return nil }
            let next = state.waiting[first]
            let dueTime = due(next.moment)
            guard dueTime <= end else { return nil }
            if let interval = next.interval {
                let late = now.map { $0 > dueTime ? $0 - dueTime : 0 } ?? 0
                state.waiting[first].moment = .monotonic(
                    dueTime &+ (late / interval &+ 1) &* interval)
            } else {
                state.waiting.remove(at: first)
            }
            return (next, dueTime)
        }
    }

    /// Has the machine wake us when the first work is due.
    private func arm() {
        state.withLock { state in
            let first = state.waiting.map { due($0.moment) }.min() ?? .max
            guard first != state.timerMoment else { return }
            state.timer?.cancel()
            state.timerMoment = first
            guard first != .max else { return state.timer = nil }
            let moved = offset.load(ordering: .acquiring)
            state.timer = SystemClock.shared.run(
                on: queue, at: .monotonic(first > moved ? first - moved : 0), every: nil
            ) { [weak self] in self?.wake() }
        }
    }

    /// Hands what is due to its queues, without standing still: time goes on by itself.
    private func wake() {
        state.withLock { $0.timerMoment = 0 }
        let now = monotonicTime
        while let next = takeNext(until: now, missedUntil: now) {
            next.waiting.queue.async { if next.waiting.work.begin() { next.waiting.body() } }
        }
        arm()
    }
}
