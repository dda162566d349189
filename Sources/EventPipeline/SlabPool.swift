import Glibc
import Synchronization

/// A bounded number of slabs that events' bytes lie in from publication until they are handled.
///
///     let pool = SlabPool(slabCount: 64)                              // 64 MiB, never more
///     let publisher = try Publisher(to: stage, from: pool)            // on each producing thread
///     pool.release(events)                                            // the handler, when done
///
/// A slab belongs to one publisher, which fills it from the front, seals it when it is full, and
/// takes another. It is free again when it is sealed and every event in it was released, by any
/// thread, in any order. Memory is bounded, so a slab's slowest event decides when it comes back:
/// whoever keeps events for long (a delivery that is retried) should copy them.
///
/// Each slab has one count: what was released so far, below zero, until sealing adds how many
/// events there were. Zero then means that all are done, and it cannot be zero earlier. So there is
/// one atomic addition per batch and slab, none per event.
///
/// Who may touch what: the bytes of an open slab that were not published yet, only its publisher;
/// published bytes are written by nobody, until the release that frees the slab, which has seen all
/// other releases (acquire) as they have seen the last reads (release).
package final class SlabPool: @unchecked Sendable {
    /// How much of each slab is filled with more than one event.
    package let slabBytes: Int
    /// The longest event. One that is longer than `slabBytes` gets a slab for itself.
    package let eventBytesMax: Int
    /// How many slabs there are.
    package let slabCount: Int

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slabShift: UInt
    private let byteCount: Int
    /// One for each slab: events sealed minus events released, while the slab is in use.
    @usableFromInline let pending: PaddedAtomics
    /// One for each free slab: the free slab below it, plus 1.
    private let below: PaddedAtomics
    /// The first word is the free slab on top, plus 1, in the lower half, and in the upper half how
    /// often it changed, so that a stale look never succeeds. The second counts publishers.
    private let words: PaddedAtomics
    private let room = WaitingRoom()

    /// Creates a pool of `slabCount` slabs (2 to 65,536), one more at least than there will be
    /// publishers. `slabBytes` is rounded up to a power of two. The longest event, a multiple of eight
    /// bytes or rounded up to one, is as long as a slab unless `eventBytesMax` says more: then there is
    /// more behind each slab, which costs addresses, and memory only for such events.
    ///
    /// Addresses are reserved now, memory is taken at first touch, with a page fault (250 ns to 11 µs for
    /// 4 KiB): with `touched`, that is done here. So a pool may have more addresses than the machine has
    /// memory: many small slabs with room for one long event behind each.
    package init(
        slabCount: Int, slabBytes: Int = 1 << 20, eventBytesMax: Int = 0, touched: Bool = false
    ) {
        precondition(
            (2...PipelineLimit.slabCountMax).contains(slabCount),
            "a pool has 2 to \(PipelineLimit.slabCountMax) slabs, not \(slabCount)")
        precondition(
            PipelineLimit.slabBytes.contains(slabBytes),
            "a slab has \(PipelineLimit.slabBytes) bytes, not \(slabBytes)")
        precondition(
            eventBytesMax <= PipelineLimit.slabBytes.upperBound,
            "an event has \(PipelineLimit.slabBytes.upperBound) bytes at most, not \(eventBytesMax)"
        )
        self.slabBytes = 1 << Self.shift(slabBytes)
        self.eventBytesMax = max(self.slabBytes, (eventBytesMax + 7) & ~7)
        self.slabShift = Self.shift(self.eventBytesMax)
        self.slabCount = slabCount
        let byteCount = slabCount << self.slabShift
        let mapped = mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
            0)
        guard let mapped, mapped != MAP_FAILED else {
            // There are 128 TiB of them, and a pool has 16 at most.
            preconditionFailure(
                "no \(byteCount) bytes of addresses: \(String(cString: strerror(errno)))")
        }
        self.base = mapped
        self.byteCount = byteCount
        self.pending = PaddedAtomics(count: slabCount)
        self.below = PaddedAtomics(count: slabCount)
        self.words = PaddedAtomics(count: 2)
        if touched { memset(self.base, 0, byteCount) }
        for slab in (0..<slabCount).reversed() { self.recycle(slab) }
    }

    deinit {
        munmap(self.base, self.byteCount)
    }

    /// The exponent of the power of two that a number is or is rounded up to.
    private static func shift(_ number: Int) -> UInt {
        UInt(Int.bitWidth - (number - 1).leadingZeroBitCount)
    }

    /// Gives back events that were handled. Events whose bytes are not this pool's (replayed from a
    /// mapped archive, say) are left alone. O(number of events), and an atomic addition for each run
    /// of events from the same slab.
    @inlinable
    package func release(_ events: UnsafeBufferPointer<EventDescriptor>) {
        var current = UInt.max
        var count = 0
        for event in events {
            let slab =
                (UInt(bitPattern: event.base) &- UInt(bitPattern: self.base))
                &>> self.slabShift
            if slab != current {
                self.release(count, of: current)
                current = slab
                count = 0
            }
            count &+= 1
        }
        self.release(count, of: current)
    }

    @inlinable
    func release(_ count: Int, of slab: UInt) {
        if count == 0 || slab >= UInt(self.slabCount) { return }
        let left = self.pending[Int(slab)].pointee.wrappingSubtract(
            UInt64(count), ordering: .acquiringAndReleasing)
        if left.newValue == 0 { self.recycle(Int(slab)) }
    }

    /// How many slabs are free, as far as can be told while others use them. O(number of slabs).
    package var freeSlabCount: Int {
        var count = 0
        var top = UInt32(truncatingIfNeeded: self.words[0].counted)
        while top != 0 && count < self.slabCount {
            count += 1
            top = UInt32(truncatingIfNeeded: self.below[Int(top) - 1].counted)
        }
        return count
    }
}

