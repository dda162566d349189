package import Dispatch
internal import Synchronization

// What others do on a stage's queue, between two runs of its handler.
extension Stage {
    /// Runs `body` on the stage's queue, where the handler is not running, and returns then. Must not
    /// be called by the handler.
    package func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
        try self.queue.sync(execute: body)
    }

    /// Whether a publisher that finds the worker asleep may take its turn, on its own thread, while there
    /// is little to do; not unless somebody says so. To be set on the queue: from then on it holds.
    ///
    /// The handler must not wait for anything that a publisher has or does then, and nobody may publish
    /// from the queue but the handler within a turn.
    package var lendsTurns: Bool {
        get { self.words[StageWord.lends].pointee.load(ordering: .relaxed) != 0 }
        set { self.words[StageWord.lends].pointee.store(newValue ? 1 : 0, ordering: .relaxed) }
    }

    /// How many events were pushed into the ring since it was made.
    package var pushedCount: UInt64 { self.ring.pushedCount }

    /// How many of them the handler is done with.
    package var handledCount: UInt64 { self.ring.consumedCount }

    /// Whether everything that was pushed has been handled.
    package var isIdle: Bool { self.handledCount == self.pushedCount }

    /// How many events can wait.
    package var capacity: Int { self.ring.capacity }

    /// How many events wait or are being handled.
    package var depth: Int { Int(truncatingIfNeeded: self.pushedCount &- self.handledCount) }

    /// Calls `completion` on the queue once the handler is done with the first `count` events ever
    /// pushed; see ``pushedCount``.
    package func whenHandled(_ count: UInt64, _ completion: @escaping @Sendable () -> Void) {
        self.queue.async {
            // The difference counts: indices may overflow.
            if Int64(bitPattern: self.handledCount &- count) >= 0 {
                completion()
            } else {
                self.whenHandled(count, completion)
            }
        }
    }
}

extension Stage {
    /// The queue that the handler runs on, for timers of those who work there.
    package var dispatchQueue: DispatchQueue { self.queue }
}
