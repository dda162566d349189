/// One hash table for everything that can be found by hashing bytes: exact strings, addresses,
/// numbers, literals, and prefixes and suffixes of a length that some rule has.
///
/// A key is a *space* (a field and a kind of lookup) and bytes. The table maps it to a value of the
/// caller's. Open addressing with linear probing, at most half full: a lookup costs one hash and, on
/// average, less than two slots; O(1), no allocation. Keys of up to 16 bytes, which most are, lie in
/// their slots as two words: neither hashing nor comparing them has a branch that depends on their
/// length.
struct ProbeTable {
    /// Half a cache line.
    struct Slot: BitwiseCopyable {
        static let empty = UInt32.max

        /// The key's words; of a key of more than 16 bytes its hash, and where it stands in `text`.
        var first: UInt64 = 0
        var last: UInt64 = 0
        var space: UInt32 = 0
        /// The key's bytes, or ``empty``.
        var count: UInt32 = Self.empty
        var value: TableRange = TableRange()

        /// Whether it has a key; where the words are the same.
        @inline(__always)
        func has(_ space: UInt32, _ count: UInt32, differingBy words: UInt64) -> Bool {
            words | UInt64(self.space ^ space) | UInt64(self.count ^ count) == 0
        }
    }

    /// The longest keys that are words.
    private static let wordBytes: UInt32 = 16

    private let slots: FrozenBuffer<Slot>
    private let text: FrozenBuffer<UInt8>
    private let mask: Int

    /// Finds the value of a key, or nil.
    ///
    /// - Parameters:
    ///   - words: the key's.
    ///   - bytes: the key's. Only of longer keys than words are is anything read there.
    @inline(__always)
    func find(_ space: UInt32, _ words: KeyWords, _ bytes: UnsafePointer<UInt8>) -> TableRange? {
        if words.count > Self.wordBytes { return findLong(space, bytes, Int(words.count)) }
        return find(space, words)
    }

    /// Finds the value of a key of at most 16 bytes, or nil.
    @inline(__always)
    func find(_ space: UInt32, _ words: KeyWords) -> TableRange? {
        var position = Int(truncatingIfNeeded: wordHash(words, seed: UInt64(space))) & mask
        while true {
            let slot = slots.base + position
            let difference =
                (slot.pointee.first ^ words.first) | (slot.pointee.last ^ words.last)
            if slot.pointee.has(space, words.count, differingBy: difference) {
                return slot.pointee.value
            }
            if slot.pointee.count == Slot.empty { return nil }
            position = (position &+ 1) & mask
        }
    }

    @inline(never)
    private func findLong(
        _ space: UInt32, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> TableRange? {
        let hash = byteHash(bytes, count, seed: UInt64(space))
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots.base + position
            let isSame = slot.pointee.has(
                space, UInt32(truncatingIfNeeded: count), differingBy: slot.pointee.first ^ hash)
            if isSame, equalBytes(text.base + Int(slot.pointee.last), bytes, count) {
                return slot.pointee.value
            }
            if slot.pointee.count == Slot.empty { return nil }
            position = (position &+ 1) & mask
        }
    }

    /// A key while the table is being filled.
    struct Key: Hashable {
        var space: UInt32
        var bytes: [UInt8]
    }

    init(_ entries: [Key: TableRange], in memory: inout TableMemory) {
        var size = 16
        while size < entries.count * 2 { size *= 2 }
        mask = size - 1
        var slots = [Slot](repeating: Slot(), count: size)
        var text = TableBuilder<UInt8>()
        for (key, value) in entries {
            let words = KeyWords(key.bytes[...])
            var slot = Slot(
                first: words.first, last: words.last, space: key.space, count: words.count,
                value: value)
            var hash = wordHash(words, seed: UInt64(key.space))
            if words.count > Self.wordBytes {
                hash = key.bytes.withUnsafeBufferPointer { bytes in
                    bytes.baseAddress.map {
                        byteHash($0, bytes.count, seed: UInt64(key.space))
                    } ?? 0
                }
                slot.first = hash
                slot.last = UInt64(text.append(key.bytes).start)
            }
            var position = Int(truncatingIfNeeded: hash) & mask
            while slots[position].count != Slot.empty { position = (position + 1) & mask }
            slots[position] = slot
        }
        self.slots = memory.freeze(slots)
        self.text = memory.freeze(text.elements)
    }
}
