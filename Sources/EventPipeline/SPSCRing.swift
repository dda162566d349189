import Synchronization

/// A bounded lock-free ring for one producer and one consumer.
///
///     let ring = SPSCRing(minimumCapacity: 4_096)
///     let accepted = ring.push(batch)                                  // the producer
///     let handled = ring.consume(upTo: 1_024) { events in ... }        // the consumer
///
/// Each side keeps the other's index as it last saw it, and looks again only when that does not
/// suffice (Lee, Bu and Chandranmenon, "A lock-free, cache-efficient multi-core synchronization
/// mechanism for line-rate network traffic monitoring", IPDPS 2010). Publishing is one
/// compare-and-swap a batch, which only a closed ring makes fail: a plain store could not tell.
///
/// No operation allocates or blocks. Which thread is the producer may change if the change itself
/// synchronises; the same of the consumer.
package final class SPSCRing: DescriptorRing {
    package let memory: RingMemory

    package init(minimumCapacity: Int, firstIndex: UInt64) {
        self.memory = RingMemory(minimumCapacity: minimumCapacity, firstIndex: firstIndex)
        self.memory.consumerNote.pointee = firstIndex &* 2
    }

    deinit {
        self.memory.deallocate()
    }

    @inlinable
    package func push(_ events: UnsafeBufferPointer<EventDescriptor>) -> Int {
        guard let source = events.baseAddress else { return 0 }
        let memory = self.memory
        let tail = memory.tail.pointee.load(ordering: .relaxed)
        if tail & 1 != 0 { return 0 }
        let count = min(events.count, memory.freeCount(at: tail, wanted: events.count))
        if count == 0 { return 0 }
        memory.write(source, count: count, at: tail)
        let published = memory.tail.pointee.compareExchange(
            expected: tail, desired: tail &+ UInt64(count) &* 2,
            successOrdering: .releasing, failureOrdering: .relaxed)
        return published.exchanged ? count : 0
    }

    @inlinable
    package func consume(
        upTo budget: Int, _ body: (UnsafeBufferPointer<EventDescriptor>) -> Void
    ) -> Int {
        let memory = self.memory
        let head = memory.head.pointee.load(ordering: .relaxed)
        // The note is the tail as last seen.
        if memory.distance(from: head, to: memory.consumerNote.pointee) < budget {
            memory.consumerNote.pointee = memory.tail.pointee.load(ordering: .acquiring) & ~1
        }
        let count = min(budget, memory.distance(from: head, to: memory.consumerNote.pointee))
        return memory.consume(upTo: count, body) { _, limit in limit }
    }

    @inlinable
    package var isEmpty: Bool {
        let head = self.memory.head.pointee.load(ordering: .relaxed)
        return self.memory.tail.pointee.load(ordering: .acquiring) & ~1 == head
    }
}
