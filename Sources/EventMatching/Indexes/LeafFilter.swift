internal import EventPattern
internal import JSONScan

/// A quick look at a string that tells most of those apart that nothing of their field wants: by 64
/// bits for its first and last eight bytes and length, 64 for its first byte, 64 for its last.
///
/// It may let a string pass that nothing wants, never the other way round. It does not know of what any
/// value at all concerns: `exists`, and `anything-but`.
struct LeafFilter: BitwiseCopyable {
    /// Strings that are wanted as a whole.
    private var whole: UInt64 = 0
    /// The first bytes, modulo 64, of strings of which something else is wanted.
    private var starts: UInt64 = 0
    /// The last bytes of others.
    private var ends: UInt64 = 0

    /// 1 if anything may be wanted of a string that is not empty, else 0.
    ///
    /// - Parameters:
    ///   - words: the string's.
    ///   - first: its first byte.
    ///   - last: its last byte.
    @inline(__always)
    func passes(_ words: KeyWords, first: UInt8, last: UInt8) -> Int {
        let wanted =
            whole &>> Self.bit(words) | starts &>> UInt64(first) | ends &>> UInt64(last)
        return Int(truncatingIfNeeded: wanted & 1)
    }

    @inline(__always)
    private static func bit(_ words: KeyWords) -> UInt64 {
        let rotated = words.last << 23 | words.last >> 41
        // The high bits of a product with the golden ratio's fraction: Knuth, "The Art of Computer
        // Programming", volume 3, section 6.4.
        return ((words.first ^ rotated ^ UInt64(words.count)) &* 0x9E37_79B9_7F4A_7C15) &>> 58
    }

    init() {}

    /// The filter of a field. O(what it looks values up for).
    init(of field: FieldIndexBuilder) {
        for probe in field.probes.keys { add(probe.kind, probe.bytes[...]) }
        for wildcard in field.wildcards.keys {
            // What stands before its first star, or behind the last one, or anything.
            if let piece = wildcard.pieces.first, !piece.utf8.isEmpty {
                add(.prefix, piece.utf8[...])
            } else {
                add(.suffix, (wildcard.pieces.last?.utf8 ?? [])[...])
            }
        }
        // Characters of other scripts that ignore case can begin with several bytes.
        if !field.folded.isEmpty { starts = ~0 }
        if !field.blocks.isEmpty { addAddresses() }
    }

    private mutating func add(_ kind: FieldIndex.Probe, _ bytes: ArraySlice<UInt8>) {
        switch kind {
        case .string: whole |= 1 &<< Self.bit(KeyWords(bytes))
        case .address: addAddresses()
        case .prefix: add(bytes.first, to: \.starts)
        case .suffix: add(bytes.last, to: \.ends)
        case .folded, .foldedPrefix: addFolded(bytes.first, to: \.starts)
        case .foldedSuffix: addFolded(bytes.last, to: \.ends)
        case .number, .numberText, .literal: break
        }
    }

    private mutating func add(_ byte: UInt8?, to bits: WritableKeyPath<LeafFilter, UInt64>) {
        self[keyPath: bits] |= byte.map { 1 &<< UInt64($0) } ?? ~0
    }

    /// The byte is lower case.
    private mutating func addFolded(_ byte: UInt8?, to bits: WritableKeyPath<LeafFilter, UInt64>) {
        add(byte, to: bits)
        if let byte, byte &- UInt8(ascii: "a") < 26 { add(byte & ~0x20, to: bits) }
    }

    /// An address can be written in many ways, each of which begins with one of these.
    private mutating func addAddresses() {
        for byte in "0123456789abcdefABCDEF:".utf8 { add(byte, to: \.starts) }
    }
}

/// A length that some prefixes, or suffixes, of a field have, and what tells most values apart that have
/// none of them: 64 bits for their first, middle and last bytes.
struct AffixLength: BitwiseCopyable {
    let count: UInt32
    private var filter: UInt64 = 0

    init(count: UInt32) { self.count = count }

    /// Adds a prefix or suffix of this length.
    mutating func add(_ affix: [UInt8]) {
        // Every value has the empty one.
        guard count > 0 else { return }
        affix.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { filter |= 1 &<< bit(base) }
        }
    }

    /// Whether one of them may stand at `bytes`. It may say so where none does, never the other way
    /// round.
    @inline(__always)
    func mayBe(at bytes: UnsafePointer<UInt8>) -> Bool {
        count == 0 || filter &>> bit(bytes) & 1 != 0
    }

    @inline(__always)
    private func bit(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        let middle = bytes[Int(count >> 1)]
        let last = bytes[Int(count &- 1)]
        return UInt64(bytes[0]) &* 11 &+ UInt64(middle) &* 5 &+ UInt64(last)
    }
}
