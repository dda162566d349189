package import Synchronization

/// The memory of a ring: two groups of words, 256 bytes of them, and the slots.
///
///     byte 0     tail, knownHead          written by producers
///     byte 128   head, consumerNote       written by the consumer
///     byte 256   slots                    32 bytes each, then 4 bytes a slot for markers
///
/// Indices count descriptors from the beginning of time and are kept doubled; bit 0 of the tail is
/// set when the ring is closed. So closing and publishing exclude each other in one word, and an
/// index may overflow: its slot is taken modulo the capacity, a power of two.
///
/// What must hold: head <= tail <= head + capacity. The slots from head to tail belong to the
/// consumer, the others to producers, who divide them as their ring says. Whoever moves an index
/// releases what it did to the slots before; whoever reads it acquires that.
///
/// The ring owns the memory and frees it; no one may call the ring then, so no one has a pointer.
package struct RingMemory: @unchecked Sendable {
    /// Where the next descriptor goes, doubled, plus 1 if closed.
    @usableFromInline let tail: AtomicWord
    /// A head that a producer read earlier: it saves reading the consumer's line.
    @usableFromInline let knownHead: AtomicWord
    /// The oldest descriptor, doubled.
    @usableFromInline let head: AtomicWord
    /// The consumer's own word.
    @usableFromInline let consumerNote: UnsafeMutablePointer<UInt64>
    @usableFromInline let slots: UnsafeMutablePointer<EventDescriptor>
    /// One for each slot, zero to begin with; ``MPSCRing`` says what for.
    @usableFromInline let markers: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let capacity: Int

    /// Allocates a ring of at least `minimumCapacity` slots whose first index is `firstIndex`.
    init(minimumCapacity: Int, firstIndex: UInt64) {
        precondition(
            (1...PipelineLimit.ringCapacityMax).contains(minimumCapacity),
            "a ring has 1 to \(PipelineLimit.ringCapacityMax) slots, not \(minimumCapacity)")
        var capacity = 2
        while capacity < minimumCapacity { capacity *= 2 }
        let slotBytes = capacity * MemoryLayout<EventDescriptor>.stride
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * cacheLineBytes + slotBytes + capacity * 4, alignment: cacheLineBytes)
        let start = firstIndex &* 2

        func word(at offset: Int) -> AtomicWord {
            let word = (base + offset).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
            word.initialize(to: Atomic(start))
            return word
        }
        self.tail = word(at: 0)
        self.knownHead = word(at: 8)
        self.head = word(at: cacheLineBytes)
        self.consumerNote = (base + cacheLineBytes + 8).bindMemory(to: UInt64.self, capacity: 1)
        self.consumerNote.initialize(to: 0)
        self.slots = (base + 2 * cacheLineBytes)
            .bindMemory(to: EventDescriptor.self, capacity: capacity)
        self.markers = (base + 2 * cacheLineBytes + slotBytes)
            .bindMemory(to: Atomic<UInt32>.self, capacity: capacity)
        for index in 0..<capacity { (self.markers + index).initialize(to: Atomic(0)) }
        self.capacity = capacity
    }

    func deallocate() {
        UnsafeMutableRawPointer(self.tail).deallocate()
    }

    /// The slot of a doubled index.
    @inlinable @inline(__always)
    func slot(of doubled: UInt64) -> Int {
        Int(truncatingIfNeeded: doubled >> 1) & (self.capacity &- 1)
    }

    /// How many descriptors lie between two doubled indices; the closed bit does not matter.
    /// Negative if `later` is in fact the earlier one.
    @inlinable @inline(__always)
    func distance(from earlier: UInt64, to later: UInt64) -> Int {
        Int(Int64(bitPattern: (later & ~1) &- (earlier & ~1)) >> 1)
    }

    /// How many slots a producer may still use at `tail`, at least `wanted` if there are so many.
    /// Looks at the consumer's line only if what is known does not suffice.
    @inlinable @inline(__always)
    func freeCount(at tail: UInt64, wanted: Int) -> Int {
        let known = self.knownHead.pointee.load(ordering: .acquiring)
        let free = self.capacity &- self.distance(from: known, to: tail)
        if free >= wanted { return free }
        let head = self.head.pointee.load(ordering: .acquiring)
        self.knownHead.pointee.store(head, ordering: .releasing)
        return self.capacity &- self.distance(from: head, to: tail)
    }

    /// Copies `count` descriptors into the slots from `index` on, which the caller must own.
    @inlinable @inline(__always)
    func write(_ events: UnsafePointer<EventDescriptor>, count: Int, at index: UInt64) {
        let first = self.slot(of: index)
        let untilEnd = min(count, self.capacity &- first)
        (self.slots + first).update(from: events, count: untilEnd)
        if untilEnd < count { self.slots.update(from: events + untilEnd, count: count &- untilEnd) }
    }

    /// Hands what is published to `body` in runs that lie in the ring, at most `budget` in all, and
    /// frees each run's slots when `body` returns from it. `published` says how many of the slots from
    /// `first` on hold something, at most `limit`, which is at least 1 and ends with the memory.
    @inlinable @inline(__always)
    func consume(
        upTo budget: Int, _ body: (UnsafeBufferPointer<EventDescriptor>) -> Void,
        published: (_ first: Int, _ limit: Int) -> Int
    ) -> Int {
        var head = self.head.pointee.load(ordering: .relaxed)
        var consumed = 0
        while consumed < budget {
            let first = self.slot(of: head)
            let count = published(first, min(budget &- consumed, self.capacity &- first))
            if count == 0 { break }
            body(UnsafeBufferPointer(start: self.slots + first, count: count))
            head &+= UInt64(count) &* 2
            self.head.pointee.store(head, ordering: .releasing)
            consumed &+= count
        }
        return consumed
    }

    @usableFromInline
    var freeCount: Int {
        let head = self.head.pointee.load(ordering: .acquiring)
        let tail = self.tail.pointee.load(ordering: .acquiring)
        // Read one after the other: the head may have moved on.
        return max(0, self.capacity &- self.distance(from: head, to: tail))
    }

    var pushedCount: UInt64 { self.tail.pointee.load(ordering: .acquiring) >> 1 }

    var consumedCount: UInt64 { self.head.pointee.load(ordering: .acquiring) >> 1 }

    @inlinable
    var isClosed: Bool {
        self.tail.pointee.load(ordering: .acquiring) & 1 != 0
    }

    /// For the consumer, to whom the head belongs.
    @inlinable
    var isFinished: Bool {
        self.tail.pointee.load(ordering: .acquiring)
            == self.head.pointee.load(ordering: .relaxed) | 1
    }

    @usableFromInline
    func close() {
        self.tail.pointee.bitwiseOr(1, ordering: .acquiringAndReleasing)
    }
}
