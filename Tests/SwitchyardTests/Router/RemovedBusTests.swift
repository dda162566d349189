import EventArchive
import Foundation
import TestSupport
import Testing

@testable import EventRouting
@testable import Switchyard

/// What was published to a bus must not reach one that is made after it was removed.
@Suite struct RemovedBusTests {
    @Test(
        "what a publisher still holds for a removed bus does not reach the next one",
        arguments: [false, true])
    func heldBatches(isSameName: Bool) async throws {
        let folder = try TemporaryFolder()
        let router = try Router(configuration(folder))
        let next = isSameName ? "first" : "next"
        try router.createBus("first")
        let publisher = try router.makePublisher(to: "first")
        for number in 0..<10 {
            try publisher.publish(event(number).utf8Span.span.bytes)
        }
        try router.removeBus("first")
        try router.createBus(next)
        let inbox = Inbox()
        try router.putRule(
            RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: next)
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all", on: next)
        #expect(publisher.flush() == 0, "they are sent all the same")
        publisher.close()
        try await router.publishAndConfirm(event(77), to: next)
        #expect(inbox.texts == [event(77)])
        let statistics = try router.statistics(bus: next)
        #expect(statistics.routed == 1 && statistics.archived == 1)
        #expect(try router.rules(on: next).map(\.matched) == [1])
        try router.close()
    }

    @Test("what waits in the ring for a removed bus does not reach the next one")
    func backlog() async throws {
        // Room for several of the lane's turns, which control work comes in between of.
        var configuration = configuration(nil)
        configuration.waitingEventsMax = 1 << 16
        let router = try Router(configuration)
        let gate = Gate()
        try router.putRule(RoutingRule(name: "gate", pattern: #"{"gate":[true]}"#))
        try router.putTargets([.inline("t") { _ in gate.wait() }], of: "gate")
        try router.createBus("first")
        try router.publish(#"{"gate":true}"#)
        let publisher = try router.makePublisher(to: "first")
        for number in 0..<60_000 {
            try publisher.publish(event(number).utf8Span.span.bytes)
        }
        publisher.close()
        // Both wait for the lane.
        Thread.detachNewThread {
            try? router.removeBus("first")
            try? router.createBus("next")
        }
        await wait { !router.hasBus("first") }
        gate.open()
        await wait { router.hasBus("next") }
        try await router.publishAndConfirm(event(77), to: "next")
        #expect(try router.statistics(bus: "next").routed == 1)
        try router.close()
    }

    @Test("a target that is a bus waits until the bus is there again, and goes on with the new one")
    func targetsFindTheNextBus() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let inbox = Inbox()
        func makeBus() throws {
            try router.createBus("second")
            try router.putRule(
                RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: "second")
            try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all", on: "second")
        }
        try makeBus()
        try router.putTargets([.bus("to", named: "second", retry: eager)], of: "all")
        try router.publish(event(0))
        await inbox.wait(for: 1)
        try router.removeBus("second")
        try router.publish(event(1))
        try await wait { try router.statistics(target: "to", of: "all").failedAttempts > 2 }
        try makeBus()
        try router.publish(event(2))
        // The new bus gets the one that waited for it, maybe before it has a rule.
        try await wait { try router.statistics(bus: "second").routed == 2 }
        try router.close()
        #expect(inbox.texts.first == event(0) && inbox.texts.contains(event(2)))
        #expect(try router.deadLetters().isEmpty)
    }

    @Test("no key is given twice, however often buses come and go, and few places are needed")
    func keys() {
        var keys = BusKeys()
        var (seen, places): (Set<UInt32>, Set<Int>) = ([], [])
        var used: [UInt32] = []
        for round in 0..<20_000 {
            guard let key = keys.take() else { return #expect(Bool(false), "no key is left") }
            #expect(seen.insert(key).inserted)
            places.insert(BusKeys.place(of: key))
            used.append(key)
            if used.count == 3 { keys.giveBack(used.remove(at: round % 3)) }
            #expect(keys.usedCount == used.count)
        }
        #expect(places.count <= 8, "\(places)")
    }
}

extension Router {
    /// Whether a bus can be published to.
    fileprivate func hasBus(_ bus: String) -> Bool { (try? handle(of: bus)) != nil }
}
