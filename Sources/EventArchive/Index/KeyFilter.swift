/// What an archive can be asked for by hash.
public enum ArchiveKeyKind: UInt32, Sendable, Hashable, CaseIterable {
    /// The event's source.
    case source = 0
    /// The event's detail-type.
    case detailType = 1
    /// The event's account.
    case account = 2
    /// One of the event's resources.
    case resource = 3
}

/// Which keys stand in a segment, with some false positives and never a false negative: the footer's
/// Bloom filter, section 3 of the article Format.
///
/// A split-block Bloom filter, as Apache Parquet defines it: a key sets one bit in each of the eight
/// words of one 32-byte block, so that a question reads one cache line. With 16 bits or more for a
/// key, fewer than one question in 500 about an absent key is answered with "maybe".
struct KeyFilter: Hashable, Sendable {
    /// Bits for each distinct key when the filter is made.
    private static let bitsPerKey = 16
    private static let wordsPerBlock = 8
    static let headerBytes = 8

    /// Parquet's constants: odd, so that each multiplication is a bijection.
    private static let salts: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D,
        0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    /// The kinds of keys whose absence it can prove.
    private(set) var covered: Set<ArchiveKeyKind>
    /// Whether the hash 0, "no such string", is a key like others, for the kinds that records have.
    private(set) var coversNone: Bool
    private var words: [UInt32]

    /// Whether a segment can hold a record with this key. O(1). True for kinds that it does not cover;
    /// the hash 0 stands for "no such string".
    func mayContain(_ kind: ArchiveKeyKind, _ hash: UInt32) -> Bool {
        guard covered.contains(kind), !words.isEmpty else { return true }
        guard hash != 0 || (coversNone && kind != .resource) else { return true }
        let mixed = Self.mix(kind, hash)
        let block = Self.block(mixed, of: words.count / Self.wordsPerBlock)
        return Self.salts.indices.allSatisfy { word in
            words[block + word] & Self.bit(mixed, word) != 0
        }
    }

    /// A filter of these keys, each as ``mix(_:_:)`` gives it. O(keys).
    init(
        _ keys: some Collection<UInt64>, covering covered: Set<ArchiveKeyKind>,
        coversNone: Bool = false, blocksMax: Int
    ) {
        self.covered = covered
        self.coversNone = coversNone
        let bitsPerBlock = Self.wordsPerBlock * 32
        let wanted = (keys.count * Self.bitsPerKey + bitsPerBlock - 1) / bitsPerBlock
        let blocks = max(1, min(wanted, blocksMax))
        words = Array(repeating: 0, count: blocks * Self.wordsPerBlock)
        for key in keys {
            let block = Self.block(key, of: blocks)
            for word in Self.salts.indices { words[block + word] |= Self.bit(key, word) }
        }
    }

    /// The most blocks that the footer of a segment of this size has room for: two bytes for each
    /// kilobyte, which is what 16 bits a key need if every event of 1 KB has a key of its own.
    static func blocksMax(capacity: Int) -> Int { max(4, capacity >> 14) }

    /// Spreads a key over 64 bits (the finalizer of MurmurHash3).
    static func mix(_ kind: ArchiveKeyKind, _ hash: UInt32) -> UInt64 {
        var mixed = UInt64(kind.rawValue) << 32 | UInt64(hash)
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ (mixed >> 33)
    }

    /// Where a key's block begins, in words.
    private static func block(_ mixed: UInt64, of count: Int) -> Int {
        Int(((mixed >> 32) * UInt64(count)) >> 32) * wordsPerBlock
    }

    private static func bit(_ mixed: UInt64, _ word: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: mixed) &* salts[word]) >> 27)
    }
}

extension KeyFilter {
    private static let noneBit: UInt32 = 1 << 8

    func encoded() -> [UInt8] {
        var writer = LittleEndianWriter()
        let flags = coversNone ? Self.noneBit : 0
        writer.put(covered.reduce(flags) { $0 | 1 << $1.rawValue })
        writer.put(UInt32(words.count / Self.wordsPerBlock))
        for word in words { writer.put(word) }
        return writer.bytes
    }

    /// Nil if the length does not agree with the content.
    init?(decoding reader: inout LittleEndianReader, byteCount: Int) {
        let flags = reader.take(UInt32.self)
        let blocks = Int(reader.take(UInt32.self))
        guard blocks > 0, byteCount == Self.headerBytes + blocks * Self.wordsPerBlock * 4,
            reader.remaining >= byteCount - Self.headerBytes
        else { return nil }
        coversNone = flags & Self.noneBit != 0
        covered = Set(ArchiveKeyKind.allCases.filter { flags & 1 << $0.rawValue != 0 })
        words = (0..<blocks * Self.wordsPerBlock).map { _ in reader.take() }
    }
}
