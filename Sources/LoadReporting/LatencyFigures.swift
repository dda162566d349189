package import EventPipeline

/// How long events took, in nanoseconds. A percentile that so few events can't tell is left out: of
/// ten events the slowest hundredth is not one event.
package struct LatencyFigures: Codable {
    package var p50: UInt64
    package var p90: UInt64?
    package var p99: UInt64?
    package var p999: UInt64?
    package var p9999: UInt64?
    package var max: UInt64

    /// Of what a histogram recorded.
    package init(_ times: LatencyHistogram) {
        self.init(
            p50: times.p50, p90: times.p90, p99: times.p99, p999: times.p999, p9999: times.p9999,
            max: times.max, of: times.count)
    }

    /// Of so many events.
    package init(
        p50: UInt64, p90: UInt64, p99: UInt64, p999: UInt64, p9999: UInt64, max: UInt64,
        of count: UInt64
    ) {
        self.p50 = p50
        self.max = max
        self.p90 = count >= 10 ? p90 : nil
        self.p99 = count >= 100 ? p99 : nil
        self.p999 = count >= 1_000 ? p999 : nil
        self.p9999 = count >= 10_000 ? p9999 : nil
    }

    /// The percentiles that there are, by name, from the shortest on.
    package var percentiles: [(name: String, nanoseconds: UInt64)] {
        [("p50", p50), ("p90", p90), ("p99", p99), ("p99.9", p999), ("p99.99", p9999)]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    /// The percentile of a name, or `max`; nil where it can't be told.
    package func value(named name: String) -> UInt64? {
        name == "max" ? max : percentiles.first { $0.name == name }?.nanoseconds
    }
}
