import Benchmark

/// What `swift package benchmark` runs: everything that Switchyard does to an event, a stage at a
/// time, on one thread.
///
/// This is the place to begin reading. The way of a figure:
///
/// 1. a suite (`ScanSuite`, `MatchSuite`, `GrowthSuite`, `CompileSuite`, `ChangeSuite`,
///    `ArchiveSuite`, `SimdjsonSuite`) names its benchmarks and makes their input from
///    `EventWorkload`, so that every machine measures the same bytes;
/// 2. `EventRate` takes one pass over a fixed batch of events as an iteration, and records events per
///    second and nanoseconds per event;
/// 3. `Constant` holds every pass to the same outcome: a benchmark that counts other matches than
///    before, or than its workload promises, fails and has no figure.
///
/// Not here: the rings of `EventPipeline`, which other packages can't see, and publishing to a bus,
/// which takes two threads. `switchyard bench rings` and `switchyard bench` measure these.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 3, maxDuration: .seconds(2), maxIterations: 1_000)
    registerScanSuite()
    registerMatchSuite()
    registerGrowthSuite()
    registerCompileSuite()
    registerChangeSuite()
    registerArchiveSuite()
    registerSimdjsonSuite()
}
