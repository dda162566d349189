import Dispatch

extension Stage {
    /// Refuses whatever is published from now on, lets the worker handle all that was published
    /// before, then calls `completion` on the stage's queue. The handler is not called after that.
    ///
    /// Publishers that wait for room return. May be called again: each completion is called.
    package func stop(completion: @escaping @Sendable () -> Void) {
        self.ring.close()
        self.room.wake()
        self.queue.async {
            self.completions.append(completion)
            self.takeTurn()
        }
    }

    /// Stops, and blocks until everything published before has been handled. Must not be called
    /// by the handler.
    package func stopAndWait() {
        let done = DispatchSemaphore(value: 0)
        self.stop { done.signal() }
        done.wait()
    }

    /// Stops, and returns when everything published before has been handled.
    package func stop() async {
        await withCheckedContinuation { continuation in
            self.stop { continuation.resume() }
        }
    }

    /// Blocks until a moment at which everything published before has been handled and nothing
    /// waits. Must not be called by the handler; while others go on publishing it may take long.
    package func waitUntilIdle() {
        let done = DispatchSemaphore(value: 0)
        self.look { done.signal() }
        done.wait()
    }

    /// Calls `completion` on the queue when it finds the ring empty there: the handler is not
    /// running then, because it runs on the same queue.
    private func look(_ completion: @escaping @Sendable () -> Void) {
        self.queue.async {
            if self.ring.isEmpty { completion() } else { self.look(completion) }
        }
    }
}
