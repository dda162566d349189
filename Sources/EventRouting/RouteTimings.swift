internal import EventPipeline
internal import InternalSystem
internal import Synchronization

/// What a bus has done so far.
public struct RouteStatistics: Sendable {
    /// A part of an event's way, timed for one in 61 of the events that the worker scanned and matched
    /// itself: while it is busy, publishers do that.
    public struct Step: Sendable {
        /// How many events were timed.
        public var events: UInt64 = 0
        /// Their bytes.
        public var bytes: UInt64 = 0
        /// How long they took, all together.
        public var nanoseconds: UInt64 = 0
    }

    /// Events that publishers took on.
    public var accepted: UInt64 = 0
    /// Events that were archived (where there is an archive), matched and delivered.
    public var delivered: UInt64 = 0
    /// Their bytes, and those of the events that were refused.
    public var bytes: UInt64 = 0
    /// How often a rule matched.
    public var matches: UInt64 = 0
    /// Events that at least one rule matched.
    public var matchedEvents: UInt64 = 0
    /// Events that were accepted but could not be archived any more, and so were not delivered.
    public var refused: UInt64 = 0
    /// Events that ``/EventPipeline/BackPressure/dropNewest`` dropped.
    public var dropped: UInt64 = 0
    /// How often a publisher had to wake the worker.
    public var wakes: UInt64 = 0
    /// The structural scan and check of the JSON.
    public var scan = Step()
    /// The append to the archive.
    public var append = Step()
    /// The rules, without the scan.
    public var match = Step()
    /// The delivery.
    public var deliver = Step()

    /// How long events took, in nanoseconds, from publication until all of the run that they were in was
    /// archived, matched and delivered, and its commit was begun where the archive's durability asks for
    /// one. The commit runs beside the next run, and its end is not measured: with the durability `batch`
    /// events are durable later than this says, by what a sync of the disk takes, and by those that were
    /// begun before. To measure at its end, each run's times would have to be kept until then, on the way
    /// of every event. ``/EventArchive/ArchiveWatermark/durable`` tells how far the disk is.
    public var latency = LatencyPercentiles()

    /// Creates statistics of nothing.
    public init() {}
}

/// How long things took, in nanoseconds, to three digits.
public struct LatencyPercentiles: Sendable {
    /// Half took no longer.
    public var p50: UInt64 = 0
    /// 90% took no longer.
    public var p90: UInt64 = 0
    /// 99% took no longer.
    public var p99: UInt64 = 0
    /// 99.9% took no longer.
    public var p999: UInt64 = 0
    /// 99.99% took no longer.
    public var p9999: UInt64 = 0
    /// The longest.
    public var max: UInt64 = 0
}

/// A part of an event's way.
enum RouteStep {
    case scan, append, match, deliver
}

/// What one batch adds to the timings.
struct RouteBatch {
    var sampledEvents = 0
    var sampledBytes = 0
    var nanoseconds: (scan: UInt64, append: UInt64, match: UInt64, deliver: UInt64) = (0, 0, 0, 0)

    /// Begins to route an event, and to time it if it is its turn.
    @inline(__always)
    mutating func beginEvent(byteCount: Int, _ sampling: inout RouteSampling) -> RouteWatch {
        guard sampling.isDue() else { return .off }
        sampledEvents &+= 1
        sampledBytes &+= byteCount
        return RouteWatch(last: monotonicNanoseconds(), clockCost: sampling.clockCost)
    }
}

/// Which events are timed: one in so many, whatever batches they come in. That is five looks at the
/// clock, some 100 ns, spread over 61 events; and 61 is prime, so that no rhythm of the events or of
/// the batches makes the sample a biased one.
struct RouteSampling {
    private static let interval = 61

    private var untilNext: Int
    /// What a look at the clock takes, to be left out of what is measured.
    let clockCost: UInt64

    /// Times nothing unless it is on.
    init(isOn: Bool) {
        untilNext = isOn ? 1 : .max
        clockCost =
            (0..<(isOn ? 100 : 0)).map { _ in
                let start = monotonicNanoseconds()
                return monotonicNanoseconds() &- start
            }.min() ?? 0
    }

    @inline(__always)
    mutating func isDue() -> Bool {
        untilNext &-= 1
        guard untilNext == 0 else { return false }
        untilNext = Self.interval
        return true
    }
}

/// Times the parts of one event's way, or nothing where the event is not timed.
struct RouteWatch {
    /// Of an event that is not timed.
    static var off: RouteWatch { RouteWatch(last: 0, clockCost: 0) }

    /// When the last part ended; 0 where nothing is timed.
    var last: UInt64
    let clockCost: UInt64

    @inline(__always)
    mutating func lap(_ step: RouteStep, _ batch: inout RouteBatch) {
        guard last != 0 else { return }
        let now = monotonicNanoseconds()
        let passed = now &- last
        let nanoseconds = passed > clockCost ? passed &- clockCost : 0
        last = now
        switch step {
        case .scan: batch.nanoseconds.scan &+= nanoseconds
        case .append: batch.nanoseconds.append &+= nanoseconds
        case .match: batch.nanoseconds.match &+= nanoseconds
        case .deliver: batch.nanoseconds.deliver &+= nanoseconds
        }
    }
}

/// How long events take: added to by the worker once a batch, read by anyone.
package final class RouteTimings: Sendable {
    private let scan = StageCounters()
    private let append = StageCounters()
    private let match = StageCounters()
    private let deliver = StageCounters()
    private let latency = LatencyRecorder()

    /// Creates timings of nothing.
    package init() {}

    /// Called when a run was delivered and its commit begun: see ``RouteStatistics/latency``.
    func add(_ batch: RouteBatch, _ events: UnsafeBufferPointer<EventDescriptor>) {
        if batch.sampledEvents > 0 {
            add(batch, batch.nanoseconds.scan, to: scan)
            add(batch, batch.nanoseconds.append, to: append)
            add(batch, batch.nanoseconds.match, to: match)
            add(batch, batch.nanoseconds.deliver, to: deliver)
        }
        let now = monotonicNanoseconds()
        latency.recordBatch { histogram in
            for event in events { histogram.record(now &- event.publishTime) }
        }
    }

    @inline(__always)
    private func add(_ batch: RouteBatch, _ nanoseconds: UInt64, to counters: StageCounters) {
        counters.add(
            events: batch.sampledEvents, bytes: batch.sampledBytes, nanoseconds: nanoseconds)
    }

    package func read(into statistics: inout RouteStatistics) {
        func step(_ counters: StageCounters) -> RouteStatistics.Step {
            let counted = counters.snapshot
            return RouteStatistics.Step(
                events: counted.events, bytes: counted.bytes, nanoseconds: counted.nanoseconds)
        }
        let times = latency.snapshot()
        statistics.scan = step(scan)
        statistics.append = step(append)
        statistics.match = step(match)
        statistics.deliver = step(deliver)
        statistics.latency = LatencyPercentiles(
            p50: times.p50, p90: times.p90, p99: times.p99, p999: times.p999, p9999: times.p9999,
            max: times.max)
    }
}
