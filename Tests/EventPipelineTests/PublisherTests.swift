import Dispatch
import Glibc
import TestSupport
import Testing

@testable import EventPipeline

@Suite("Publishers and slabs")
struct PublisherTests {
    @Test(
        "bytes arrive as they were published, and every slab comes back", arguments: [1, 3],
        [4_096, 9_999])
    func bytesArrive(producerCount: Int, longest: Int) throws {
        let pool = SlabPool(slabCount: 4, slabBytes: 4_096, eventBytesMax: longest)
        let order = OrderChecker(producerCount: producerCount)
        let stage = Stage(label: "bytes", ring: MPSCRing(minimumCapacity: 256)) { events in
            order.check(events)
            for event in events where !event.bytes.allSatisfy({ $0 == UInt8(event.tag & 0xFF) }) {
                Issue.record("event \(event.tag) of \(event.key) has other bytes")
            }
            pool.release(events)
        }
        onThreads(producerCount) { producer in
            var random = SeededGenerator(stream: 40 + UInt64(producer))
            guard let publisher = try? Publisher(to: stage, from: pool, batchCapacity: 16) else {
                Issue.record("no publisher")
                return
            }
            for tag in 0..<20_000 {
                let length = tag % 1_000 == 0 ? longest : Int.random(in: 0...120, using: &random)
                let bytes = Array(repeating: UInt8(tag & 0xFF), count: length)
                let outcome = bytes.withUnsafeBytes {
                    publisher.publish($0, key: UInt32(producer), tag: UInt64(tag))
                }
                if outcome != .accepted { Issue.record("\(outcome) at \(tag)") }
            }
            #expect(publisher.close() == 0)
        }
        stage.stopAndWait()
        #expect(order.isInOrder)
        #expect(order.next == Array(repeating: 20_000, count: producerCount))
        #expect(pool.freeSlabCount == 4)
    }

    @Test("an event of a slab's length is taken, a longer one never")
    func longestEvent() throws {
        let pool = SlabPool(slabCount: 2, slabBytes: 5_000)
        #expect(pool.slabBytes == 8_192)
        let stage = Stage(label: "long", ring: SPSCRing(minimumCapacity: 4)) { pool.release($0) }
        let publisher = try Publisher(to: stage, from: pool)
        #expect(publish(8_193, to: publisher) == .tooLarge)
        #expect(publish(8_192, to: publisher) == .accepted)
        #expect(publish(0, to: publisher) == .accepted)
        #expect(publish(8_192, to: publisher) == .accepted)
        #expect(publisher.close() == 0)
        #expect(publish(1, to: publisher) == .closed)
        stage.stopAndWait()
        #expect(stage.statistics.events == 3)
        #expect(pool.freeSlabCount == 2)
    }

    @Test("an event that is longer than a slab gets one for itself, if the pool allows it")
    func longerThanSlabs() throws {
        let pool = SlabPool(slabCount: 3, slabBytes: 4_096, eventBytesMax: 5_001)
        #expect(pool.slabBytes == 4_096 && pool.eventBytesMax == 5_008)
        let (stage, gate) = blockedStage(pool)
        let publisher = try Publisher(to: stage, from: pool, onFull: .fail)
        #expect(publish(5_009, to: publisher) == .tooLarge)
        #expect(publish(8, to: publisher) == .accepted)
        #expect(publish(5_001, to: publisher) == .accepted)
        #expect(pool.freeSlabCount == 1)
        // Behind it there is no room, not even for the shortest one.
        #expect(publish(1, to: publisher) == .accepted)
        #expect(pool.freeSlabCount == 0)
        // But in a slab of its own there is.
        #expect(publish(4_088, to: publisher) == .accepted)
        #expect(publish(1, to: publisher) == .full)
        gate.signal()
        #expect(publisher.close() == 0)
        stage.stopAndWait()
        #expect(stage.statistics.events == 4)
        #expect(pool.freeSlabCount == 3)
    }

    @Test(
        "a full ring refuses or drops the newest event; what was accepted before is handled",
        arguments: [(BackPressure.fail, PublishOutcome.full), (.dropNewest, .dropped)])
    func fullRing(policy: BackPressure, outcome: PublishOutcome) throws {
        let pool = SlabPool(slabCount: 2, slabBytes: 4_096)
        let (stage, gate) = blockedStage(pool)
        let publisher = try Publisher(to: stage, from: pool, onFull: policy, batchCapacity: 4)
        var accepted = 0
        while publish(8, to: publisher) == .accepted { accepted += 1 }
        #expect(accepted == 8 + 4)  // a ring and a batch
        #expect(publish(8, to: publisher) == outcome)
        #expect(publisher.flush() == 4)
        #expect(stage.statistics.dropped == (policy == .fail ? 0 : 2))
        gate.signal()
        while publisher.flush() > 0 { usleep(100) }
        #expect(publisher.close() == 0)
        stage.stopAndWait()
        #expect(stage.statistics.events == UInt64(accepted))
        #expect(pool.freeSlabCount == 2)
    }

