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
/// Who passes events on in place, to be handled by others too, retains them once more for each of
/// those (``retain(_:)``), as long as there are slabs to spare for that (``canRetain``).
///
/// Each slab has one count: large while it is open, from which each release takes away, and to which
/// each retention adds, until sealing turns the large number into that of the events there were. Zero
/// then means that all are done, and it cannot be zero earlier. So there is one atomic addition per
/// batch and slab, none per event.
///
/// Who may touch what: the bytes of an open slab that were not published yet, only its publisher;
/// published bytes are written by nobody, until the release that frees the slab, which has seen all
/// other releases (acquire) as they have seen the last reads (release).
package final class SlabPool: @unchecked Sendable {
    /// How much of each slab is filled with more than one event.
    package let slabBytes: Int
    /// The longest event. One that is longer than `slabBytes` gets a slab for itself.
    package let eventBytesMax: Int
    /// How many slabs there are for publishers.
    package let slabCount: Int
    /// How many there are besides, so that those whose events are retained are missed by no publisher.
    package let spareSlabCount: Int

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slabShift: UInt
    private let byteCount: Int
    @usableFromInline let allCount: Int
    /// One for each slab in use: events sealed and retained minus events released, and `openCount` as
    /// long as it is open.
    @usableFromInline let pending: PaddedAtomics
    /// One for each free slab: the free slab below it, plus 1.
    private let below: PaddedAtomics
    /// The first word is the free slab on top, plus 1, in the lower half, and in the upper half how
    /// often it changed, so that a stale look never succeeds. The second counts publishers, the third
    /// the slabs in use.
    private let words: PaddedAtomics
    /// More than a slab has events, however often each is retained.
    private static let openCount: UInt64 = 1 << 62
    private let room = WaitingRoom()

    /// Creates a pool of `slabCount` slabs (2 to 65,536), one more at least than there will be
    /// publishers. `slabBytes` is rounded up to a power of two. The longest event, a multiple of eight
    /// bytes or rounded up to one, is as long as a slab unless `eventBytesMax` says more: then there is
    /// more behind each slab, which costs addresses, and memory only for such events.
    ///
    /// Addresses are reserved now, memory is taken at first touch, with a page fault (250 ns to 11 µs for
    /// 4 KiB): with `touched`, that is done here. So a pool may have more addresses than the machine has
    /// memory: many small slabs with room for one long event behind each. `spareSlabCount` says how many
    /// slabs there are besides, for events to be retained.
    package init(
        slabCount: Int, spareSlabCount: Int = 0, slabBytes: Int = 1 << 20, eventBytesMax: Int = 0,
        touched: Bool = false
    ) {
        precondition(
            (2...PipelineLimit.slabCountMax).contains(slabCount),
            "a pool has 2 to \(PipelineLimit.slabCountMax) slabs, not \(slabCount)")
        precondition(
            (0...PipelineLimit.slabCountMax).contains(spareSlabCount),
            "a pool has up to \(PipelineLimit.slabCountMax) slabs to spare, not \(spareSlabCount)")
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
        self.spareSlabCount = spareSlabCount
        let allCount = slabCount + spareSlabCount
        self.allCount = allCount
        let byteCount = allCount << self.slabShift
        let mapped = mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
            0)
        guard let mapped, mapped != MAP_FAILED else {
            // There are 128 TiB of them, and a pool has 32 at most.
            preconditionFailure(
                "no \(byteCount) bytes of addresses: \(String(cString: strerror(errno)))")
        }
        self.base = mapped
        self.byteCount = byteCount
        self.pending = PaddedAtomics(count: allCount)
        self.below = PaddedAtomics(count: allCount)
        self.words = PaddedAtomics(count: 3)
        if touched { memset(self.base, 0, byteCount) }
        self.words[2].pointee.store(UInt64(allCount), ordering: .relaxed)
        for slab in (0..<allCount).reversed() { self.recycle(slab) }
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
        self.forEachSlab(of: events) { slab, count in
            let left = self.pending[slab].pointee.wrappingSubtract(
                UInt64(count), ordering: .acquiringAndReleasing)
            if left.newValue == 0 { self.recycle(slab) }
        }
    }

    /// Whether events may be retained now: enough slabs are free. A slab with events that nobody releases
    /// for long was one of at most ``spareSlabCount`` in use when they were retained, so that
    /// ``slabCount`` others are there for publishers, however long it takes.
    package var canRetain: Bool { self.words[2].counted <= UInt64(self.spareSlabCount) }

    /// Has events of this pool stay, beside the release that they are waiting for, until they are released
    /// once more. Whoever calls this has not released them. Events of others are left alone. As
    /// ``release(_:)`` in time.
    @inlinable
    package func retain(_ events: UnsafeBufferPointer<EventDescriptor>) {
        self.forEachSlab(of: events) { slab, count in
            self.pending[slab].pointee.wrappingAdd(UInt64(count), ordering: .relaxed)
        }
    }

    /// Whether an event's bytes are this pool's.
    func contains(_ event: EventDescriptor) -> Bool {
        (UInt(bitPattern: event.base) &- UInt(bitPattern: self.base)) &>> self.slabShift
            < UInt(self.allCount)
    }

    /// Calls `body` for each run of events from the same slab of this pool, with their number.
    @inlinable @inline(__always)
    func forEachSlab(
        of events: UnsafeBufferPointer<EventDescriptor>, _ body: (_ slab: Int, _ count: Int) -> Void
    ) {
        var current = UInt.max
        var count = 0
        for event in events {
            let slab =
                (UInt(bitPattern: event.base) &- UInt(bitPattern: self.base))
                &>> self.slabShift
            if slab != current {
                if count > 0, current < UInt(self.allCount) { body(Int(current), count) }
                current = slab
                count = 0
            }
            count &+= 1
        }
        if count > 0, current < UInt(self.allCount) { body(Int(current), count) }
    }

    /// How many slabs are free, as far as can be told while others use them. O(number of slabs).
    package var freeSlabCount: Int {
        var count = 0
        var top = UInt32(truncatingIfNeeded: self.words[0].counted)
        while top != 0 && count < self.allCount {
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
            if let slab = self.pop() {
                // Nobody else knows of it until an event in it is published.
                self.pending[slab].pointee.store(Self.openCount, ordering: .relaxed)
                return slab
            }
            if policy != .wait { return nil }
            self.room.wait { UInt32(truncatingIfNeeded: self.words[0].counted) != 0 }
        }
    }

    /// Says that `slab` will get no more events, and how many it got.
    func seal(_ slab: Int, eventCount: Int) {
        let left = self.pending[slab].pointee.wrappingAdd(
            UInt64(eventCount) &- Self.openCount, ordering: .acquiringAndReleasing)
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
            if popped.exchanged {
                self.words[2].pointee.wrappingAdd(1, ordering: .relaxed)
                return slab
            }
            top = popped.original
        }
    }

    @usableFromInline
    func recycle(_ slab: Int) {
        self.words[2].pointee.wrappingSubtract(1, ordering: .relaxed)
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
