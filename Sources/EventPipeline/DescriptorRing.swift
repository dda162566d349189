/// A bounded queue of descriptors with one consumer.
///
/// Nothing in it blocks. What is pushed by one thread comes out in its order. Two implementations:
/// ``SPSCRing`` for one producer, ``MPSCRing`` for any number.
package protocol DescriptorRing: AnyObject, Sendable {
    /// Creates a ring of `minimumCapacity` slots, rounded up to a power of two, at least 2, whose
    /// indices begin at `firstIndex`: to test what happens when they overflow.
    init(minimumCapacity: Int, firstIndex: UInt64)

    /// The slots and the words between the two sides, which both kinds of ring have in common.
    var memory: RingMemory { get }

    /// Producer: publishes as many of `events` as there is room for, the first ones, and returns
    /// their number: 0 if the ring is full or closed. O(number published).
    func push(_ events: UnsafeBufferPointer<EventDescriptor>) -> Int

    /// Consumer: hands published events to `body`, oldest first, in runs that lie in the ring
    /// itself, at most `budget` in all, and returns how many those were. The slots of a run become
    /// free when `body` returns from it. O(number consumed).
    func consume(upTo budget: Int, _ body: (UnsafeBufferPointer<EventDescriptor>) -> Void) -> Int

    /// Consumer: whether ``consume(upTo:_:)`` would find nothing.
    var isEmpty: Bool { get }
}

// What is the same for every ring.
extension DescriptorRing {
    /// Creates a ring of `minimumCapacity` slots, rounded up to a power of two, at least 2.
    package init(minimumCapacity: Int) {
        self.init(minimumCapacity: minimumCapacity, firstIndex: 0)
    }

    /// The number of slots: a power of two.
    @inlinable package var capacity: Int { self.memory.capacity }

    /// How many slots are free, as far as can be told while others push and consume.
    @inlinable package var freeCount: Int { self.memory.freeCount }

    /// How many descriptors were pushed since the beginning of time (which a test may have put
    /// anywhere): those of pushes that have begun to publish are counted.
    package var pushedCount: UInt64 { self.memory.pushedCount }

    /// How many of them have been consumed.
    package var consumedCount: UInt64 { self.memory.consumedCount }

    /// Whether ``close()`` was called: no push succeeds any more.
    @inlinable package var isClosed: Bool { self.memory.isClosed }

    /// Consumer: whether the ring is closed and everything published has been consumed, so that
    /// nothing will ever come again.
    @inlinable package var isFinished: Bool { self.memory.isFinished }

    /// Any thread: makes all later pushes fail. Those that succeeded are still consumed.
    package func close() { self.memory.close() }

    /// Consumer: copies published events into `target`, oldest first, as many as there are and fit,
    /// and returns their number. O(number copied).
    @inlinable
    package func pop(into target: UnsafeMutableBufferPointer<EventDescriptor>) -> Int {
        var filled = 0
        return self.consume(upTo: target.count) { events in
            _ = target[filled...].initialize(fromContentsOf: events)
            filled += events.count
        }
    }

    /// Whether at least half of the slots are free: what waiting publishers wait for, so that they
    /// are not woken for one slot at a time.
    @inlinable
    package var isHalfFree: Bool {
        self.freeCount >= self.capacity / 2
    }
}