    @Test("without a free slab the newest event is refused or dropped")
    func noSlab() throws {
        let pool = SlabPool(slabCount: 2, slabBytes: 4_096)
        let (stage, gate) = blockedStage(pool)
        let publisher = try Publisher(to: stage, from: pool, onFull: .fail, batchCapacity: 2)
        #expect(publish(3_000, to: publisher) == .accepted)
        #expect(publish(3_000, to: publisher) == .accepted)
        #expect(publish(3_000, to: publisher) == .full)
        #expect(pool.freeSlabCount == 0)
        gate.signal()
        while publish(3_000, to: publisher) == .full { usleep(100) }
        publisher.close()
        stage.stopAndWait()
        #expect(stage.statistics.events == 3)
        #expect(pool.freeSlabCount == 2)
    }

    @Test("a slab is kept until all its events were sent, though the next one does not fit")
    func slabOfUnsentEvents() throws {
        let pool = SlabPool(slabCount: 3, slabBytes: 4_096)
        let (stage, gate) = blockedStage(pool)
        let publisher = try Publisher(to: stage, from: pool, onFull: .fail, batchCapacity: 4)
        for _ in 0..<10 { #expect(publish(8, to: publisher) == .accepted) }
        #expect(publish(4_096, to: publisher) == .full)
        #expect(pool.freeSlabCount == 2)
        #expect(publisher.close() == 2)
        gate.signal()
        stage.stopAndWait()
        #expect(stage.statistics.events == 8)
        #expect(stage.statistics.dropped == 2)
        #expect(pool.freeSlabCount == 3)
    }

    @Test("what a stopped stage does not take is counted when the publisher closes")
    func stoppedStage() throws {
        let pool = SlabPool(slabCount: 2, slabBytes: 4_096)
        let stage = Stage(label: "stopped", ring: SPSCRing(minimumCapacity: 8)) { pool.release($0) }
        let publisher = try Publisher(to: stage, from: pool, onFull: .wait, batchCapacity: 4)
        #expect(publish(8, to: publisher) == .accepted)
        stage.stopAndWait()
        #expect(publisher.flush() == 1)
        for _ in 0..<3 { #expect(publish(8, to: publisher) == .accepted) }
        #expect(publish(8, to: publisher) == .closed)
        #expect(publisher.close() == 4)
        #expect(publisher.close() == 0)
        #expect(stage.statistics.dropped == 4)
        #expect(pool.freeSlabCount == 2)
    }

    @Test("a pool admits fewer publishers than it has slabs")
    func publisherLimit() throws {
        let pool = SlabPool(slabCount: 3, slabBytes: 4_096)
        let stage = Stage(label: "limit", ring: MPSCRing(minimumCapacity: 8)) { pool.release($0) }
        let first = try Publisher(to: stage, from: pool)
        let second = try Publisher(to: stage, from: pool)
        #expect(throws: PublisherError.tooManyPublishers(limit: 2)) {
            _ = try Publisher(to: stage, from: pool)
        }
        first.close()
        let third = try Publisher(to: stage, from: pool)
        third.close()
        second.close()
        stage.stopAndWait()
    }

    @Test("events whose bytes are elsewhere are left alone")
    func foreignEvents() {
        let pool = SlabPool(slabCount: 2, slabBytes: 4_096)
        events(0..<3).withUnsafeBufferPointer { pool.release($0) }
        #expect(pool.freeSlabCount == 2)
    }
}

/// A stage of eight slots whose handler, and so whose ring, moves only after a signal.
private func blockedStage(_ pool: SlabPool) -> (Stage<SPSCRing>, DispatchSemaphore) {
    let gate = DispatchSemaphore(value: 0)
    let stage = Stage(label: "blocked", ring: SPSCRing(minimumCapacity: 8)) {
        gate.wait()
        gate.signal()  // once open it stays open
        pool.release($0)
    }
    return (stage, gate)
}

private func publish<Ring>(_ length: Int, to publisher: Publisher<Ring>) -> PublishOutcome {
    withUnsafeTemporaryAllocation(byteCount: length, alignment: 8) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 1)
        return publisher.publish(UnsafeRawBufferPointer(bytes))
    }
}
