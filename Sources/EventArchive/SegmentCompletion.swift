internal import Dispatch

/// Does what segments need besides their records, in order, on a queue of its own: names, digests,
/// footers. No append waits for it, unless too many segments wait to be sealed.
final class SegmentCompletion: Sendable {
    private let queue = DispatchQueue(label: "switchyard.archive.complete", qos: .userInitiated)
    private let fate: WriterFate
    private let state = State()

    /// Guarded by its monitor.
    private final class State: @unchecked Sendable {
        let monitor = Monitor()
        var unsealed = 0
        var timer: (any DispatchSourceTimer)?
    }

    init(_ fate: WriterFate) { self.fate = fate }

    /// Does some work after all that came before, unless the writer has failed by then.
    func submit(_ work: @escaping @Sendable () throws(ArchiveError) -> Void) {
        queue.async { [fate] in
            guard fate.error == nil else { return }
            do throws(ArchiveError) { try work() } catch { fate.end(error) }
        }
    }

    /// The same for the last work on a segment; waits while `limit` others are still to be sealed.
    func submitSealing(limit: Int, _ work: @escaping @Sendable () throws(ArchiveError) -> Void) {
        state.monitor.withLock {
            state.monitor.wait { state.unsealed < limit }
            state.unsealed += 1
        }
        submit(work)
        queue.async { [state] in
            state.monitor.withLock {
                state.unsealed -= 1
                state.monitor.wakeAll()
            }
        }
    }

    /// Does some work every so often, until `stopRepeating`.
    func submit(every seconds: Int, _ work: @escaping @Sendable () -> Void) {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds))
        timer.setEventHandler { [fate] in
            if fate.error == nil { work() }
        }
        timer.activate()
        state.monitor.withLock { state.timer = timer }
    }

    /// Nothing is done any more without an occasion.
    func stopRepeating() {
        state.monitor.withLock {
            state.timer?.cancel()
            state.timer = nil
        }
    }

    /// Waits for all that came before. Throws what ended the writer, if anything did.
    func finish() throws(ArchiveError) {
        queue.sync {}
        if let error = fate.error { throw error }
    }
}
