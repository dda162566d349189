import Benchmark

/// A benchmark whose iterations are passes over a fixed number of items, and its figures those of one
/// item.
///
/// The package's own throughput counts iterations; this one counts what people ask for. Its figures
/// follow from the same two readings of a clock, so that they can't disagree.
struct EventRate {
    /// What is counted: "events" or "rules".
    let items: String
    /// How many a pass has.
    let count: Int
    /// Which time they are counted by.
    let time: Stopwatch.Time

    init(of count: Int, _ items: String = "events", by time: Stopwatch.Time = .processor) {
        self.items = items
        self.count = count
        self.time = time
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
    /// The fastest and not the median, which moves more on a machine with other work. Generous:
    /// two runs of one binary differ by a fifth there, where caches are shared.
    static let tolerancePercent = 40.0

    /// The configuration of a benchmark that has these figures.
    ///
    /// - Parameters:
    ///   - seconds: how long it is measured at most, by the clock on the wall.
    ///   - warmUps: how many passes go before, without figures.
    ///   - maxIterations: how many passes are measured at most.
    ///   - more: metrics that it has besides.
    func configuration(
        seconds: Int = 2, warmUps: Int = 3, maxIterations: Int = 1_000, more: [BenchmarkMetric] = []
    ) -> Benchmark.Configuration {
        let metrics = [perSecond, nanoseconds] + more
        return .init(
            metrics: metrics, units: Dictionary(uniqueKeysWithValues: metrics.map { ($0, .count) }),
            warmupIterations: warmUps, maxDuration: .seconds(seconds), maxIterations: maxIterations,
            // A metric without a threshold would get the package's own, of 5%.
            thresholds: [
                perSecond: .init(relative: [.p0: Self.tolerancePercent]), nanoseconds: .none,
            ])
    }

    /// Times one pass and records its figures; returns what it returned.
    func measure<Result>(
        _ benchmark: Benchmark, _ pass: () throws -> Result
    ) rethrows -> Result {
        benchmark.startMeasurement()
        let stopwatch = Stopwatch(time)
        let result = try pass()
        let elapsed = Double(stopwatch.nanoseconds)
        benchmark.stopMeasurement()
        benchmark.measurement(perSecond, Int((Double(count) * 1e9 / elapsed).rounded()))
        benchmark.measurement(nanoseconds, Int((elapsed / Double(count)).rounded()))
        return result
    }
}
