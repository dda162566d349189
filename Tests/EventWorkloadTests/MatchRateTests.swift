import EventMatching
import EventWorkload
import TestSupport
import Testing

@Suite(.onThreadsOfItsOwn) struct MatchRateTests {
    /// How many events and rules it takes to see a rate, and no more: tests run unoptimised.
    struct Sample: Sendable, CustomStringConvertible {
        let name: String
        let events: Int
        let rules: Int

        var description: String { "\(self.name), \(self.rules) rules" }
    }

    static let samples =
        [
            Sample(name: "aws", events: 500, rules: 2_000),
            Sample(name: "pinned", events: 4_000, rules: 1_000),
            Sample(name: "wildcards", events: 40, rules: 1_000),
            Sample(name: "anything-but", events: 20, rules: 500),
            Sample(name: "anything-but-pinned", events: 500, rules: 4_000),
            Sample(name: "ranges", events: 100, rules: 1_000),
        ]
        + Workload.geoJSON.map {
            Sample(
                name: $0.name, events: $0.expectedMatches(ruleCount: 5) > 0.5 ? 1_000 : 4_000,
                rules: 5)
        }

    @Test("as many rules match an event as is stated", arguments: samples)
    func matchRate(_ sample: Sample) throws {
        let workload = try #require(Workload.named(sample.name))
        let events = workload.events(count: sample.events)
        let rules = try workload.rules(count: sample.rules).map {
            try Rule(name: $0.name, pattern: $0.pattern)
        }
        var matcher = Matcher(try RuleSet(rules))
        var matches = 0
        for position in 0..<events.count { matches += try matcher.match(events[position]).count }
        let mean = Double(matches) / Double(events.count)
        let expected = workload.expectedMatches(ruleCount: sample.rules)
        #expect(abs(mean / expected - 1) < 0.15, "\(mean) matches an event, not \(expected)")
    }

    @Test("one rule, ten and a hundred match some AWS events", arguments: [1, 10, 100])
    func fewRules(_ count: Int) throws {
        let events = Workload.aws.events(count: 500)
        let rules = try Workload.aws.rules(count: count).map {
            try Rule(name: $0.name, pattern: $0.pattern)
        }
        var matcher = Matcher(try RuleSet(rules))
        var matches = 0
        for position in 0..<events.count { matches += try matcher.match(events[position]).count }
        #expect(matches > 5)
    }
}
