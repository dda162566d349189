/// One hash table for everything that can be found by hashing bytes: exact strings, addresses,
/// numbers, literals, prefixes and suffixes of a length that some rule has, and the trie's edges.
///
/// A key is a *space* (a field and a kind of lookup, or a trie node) and bytes. The table maps it to
/// a value of the caller's. Open addressing with linear probing, at most half full: a lookup costs
/// one hash and, on average, less than two slots; O(1), no allocation.
struct ProbeTable {
    struct Slot: BitwiseCopyable {
        /// The high half of the hash, never 0 in an occupied slot.
        var tag: UInt32 = 0
        var space: UInt32 = 0
        var text: Run = Run()
        var value: Run = Run()
    }

    private let slots: FrozenBuffer<Slot>
    private let text: FrozenBuffer<UInt8>
    private let mask: Int

    /// Finds the value of a key, or nil.
    @inline(__always)
    func find(_ space: UInt32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Run? {
        let hash = byteHash(bytes, count, seed: UInt64(space))
        let tag = Self.tag(hash)
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots.base + position
            if slot.pointee.tag == 0 { return nil }
            if slot.pointee.tag == tag, slot.pointee.space == space,
                slot.pointee.text.count == UInt32(truncatingIfNeeded: count),
                equalBytes(text.base + Int(slot.pointee.text.start), bytes, count)
            {
                return slot.pointee.value
            }
            position = (position &+ 1) & mask
        }
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) | 1
    }

    func deallocate() {
        slots.deallocate()
        text.deallocate()
    }

    var byteCount: Int { slots.byteCount + text.byteCount }

    /// A key while the table is being filled.
    struct Key: Hashable {
        var space: UInt32
        var bytes: [UInt8]
    }

    init(_ entries: [Key: Run]) {
        var size = 16
        while size < entries.count * 2 { size *= 2 }
        mask = size - 1
        var slots = [Slot](repeating: Slot(), count: size)
        var text = RunBuilder<UInt8>()
        for (key, value) in entries {
            let hash = key.bytes.withUnsafeBufferPointer { bytes in
                // An empty key has no bytes to point to, and the hash reads none of them.
                withUnsafePointer(to: 0 as UInt8) { none in
                    byteHash(bytes.baseAddress ?? none, bytes.count, seed: UInt64(key.space))
                }
            }
            var position = Int(truncatingIfNeeded: hash) & mask
            while slots[position].tag != 0 { position = (position + 1) & mask }
            slots[position] = Slot(
                tag: Self.tag(hash), space: key.space, text: text.append(key.bytes), value: value)
        }
        self.slots = FrozenBuffer(slots)
        self.text = FrozenBuffer(text.elements)
    }
}
