#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Nanoseconds of a clock that never goes back and has no meaning but differences: to measure how
/// long something took. About 20 ns; reads no memory that is written per call and makes no system
/// call.
///
/// For what happens *because* of the time (retries, retention, schedules) ask a ``TimeSource``.
package func monotonicNanoseconds() -> UInt64 {
    UInt64(bitPattern: nanoseconds(of: CLOCK_MONOTONIC))
}

/// Nanoseconds since 1970 in UTC, as this machine believes; may jump. As fast as
/// ``monotonicNanoseconds()``.
package func wallClockNanoseconds() -> Int64 {
    nanoseconds(of: CLOCK_REALTIME)
}

private func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}
