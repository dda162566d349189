internal import Dispatch

/// Matches as an `AsyncSequence`: a target that a task iterates over.
///
/// ```swift
/// let stream = MatchStream()
/// try router.putTargets([.stream("mine", stream)], of: "orders")
/// for await match in stream { handle(match.text) }
/// ```
///
/// A delivery counts as done when the next one is asked for. When the iteration ends, or its task is
/// cancelled, the last one is delivered to whoever iterates next. One iterator at a time gets
/// deliveries; the sequence ends when the target is removed or the router closes.
public final class MatchStream: AsyncSequence, DeferredTarget, @unchecked Sendable {
    // Unchecked: everything that changes is touched on the queue alone.

    /// What the sequence gives.
    public typealias Element = EventMatch

    /// How many deliveries are kept ready.
    public let bufferMax: Int
    private let queue = DispatchQueue(label: "switchyard.stream")
    private var ready: [Entry] = []
    private var waiter: Reading?
    private var isClosed = false
    /// Of the rules that it is put on, whichever ``Target`` put it there.
    let uses = UseCount()

    /// A call of `next`, which its task may cancel before it waits, while it does, or afterwards.
    private final class Reading: @unchecked Sendable {
        // Unchecked: only touched on the stream's queue.
        private var continuation: CheckedContinuation<Entry?, Never>?
        private var isCancelled = false

        /// Whether it can wait: not if it was cancelled before.
        func wait(_ continuation: CheckedContinuation<Entry?, Never>) -> Bool {
            if isCancelled { return false }
            self.continuation = continuation
            return true
        }

        func end(with entry: Entry?) {
            continuation?.resume(returning: entry)
            continuation = nil
        }

        func cancel() {
            isCancelled = true
            end(with: nil)
        }
    }

    fileprivate struct Entry: Sendable {
        let match: EventMatch
        let settle: @Sendable ((any Error)?) -> Void
    }

    /// Creates a stream that keeps at most `bufferMax` deliveries ready.
    public init(bufferMax: Int = 256) {
        precondition(bufferMax > 0, "a stream must be able to hold a delivery")
        self.bufferMax = bufferMax
    }

    /// Begins a delivery: see ``DeferredTarget``.
    public func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
        let entry = Entry(match: match, settle: settle)
        queue.async { [self] in
            if isClosed {
                settle(DeliveryError(.noResource, "the stream has ended", isRetriable: true))
            } else if let waiter {
                self.waiter = nil
                waiter.end(with: entry)
            } else {
                ready.append(entry)
            }
        }
    }

    /// Ends the sequence: see ``DeferredTarget``.
    public func close() {
        queue.async { [self] in
            isClosed = true
            waiter?.end(with: nil)
            waiter = nil
            for entry in ready {
                entry.settle(DeliveryError(.noResource, "the stream has ended", isRetriable: true))
            }
            ready = []
        }
    }

    private func next() async -> Entry? {
        let reading = Reading()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { [self] in
                    // Whether the task is cancelled can't be asked for here, outside of it.
                    if isClosed && ready.isEmpty || waiter != nil || !reading.wait(continuation) {
                        continuation.resume(returning: nil)
                    } else if ready.isEmpty {
                        waiter = reading
                    } else {
                        reading.end(with: ready.removeFirst())
                    }
                }
            }
        } onCancel: {
            queue.async { [self] in
                reading.cancel()
                if waiter === reading { waiter = nil }
            }
        }
    }

    private func takeBack(_ entry: Entry) {
        queue.async { [self] in
            if isClosed {
                entry.settle(DeliveryError(.noResource, "the stream has ended", isRetriable: true))
            } else if let waiter {
                self.waiter = nil
                waiter.end(with: entry)
            } else {
                ready.insert(entry, at: 0)
            }
        }
    }

    /// Begins to iterate.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the matches; see ``MatchStream``.
    public final class Iterator: AsyncIteratorProtocol {
        private let stream: MatchStream
        private var last: Entry?

        fileprivate init(stream: MatchStream) { self.stream = stream }

        deinit { if let last { stream.takeBack(last) } }

        /// The next match; the one before counts as delivered now. Nil when the sequence ends, or
        /// the task was cancelled.
        public func next() async -> EventMatch? {
            last?.settle(nil)
            last = nil
            last = await stream.next()
            return last?.match
        }
    }
}
