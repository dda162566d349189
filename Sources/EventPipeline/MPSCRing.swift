import Synchronization

/// A bounded lock-free ring for any number of producers and one consumer.
///
/// A push claims a run of slots with one compare-and-swap on the tail, fills them, and publishes
/// them with one store: the run's length, into the marker of its first slot. The consumer finds the
/// next run at its head, takes the marker away before it frees the slots, and waits (that is, finds
/// nothing) where a run is claimed but not yet filled, though later ones may be. Whoever claims a
/// slot again has read a head beyond it, so it finds the marker zero; nothing depends on how often
/// indices went round.
///
/// A producer that is stopped by the system between claim and publication holds up the consumer, but
/// no other producer. No operation allocates or blocks.
package final class MPSCRing: DescriptorRing {
    package let memory: RingMemory

    package init(minimumCapacity: Int, firstIndex: UInt64) {
        self.memory = RingMemory(minimumCapacity: minimumCapacity, firstIndex: firstIndex)
    }

    deinit {
        self.memory.deallocate()
    }

    @inlinable
    package func push(_ events: UnsafeBufferPointer<EventDescriptor>) -> Int {
        guard let source = events.baseAddress else { return 0 }
        let memory = self.memory
        var tail = memory.tail.pointee.load(ordering: .relaxed)
        while true {
            if tail & 1 != 0 { return 0 }
            // A tail out of date may lie below the head that is known; the exchange fails then.
            let count = min(events.count, memory.freeCount(at: tail, wanted: events.count))
            if count <= 0 {
                let now = memory.tail.pointee.load(ordering: .relaxed)
                if now == tail { return 0 }
                tail = now
                continue
            }
            let claimed = memory.tail.pointee.weakCompareExchange(
                expected: tail, desired: tail &+ UInt64(count) &* 2, ordering: .relaxed)
            if claimed.exchanged {
                memory.write(source, count: count, at: tail)
                let marker = memory.markers + memory.slot(of: tail)
                marker.pointee.store(UInt32(truncatingIfNeeded: count), ordering: .releasing)
                return count
            }
            tail = claimed.original
        }
    }

    @inlinable
    package func consume(
        upTo budget: Int, _ body: (UnsafeBufferPointer<EventDescriptor>) -> Void
    ) -> Int {
        self.memory.consume(upTo: budget, body) { first, limit in
            self.published(from: first, atMost: limit)
        }
    }

    /// Takes the markers of the runs that follow each other from the slot `first` on, and returns
    /// how many descriptors they hold, at most `limit`. What a run has beyond that is noted: the
    /// consumer's word is the rest of a run that it has begun.
    @inlinable @inline(__always)
    func published(from first: Int, atMost limit: Int) -> Int {
        let memory = self.memory
        var rest = Int(truncatingIfNeeded: memory.consumerNote.pointee)
        var count = 0
        while count < limit {
            if rest == 0 {
                let marker = memory.markers + (first &+ count)
                rest = Int(marker.pointee.load(ordering: .acquiring))
                if rest == 0 { break }
                marker.pointee.store(0, ordering: .relaxed)
            }
            let taken = min(rest, limit &- count)
            count &+= taken
            rest &-= taken
        }
        memory.consumerNote.pointee = UInt64(truncatingIfNeeded: rest)
        return count
    }

    @inlinable
    package var isEmpty: Bool {
        if self.memory.consumerNote.pointee != 0 { return false }
        let head = self.memory.head.pointee.load(ordering: .relaxed)
        let marker = self.memory.markers + self.memory.slot(of: head)
        return marker.pointee.load(ordering: .acquiring) == 0
    }
}
