import EventEnvelope
import EventPipeline
import Foundation
import InternalSystem
import TestSupport
import Testing

@testable import Switchyard

private let nanosecondsPerDay: UInt64 = 86_400_000_000_000

/// A router by a clock that is moved, whose ticks are far apart.
private func makeRouter(_ clock: ManualClock, _ folder: TemporaryFolder? = nil) throws -> Router {
    try makeRouter(folder) {
        $0.clock = clock
        $0.watermarkInterval = .seconds(86_400)
    }
}

@Suite struct ScheduledRuleTests {
    @Test(
        "a schedule puts an event on the bus that its own rule matches, and no other rule's schedule"
    )
    func fires() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let router = try makeRouter(clock, folder)
        let (one, two, pattern) = (Inbox(), Inbox(), Inbox())
        try router.putRules([
            RoutingRule(name: "one", schedule: try ScheduleExpression("rate(5 days)")),
            RoutingRule(name: "two", schedule: try ScheduleExpression("rate(10 days)")),
            RoutingRule(name: "any", pattern: #"{"source":["aws.events"]}"#),
        ])
        try router.putTargets([.inline("t") { one.take($0.text) }], of: "one")
        try router.putTargets([.inline("t") { two.take($0.text) }], of: "two")
        try router.putTargets([.inline("t") { pattern.take($0.text) }], of: "any")
        // Each time that is passed fires, in its order.
        clock.advance(by: 31 * nanosecondsPerDay)
        try await router.confirm()
        try router.close()
        #expect(one.count == 6)
        #expect(two.count == 3)
        #expect(pattern.count == 9)
        let text = try #require(one.texts.first)
        // The clock began with the year 2026.
        #expect(text.contains(#""detail-type":"Scheduled Event","source":"aws.events""#))
        #expect(text.contains(#""time":"2026-01-06T00:00:00Z""#))
        #expect(
            text.hasSuffix(
                #""region":"local","resources":["arn:aws:events:local:000000000000:rule/one"],"detail":{}}"#
            ))
    }

    @Test("times that were missed, because the machine slept, fire once, with the first one's time")
    func missed() async throws {
        let clock = ManualClock()
        let router = try makeRouter(clock)
        let inbox = Inbox()
        try router.putRule(
            RoutingRule(name: "daily", schedule: try ScheduleExpression("cron(0 9 * * ? *)")))
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "daily")
        clock.setWallTime(try #require(EventTime("2026-01-11T12:00:00Z")).nanoseconds)
        clock.advance(by: nanosecondsPerDay)
        try await router.confirm()
        try router.close()
        #expect(inbox.count == 2)
        #expect(inbox.texts.first?.contains(#""time":"2026-01-01T09:00:00Z""#) == true)
        #expect(inbox.texts.last?.contains(#""time":"2026-01-12T09:00:00Z""#) == true)
    }

    @Test("a rule with a pattern and a schedule gets each event once; disabled it does not fire")
    func firesOnce() async throws {
        let clock = ManualClock()
        let router = try makeRouter(clock)
        let inbox = Inbox()
        var rule = try RoutingRule(name: "both", pattern: #"{"source":["aws.events","shop"]}"#)
        rule.schedule = try ScheduleExpression("rate(1 day)")
        try router.putRule(rule)
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "both")
        clock.advance(by: nanosecondsPerDay + 1)
        try await router.publishAndConfirm(#"{"source":"shop"}"#)
        try router.setRule("both", isEnabled: false)
        clock.advance(by: 3 * nanosecondsPerDay)
        // Counted anew from here.
        try router.setRule("both", isEnabled: true)
        clock.advance(by: nanosecondsPerDay - 1)
        try await router.confirm()
        #expect(inbox.count == 2)
        clock.advance(by: 1)
        try await router.confirm()
        #expect(inbox.count == 3)
        try router.putRule(RoutingRule(name: "both", pattern: #"{"source":["shop"]}"#))
        clock.advance(by: 5 * nanosecondsPerDay)
        try await router.confirm()
        #expect(inbox.count == 3, "it has no schedule any more")
        try router.close()
    }

    @Test("a schedule that finds no room is tried again until there is some")
    func noRoom() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let inbox = Inbox()
        let router = try SwitchyardTests.makeRouter {
            $0.clock = clock
            $0.watermarkInterval = .seconds(86_400)
            $0.waitingEventsMax = 4
            $0.backPressure = .fail
        }
        try router.putRule(
            RoutingRule(name: "minute", schedule: try ScheduleExpression("rate(1 minute)")))
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "minute")
        try router.putTargets([.inline("shut") { _ in gate.wait() }], of: "all")
        // The lane waits at the gate, and its ring is full.
        var isFull = false
        for number in 0..<64 where !isFull { isFull = (try? router.publish(event(number))) == nil }
        #expect(isFull)
        clock.advance(by: 60_000_000_000)
        #expect(inbox.count == 0)
        for _ in 0..<64 { gate.open() }
        try await router.confirm()
        for _ in 0..<100 where inbox.count == 0 {
            clock.advance(by: 100_000_000)
            try await router.confirm()
        }
        #expect(inbox.count == 1)
        #expect(inbox.texts.first?.contains(#""time":"2026-01-01T00:01:00Z""#) == true)
        for _ in 0..<64 { gate.open() }
        try router.close()
    }

    @Test("a rule that could not be replaced stays as it was: it gets each event once")
    func staysAsItWas() async throws {
        let router = try makeRouter()
        let inbox = Inbox()
        var rule = try RoutingRule(name: "both", pattern: #"{"source":["aws.events"]}"#)
        rule.schedule = try ScheduleExpression("rate(300 days)")
        try router.putRule(rule)
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "both")
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
