import Glibc
import InternalSystem
import Synchronization
import TestSupport
import Testing

@testable import EventPipeline

/// A stage that passes each of its events on, in place, to others that release them when they are let.
private final class PassingOn: Sendable {
    let pool: SlabPool
    let stage: Stage<MPSCRing>
    let next: [Stage<MPSCRing>]
    let gate = Latch()
    private let wrong: AtomicCount
    private let publishers: [Sent]

    /// - Parameters:
    ///   - queueEvents: how many events can wait for each of the next ones.
    ///   - check: looks at an event that was passed on, and says whether it is right.
    init(
        _ pool: SlabPool, to count: Int = 1, queueEvents: Int = 1_024,
        check: @escaping @Sendable (EventDescriptor) -> Bool = { _ in true }
    ) throws {
        self.pool = pool
        let (gate, wrong) = (gate, AtomicCount())
        self.wrong = wrong
        next = (0..<count).map { number in
            Stage(label: "next \(number)", ring: MPSCRing(minimumCapacity: queueEvents)) { events in
                gate.pass()
                for event in events where !check(event) { wrong.add() }
                pool.release(events)
            }
        }
        let publishers = try next.map {
            Sent(
                try Publisher(
                    to: $0, from: SlabPool(slabCount: 2, slabBytes: 4_096), passingOn: pool,
                    onFull: .fail, batchCapacity: 16))
        }
        self.publishers = publishers
        stage = Stage(label: "first", ring: MPSCRing(minimumCapacity: 256)) { events in
            for event in events where pool.canRetain {
                for sent in publishers where sent.publisher.passOn(event) != .accepted {
                    sent.refused += 1
                }
            }
            for sent in publishers { sent.publisher.flush() }
            pool.release(events)
        }
    }

    var wrongEvents: Int { wrong.count.load(ordering: .relaxed) }
    var refusedCount: Int { publishers.reduce(0) { $0 + $1.refused } }

    /// Handles all that was published, and ends.
    func finish() {
        stage.stopAndWait()
        for sent in publishers { sent.publisher.close() }
        gate.open()
        for stage in next { stage.stopAndWait() }
    }

    final class AtomicCount: Sendable {
        let count = Atomic<Int>(0)
        func add() { count.wrappingAdd(1, ordering: .relaxed) }
    }

    /// A publisher of the first stage's worker.
    final class Sent: @unchecked Sendable {
        // Unchecked: used on the first stage's queue, and when that has ended.
        let publisher: Publisher<MPSCRing>
        var refused = 0
        init(_ publisher: Publisher<MPSCRing>) { self.publisher = publisher }
    }
}

/// What threads wait at until it is open.
private final class Latch: Sendable {
    private let monitor = Monitor()
    private let isOpen = Atomic<Bool>(true)

    func close() { isOpen.store(false, ordering: .relaxed) }
    func open() {
        monitor.withLock {
            isOpen.store(true, ordering: .relaxed)
            monitor.wakeAll()
        }
    }
    func pass() { monitor.withLock { monitor.wait { isOpen.load(ordering: .relaxed) } } }
}

@Suite("Events that are passed on in place")
struct RetentionTests {
    @Test("keep their bytes until the last one has released them, and every slab comes back")
    func keepTheirBytes() throws {
        let pool = SlabPool(slabCount: 4, spareSlabCount: 8, slabBytes: 4_096)
        let passing = try PassingOn(pool, to: 2, queueEvents: 64) { event in
            event.bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: event.tag) }
        }
        onThreads(2) { producer in
            guard let publisher = try? Publisher(to: passing.stage, from: pool) else {
                Issue.record("no publisher")
                return
            }
            for tag in 0..<20_000 {
                let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: tag), count: tag % 120)
                _ = bytes.withUnsafeBytes { publisher.publish($0, tag: UInt64(tag)) }
            }
            publisher.close()
        }
        passing.finish()
        #expect(passing.wrongEvents == 0)
        #expect(pool.freeSlabCount == 12)
        // Whatever had room went on.
        #expect(passing.next.allSatisfy { $0.statistics.events > 0 })
    }

    @Test("take no slab from publishers, however long nobody releases them")
    func takeOnlySpareSlabs() throws {
        let pool = SlabPool(slabCount: 3, spareSlabCount: 4, slabBytes: 4_096)
        let passing = try PassingOn(pool)
        passing.gate.close()
        let publisher = try Publisher(to: passing.stage, from: pool)
        // 16 events to a slab: without a limit, the seventh slab would be the last one. One at a time, so
        // that no slab is in use because its events wait.
        for _ in 0..<300 {
            #expect(publish(256, to: publisher) == .accepted)
            publisher.flush()
            passing.stage.waitUntilIdle()
        }
        // What is retained lies in as many slabs as may be spared, and one is open.
        #expect(pool.freeSlabCount == 2)
        #expect(!pool.canRetain)
        publisher.close()
        passing.finish()
        #expect(passing.next[0].statistics.events < 300)
        #expect(pool.freeSlabCount == 7)
    }

    @Test("are given back where they found no room, and nobody sends them any more")
    func areGivenBack() throws {
        let pool = SlabPool(slabCount: 3, spareSlabCount: 3, slabBytes: 4_096)
        let passing = try PassingOn(pool, queueEvents: 2)
        passing.gate.close()
        let publisher = try Publisher(to: passing.stage, from: pool)
        // Two wait in the ring, or more as long as the first ones are being handled, and 16 in the batch.
        for _ in 0..<64 { #expect(publish(8, to: publisher) == .accepted) }
        publisher.close()
        passing.stage.waitUntilIdle()
        #expect(pool.freeSlabCount == 5)
        passing.finish()
        #expect(passing.refusedCount > 0)
        #expect(pool.freeSlabCount == 6)
    }

    private func publish(_ count: Int, to publisher: Publisher<MPSCRing>) -> PublishOutcome {
        [UInt8](repeating: 1, count: count).withUnsafeBytes { publisher.publish($0) }
    }
}

@Suite("Whoever waits for room for a while")
struct RoomTests {
    @Test("is told that there is none when nobody makes any, and that there is when somebody does")
    func waits() throws {
        let gate = Latch()
        gate.close()
        let stage = Stage(label: "room", ring: MPSCRing(minimumCapacity: 8)) { _ in gate.pass() }
        #expect(stage.send(events(0..<8), onFull: .fail) == 8)
        #expect(!stage.waitForRoom(nanoseconds: 1_000_000))
        gate.open()
        #expect(stage.waitForRoom(nanoseconds: 60_000_000_000))
        stage.stopAndWait()
        #expect(!stage.waitForRoom(nanoseconds: 60_000_000_000))
    }
}
