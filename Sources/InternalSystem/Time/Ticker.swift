package import Dispatch
internal import Synchronization

/// Has something done a while after it was asked for, once for all that asked meanwhile. While nobody
/// asks, nothing wakes up.
///
///     let ticker = Ticker(every: 1_000_000_000, on: queue, clock) { [weak self] in self?.save() }
///     ticker.ask()  // whenever there may be something to be saved
///     ticker.stop()
///
/// What was changed before it was asked for is seen by what is done, if both take the same lock or queue:
/// whoever changes something too late for that finds that nobody has asked.
package final class Ticker: Sendable {
    private struct State {
        var waiting: TimedWork?
        var isStopped = false
    }

    private let isAsked = Atomic<Bool>(false)
    private let state = Guarded(State())
    private let interval: UInt64
    private let queue: DispatchQueue
    private let clock: any TimeSource
    private let body: @Sendable () -> Void

    /// - Parameters:
    ///   - interval: how many nanoseconds after the first one asked `body` is called.
    ///   - queue: where.
    package init(
        every interval: UInt64, on queue: DispatchQueue, _ clock: any TimeSource,
        _ body: @escaping @Sendable () -> Void
    ) {
        self.interval = interval
        self.queue = queue
        self.clock = clock
        self.body = body
    }

    /// Asks for it. From any thread; a load, but for the first time in an interval.
    package func ask() {
        if !isAsked.load(ordering: .relaxed) { askSlow() }
    }

    @inline(never)
    private func askSlow() {
        guard !isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
        state.withLock { state in
            if state.isStopped { return }
            state.waiting = clock.run(on: queue, after: interval) { [weak self] in self?.tick() }
        }
    }

    private func tick() {
        isAsked.store(false, ordering: .sequentiallyConsistent)
        body()
    }

    /// It is not done any more, however often it is asked for. What runs now is not waited for.
    package func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.cancel()
    }
}
