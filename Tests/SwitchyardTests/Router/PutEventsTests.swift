import EventEnvelope
import EventPipeline
import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct PutEventsTests {
    private func entry(_ number: Int, bus: String? = nil) -> EventEntry {
        EventEntry(source: "shop", detailType: "order", detail: #"{"n":\#(number)}"#, bus: bus)
    }

    @Test("who waits for room on one lane holds up nobody who puts events on another")
    func lanesDoNotWaitForEachOther() async throws {
        let router = try Router(
            {
                var configuration = configuration(nil)
                configuration.laneCount = 2
                configuration.waitingEventsMax = 4
                return configuration
            }())
        // Buses go to the lane that has the fewest.
        try router.createBus("other")
        let (gate, inbox) = (Gate(), Inbox())
        for bus in ["default", "other"] {
            try router.putRule(
                RoutingRule(name: "all", pattern: #"{"source":["shop"]}"#), on: bus)
        }
        try router.putTargets([.inline("shut") { _ in gate.wait() }], of: "all")
        try router.putTargets([.inline("open") { inbox.take($0.text) }], of: "all", on: "other")
        let isDone = Switch(false)
        // More than the lane's ring, so that this waits inside until the gate is opened.
        Thread.detachNewThread {
            for number in 0..<10 { _ = try? router.putEvents([self.entry(number)]) }
            isDone.isOn = true
        }
        await wait { router.snapshot().lanes.contains { $0.waiting >= 3 } }
        for number in 0..<5 {
            let outcomes = try router.putEvents([entry(number, bus: "other")])
            #expect(outcomes.allSatisfy { $0.eventID != nil })
            await inbox.wait(for: number + 1)
        }
        #expect(!isDone.isOn)
        for _ in 0..<10 { gate.open() }
        await wait { isDone.isOn }
        try router.close()
        #expect(try router.statistics().routed == 10)
    }

    @Test("each entry has an outcome of its own, in order, whatever its neighbours and buses")
    func outcomes() async throws {
        let router = try makeRouter(nil)
        try router.createBus("other")
        let outcomes = try router.putEvents([
            entry(0), entry(1, bus: "other"), EventEntry(source: "s", detailType: "t", detail: "["),
            entry(2), entry(3, bus: "nowhere"), entry(4, bus: "other"),
        ])
        #expect(outcomes.map { $0.eventID != nil } == [true, true, false, true, true, true])
        #expect(Set(outcomes.compactMap(\.eventID)).count == 5)
        try await router.confirm()
        try await router.confirm(bus: "other")
        #expect(try router.statistics().routed == 2)
        #expect(try router.statistics(bus: "other").routed == 2)
        #expect(router.unroutedEntries == 1)
        try router.close()
        let closed = try router.putEvents([entry(0)])
        #expect(closed.allSatisfy { $0.eventID == nil })
    }
}
