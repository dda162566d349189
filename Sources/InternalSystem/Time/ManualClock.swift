package import Dispatch

/// A time that stands still until somebody moves it.
///
///     let clock = ManualClock()
///     let router = try Router(..., clock: clock)
///     clock.advance(by: 3_600 * 1_000_000_000)   // an hour's work has been done when this returns
///
/// Moving it runs what was due in between, in order of due time (what was asked for first comes first
/// where that is equal), once each, each on its queue and each with the time at which it was due, and
/// returns when all of that has run. What that work asks for in turn is run too if it is due by then.
/// What it only hands on, to other queues or tasks, is not waited for.
///
/// Any thread may ask for the time or for work; one at a time moves it, and not on a queue whose work
/// is due. O(all that waits) for each piece of work.
package final class ManualClock: TimeSource, @unchecked Sendable {
    // Unchecked: the state is touched under the lock.
    private let lock = Lock()
    /// Held while the time is moved.
    private let moving = Lock()
    private var monotonic: UInt64
    private var wall: Int64
    private var queue = TimedQueue()

    /// A clock that shows these times: without any, what ``monotonicNanoseconds()`` says now, so that
    /// what was measured with that before lies in the past, and the first second of 2026.
    package init(
        monotonicTime: UInt64 = monotonicNanoseconds(),
        wallTime: Int64 = 1_767_225_600_000_000_000
    ) {
        monotonic = monotonicTime
        wall = wallTime
    }

    package var monotonicTime: UInt64 { lock.withLock { monotonic } }

    package var wallTime: Int64 { lock.withLock { wall } }

    /// How many pieces of work wait for their time. (Tests look at this to know that what they
    /// started has come to the point of waiting.)
    package var waitingCount: Int { lock.withLock { queue.waiting.count } }

    /// In how many nanoseconds the next work is due; nil if none waits.
    package var nanosecondsToNext: UInt64? {
        lock.withLock { queue.first(nanosecondsLeft)?.due }
    }

    @discardableResult
    package func run(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        lock.withLock {
            self.queue.add(on: queue, at: moment, every: interval, body) { [weak self] in
                self?.forget($0)
            }
        }
    }

    /// Moves both clocks on by so many nanoseconds, and runs what is due until then.
    package func advance(by nanoseconds: UInt64) {
        moving.withLock {
            var left = nanoseconds
            while let due = takeNext(within: &left) { due.fire() }
        }
    }

    /// Makes the wall clock jump, forwards or back, while the monotonic one stands still; runs what is
    /// due by it now.
    package func setWallTime(_ time: Int64) {
        moving.withLock {
            lock.withLock { wall = time }
            var left: UInt64 = 0
            while let due = takeNext(within: &left) { due.fire() }
        }
    }

    /// The next that is due, with the time moved there; or the time moved to its end.
    private func takeNext(within left: inout UInt64) -> TimedQueue.Waiting? {
        lock.withLock {
            guard let first = queue.first(nanosecondsLeft), first.due <= left else {
                move(by: left)
                left = 0
                return nil
            }
            move(by: first.due)
            left -= first.due
            return queue.take(first.position) { moment(after: $0.moment, every: $1) }
        }
    }

    /// Under the lock.
    private func move(by nanoseconds: UInt64) {
        monotonic &+= nanoseconds
        wall &+= Int64(clamping: nanoseconds)
    }

    /// Under the lock.
    private func nanosecondsLeft(_ moment: TimedMoment) -> UInt64 {
        switch moment {
        case .monotonic(let time): time > monotonic ? time - monotonic : 0
        case .wall(let time): time > wall ? UInt64(bitPattern: time &- wall) : 0
        }
    }

    private func forget(_ number: UInt64) {
        lock.withLock { queue.remove(number) }
    }

    /// When what was due at a moment is due again: not before now, whatever was missed because the
    /// wall clock jumped. Under the lock.
    private func moment(after due: TimedMoment, every interval: UInt64) -> TimedMoment {
        let interval = Int64(clamping: interval)
        switch due {
        case .monotonic(let time):
            return .monotonic(time &+ UInt64(interval))
        case .wall(let time):
            let missed = max(0, wall &- time) / interval
            return .wall(time &+ (missed &+ 1) &* interval)
        }
    }
}
