internal import Dispatch

extension TimeSource {
    /// Suspends the task for so many nanoseconds.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    package func sleep(_ nanoseconds: UInt64) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                sleeper.begin(continuation) { wake in
                    run(on: sleepers, after: nanoseconds, wake)
                }
            }
        } onCancel: {
            sleeper.cancel()
        }
    }
}

/// Where those who sleep are woken: that takes no time, so one queue is enough.
private let sleepers = DispatchQueue(label: "switchyard.clock.sleep")

/// One task that sleeps. Whoever comes first ends its sleep: the time, or who cancels it.
private final class Sleeper: Sendable {
    private enum State {
        case awake
        case asleep(CheckedContinuation<Void, any Error>, TimedWork)
        case over
    }

    private let state = Guarded(State.awake)

    func begin(
        _ continuation: CheckedContinuation<Void, any Error>,
        _ schedule: (@escaping @Sendable () -> Void) -> TimedWork
    ) {
        let isCancelled = state.withLock { state in
            if case .over = state { return true }
            // Fired under the lock at the earliest: it waits for that.
            state = .asleep(continuation, schedule { self.end(cancelled: false) })
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
    }

    func cancel() { end(cancelled: true) }

    private func end(cancelled: Bool) {
        let ended = state.withLock { state in
            defer { state = .over }
            return state
        }
        guard case .asleep(let continuation, let work) = ended else { return }
        work.cancel()
        if cancelled {
            continuation.resume(throwing: CancellationError())
        } else {
            continuation.resume()
        }
    }
}
