internal import InternalSystem

/// A histogram that one thread records into, batch by batch, while others read it.
///
/// A lock a batch, taken by nobody else but readers: about 20 ns. Each thread that records should
/// have its own; merge the snapshots.
package final class LatencyRecorder: Sendable {
    private let histogram = Guarded(LatencyHistogram())

    /// Creates an empty recorder.
    package init() {}

    /// Lets `body` record the times of a batch.
    package func recordBatch(_ body: (inout LatencyHistogram) -> Void) {
        self.histogram.withLock { body(&$0) }
    }

    /// A copy of what was recorded so far. The recording thread waits for it, some 10 µs, and pays
    /// for a copy at its next batch.
    package func snapshot() -> LatencyHistogram {
        self.histogram.withLock { $0 }
    }
}
