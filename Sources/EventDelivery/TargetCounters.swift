internal import EventPipeline
internal import InternalSystem
internal import Synchronization

/// What happened to the events that were meant for one target. Added to once a run, read by anyone.
package final class TargetCounters: Sendable {
    /// A count that others read while it grows.
    struct Count: ~Copyable, Sendable {
        private let value = Atomic<UInt64>(0)
        func add(_ amount: Int) {
            value.wrappingAdd(UInt64(truncatingIfNeeded: amount), ordering: .relaxed)
        }
        var current: UInt64 { value.load(ordering: .relaxed) }
    }

    let delivered = Count()
    let failed = Count()
    let throttled = Count()
    let retried = Count()
    let deadLettered = Count()
    let lost = Count()
    let fellBehind = Count()
    let caughtUp = Count()
    let missed = Count()
    /// Not counts but states: how many deliveries are pending.
    let pending = Atomic<Int>(0)
    /// Why the archive can't be read for it now.
    let catchUpError = ErrorText()

    /// What is wrong at the moment, if anything is.
    final class ErrorText: Sendable {
        private let text = Guarded<String?>(nil)

        var current: String? { text.withLock { $0 } }
        func set(_ text: String?) { self.text.withLock { $0 = text } }
    }

    /// Counts an event that was given up.
    func count(_ fate: DeadLetterFate) {
        switch fate {
        case .written: deadLettered.add(1)
        case .nowhere, .failed: lost.add(1)
        }
    }
}

/// What became of the events that were meant for one target.
public struct TargetStatistics: Sendable, Hashable {
    /// Events that reached it.
    public var delivered: UInt64 = 0
    /// Attempts that failed.
    public var failedAttempts: UInt64 = 0
    /// Attempts that failed because the target wanted fewer events.
    public var throttledAttempts: UInt64 = 0
    /// Attempts after the first of each event.
    public var retries: UInt64 = 0
    /// Events that became dead letters.
    public var deadLettered: UInt64 = 0
    /// Events that were given up and could not become dead letters: because there is no archive for
    /// them, or it can't be written.
    public var lost: UInt64 = 0
    /// How often it fell behind.
    public var fellBehind: UInt64 = 0
    /// Events that were read from the archive for it.
    public var caughtUp: UInt64 = 0
    /// Events that were to be read from the archive for it, and are not there any more: retention
    /// removed them first, or they are damaged; nobody knows whether its rule wanted them. Also those that
    /// are longer than events may be now.
    public var missed: UInt64 = 0
    /// Events in its queue now.
    public var queued = 0
    /// Events on their way now, waiting for a free task, or waiting to be tried again.
    public var pending = 0

    /// Why the archive can't be read for it at the moment: it is tried again, later and later, up to every
    /// half a minute. Nil while all is well.
    public var catchUpError: String?

    /// Creates statistics of nothing.
    public init() {}
}

extension TargetEngine {
    /// The counts so far; they may be off by a run against each other.
    package var statistics: TargetStatistics {
        var statistics = TargetStatistics()
        statistics.delivered = counters.delivered.current
        statistics.failedAttempts = counters.failed.current
        statistics.throttledAttempts = counters.throttled.current
        statistics.retries = counters.retried.current
        statistics.deadLettered = counters.deadLettered.current
        statistics.lost = counters.lost.current
        statistics.fellBehind = counters.fellBehind.current
        statistics.caughtUp = counters.caughtUp.current
        statistics.missed = counters.missed.current
        statistics.catchUpError = counters.catchUpError.current
        statistics.queued = queue?.stage.depth ?? 0
        statistics.pending = counters.pending.load(ordering: .relaxed)
        return statistics
    }
}
