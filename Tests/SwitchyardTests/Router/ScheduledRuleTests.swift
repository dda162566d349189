import Foundation
import TestSupport
import Testing

@testable import Switchyard

/// Days, because the routers' own clocks go on: what is due within a minute may fire by itself on a busy
/// machine.
private let nanosecondsPerDay: Int64 = 86_400_000_000_000

@Suite struct ScheduledRuleTests {
    @Test(
        "a schedule puts an event on the bus that its own rule matches, and no other rule's schedule"
    )
    func fires() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let (one, two, pattern) = (Inbox(), Inbox(), Inbox())
        try router.putRules([
            RoutingRule(name: "one", schedule: try ScheduleExpression("rate(5 days)")),
            RoutingRule(name: "two", schedule: try ScheduleExpression("rate(10 days)")),
            RoutingRule(name: "any", pattern: #"{"source":["aws.events"]}"#),
        ])
        try router.putTargets([.closure("t") { one.take($0.text) }], on: "one")
        try router.putTargets([.closure("t") { two.take($0.text) }], on: "two")
        try router.putTargets([.closure("t") { pattern.take($0.text) }], on: "any")
        let start = EventTime.now.nanoseconds
        for day in [4, 6, 7, 11, 31] as [Int64] {
            router.control.queue.sync {
                router.fireSchedules(now: EventTime(start + day * nanosecondsPerDay))
            }
            try await router.confirm()
        }
        try router.close()
        // After 6 and 11 days; 15, 20 and 25 were missed and fire once, with 30.
        #expect(one.count == 3)
        #expect(two.count == 2)
        #expect(pattern.count == 5)
        let text = try #require(one.texts.first)
        #expect(text.contains(#""detail-type":"Scheduled Event","source":"aws.events""#))
        #expect(
            text.hasSuffix(
                #""region":"local","resources":["arn:aws:events:local:000000000000:rule/one"],"detail":{}}"#
            ))
    }

    @Test("a rule with a pattern and a schedule gets each event once; disabled it does not fire")
    func firesOnce() async throws {
        let router = try makeRouter()
        let inbox = Inbox()
        var rule = try RoutingRule(name: "both", pattern: #"{"source":["aws.events","shop"]}"#)
        rule.schedule = try ScheduleExpression("rate(1 day)")
        try router.putRule(rule)
        try router.putTargets([.closure("t") { inbox.take($0.text) }], on: "both")
        let start = EventTime.now.nanoseconds
        func fire(after days: Int64) {
            router.control.queue.sync {
                router.fireSchedules(
                    now: EventTime(start + days * nanosecondsPerDay + 1_000_000_000))
            }
        }
        fire(after: 1)
        try router.publish(#"{"source":"shop"}"#)
        try await router.confirm()
        try router.setRule("both", isEnabled: false)
        fire(after: 2)
        try router.close()
        #expect(inbox.count == 2)
    }

    @Test("a rule that could not be replaced stays as it was: it gets each event once")
    func staysAsItWas() async throws {
        let router = try makeRouter()
        let inbox = Inbox()
        var rule = try RoutingRule(name: "both", pattern: #"{"source":["aws.events"]}"#)
        rule.schedule = try ScheduleExpression("rate(300 days)")
        try router.putRule(rule)
        try router.putTargets([.inline("t") { inbox.take($0.text) }], on: "both")
        // 33 x 33 branches are more than a pattern may have.
        let branches = (0..<33).map { #"{"x":["\#($0)"]}"# }.joined(separator: ",")
        let tooLarge = try RoutingRule(
            name: "both", pattern: #"{"a":{"$or":[\#(branches)]},"b":{"$or":[\#(branches)]}}"#)
        #expect(throws: RouterError.self) { try router.putRule(tooLarge) }
        let other = try RoutingRule(name: "other", pattern: #"{"source":["aws.events"]}"#)
        #expect(throws: RouterError.self) {
            try router.putRules([
                RoutingRule(name: "both", pattern: "{\"n\":[1]}"), other, tooLarge,
            ])
        }
        try await router.publishAndConfirm(
            #"{"source":"aws.events","detail-type":"Scheduled Event","#
                + #""resources":["arn:aws:events:local:000000000000:rule/both"]}"#)
        #expect(inbox.count == 1)
        #expect(try router.rules().first { $0.rule.name == "both" }?.rule == rule)
        #expect(try router.rules().count == 2)
        try router.close()
    }
}
