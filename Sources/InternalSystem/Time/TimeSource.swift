package import Dispatch

/// What time it is, and work to be done at a time.
///
///     let clock: any TimeSource = SystemClock.shared
///     let retry = clock.run(on: queue, after: 20_000_000) { [weak self] in self?.tryAgain() }
///     retry.cancel()
///
/// Whatever happens because of the time takes one of these and keeps it in a `let`: schedules,
/// retries, retention, ticks, replays. Then tests move the time instead of waiting for it; see
/// ``ManualClock``. To *measure* time on a hot path, call ``monotonicNanoseconds()``, which is not
/// moved.
///
/// (Not called `Clock`, which is the standard library's: that one has instants of a type of its own,
/// no wall time, and sleeps in tasks, where this runs things on Dispatch queues.)
package protocol TimeSource: AnyObject, Sendable {
    /// Nanoseconds of a clock that never goes back and has no meaning but differences. O(1), no
    /// allocation, no system call.
    var monotonicTime: UInt64 { get }

    /// Nanoseconds since 1970 in UTC; may jump either way. O(1), no allocation, no system call.
    var wallTime: Int64 { get }

    /// Runs `body` on a queue once a moment has come; at once, but never within this call, if it is
    /// past. With an `interval` also each time so many nanoseconds later, until it is cancelled; turns
    /// that a busy queue or a sleeping machine missed are made up for by one.
    ///
    /// The work, and what `body` refers to, is kept until it has run or was cancelled, whether the
    /// caller keeps the result or not. Allocates.
    @discardableResult
    func run(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void
    ) -> TimedWork

    /// Blocks the calling thread for so many nanoseconds.
    func pause(_ nanoseconds: UInt64)
}

/// A moment on one of the two clocks of a ``TimeSource``.
package enum TimedMoment: Sendable, Hashable {
    /// When ``TimeSource/monotonicTime`` gets there.
    case monotonic(UInt64)
    /// When ``TimeSource/wallTime`` gets there: earlier or later than it seemed if that jumps.
    case wall(Int64)
}

extension TimeSource {
    /// Blocks the calling thread until the time has come so far: by work that is due then.
    package func pause(_ nanoseconds: UInt64) {
        let monitor = Monitor()
        let isOver = Guarded(false)
        run(on: DispatchQueue(label: "switchyard.clock.pause"), after: nanoseconds) {
            isOver.withLock { $0 = true }
            monitor.withLock { monitor.wakeAll() }
        }
        monitor.withLock { monitor.wait { isOver.withLock { $0 } } }
    }

    /// Runs `body` on a queue after so many nanoseconds.
    @discardableResult
    package func run(
        on queue: DispatchQueue, after nanoseconds: UInt64, _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        run(on: queue, at: moment(after: nanoseconds), every: nil, body)
    }

    /// Runs `body` on a queue once a moment has come.
    @discardableResult
    package func run(
        on queue: DispatchQueue, at moment: TimedMoment, _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        run(on: queue, at: moment, every: nil, body)
    }

    /// Runs `body` on a queue every so many nanoseconds, the first time after so many, until what is
    /// returned is cancelled.
    package func run(
        on queue: DispatchQueue, every nanoseconds: UInt64, _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        run(on: queue, at: moment(after: nanoseconds), every: nanoseconds, body)
    }

    /// The moment so many nanoseconds from now. One that is never reached where they are too many.
    package func moment(after nanoseconds: UInt64) -> TimedMoment {
        let (sum, overflows) = monotonicTime.addingReportingOverflow(nanoseconds)
        return .monotonic(overflows ? .max : sum)
    }

    /// How many nanoseconds have passed since a monotonic time: 0 if that is still to come, as a time
    /// that ``monotonicNanoseconds()`` measured can be for a clock that tests move.
    package func nanoseconds(since earlier: UInt64) -> UInt64 {
        let now = monotonicTime
        return now > earlier ? now - earlier : 0
    }
}
