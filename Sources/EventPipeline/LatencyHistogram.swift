internal import Histogram

/// How long things took, in nanoseconds, with three significant digits: an HDR histogram (Tene).
///
/// A value of about 300 KB. ``LatencyRecorder`` shares one between threads.
package struct LatencyHistogram: Sendable {
    /// The longest time that is told apart: one hour. Longer ones are recorded as this long.
    package static let nanosecondsMax: UInt64 = 3_600_000_000_000

    private var histogram = Histogram<UInt64>(
        highestTrackableValue: LatencyHistogram.nanosecondsMax,
        numberOfSignificantValueDigits: .three)

    /// Creates an empty histogram.
    package init() {}

    /// Records that something took `nanoseconds`, `count` times over. O(1), no allocation.
    package mutating func record(_ nanoseconds: UInt64, count: UInt64 = 1) {
        let recorded = self.histogram.record(min(nanoseconds, Self.nanosecondsMax), count: count)
        assert(recorded, "the range covers all that is recorded")
    }

    /// Adds what `other` recorded. O(size of a histogram).
    package mutating func merge(_ other: LatencyHistogram) {
        self.histogram.add(other.histogram)
    }

    /// How many times were recorded.
    package var count: UInt64 { self.histogram.totalCount }

    /// The longest time, 0 if there is none; to three digits, as all times.
    package var max: UInt64 { self.count == 0 ? 0 : self.histogram.max }

    /// The time that `percent` of all (0 to 100) did not exceed, 0 if there is none.
    /// O(size of a histogram).
    package func percentile(_ percent: Double) -> UInt64 {
        self.count == 0 ? 0 : self.histogram.valueAtPercentile(percent)
    }

    /// Half took no longer than this.
    package var p50: UInt64 { self.percentile(50) }
    /// 90% took no longer than this.
    package var p90: UInt64 { self.percentile(90) }
    /// 99% took no longer than this.
    package var p99: UInt64 { self.percentile(99) }
    /// 99.9% took no longer than this.
    package var p999: UInt64 { self.percentile(99.9) }
    /// 99.99% took no longer than this.
    package var p9999: UInt64 { self.percentile(99.99) }
}
