import Dispatch
import EventArchive
import EventMatching
import EventPipeline
import InternalSystem
import EventWorkload
import Foundation
import MemoryMeasures
import TestSupport
import Testing

@testable import Switchyard

/// Exact, not timed, as in ``AllocationTests``: what each thread on the way of an event allocates.
///
/// Each worker is held up until all that it is to do is there, so that what a thread allocates is told
/// apart from what it does while it waits.
@Suite(
    "The way of an event from thread to thread allocates nothing",
    .enabled(if: Allocations.areCounted, "allocations can't be counted without libjemalloc-dev"),
    .enabled(if: isOptimized, "it is so in release builds"))
struct RouteAllocationTests {
    @Test("from a router's publisher to inline and queued targets", arguments: [false, true])
    func route(isArchived: Bool) throws {
        let folder = try TemporaryFolder()
        let router = try Router(configuration(isArchived ? folder : nil, eventsWaiting: 1 << 13))
        try router.putRules(
            Workload.aws.rules(count: 100).enumerated().map {
                try RoutingRule(name: "rule-\($0.offset)", pattern: $0.element.pattern)
            })
        try router.putRule(RoutingRule(name: "all", pattern: #"{"source":[{"exists":true}]}"#))
        let (lane, target) = (HeldWorker("lane"), HeldWorker("target"))
        try router.putTargets(
            [.inline("inline") { lane.take($0) }, .closure("queued") { target.take($0) }],
            of: "all")
        let publisher = try router.makePublisher()
        let events = Workload.aws.events(count: 2_500)
        func publish() throws {
            for position in 0..<events.count {
                try events.withEvent(at: position) { try publisher.publish($0) }
            }
        }
        // Later rounds know the events' structures, and have used all of the slabs.
        var least = (publisher: UInt64.max, lane: UInt64.max, target: UInt64.max)
        for _ in 0..<20 {
            for worker in [target, lane] {
                try publisher.publish(worker.holdingEvent.utf8Span.span.bytes)
                publisher.flush()
                worker.waitUntilHeld()
            }
            let published = try allocatedBytes(publish)
            publisher.flush()
            let routed = lane.letGo(untilTaken: events.count)
            // Until the lane has given the target everything: also what held the lane up.
            while router.snapshot().lanes[0].waiting > 0 { usleep(100) }
            let delivered = target.letGo(untilTaken: events.count + 1)
            least.publisher = min(least.publisher, published)
            least.lane = min(least.lane, routed)
            least.target = min(least.target, delivered)
        }
        #expect(least.publisher == 0 && least.target == 0, "\(least)")
        // Once a mebibyte the writer tells its queues how far it is, in a block; if each event led to
        // an allocation, it would be a hundred times as much.
        let blockBytesMax: UInt64 = isArchived ? 4 * 256 : 0
        #expect(least.lane <= blockBytesMax, "\(least.lane) bytes in \(events.count) events")
        #expect(publisher.matchedCount > 10_000, "matched ahead")
        publisher.close()
        try router.close()
        let statistics = try router.statistics(target: "queued", of: "all")
        #expect(statistics.fellBehind == 0 && statistics.delivered == 20 * 2_502)
    }

    /// So that everything fits in while a worker is held up.
    private func configuration(
        _ folder: TemporaryFolder?, eventsWaiting: Int
    ) -> RouterConfiguration {
        var configuration = RouterConfiguration(
            directory: folder?.path("router"),
            archive: ArchiveConfiguration(durability: .none))
        configuration.laneCount = 1
        configuration.waitingEventsMax = eventsWaiting
        configuration.slabCount = 64
        configuration.targetQueueEvents = eventsWaiting
        configuration.targetQueueBytes = 64 << 20
        return configuration
    }

    @Test("publishing to a bus")
    func publish() throws {
        let rules = try RuleSet([Rule(name: "all", pattern: #"{"source":[{"exists":true}]}"#)])
        let worker = HeldWorker("bus")
        let bus = try EventBus(rules: rules) { event in worker.take(event.bytes) }
        let publisher = try bus.makePublisher()
        let events = Workload.aws.events(count: 1_000)
        func publish() throws {
            for position in 0..<events.count {
                try events.withEvent(at: position) { try publisher.publish($0) }
            }
        }
        var least = (publisher: UInt64.max, worker: UInt64.max)
        for _ in 0..<20 {
            try publisher.publish(worker.holdingEvent.utf8Span.span.bytes)
            publisher.flush()
            worker.waitUntilHeld()
            let published = try allocatedBytes(publish)
            publisher.flush()
            least.publisher = min(least.publisher, published)
            least.worker = min(least.worker, worker.letGo(untilTaken: events.count))
        }
        #expect(least == (0, 0), "\(least) bytes in \(events.count) events")
        publisher.close()
        try bus.close()
    }
}

@Suite(
    "Waking a worker allocates nothing",
    .enabled(if: Allocations.areCounted, "allocations can't be counted without libjemalloc-dev"))
struct WakeAllocationTests {
    @Test(
        "one that had nothing to do, a hundred times, nor does taking its turn",
        arguments: [false, true])
    func wake(lendsTurns: Bool) throws {
        let handled = DispatchSemaphore(value: 0)
        let stage = Stage(
            label: "woken", ring: MPSCRing(minimumCapacity: 64), lingerMax: 0
        ) { _ in handled.signal() }
        stage.lendsTurns = lendsTurns
        var least = UInt64.max
        var rounds = 0
        // Turns are lent as soon as the machine has time for it.
        let deadline = monotonicNanoseconds() + 60_000_000_000
        while rounds < 5, monotonicNanoseconds() < deadline {
            let before = stage.statistics
            let allocated = try allocatedBytes {
                for _ in 0..<100 {
                    withUnsafeTemporaryAllocation(of: EventDescriptor.self, capacity: 1) { event in
                        guard let base = event.baseAddress else { return }
                        event.initialize(
                            repeating: EventDescriptor(
                                base: UnsafeRawPointer(base), byteCount: 0))
                        _ = stage.send(UnsafeBufferPointer(event), onFull: .wait)
                    }
                    handled.wait()
                    usleep(50)
                }
            }
            let wakes = stage.statistics.wakes - before.wakes
            let lent = stage.statistics.turns - before.turns - wakes
            guard lendsTurns ? lent > 50 : wakes > 50 else { continue }
            rounds += 1
            least = min(least, allocated)
        }
        #expect(rounds == 5, "the worker has to have parked")
        #expect(least == 0, "\(least) bytes for 100 turns")
        stage.stopAndWait()
    }
}

/// A worker that an event holds up, and what its thread allocates afterwards: from the end of a call
/// to the next one.
private final class HeldWorker: @unchecked Sendable {
    // Unchecked: what changes is the worker's, but while it is held or done, as semaphores tell.
    let holdingEvent: String
    private let held = DispatchSemaphore(value: 0)
    private let free = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private var expected = 0
    private var taken = 0
    private var before: UInt64 = 0
    private var bytes: UInt64 = 0

    init(_ name: String) { holdingEvent = #"{"source":"hold","worker":"\#(name)"}"# }

    func take(_ event: borrowing MatchedEvent) { take(event.bytes) }

    func take(_ event: borrowing RawSpan) {
        let now = Allocations.bytesOfThisThread() ?? 0
        if event.byteCount == holdingEvent.utf8.count, isHolding(event) {
            hold()
        } else if expected > 0 {
            bytes += now - before
            taken += 1
            if taken == expected { done.signal() }
        }
        before = Allocations.bytesOfThisThread() ?? 0
    }

    private func isHolding(_ event: borrowing RawSpan) -> Bool {
        event.withUnsafeBytes { $0.elementsEqual(holdingEvent.utf8) }
    }

    private func hold() {
        held.signal()
        free.wait()
    }

    func waitUntilHeld() { held.wait() }

    /// Lets the worker go on, and gives what it has allocated for so many events.
    func letGo(untilTaken count: Int) -> UInt64 {
        (expected, taken, bytes) = (count, 0, 0)
        free.signal()
        done.wait()
        expected = 0
        return bytes
    }
}
