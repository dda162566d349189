import Glibc

/// A histogram that one thread records into, batch by batch, while others read it.
///
/// A lock a batch, taken by nobody else but readers: about 20 ns. Each thread that records should
/// have its own; merge the snapshots.
package final class LatencyRecorder: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Guarded by the mutex, which makes checks for overlapping access needless.
    @exclusivity(unchecked) private var histogram = LatencyHistogram()

    /// Creates an empty recorder.
    package init() {
        precondition(pthread_mutex_init(self.mutex, nil) == 0, "no mutex to be had")
    }

    deinit {
        pthread_mutex_destroy(self.mutex)
        self.mutex.deallocate()
    }

    /// Lets `body` record the times of a batch.
    package func recordBatch(_ body: (inout LatencyHistogram) -> Void) {
        pthread_mutex_lock(self.mutex)
        body(&self.histogram)
        pthread_mutex_unlock(self.mutex)
    }

    /// A copy of what was recorded so far. The recording thread waits for it, some 10 µs, and pays
    /// for a copy at its next batch.
    package func snapshot() -> LatencyHistogram {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return self.histogram
    }
}
