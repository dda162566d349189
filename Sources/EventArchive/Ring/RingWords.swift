import Synchronization

/// The words of the file `ring` that change, mapped: one writer stores them, any number of readers in
/// any process load them.
///
/// Offsets of files are *biased*, by one number for each segment, so that each segment's bytes follow
/// those of the one before in the ring; the byte at a biased offset is at that modulo the ring's size.
/// What is below `granted - size` is overwritten, and in the segment's file by then.
///
/// Unsafe: the words lie within the mapping, and are only touched as atomics.
struct RingWords {
    private let base: UnsafeMutableRawPointer

    /// `base` is where the file begins in memory, mapped as long as this is used.
    init(_ base: UnsafeMutableRawPointer) { self.base = base }

    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private func place(_ id: UInt64) -> Int {
        RingLayout.placesOffset
            + Int(id % UInt64(RingLayout.placeCount)) * RingLayout.placeBytes
    }

    /// Up to which biased offset the writer may have stored.
    var granted: Int {
        Int(truncatingIfNeeded: word(RingLayout.grantedOffset).pointee.load(ordering: .acquiring))
    }

    /// Says that bytes up to a biased offset may be stored from now on.
    func grant(_ end: Int) {
        word(RingLayout.grantedOffset).pointee.store(UInt64(end), ordering: .releasing)
        // Before any of those stores: who sees one of them sees this too.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// Says where a segment's bytes are from now on.
    func setBias(_ bias: Int, of id: UInt64) {
        let place = place(id)
        // Nobody takes the new bias for that of the segment before.
        word(place).pointee.store(0, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        word(place + 8).pointee.store(
            UInt64(bitPattern: Int64(bias)), ordering: .releasing)
        word(place).pointee.store(id, ordering: .releasing)
    }

    /// What is added to the offsets of a segment; nil if the ring does not know it.
    func bias(of id: UInt64) -> Int? {
        let place = place(id)
        guard id > 0, word(place).pointee.load(ordering: .acquiring) == id else { return nil }
        let bias = word(place + 8).pointee.load(ordering: .acquiring)
        atomicMemoryFence(ordering: .acquiring)
        guard word(place).pointee.load(ordering: .relaxed) == id else { return nil }
        return Int(Int64(bitPattern: bias))
    }

    /// The segments that the ring knows, by id.
    var segments: [UInt64] {
        (0..<RingLayout.placeCount).map {
            word(RingLayout.placesOffset + $0 * RingLayout.placeBytes).pointee
                .load(ordering: .acquiring)
        }.filter { $0 > 0 }.sorted()
    }
}
