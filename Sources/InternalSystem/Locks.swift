#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// The locks of everything that takes turns, all made of POSIX mutexes: `Mutex` of the standard
// library waits for a futex in ways that ThreadSanitizer does not see, and it then reports races
// where there are none. None of them is taken for each event, and none is recursive: a body that
// takes its own lock again never returns. None is fair either: a thread that comes back for a lock at
// once mostly gets it before those that were woken for it. Where bodies take long and somebody calls
// them in a loop, a serial Dispatch queue is the lock to take, since it lets all in as they come.
//
// Unsafe: the mutex and the condition variable of each live at fixed addresses of their own from
// its creation to its end, since POSIX forbids to move them; whoever calls holds the owner, so it
// can't end meanwhile.

/// Lets one thread at a time through. About 20 ns where nobody else wants it.
///
///     private let lock = Lock()
///     let count = lock.withLock { entries.count }
package struct Lock: ~Copyable, @unchecked Sendable {
    fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// A lock that nobody holds. Allocates.
    package init() {
        mutex = .allocate(capacity: 1)
        precondition(pthread_mutex_init(mutex, nil) == 0, "no mutex to be had")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` alone, and gives what it returns or throws.
    @inlinable
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        enter()
        defer { leave() }
        return try body()
    }

    @usableFromInline
    func enter() { pthread_mutex_lock(mutex) }

    @usableFromInline
    func leave() { pthread_mutex_unlock(mutex) }
}

/// A value together with its lock: nobody gets at it without.
///
///     private let state = Guarded(State())
///     state.withLock { $0.count += 1 }
package final class Guarded<Value: ~Copyable>: @unchecked Sendable {
    // Unchecked: the value is touched under the lock. That also makes checks for overlapping access
    // needless.
    @usableFromInline let lock = Lock()
    @exclusivity(unchecked) @usableFromInline var value: Value

    /// Guards a value that nobody else has. Allocates.
    package init(_ value: consuming sending Value) { self.value = value }

    /// Runs `body` alone, with the value to read or change, and gives what it returns or throws.
    @inlinable
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.enter()
        defer { lock.leave() }
        return try body(&value)
    }
}

/// A lock, and a place to wait for what others change under it.
///
///     monitor.withLock { monitor.wait { !queue.isEmpty } }                    // one thread
///     monitor.withLock { queue.append(work); monitor.wakeAll() }              // another
package final class Monitor: @unchecked Sendable {
    // Unchecked: made to be shared.
    @usableFromInline let lock = Lock()
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A monitor that nobody holds. Allocates.
    package init() {
        var attributes = pthread_condattr_t()
        let isMade =
            pthread_condattr_init(&attributes) == 0
            && pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0
            && pthread_cond_init(condition, &attributes) == 0
        precondition(isMade, "no condition variable to be had")
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    /// Runs `body` alone, and gives what it returns or throws.
    @inlinable
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.enter()
        defer { lock.leave() }
        return try body()
    }

    /// Within `withLock` only: lets others in until `isReady` holds after somebody's `wakeAll`.
    package func wait(until isReady: () -> Bool) {
        while !isReady() { pthread_cond_wait(condition, lock.mutex) }
    }

    /// As ``wait(until:)``, until a deadline of ``monotonicNanoseconds()`` at most; whether it holds.
    package func wait(by deadline: UInt64, until isReady: () -> Bool) -> Bool {
        var time = timespec()
        time.tv_sec = Int(clamping: deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        while !isReady() {
            let result = pthread_cond_timedwait(condition, lock.mutex, &time)
            if result == ETIMEDOUT { return isReady() }
        }
        return true
    }

    /// Has all that wait look again.
    package func wakeAll() { pthread_cond_broadcast(condition) }
}
