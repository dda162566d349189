import EventPipeline
import Glibc
import TestSupport
import Testing

@Suite("Rings under load", .onThreadsOfItsOwn)
struct RingStressTests {
    @Test("one producer: two million events, none lost, none twice, in order")
    func oneProducer() {
        let order = stress(
            SPSCRing(minimumCapacity: 512), producerCount: 1, eventCount: 2_000_000, batchMax: 300)
        #expect(order.isInOrder)
        #expect(order.next == [2_000_000])
    }

    @Test("four producers: two million events, none lost, none twice, each one's in order")
    func fourProducers() {
        let order = stress(
            MPSCRing(minimumCapacity: 512), producerCount: 4, eventCount: 500_000, batchMax: 300)
        #expect(order.isInOrder)
        #expect(order.next == Array(repeating: 500_000, count: 4))
    }

    @Test("four producers on a ring of two slots")
    func tinyRing() {
        let order = stress(
            MPSCRing(minimumCapacity: 2), producerCount: 4, eventCount: 5_000, batchMax: 3)
        #expect(order.isInOrder)
        #expect(order.next == Array(repeating: 5_000, count: 4))
    }
}

/// Pushes `eventCount` events from each producer in random batches while this thread consumes them
/// in random portions until the ring is finished.
///
/// Each event points to a word that says its tag, in memory that its producer uses over and over: so
/// ThreadSanitizer, which does not look into bulk copies such as those of descriptors, sees whether
/// the ring orders what was written before a push with what is read after it, and back.
private func stress(
    _ ring: some DescriptorRing, producerCount: Int, eventCount: Int, batchMax: Int
) -> OrderChecker {
    let order = OrderChecker(producerCount: producerCount)
    onThreads(producerCount + 1) { thread in
        var random = SeededGenerator(stream: 20 + UInt64(thread))
        if thread < producerCount {
            produce(to: ring, producer: thread, eventCount, batchMax, &random)
            return
        }
        var left = producerCount * eventCount
        while left > 0 {
            let budget = Int.random(in: 1...2 * batchMax, using: &random)
            let count = ring.consume(upTo: budget) { events in
                for event in events where word(of: event).pointee != event.tag {
                    Issue.record("event \(event.tag) was overwritten")
                }
                order.check(events)
            }
            if count == 0 { sched_yield() }
            left -= count
        }
    }
    ring.close()
    #expect(ring.isFinished)
    return order
}

private func produce(
    to ring: some DescriptorRing, producer: Int, _ eventCount: Int, _ batchMax: Int,
    _ random: inout SeededGenerator
) {
    let batch = UnsafeMutableBufferPointer<EventDescriptor>.allocate(capacity: batchMax)
    defer { batch.deallocate() }
    // As many as can be in the ring and in the batch. Never freed: the consumer may still read them.
    let wordCount = ring.capacity + batchMax
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: wordCount)
    var sent = 0
    while sent < eventCount {
        let count = min(eventCount - sent, Int.random(in: 1...batchMax, using: &random))
        for index in 0..<count {
            let tag = sent + index
            (words + tag % wordCount).initialize(to: UInt64(tag))
            batch[index] = EventDescriptor(
                base: words + tag % wordCount, byteCount: 8, key: UInt32(producer),
                tag: UInt64(tag))
        }
        var accepted = 0
        while accepted < count {
            let pushed = ring.push(UnsafeBufferPointer(rebasing: batch[accepted..<count]))
            if pushed == 0 { sched_yield() }
            accepted += pushed
        }
        sent += count
    }
}

private func word(of event: EventDescriptor) -> UnsafePointer<UInt64> {
    event.base.assumingMemoryBound(to: UInt64.self)
}
