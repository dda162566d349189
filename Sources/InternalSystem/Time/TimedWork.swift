/// Work that waits for its time with a ``TimeSource``.
package final class TimedWork: @unchecked Sendable {
    // Unchecked: everything is touched under the lock.
    private let lock = Lock()
    private let repeats: Bool
    private var hasEnded = false
    private var letGo: (@Sendable () -> Void)?

    /// `letGo` is called once, when it will not run any more: whoever keeps it forgets it then.
    init(repeats: Bool, letGo: @escaping @Sendable () -> Void) {
        self.repeats = repeats
        self.letGo = letGo
    }

    /// Sees to it that it does not begin any more. If it is running just now on another thread, this
    /// does not wait for its end; called on its queue, nothing of it runs afterwards.
    ///
    /// - Returns: whether it was still to run.
    @discardableResult
    package func cancel() -> Bool { end() }

    /// Whether it was cancelled, or has run for the last time.
    package var isOver: Bool { lock.withLock { hasEnded } }

    /// Whoever fires it asks this first, and runs it only if true.
    func begin() -> Bool {
        repeats ? !isOver : end()
    }

    /// Ends it. True if it had not ended before.
    private func end() -> Bool {
        let (wasWaiting, letGo) = lock.withLock {
            defer {
                hasEnded = true
                self.letGo = nil
            }
            return (!hasEnded, self.letGo)
        }
        letGo?()
        return wasWaiting
    }
}
