/// An asynchronous closure, with a time limit.
struct TaskTarget: DeferredTarget {
    let timeout: Duration
    let body: @Sendable (EventMatch) async throws -> Void

    func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
        Task {
            // Whichever ends first decides; the other one is cancelled. A body that does not heed
            // its cancellation goes on, but nobody waits for it.
            let first = FirstOutcome(settle)
            let work = Task {
                do {
                    try await body(match)
                    await first.settle(nil)
                } catch {
                    await first.settle(error)
                }
            }
            let clock = Task {
                try await Task.sleep(for: timeout)
                work.cancel()
                await first.settle(
                    DeliveryError(.timeout, "no answer within \(timeout)"))
            }
            await first.wait()
            clock.cancel()
        }
    }
}

/// The first of several outcomes.
private actor FirstOutcome {
    private var settleOnce: (@Sendable ((any Error)?) -> Void)?
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ settle: @escaping @Sendable ((any Error)?) -> Void) { settleOnce = settle }

    func settle(_ error: (any Error)?) {
        settleOnce?(error)
        settleOnce = nil
        waiter?.resume()
        waiter = nil
    }

    func wait() async {
        guard settleOnce != nil else { return }
        await withCheckedContinuation { waiter = $0 }
    }
}
