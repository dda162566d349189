internal import CommandOutput
package import EventPipeline
internal import InternalSystem

/// What was measured so far; used by the main thread alone, but for how late the publishers were.
package final class LoadResult: @unchecked Sendable {
    private let late = Guarded(LatencyHistogram())

    /// What comes less late than this after the last interval belongs to it.
    private static let nanosecondsOfItsOwn: UInt64 = 100_000_000

    private(set) var total = LatencyHistogram()
    package private(set) var intervals: [LoadReport.Interval] = []
    private(set) var nanoseconds: UInt64 = 0
    package var processorNanoseconds: UInt64 = 0
    /// What the last interval is of.
    private var last = LatencyHistogram()
    private var lastMemory: LoadMemory?

    /// Nothing was measured yet.
    package init() {}

    /// Adds how late a publisher published its events. From any thread.
    package func addLateness(_ histogram: LatencyHistogram) {
        late.withLock { $0.merge(histogram) }
    }

    /// How late the publishers were on a schedule.
    var lateness: LatencyHistogram { late.withLock { $0 } }

    /// Adds what came in an interval.
    ///
    /// - Parameter memory: of what is loaded, at its end; nil where that is another process.
    package func add(
        _ histogram: LatencyHistogram, nanoseconds: UInt64, memory: LoadMemory? = nil
    ) {
        total.merge(histogram)
        self.nanoseconds += nanoseconds
        last = histogram
        lastMemory = memory
        intervals.append(
            LoadReport.Interval(
                seconds: Double(nanoseconds) / 1e9, latencies: histogram, memory))
    }

    /// Adds what came after the end of the last interval, the latest of it `nanoseconds` after that: to
    /// that interval, unless it took a time of its own.
    ///
    /// - Parameter memory: as that of an interval, if it becomes one.
    package func addRest(
        _ histogram: LatencyHistogram, nanoseconds: UInt64, memory: LoadMemory? = nil
    ) {
        guard histogram.count > 0 else { return }
        guard nanoseconds < Self.nanosecondsOfItsOwn, let interval = intervals.popLast() else {
            return add(histogram, nanoseconds: nanoseconds, memory: memory)
        }
        total.merge(histogram)
        self.nanoseconds += nanoseconds
        last.merge(histogram)
        intervals.append(
            LoadReport.Interval(
                seconds: interval.seconds + Double(nanoseconds) / 1e9, latencies: last, lastMemory))
    }

    /// What the last interval was like; nil where nothing came in it.
    package var progress: String? {
        guard let last = intervals.last, last.events > 0 else { return nil }
        let rate = Figure.eventRate(Double(last.events) / max(last.seconds, 1e-9))
        let p99 = last.p99.map { "p99 \(Figure.duration($0)), " } ?? ""
        return
            "\(rate), p50 \(Figure.duration(last.p50)), \(p99)longest \(Figure.duration(last.max))"
    }
}

/// The memory of a process at the end of an interval, and its page faults in it.
package struct LoadMemory {
    let residentBytes: UInt64?
    /// What of it is no file's.
    let ownBytes: UInt64?
    /// Those that wait for a disk.
    let majorFaults: Int
    let minorFaults: Int

    /// Creates figures of memory.
    package init(
        residentBytes: UInt64?, ownBytes: UInt64?, majorFaults: Int, minorFaults: Int
    ) {
        self.residentBytes = residentBytes
        self.ownBytes = ownBytes
        self.majorFaults = majorFaults
        self.minorFaults = minorFaults
    }
}
