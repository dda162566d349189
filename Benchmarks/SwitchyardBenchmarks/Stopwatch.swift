#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Measures how long a piece of work takes, by one of two clocks.
struct Stopwatch {
    /// Which time is meant.
    enum Time {
        /// The processor time of the calling thread: for work that never waits. On an idle machine it
        /// is the time that passes; on a busy one it leaves out what other programs took.
        case processor
        /// The time that passes: for work that waits for the disk.
        case wall
    }

    private let clock: clockid_t
    private let start: Int

    /// Starts to measure.
    init(_ time: Time) {
        clock = time == .processor ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
        start = Self.nanoseconds(clock)
    }

    /// How many nanoseconds it has been, on the same thread; at least 1.
    var nanoseconds: Int { max(Self.nanoseconds(clock) - start, 1) }

    private static func nanoseconds(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
