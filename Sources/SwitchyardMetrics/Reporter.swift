internal import Metrics
internal import Switchyard

/// Turns snapshots into counts and gauges, whose handlers it keeps.
///
/// `@unchecked Sendable`: used under the lock of its ``RouterMetrics`` alone.
final class Reporter: @unchecked Sendable {
    private struct Key: Hashable {
        var metric: RouterMetric
        var place: [String]
    }

    private let factory: any MetricsFactory
    private var counters: [Key: Counter] = [:]
    private var gauges: [Key: Gauge] = [:]
    /// What the last snapshot had counted.
    private var counted: [Key: UInt64] = [:]

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// Reports what has been added since the last snapshot, and where things stand at this one.
    func report(_ now: RouterSnapshot) {
        var counted: [Key: UInt64] = [:]
        for sample in now.samples {
            let key = Key(metric: sample.metric, place: sample.place.map(\.value))
            switch sample.metric.kind {
            case .gauge: gauge(key, sample.place).record(Double(sample.value))
            case .counter:
                counted[key] = sample.value
                add(sample, key)
            }
        }
        self.counted = counted
    }

    private func add(_ sample: RouterSample, _ key: Key) {
        let counter =
            counters[key]
            ?? Counter(
                label: sample.metric.name, dimensions: sample.place.map { ($0.name, $0.value) },
                factory: factory)
        counters[key] = counter
        // What was removed and put again under its name begins to count anew.
        let before = counted[key].flatMap { $0 <= sample.value ? $0 : nil } ?? 0
        if sample.value > before {
            counter.increment(by: Int64(clamping: sample.value - before))
        }
    }

    private func gauge(_ key: Key, _ place: [(name: String, value: String)]) -> Gauge {
        let gauge =
            gauges[key]
            ?? Gauge(
                label: key.metric.name, dimensions: place.map { ($0.name, $0.value) },
                factory: factory)
        gauges[key] = gauge
        return gauge
    }
}
