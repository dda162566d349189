import Benchmark
import EventMatching
import EventWorkload
import JSONScan

/// From an event's bytes to the rules that match, the scan included: the rows that the design states
/// figures for.
///
/// The number of events makes a pass take some tens of milliseconds where the matcher is as fast as
/// it was when the number was chosen. Baselines stay comparable only while it is left alone.
func registerMatchSuite() {
    registerMatch(.aws, rules: 1, events: 50_000)
    registerMatch(.aws, rules: 10, events: 50_000)
    registerMatch(.aws, rules: 100, events: 50_000)
    registerMatch(.aws, rules: 1_000, events: 20_000)
    registerMatch(.aws, rules: 10_000, events: 5_000)
    registerMatch(.aws, rules: 100_000, events: 1_000)
    registerMatch(.pinned, rules: 10_000, events: 50_000)
    registerMatch(.pinned, rules: 100_000, events: 50_000)
    for workload in Workload.geoJSON { registerMatch(workload, rules: 5, events: 20_000) }
    registerMatch(.wildcards, rules: 1_000, events: 500)
    registerMatch(.anythingBut, rules: 10_000, events: 1_000)
    registerMatch(.anythingButPinned, rules: 10_000, events: 5_000)
    registerMatch(.ranges, rules: 10_000, events: 2_000)
}

private func registerMatch(_ workload: Workload, rules: Int, events: Int) {
    let rate = EventRate(of: events)
    Benchmark(
        "match \(workload.name), \(grouped(rules)) \(rules == 1 ? "rule" : "rules")",
        configuration: rate.configuration(),
        closure: { (benchmark, pass: MatchPass) in
            let matches = try rate.measure(benchmark) { try pass.run() }
            pass.matches.check(matches, benchmark)
        },
        setup: {
            MatchPass(
                workload.events(count: events), try RuleSet(parsedRules(workload, rules)),
                expected: expectedMatches(workload, rules: rules, events: events))
        })
}

/// How often a workload's rules may match its events: as it promises, within the tolerance of its own
/// tests.
func expectedMatches(_ workload: Workload, rules: Int, events: Int) -> ClosedRange<Double> {
    let mean = workload.expectedMatches(ruleCount: rules) * Double(events)
    return mean * 0.85...mean * 1.15
}

/// A workload's first rules, parsed.
func parsedRules(_ workload: Workload, _ count: Int) throws -> [Rule] {
    try workload.rules(count: count).map { try Rule(name: $0.name, pattern: $0.pattern) }
}

/// Matches a batch of events.
final class MatchPass {
    /// How often a rule matches.
    let matches: Constant
    private let events: EventBatch
    private var matcher: Matcher

    /// Creates a pass over these events.
    init(_ events: EventBatch, _ rules: RuleSet, expected: ClosedRange<Double>? = nil) {
        self.events = events
        matches = Constant("matches", in: expected)
        matcher = Matcher(rules)
    }

    /// Matches every event once; returns the number of matches.
    func run() throws(JSONError) -> Int { try Self.match(events, &matcher) }

    /// The loop, which owns the matcher for all of it: no check for overlapping access per event.
    private static func match(
        _ events: EventBatch, _ matcher: inout Matcher
    ) throws(JSONError) -> Int {
        var matches = 0
        for position in 0..<events.count {
            matches &+= try matcher.match(events[position]).count
        }
        return matches
    }
}

/// 100,000 rather than 100000.
func grouped(_ number: Int) -> String {
    let digits = String(number)
    var text = ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return text
}
