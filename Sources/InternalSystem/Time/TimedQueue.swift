internal import Dispatch

/// Work that waits for its time, for the clocks that keep it themselves. Not thread-safe: its owner's lock
/// guards it. O(all that waits) for each question.
struct TimedQueue {
    /// A piece of work.
    struct Waiting {
        let number: UInt64
        var moment: TimedMoment
        let interval: UInt64?
        let queue: DispatchQueue
        let work: TimedWork
        let body: @Sendable () -> Void

        /// Does it on its queue, and returns when it is done. Not to be called there.
        func fire() {
            let item = DispatchWorkItem { [self] in runIfWanted() }
            queue.async(execute: item)
            item.wait()
        }

        /// Has it done on its queue.
        func start() { queue.async { [self] in runIfWanted() } }

        private func runIfWanted() { if work.begin() { body() } }
    }

    private(set) var waiting: [Waiting] = []
    private var count: UInt64 = 0

    /// Adds a piece of work.
    ///
    /// - Parameter forget: called with its number when it will not run any more.
    mutating func add(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void, forget: @escaping @Sendable (UInt64) -> Void
    ) -> TimedWork {
        precondition(interval != 0, "work that is due again at once would never let time go on")
        count += 1
        let number = count
        let work = TimedWork(repeats: interval != nil) { forget(number) }
        waiting.append(
            Waiting(
                number: number, moment: moment, interval: interval, queue: queue, work: work,
                body: body))
        return work
    }

    mutating func remove(_ number: UInt64) { waiting.removeAll { $0.number == number } }

    /// The first that is due, and of those that are at once the first that was asked for; nil if none waits.
    func first(_ due: (TimedMoment) -> UInt64) -> (position: Int, due: UInt64)? {
        var found: (position: Int, due: UInt64)?
        // In the order of their numbers, since they are added in it.
        for position in waiting.indices {
            let time = due(waiting[position].moment)
            if found.map({ time < $0.due }) ?? true { found = (position, time) }
        }
        return found
    }

    /// Takes the work at a position out, or if it repeats has it wait for its next turn.
    mutating func take(
        _ position: Int, next: (Waiting, _ interval: UInt64) -> TimedMoment
    ) -> Waiting {
        let taken = waiting[position]
        if let interval = taken.interval {
            waiting[position].moment = next(taken, interval)
        } else {
            waiting.remove(at: position)
        }
        return taken
    }
}
