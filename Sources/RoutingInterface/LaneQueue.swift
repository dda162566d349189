package import Dispatch

/// The queue that the events of some buses are routed on, as those who share it need it: what is done
/// here lies between two runs of events.
///
/// `@unchecked Sendable`: the Dispatch queue is set once, before anything is published.
package final class LaneQueue: @unchecked Sendable {
    private var queue: DispatchQueue?

    /// Creates a queue on which everything is done at once, until `attach(to:)`.
    package init() {}

    /// Gives it the Dispatch queue that serves the lane.
    package func attach(to queue: DispatchQueue) { self.queue = queue }

    /// Runs `body` on the queue and returns then. Must not be called there.
    package func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let queue else { return try body() }
        return try queue.sync(execute: body)
    }

    /// Runs `body` on the queue, later.
    package func schedule(
        afterMilliseconds delay: Int, _ body: @escaping @Sendable () -> Void
    ) {
        queue?.asyncAfter(deadline: .now() + .milliseconds(delay), execute: body)
    }

    // The lane's own, on its queue: how patient it is with those that have no room.

    /// Until when it waits for nobody.
    @exclusivity(unchecked) private var impatientUntil: UInt64 = 0

    /// Whether the lane may wait for somebody now, by the clock that never goes back.
    package func mayWait(at time: UInt64) -> Bool { time >= impatientUntil }

    /// Notes that it waited for so many nanoseconds in vain, which must not become more than a tenth of
    /// its time.
    package func noteVainWait(of nanoseconds: UInt64, until end: UInt64) {
        impatientUntil = end &+ 9 &* nanoseconds
    }
}
