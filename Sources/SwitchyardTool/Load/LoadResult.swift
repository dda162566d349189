import EventPipeline
import MemoryMeasures
internal import InternalSystem

/// What was measured so far; used by the main thread alone, but for how late the publishers were.
final class LoadResult: @unchecked Sendable {
    private let late = Guarded(LatencyHistogram())

    /// What comes less late than this after the last interval belongs to it.
    private static let nanosecondsOfItsOwn: UInt64 = 100_000_000

    private(set) var total = LatencyHistogram()
    private(set) var intervals: [LoadReport.Interval] = []
    private(set) var nanoseconds: UInt64 = 0
    var processorNanoseconds: UInt64 = 0
    /// What the last interval is of.
    private var last = LatencyHistogram()
    private var lastMemory = LoadMemory(since: .now)
    /// How many there were before the interval that is measured now.
    private var faults = PageFaults.now

    /// Begins to measure.
    func begin() { faults = .now }

    /// Adds how late a publisher published its events. From any thread.
    func addLateness(_ histogram: LatencyHistogram) { late.withLock { $0.merge(histogram) } }

    /// How late the publishers were on a schedule.
    var lateness: LatencyHistogram { late.withLock { $0 } }

    func add(_ histogram: LatencyHistogram, nanoseconds: UInt64) {
        total.merge(histogram)
        self.nanoseconds += nanoseconds
        last = histogram
        lastMemory = LoadMemory(since: faults)
        faults = .now
        intervals.append(
            LoadReport.Interval(
                seconds: Double(nanoseconds) / 1e9, latencies: histogram, lastMemory))
    }

    /// Adds what came after the end of the last interval, the latest of it `nanoseconds` after that: to
    /// that interval, unless it took a time of its own.
    func addRest(_ histogram: LatencyHistogram, nanoseconds: UInt64) {
        guard histogram.count > 0 else { return }
        guard nanoseconds < Self.nanosecondsOfItsOwn, let interval = intervals.popLast() else {
            return add(histogram, nanoseconds: nanoseconds)
        }
        total.merge(histogram)
        self.nanoseconds += nanoseconds
        last.merge(histogram)
        intervals.append(
            LoadReport.Interval(
                seconds: interval.seconds + Double(nanoseconds) / 1e9, latencies: last, lastMemory))
    }

    /// What the last interval was like; nil where nothing came in it.
    var progress: String? {
        guard let last = intervals.last, last.events > 0 else { return nil }
        let rate = Figure.eventRate(Double(last.events) / max(last.seconds, 1e-9))
        let p99 = last.p99.map { "p99 \(Figure.duration($0)), " } ?? ""
        return
            "\(rate), p50 \(Figure.duration(last.p50)), \(p99)longest \(Figure.duration(last.max))"
    }
}

/// The memory of this process at the end of an interval.
struct LoadMemory {
    let residentBytes = MemoryUse.residentBytes()
    let ownBytes = MemoryUse.ownBytes()
    /// In the interval.
    let faults: PageFaults

    init(since before: PageFaults) {
        let now = PageFaults.now
        faults = PageFaults(major: now.major - before.major, minor: now.minor - before.minor)
    }
}
