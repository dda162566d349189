internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Sleep of a thread that wants to wake up when it is time, not some fifty microseconds later.
package enum ExactSleep {
    /// Has the timers of the calling thread end when they are due, from now on. The kernel otherwise
    /// takes 50 us to have several end together; the thread still needs some microseconds to wake up.
    package static func prepareThread() { sw_set_timer_slack(1) }

    /// Returns when ``monotonicNanoseconds()`` is there, or earlier if there is a signal.
    package static func sleep(until time: UInt64) {
        var end = timespec(
            tv_sec: Int(clamping: time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nil)
    }
}
