#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A lock, and a place to wait for what others change under it. Never taken for each event.
///
/// Unsafe: both live at fixed addresses as long as this does.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        precondition(pthread_mutex_init(mutex, nil) == 0, "no mutex to be had")
        precondition(pthread_cond_init(condition, nil) == 0, "no condition variable to be had")
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs the body alone.
    func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Within `withLock` only: lets others in until `isReady` holds after somebody's `wakeAll`.
    func wait(until isReady: () -> Bool) {
        while !isReady() { pthread_cond_wait(condition, mutex) }
    }

    /// Has all that wait look again.
    func wakeAll() { pthread_cond_broadcast(condition) }
}
