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
        var queue = TimedQueue()
        var timer: TimedWork?
        var timerMoment = UInt64.max
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
        let work = state.withLock { state in
            state.queue.add(on: queue, at: moment, every: interval, body) { [weak self] in
                self?.forget($0)
            }
        }
        arm()
        return work
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
        state.withLock { $0.queue.remove(number) }
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
            next.waiting.fire()
        }
        standing.store(max(end, 1), ordering: .releasing)
    }

    /// The first of what is due until a moment; if it repeats, it waits for its next turn.
    ///
    /// - Parameter now: turns before it that were missed are made up for by this one; nil to miss none.
    private func takeNext(
        until end: UInt64, missedUntil now: UInt64? = nil
    ) -> (waiting: TimedQueue.Waiting, due: UInt64)? {
        state.withLock { state in
            guard let first = state.queue.first(due), first.due <= end else { return nil }
            let taken = state.queue.take(first.position) { _, interval in
                let late = now.map { $0 > first.due ? $0 - first.due : 0 } ?? 0
                return .monotonic(first.due &+ (late / interval &+ 1) &* interval)
            }
            return (taken, first.due)
        }
    }

    /// Has the machine wake us when the first work is due.
    private func arm() {
        state.withLock { state in
            let first = state.queue.first(due)?.due ?? .max
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
            next.waiting.start()
        }
        arm()
    }
}
