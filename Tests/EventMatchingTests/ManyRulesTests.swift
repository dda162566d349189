import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

@Suite("Many rules", .onThreadsOfItsOwn)
struct ManyRulesTests {
    @Test(
        "2,000 rules in one set give each event its own matches", .enabled(if: sharedFolder != nil))
    func sharedRuleSet() throws {
        let folder = try #require(sharedFolder) + "/conformance/many"
        let rules = try mapJSONLines(of: folder + ".rules.jsonl") { line in
            Rule(
                name: try #require(line["name"]?.string).description,
                pattern: try EventPattern(
                    UnsafeRawBufferPointer(#require(line["pattern"]).text).bytes))
        }
        let expected = try mapJSONLines(of: folder + ".expected.jsonl") { line in
            try #require(line["matches"]).elements.map { $0.string?.description ?? "" }
        }
        var matcher = Matcher(try RuleSet(rules))
        var wrong = 0
        var number = 0
        _ = try mapJSONLines(of: folder + ".events.jsonl") { line in
            let event = UnsafeRawBufferPointer(try #require(line["event"]).text)
            if try matcher.matchNames(event.bytes).sorted() != expected[number] { wrong += 1 }
            number += 1
        }
        #expect(number == 5_000)
        #expect(wrong == 0)
    }

    @Test("rules together give each event the answers that each rule gives alone")
    func togetherAsAlone() throws {
        var random = SeededGenerator(stream: 80)
        for _ in 0..<12 {
            let cases = someCases(60, &random)
            var together = Matcher(try RuleSet(cases.map(\.rule)))
            let alone = try cases.map { try RuleSet([$0.rule]) }
            for event in cases.map(\.event) {
                let expected = try alone.filter { rules in
                    var matcher = Matcher(rules)
                    return try !matcher.matchNames(event.span.bytes).isEmpty
                }
                let names = try together.matchNames(event.span.bytes)
                if names == expected.flatMap(\.names) { continue }
                Issue.record("\(names), expected \(expected.flatMap(\.names)) on \(text(event))")
            }
        }
    }

    @Test("a rule set of all cases answers each case right")
    func allCases() throws {
        var seen: Set<String> = []
        let cases = FixtureCase.all.filter { seen.insert($0.rule.name).inserted }
        var matcher = Matcher(try RuleSet(cases.map(\.rule)))
        for (number, fixtureCase) in cases.enumerated() {
            let matching = try matcher.match(fixtureCase.event.span.bytes)
            let isMatched = matching.indices.contains { matching[$0] == number }
            if isMatched == fixtureCase.expected { continue }
            Issue.record("\(fixtureCase.rule.name): \(isMatched)")
        }
        #expect(cases.count > 4_000)
    }

    @Test("a matcher that has seen thousands of events answers as a new one does")
    func reusedMatcher() throws {
        var random = SeededGenerator(stream: 81)
        let rules = try RuleSet(someCases(200, &random).map(\.rule))
        var reused = Matcher(rules)
        for fixtureCase in FixtureCase.all.shuffled(using: &random) {
            if Int.random(in: 0..<10, using: &random) == 0 {
                let broken = Array(fixtureCase.event.dropLast())
                #expect(throws: JSONError.self) { try reused.matchNames(broken.span.bytes) }
            }
            var fresh = Matcher(rules)
            let expected = try fresh.matchNames(fixtureCase.event.span.bytes)
            if try reused.matchNames(fixtureCase.event.span.bytes) == expected { continue }
            Issue.record("on \(text(fixtureCase.event))")
        }
    }

    @Test("matches come in the order of the rules, each once, however many branches match")
    func order() throws {
        let rules = try RuleSet(
            (0..<200).map { number in
                let pattern =
                    number % 2 == 0
                    ? #"{"$or":[{"a":[1]},{"b":[{"exists":true}]},{"a":[{"numeric":[">",0]}]}]}"#
                    : #"{"a":[\#(number)]}"#
                return try Rule(name: "rule \(number)", pattern: pattern)
            })
        let expected = (0..<200).filter { $0 % 2 == 0 || $0 == 1 }.map { "rule \($0)" }
        #expect(try rules.matches(#"{"a":1,"b":2}"#) == expected)
        #expect(rules.count == 200 && rules.branchCount == 400)
    }

    @Test("an empty rule set matches nothing, and still checks the event")
    func noRules() throws {
        let rules = try RuleSet([])
        #expect(try rules.matches(#"{"a":1}"#) == [])
        #expect(throws: JSONError(.expectedValue, offset: 5)) { try rules.matches(#"{"a":}"#) }
    }

    @Test("two rules of one name, and a rule of too many branches, are refused by name")
    func refused() throws {
        let rule = try Rule(name: "r", pattern: #"{"$or":[{"a":[1]},{"b":[1]}]}"#)
        let duplicate = #expect(throws: RuleError.self) { try RuleSet([rule, rule]) }
        #expect(duplicate?.description == #"rule "r": another rule has this name"#)
        let large = #expect(throws: RuleError.self) { try RuleSet([rule], branchLimit: 1) }
        #expect(large?.description == #"rule "r": $or expands to 2 branches; the limit is 1"#)
        let composed = try Rule(name: "\u{E9}", pattern: #"{"a":[1]}"#)
        let decomposed = try Rule(name: "e\u{301}", pattern: #"{"a":[1]}"#)
        #expect(try RuleSet([composed, decomposed]).count == 2)
    }

    private func someCases(_ count: Int, _ random: inout SeededGenerator) -> [FixtureCase] {
        var seen: Set<String> = []
        return FixtureCase.all.shuffled(using: &random)
            .filter { seen.insert($0.rule.name).inserted }.prefix(count).map(\.self)
    }

    private func text(_ event: [UInt8]) -> String { String(decoding: event, as: UTF8.self) }
}
