import EventPipeline
import Foundation
internal import InternalSystem
import Synchronization

/// Measures how long events took to come to the target, without a lock: the one thread that calls the
/// target records into a histogram of its own, and hands it over when it is asked to.
///
/// `@unchecked Sendable`: `current` belongs to the target's thread, and after ``end()`` to the main
/// one. `handed` belongs to the main thread while `request` is idle or done, and to the target's
/// while it is wanted.
final class LoadProbe: @unchecked Sendable {
    private enum Request {
        static let idle: UInt8 = 0
        static let wanted: UInt8 = 1
        static let done: UInt8 = 2
    }

    private let request = Atomic<UInt8>(Request.idle)
    @exclusivity(unchecked) private var current = LatencyHistogram()
    @exclusivity(unchecked) private var taken: UInt64 = 0
    private var handed = LatencyHistogram()
    private var begin: UInt64 = 0
    /// When the last event came. After ``end()``.
    @exclusivity(unchecked) private(set) var lastTime: UInt64 = 0

    /// Only counts what comes before `time`. Called before anything does.
    func ignore(before time: UInt64) { begin = time }

    /// Called by the target for each event.
    @inline(__always)
    func take(_ publishTime: UInt64) {
        let now = monotonicNanoseconds()
        if now >= begin { current.record(now &- publishTime) }
        lastTime = now
        taken &+= 1
        if request.load(ordering: .relaxed) == Request.wanted { handOver() }
    }

    @inline(never)
    private func handOver() {
        guard request.load(ordering: .acquiring) == Request.wanted else { return }
        swap(&current, &handed)
        request.store(Request.done, ordering: .releasing)
    }

    /// What came since the last call; nothing, if no event came within some seconds.
    func takeInterval(within seconds: Double) -> LatencyHistogram {
        if request.load(ordering: .acquiring) == Request.idle {
            request.store(Request.wanted, ordering: .releasing)
        }
        let deadline = monotonicNanoseconds() &+ UInt64(seconds * 1e9)
        while request.load(ordering: .acquiring) == Request.wanted {
            if monotonicNanoseconds() > deadline { return LatencyHistogram() }
            usleep(200)
        }
        let interval = handed
        handed = LatencyHistogram()
        request.store(Request.idle, ordering: .releasing)
        return interval
    }

    /// What came since the last interval, when the target is called no more.
    func takeRest() -> LatencyHistogram {
        // An interval that was asked for last and came too late.
        var rest = handed
        rest.merge(current)
        (handed, current) = (LatencyHistogram(), LatencyHistogram())
        return rest
    }

    /// Says that the target is called no more.
    func end() { request.store(Request.idle, ordering: .releasing) }

    /// How many events came. After ``end()``.
    var count: UInt64 { taken }
}