// What publishers call.
extension SlabPool {
    /// The memory of a slab, which has room for an event of so many bytes, at most `eventBytesMax`.
    func memory(of slab: Int, for eventBytes: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: self.base + slab << Int(self.slabShift),
            count: max(self.slabBytes, eventBytes))
    }

    /// Takes a free slab, or waits for one if `policy` says so. Nil if there is none.
    func takeSlab(_ policy: BackPressure) -> Int? {
        while true {
            if let slab = self.pop() { return slab }
            if policy != .wait { return nil }
            self.room.wait { UInt32(truncatingIfNeeded: self.words[0].counted) != 0 }
        }
    }

    /// Says that `slab` will get no more events, and how many it got.
    func seal(_ slab: Int, eventCount: Int) {
        let left = self.pending[slab].pointee.wrappingAdd(
            UInt64(eventCount), ordering: .acquiringAndReleasing)
        if left.newValue == 0 { self.recycle(slab) }
    }

    /// Lets one more publisher hold a slab, if one would remain for those that wait.
    func admitPublisher() -> Bool {
        let count = self.words[1].pointee.wrappingAdd(1, ordering: .relaxed).newValue
        if count < self.slabCount { return true }
        self.dismissPublisher()
        return false
    }

    func dismissPublisher() {
        self.words[1].pointee.wrappingSubtract(1, ordering: .relaxed)
    }
}

// The free slabs: a stack, so that the slab used last, whose bytes are still in a cache, is the next
// (Treiber, "Systems programming: coping with parallelism", 1986, with a change count).
extension SlabPool {
    private func pop() -> Int? {
        var top = self.words[0].pointee.load(ordering: .acquiring)
        while true {
            let slab = Int(UInt32(truncatingIfNeeded: top)) - 1
            if slab < 0 { return nil }
            // May be out of date; then so is `top`, and the exchange fails.
            let next = self.below[slab].pointee.load(ordering: .relaxed)
            let popped = self.words[0].pointee.compareExchange(
                expected: top, desired: self.changed(top, to: next), ordering: .acquiring)
            if popped.exchanged { return slab }
            top = popped.original
        }
    }

    @usableFromInline
    func recycle(_ slab: Int) {
        var top = self.words[0].pointee.load(ordering: .relaxed)
        while true {
            self.below[slab].pointee.store(top & 0xFFFF_FFFF, ordering: .relaxed)
            let pushed = self.words[0].pointee.compareExchange(
                expected: top, desired: self.changed(top, to: UInt64(slab) + 1),
                successOrdering: .releasing, failureOrdering: .relaxed)
            if pushed.exchanged { break }
            top = pushed.original
        }
        self.room.wake()
    }

    private func changed(_ top: UInt64, to slab: UInt64) -> UInt64 {
        (top & ~0xFFFF_FFFF) &+ 1 << 32 | slab
    }
}
