/// One key of every record of a segment, as an index keeps it: a dictionary of the hashes that occur,
/// and the place of each record's hash in it, in as few bytes as will do.
///
/// Unsafe: `ids ..< ids + count * width` is readable as long as the index that made this lives.
struct KeyColumn: @unchecked Sendable {
    // Unchecked: immutable memory.

    /// Bytes for each record: 1, 2 or 4. With 4 there is no dictionary, and the hashes stand there.
    let width: Int
    /// The hashes that occur, ascending.
    let dictionary: [UInt32]
    private let ids: UnsafeRawPointer
    private let count: Int

    /// Nil if the section is missing, or too short for what it says.
    init?(_ base: UnsafeRawPointer, _ layout: SegmentIndexLayout, _ kind: UInt32) {
        guard let section = layout.sections[kind], section.count >= 8 else { return nil }
        let start = base + section.lowerBound
        width = Int(UInt32(littleEndian: start.load(as: UInt32.self)))
        let entries = Int(UInt32(littleEndian: start.load(fromByteOffset: 4, as: UInt32.self)))
        let idsBegin = 8 + (entries * 4 + 7) & ~7
        guard [1, 2, 4].contains(width), entries <= 65_536,
            section.count == idsBegin + layout.records * width
        else { return nil }
        dictionary = (0..<entries).map {
            UInt32(littleEndian: start.load(fromByteOffset: 8 + $0 * 4, as: UInt32.self))
        }
        ids = start + idsBegin
        count = layout.records
    }

    /// A test for some hashes; nil if no record has any of them. O(hashes * log dictionary).
    func test(_ wanted: KeyHashes) -> KeyColumnTest? {
        guard width < 4 else {
            return KeyColumnTest(
                ids: ids, width: width, accepted: [], single: nil, wanted: wanted)
        }
        let found = dictionary.indices.filter { wanted.accepts(dictionary[$0]) }
        guard !found.isEmpty else { return nil }
        var accepted = [Bool](repeating: false, count: width == 1 ? 256 : 65_536)
        for id in found { accepted[id] = true }
        return KeyColumnTest(
            ids: ids, width: width, accepted: accepted,
            single: width == 1 && found.count == 1 ? UInt8(truncatingIfNeeded: found[0]) : nil,
            wanted: wanted)
    }
}

/// Which records of a segment have one of some keys.
///
/// Unsafe: as the column that made it, which has to outlive it.
struct KeyColumnTest {
    fileprivate let ids: UnsafeRawPointer
    fileprivate let width: Int
    /// By id, with an entry for every value that `width` bytes can have.
    fileprivate let accepted: [Bool]
    /// The only id that is accepted, where that can be looked for eight records at a time.
    fileprivate let single: UInt8?
    fileprivate let wanted: KeyHashes

    /// Whether one record passes.
    @inline(__always)
    func accepts(_ record: Int) -> Bool {
        switch width {
        case 1: accepted[Int(ids.load(fromByteOffset: record, as: UInt8.self))]
        case 2:
            accepted[
                Int(UInt16(littleEndian: ids.load(fromByteOffset: record &* 2, as: UInt16.self)))]
        default:
            wanted.accepts(
                UInt32(littleEndian: ids.load(fromByteOffset: record &* 4, as: UInt32.self)))
        }
    }

    /// The first record of a range that passes, or its end. O(records passed over).
    func first(in records: Range<Int>) -> Int {
        var record = records.lowerBound
        if let single {
            record = firstEqual(single, in: records)
        } else {
            while record < records.upperBound, !accepts(record) { record &+= 1 }
        }
        return record
    }

    /// Eight ids at a time: a byte is zero where the id is the wanted one, and the lowest zero byte of
    /// a word is found as in Hacker's Delight, 6-1.
    private func firstEqual(_ id: UInt8, in records: Range<Int>) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = UInt64(id) &* ones
        var record = records.lowerBound
        while record &+ 8 <= records.upperBound {
            let word =
                UInt64(littleEndian: ids.loadUnaligned(fromByteOffset: record, as: UInt64.self))
                ^ pattern
            let zeros = (word &- ones) & ~word & (ones &* 0x80)
            if zeros != 0 { return record &+ zeros.trailingZeroBitCount / 8 }
            record &+= 8
        }
        while record < records.upperBound, !accepts(record) { record &+= 1 }
        return record
    }
}

/// Hashes of which a record has to have one.
struct KeyHashes: Sendable, Hashable {
    /// Ascending.
    let hashes: [UInt32]

    /// Nil where everything passes.
    init?(_ hashes: Set<UInt32>?) {
        guard let hashes else { return nil }
        self.hashes = hashes.sorted()
    }

    /// O(log hashes).
    @inline(__always)
    func accepts(_ hash: UInt32) -> Bool {
        if hashes.count == 1 { return hashes[0] == hash }
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < hashes.count && hashes[low] == hash
    }
}
