package import Dispatch

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The machine's own time.
package final class SystemClock: TimeSource {
    /// There is one time, so one of these is enough.
    package static let shared = SystemClock()

    /// How late work may come so that the machine wakes up once for several: what Dispatch allows
    /// itself for a delay of 10 ms.
    private static let leeway = DispatchTimeInterval.milliseconds(1)

    private init() {}

    package var monotonicTime: UInt64 { monotonicNanoseconds() }

    package var wallTime: Int64 { wallClockNanoseconds() }

    @discardableResult
    package func run(
        on queue: DispatchQueue, at moment: TimedMoment, every interval: UInt64?,
        _ body: @escaping @Sendable () -> Void
    ) -> TimedWork {
        // A source, not `asyncAfter`: that one would keep a cancelled block until its time has come.
        // Not known to be sendable, but Dispatch lets any thread cancel a source.
        nonisolated(unsafe) let timer = DispatchSource.makeTimerSource(queue: queue)
        // They keep each other until the source is cancelled, which drops its handler.
        let work = TimedWork(repeats: interval != nil) { timer.cancel() }
        timer.setEventHandler { if work.begin() { body() } }
        let repeating = interval.map { DispatchTimeInterval.nanoseconds(Int(clamping: $0)) }
        switch moment {
        case .monotonic(let time):
            let now = monotonicTime
            let delay = Int(clamping: time > now ? time - now : 0)
            timer.schedule(
                deadline: .now() + .nanoseconds(delay), repeating: repeating ?? .never,
                leeway: Self.leeway)
        case .wall(let time):
            // What Dispatch makes of a time at or before the beginning of 1970 never comes.
            let time = max(time, 1_000_000_000)
            let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
            timer.schedule(
                wallDeadline: DispatchWallTime(
                    timespec: timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))),
                repeating: repeating ?? .never, leeway: Self.leeway)
        }
        timer.activate()
        return work
    }

    package func pause(_ nanoseconds: UInt64) {
        var wanted = timespec(
            tv_sec: Int(clamping: nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000))
        // A signal may end it early; what is left is slept then.
        var left = timespec()
        while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
    }
}
