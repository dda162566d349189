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
    private var waiting: [Waiting] = []
    private var count: UInt64 = 0

    private struct Waiting {
        let number: UInt64
        var moment: TimedMoment
        let interval: UInt64?
        let queue: DispatchQueue
        let work: TimedWork
        let body: @Sendable () -> Void
    }

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
    package var waitingCount: Int { lock.withLock { waiting.count } }

    /// In how many nanoseconds the next work is due; nil if none waits.
    package var nanosecondsToNext: UInt64? {
        lock.withLock { waiting.map(nanosecondsLeft).min() }
    }

    @discardableResult
    package func run(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        precondition(interval != 0, "work that is due again at once would never let time go on")
        return lock.withLock {
            count += 1
            let number = count
            let work = TimedWork(repeats: interval != nil) { [weak self] in self?.forget(number) }
            waiting.append(
                Waiting(
                    number: number, moment: moment, interval: interval, queue: queue, work: work,
                    body: body))
            return work
        }
    }

    /// Blocks the calling thread until the time has been moved so far.
    package func pause(_ nanoseconds: UInt64) {
        let monitor = Monitor()
        let isOver = Guarded(false)
        run(on: DispatchQueue(label: "switchyard.clock.pause"), after: nanoseconds) {
            isOver.withLock { $0 = true }
            monitor.withLock { monitor.wakeAll() }
        }
        monitor.withLock { monitor.wait { isOver.withLock { $0 } } }
    }

    /// Moves both clocks on by so many nanoseconds, and runs what is due until then.
    package func advance(by nanoseconds: UInt64) {
        moving.withLock {
            var left = nanoseconds
            while let due = takeNext(within: &left) { fire(due) }
        }
    }

    /// Makes the wall clock jump, forwards or back, while the monotonic one stands still; runs what is
    /// due by it now.
    package func setWallTime(_ time: Int64) {
        moving.withLock {
            lock.withLock { wall = time }
            var left: UInt64 = 0
            while let due = takeNext(within: &left) { fire(due) }
        }
    }

    /// The next that is due, with the time moved there; or the time moved to its end.
    private func takeNext(within left: inout UInt64) -> Waiting? {
        lock.withLock {
            let first = waiting.indices.min {
                (nanosecondsLeft(waiting[$0]), waiting[$0].number)
                    < (nanosecondsLeft(waiting[$1]), waiting[$1].number)
            }
            guard let first, nanosecondsLeft(waiting[first]) <= left else {
                move(by: left)
                left = 0
                return nil
            }
            let step = nanosecondsLeft(waiting[first])
            move(by: step)
            left -= step
            let due = waiting[first]
            if let interval = due.interval {
                waiting[first].moment = moment(after: due.moment, every: interval)
            } else {
                waiting.remove(at: first)
            }
            return due
        }
    }

    private func fire(_ due: Waiting) {
        let item = DispatchWorkItem { if due.work.begin() { due.body() } }
        due.queue.async(execute: item)
        item.wait()
    }

    /// Under the lock.
    private func move(by nanoseconds: UInt64) {
        monotonic &+= nanoseconds
        wall &+= Int64(clamping: nanoseconds)
    }

    /// Under the lock.
    private func nanosecondsLeft(_ entry: Waiting) -> UInt64 {
        switch entry.moment {
        case .monotonic(let time): time > monotonic ? time - monotonic : 0
        case .wall(let time): time > wall ? UInt64(bitPattern: time &- wall) : 0
        }
    }

    private func forget(_ number: UInt64) {
        lock.withLock { waiting.removeAll { $0.number == number } }
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
