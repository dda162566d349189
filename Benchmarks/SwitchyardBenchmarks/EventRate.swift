import Benchmark

/// A benchmark whose iterations are passes over a fixed number of items, and its figures those of one
/// item.
///
/// The package's own throughput counts iterations; this one counts what people ask for. All figures
/// follow from the same clock readings around the pass, so that they can't disagree.
struct EventRate {
    /// What is counted: "events" or "rules".
    let items: String
    /// How many a pass has.
    let count: Int

    init(of count: Int, _ items: String = "events") {
        self.items = items
        self.count = count
    }

    /// Items per second, the figure that baselines are compared by.
    var perSecond: BenchmarkMetric {
        .custom("\(items)/s", polarity: .prefersLarger, useScalingFactor: false)
    }

    /// Nanoseconds per item, the figure to put beside other engines'.
    var nanoseconds: BenchmarkMetric {
        .custom("ns/\(items.dropLast())", polarity: .prefersSmaller, useScalingFactor: false)
    }

    /// How far the fastest pass may be below that of a baseline before `baseline check` fails.
    ///
    /// The fastest and not the median: on a machine with other work p0 repeats within some percent
    /// where p50 moves by half. Generous, because speeds drift by a fifth with nothing changed.
    static let tolerancePercent = 30.0

    /// The configuration of a benchmark that has these figures.
    ///
    /// - Parameters:
    ///   - seconds: how long it is measured at most, setting up and checking not counted.
    ///   - more: metrics that it has besides.
    func configuration(
        seconds: Int = 2, warmUps: Int = 3, maxIterations: Int = 1_000, more: [BenchmarkMetric] = []
    ) -> Benchmark.Configuration {
        let metrics = [perSecond, nanoseconds] + more
        return .init(
            metrics: metrics, units: Dictionary(uniqueKeysWithValues: metrics.map { ($0, .count) }),
            warmupIterations: warmUps, maxDuration: .seconds(seconds), maxIterations: maxIterations,
            thresholds: [perSecond: .init(relative: [.p0: Self.tolerancePercent])])
    }

    /// Times one pass and records its figures; returns what it returned.
    func measure<Result>(
        _ benchmark: Benchmark, _ pass: () throws -> Result
    ) rethrows -> Result {
        benchmark.startMeasurement()
        let start = ContinuousClock.now
        let result = try pass()
        let elapsed = Double(nanosecondsSince(start))
        benchmark.stopMeasurement()
        benchmark.measurement(perSecond, Int((Double(count) * 1e9 / elapsed).rounded()))
        benchmark.measurement(nanoseconds, Int((elapsed / Double(count)).rounded()))
        return result
    }
}

/// How long ago that was; at least 1.
func nanosecondsSince(_ start: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return max(seconds * 1_000_000_000 + attoseconds / 1_000_000_000, 1)
}
