import Glibc

/// Nanoseconds of a clock that never goes back and has no meaning but differences: for latencies.
/// About 20 ns; reads no memory that is written per call and makes no system call.
package func monotonicNanoseconds() -> UInt64 {
    nanoseconds(of: CLOCK_MONOTONIC)
}

/// Nanoseconds since 1970 in UTC, as this machine believes; may jump.
package func wallClockNanoseconds() -> UInt64 {
    nanoseconds(of: CLOCK_REALTIME)
}

private func nanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
