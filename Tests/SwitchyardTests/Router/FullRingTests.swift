import EventMatching
import EventPipeline
import Foundation
import Switchyard
import TestSupport
import Testing

/// What is published while nothing fits: it is refused, or it is accepted, and then it goes the whole
/// way.
@Suite struct FullRingTests {
    /// A router with room for four events, whose lane waits at the gate with the event -1.
    private func makeRouter(
        _ backPressure: BackPressure, gate: Gate, inbox: Inbox, folder: TemporaryFolder? = nil
    ) async throws -> Router {
        let router = try SwitchyardTests.makeRouter(folder) {
            $0.backPressure = backPressure
            $0.waitingEventsMax = 4
        }
        let isWaiting = Switch(false)
        try router.putTargets(
            [
                .inline("t") {
                    if $0.text == event(-1) {
                        isWaiting.isOn = true
                        gate.wait()
                    } else {
                        inbox.take($0.text)
                    }
                }
            ], of: "all")
        try router.publish(event(-1))
        await wait { isWaiting.isOn }
        return router
    }

    /// Publishes until something is refused, and gives how many were accepted.
    private func publishUntilFull(_ router: Router) -> Int {
        for number in 0..<1_000 {
            do { try router.publish(event(number)) } catch { return number }
        }
        Issue.record("there was room for a thousand events")
        return 0
    }

    @Test(
        "what was accepted without waiting is confirmed when it is routed, and not before",
        arguments: [BackPressure.fail, .dropNewest])
    func confirms(_ backPressure: BackPressure) async throws {
        let (gate, inbox) = (Gate(), Inbox())
        let router = try await makeRouter(backPressure, gate: gate, inbox: inbox)
        let accepted = publishUntilFull(router)
        let confirmed = Task {
            try await router.confirm()
            return inbox.texts
        }
        // It is to find no room, which can't be seen from here.
        try await Task.sleep(for: .milliseconds(50))
        gate.open()
        #expect(try await confirmed.value == (0..<accepted).map(event))
        try router.close()
    }

    @Test(
        "what was accepted without waiting is delivered when the router closes",
        arguments: [BackPressure.fail, .dropNewest])
    func closes(_ backPressure: BackPressure) async throws {
        let (gate, inbox) = (Gate(), Inbox())
        let router = try await makeRouter(backPressure, gate: gate, inbox: inbox)
        let accepted = publishUntilFull(router)
        let isClosed = Switch(false)
        Thread.detachNewThread {
            _ = try? router.close()
            isClosed.isOn = true
        }
        // It is to find no room, which can't be seen from here.
        try await Task.sleep(for: .milliseconds(50))
        gate.open()
        await wait { isClosed.isOn }
        #expect(inbox.texts == (0..<accepted).map(event))
        #expect(try router.statistics().accepted == UInt64(accepted) + 1)
    }

    @Test("of several events, those that find no room are refused, the others delivered")
    func refusesTheRest() async throws {
        let (gate, inbox) = (Gate(), Inbox())
        let router = try await makeRouter(.fail, gate: gate, inbox: inbox)
        let outcome = try router.publish(contentsOf: (0..<500).map(event))
        #expect(outcome.error == .full && outcome.accepted < 4)
        gate.open()
        try await router.confirm()
        #expect(inbox.texts == (0..<outcome.accepted).map(event))
        // There is room again.
        try await router.publishAndConfirm(event(77))
        #expect(inbox.texts.last == event(77))
        try router.close()
    }

    @Test("what an event bus accepted without waiting is delivered when it closes")
    func closesEventBus() async throws {
        let (gate, inbox, isWaiting) = (Gate(), Inbox(), Switch(false))
        var configuration = EventBus.Configuration()
        configuration.backPressure = .fail
        configuration.waitingEventsMax = 4
        let rules = try RuleSet([Rule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)])
        let bus = try EventBus(rules: rules, configuration: configuration) { routed in
            let text = routed.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            if text == event(-1) {
                isWaiting.isOn = true
                gate.wait()
            } else {
                inbox.take(text)
            }
        }
        try bus.publish(event(-1))
        await wait { isWaiting.isOn }
        var accepted = 0
        while (try? bus.publish(event(accepted))) != nil { accepted += 1 }
        let isClosed = Switch(false)
        Thread.detachNewThread {
            try? bus.close()
            isClosed.isOn = true
        }
        // It is to find no room, which can't be seen from here.
        try await Task.sleep(for: .milliseconds(50))
        gate.open()
        await wait { isClosed.isOn }
        #expect(inbox.texts == (0..<accepted).map(event))
    }
}
