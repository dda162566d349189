import EventMatching
import EventPattern
import EventWorkload
import JSONScan
import MemoryMeasures

/// What was measured at one place of a growth table.
struct GrowthMeasurement: Encodable {
    /// The curve that it belongs to.
    var series: String
    /// The place on the axis.
    var value: Int
    var rules: Int
    /// Different events, and their mean length.
    var distinctEvents: Int
    var bytesPerEvent: Double
    var matchesPerEvent: Double
    /// From bytes to matching rules, and the scan alone.
    var match: StageFigures
    var scan: StageFigures
    var compile: CompileFigures
    /// The compiled tables.
    var tableBytes: Int
    /// What is allocated, and not freed, for the rule set with its names and one matcher after its
    /// first pass; nil without jemalloc.
    var heapBytes: UInt64?
    /// What of the whole process is in physical memory, the events and patterns included.
    var residentBytes: UInt64?
    var allocationsPerEvent: Double?
    /// Whether every pass had the same matches, and as many as the workload promises.
    var isRight: Bool
}

/// Measures the points of growth tables.
struct GrowthMeter {
    /// How many passes are measured, besides one to warm up.
    var passes: Int
    var kernel: ScanKernel
    var seed: UInt64
    /// Rules that many points share, made once.
    private var rules: (workload: String, parsed: [Rule]) = ("", [])

    /// About how long a pass takes; but at least one event.
    private static let nanosecondsPerPass = 100_000_000
    private static let eventsMax = 2_000_000

    init(passes: Int, kernel: ScanKernel, seed: UInt64) {
        self.passes = passes
        self.kernel = kernel
        self.seed = seed
    }

    /// Makes the rules that points of the same workload will take the first ones of.
    mutating func prepare(_ point: GrowthPoint) throws(PatternError) {
        guard rules.workload != point.workload.name || rules.parsed.count < point.ruleCount else {
            return
        }
        let made = point.workload.seeded(seed).rules(count: point.ruleCount)
        var parsed: [Rule] = []
        parsed.reserveCapacity(made.count)
        for (name, pattern) in made { parsed.append(try Rule(name: name, pattern: pattern)) }
        rules = (point.workload.name, parsed)
    }

    /// Measures a point; nil where Ctrl-C ended it early.
    ///
    /// - Parameters:
    ///   - hasFixedWorkload: whether points of other places have the same workload.
    mutating func measure(
        _ point: GrowthPoint, of series: GrowthSeries, at value: Int, hasFixedWorkload: Bool
    ) throws -> GrowthMeasurement? {
        if !hasFixedWorkload { rules = ("", []) }
        try prepare(point)
        let workload = point.workload.seeded(seed)
        let batch = workload.events(count: point.eventCount)
        let rules = Array(self.rules.parsed.prefix(point.ruleCount))

        MemoryUse.giveBackFreed()
        let liveBefore = MemoryUse.liveBytes()
        let (ruleSet, compile) = try measureCompile(rules, passes: passes)
        var meter = MatchMeter(
            BenchEvents(batch: batch, total: batch.count, source: workload.name), ruleSet,
            kernel: kernel)
        // All distinct events once, then as many as a pass takes.
        guard let warmUp = try meter.pass(batch.count) else { return nil }
        let liveAfter = MemoryUse.liveBytes()
        MemoryUse.giveBackFreed()
        let resident = MemoryUse.residentBytes()

        let nanosecondsPerEvent =
            Double(warmUp.match.nanoseconds + warmUp.scan.nanoseconds) / Double(batch.count)
        let total = min(
            max(Int(Double(Self.nanosecondsPerPass) / max(nanosecondsPerEvent, 1)), 1),
            Self.eventsMax)
        var measured: [MatchMeter.Pass] = []
        for _ in 0..<passes {
            guard let pass = try meter.pass(total) else { return nil }
            measured.append(pass)
        }
        let matchesPerEvent = Double(warmUp.matches) / Double(batch.count)
        return GrowthMeasurement(
            series: series.name, value: value, rules: ruleSet.count, distinctEvents: batch.count,
            bytesPerEvent: Double(batch.bytes.count) / Double(batch.count),
            matchesPerEvent: matchesPerEvent, match: StageFigures(measured.map(\.match)),
            scan: StageFigures(measured.map(\.scan)), compile: compile,
            tableBytes: ruleSet.byteCount,
            heapBytes: liveBefore.flatMap { before in liveAfter.map { $0 - min($0, before) } },
            residentBytes: resident,
            allocationsPerEvent: AllocationFigures(
                measured.map(\.allocations), events: total * passes)?.countPerEvent,
            isRight: Set(measured.map(\.matches)).count == 1
                && isExpected(matchesPerEvent, point, batch.count))
    }

    /// Whether so many matches an event are what the workload promises, as far as so few events and
    /// rules can tell.
    private func isExpected(_ mean: Double, _ point: GrowthPoint, _ events: Int) -> Bool {
        let expected = point.workload.expectedMatches(ruleCount: point.ruleCount)
        // Of a workload as of people's rules, the first few match what they happen to.
        if point.workload.ruleCounts.count > 1, point.ruleCount < 500 { return true }
        let tolerance = 0.15 * expected + 5 * (expected / Double(events)).squareRoot()
        return abs(mean - expected) <= tolerance
    }
}
