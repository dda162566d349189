internal import Dispatch
internal import InternalSystem

/// Does what segments need besides their records, in order, on a queue of its own: names, syncs,
/// footers. No append waits for it, unless too many segments wait to be sealed.
final class SegmentCompletion: Sendable {
    private let queue = DispatchQueue(label: "switchyard.archive.complete", qos: .userInitiated)
    private let fate: WriterFate
    private let clock: any TimeSource
    private let state = State()

    /// Guarded by its monitor.
    private final class State: @unchecked Sendable {
        let monitor = Monitor()
        var unsealed = 0
        var repeated: TimedWork?
        var hasEndedRepeating = false
    }

    init(_ fate: WriterFate, _ clock: any TimeSource) {
        self.fate = fate
        self.clock = clock
    }

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

    /// Does some work every so often, or never, and not what was to be repeated before.
    func setRepeated(every nanoseconds: UInt64?, _ work: @escaping @Sendable () -> Void) {
        state.monitor.withLock {
            state.repeated?.cancel()
            state.repeated = nil
            guard let nanoseconds, !state.hasEndedRepeating else { return }
            state.repeated = clock.run(on: queue, every: nanoseconds) { [fate] in
                if fate.error == nil { work() }
            }
        }
    }

    /// Nothing is done any more without an occasion.
    func endRepeating() {
        let repeated = state.monitor.withLock {
            state.hasEndedRepeating = true
            defer { state.repeated = nil }
            return state.repeated
        }
        repeated?.cancel()
    }

    /// Waits for all that came before. Throws what ended the writer, if anything did.
    func finish() throws(ArchiveError) {
        queue.sync {}
        if let error = fate.error { throw error }
    }
}
