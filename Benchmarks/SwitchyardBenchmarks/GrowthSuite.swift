import Benchmark
import EventMatching
import EventWorkload

/// The far ends of the growth tables that `switchyard bench --sweep` prints: where a cost that grows
/// faster than it should shows first. Rules are not here: the match suite has 100,000 of them.
func registerGrowthSuite() {
    for (axis, value, events) in [
        (GrowthAxis.paths, 10_000, 5_000), (.bytes, 1_000_000, 20), (.elements, 10_000, 20),
    ] {
        for series in axis.series {
            let point = series.point(at: value)
            let rate = EventRate(of: events)
            Benchmark(
                "growth \(grouped(value)) \(axis.rawValue), \(series.name)",
                configuration: rate.configuration(seconds: 1),
                closure: { (benchmark, pass: MatchPass) in
                    let matches = try rate.measure(benchmark) { try pass.run() }
                    pass.matches.check(matches, benchmark)
                },
                setup: {
                    MatchPass(
                        point.workload.events(count: events),
                        try RuleSet(parsedRules(point.workload, point.ruleCount)),
                        expected: expectedMatches(
                            point.workload, rules: point.ruleCount, events: events))
                })
        }
    }
}
