internal import JSONScan

/// A value of the event that the walk found at a field.
struct Leaf: BitwiseCopyable {
    /// Its entry in the structural index.
    var entry: UInt32
    var field: UInt32
    /// The element of an array that it lies in.
    var scope: UInt32
}

/// A string at a field of which few values matter, with the filter that finds most others out.
struct FilteredLeaf: BitwiseCopyable {
    var leaf: Leaf
    var filter: LeafFilter
}

/// A string that passed its field's filter.
struct PassedString: BitwiseCopyable {
    /// Its words; ``KeyWords/none`` where it has to be read again.
    var words: KeyWords
    /// In ``WalkPlan/strings``.
    var position: UInt32
}

/// The ranges that a number lies in.
struct FoundRanges: BitwiseCopyable {
    /// The first of their nodes.
    var node: UInt32
    var scope: UInt32
}

/// A walk that was made before, to be repeated without walking.
///
/// Where a walk leads depends on two things: the event's structure, and the keys that it reads. So for
/// an event of a structure that the scanner knows (``/JSONScan/KnownStructure``) it is enough to
/// compare these keys with those of an earlier event, without a branch that depends on any of them:
/// then the leaves are the earlier one's. Most events are of few kinds, and a kind's events share
/// their keys.
///
/// All memory is the plan's own, allocated when it is made; ``WalkPlans`` frees it.
struct WalkPlan: BitwiseCopyable {
    /// A key of a visited object with its quotes, or up to 16 bytes of it: two words that overlap.
    struct KeyPiece: BitwiseCopyable {
        /// The key's entry.
        var entry: UInt32
        /// Where the words begin, from the opening quote on.
        var firstStart: UInt32
        var lastStart: UInt32
        var first: UInt64
        var last: UInt64
        /// Which bits of both belong to the key: all, unless it is shorter than a word.
        var mask: UInt64

        /// Not 0 where other bytes stand behind a key's opening quote.
        @inline(__always)
        func difference(from quote: UnsafeRawPointer) -> UInt64 {
            let first = quote.loadUnaligned(
                fromByteOffset: Int(firstStart), as: UInt64.self)
            let last = quote.loadUnaligned(fromByteOffset: Int(lastStart), as: UInt64.self)
            return ((first ^ self.first) | (last ^ self.last)) & mask
        }
    }

    /// Of which structure's events.
    let structure: UInt64
    /// Of which rule set: its number.
    let rules: UInt64
    /// The keys that the walk read, in text order.
    private let keys: UnsafeMutableBufferPointer<KeyPiece>
    /// How many bytes from a key's opening quote on any piece reads.
    private let readBytesMax: Int
    /// The strings that a look at their bytes may turn away.
    let strings: UnsafeMutableBufferPointer<FilteredLeaf>
    /// The numbers of fields that want few values, and the positions of those of them that may be looked
    /// up by themselves, not only in ranges.
    let numbers: UnsafeMutableBufferPointer<Leaf>
    let exactNumbers: UnsafeMutableBufferPointer<UInt32>
    /// All other leaves. Those which nothing can come of, whatever the event has there, are left out:
    /// strings where numbers are wanted, and the other way round.
    let others: UnsafeMutableBufferPointer<Leaf>
    let scopes: UnsafeMutableBufferPointer<Scope>
    let arrayEnds: UnsafeMutableBufferPointer<UInt32>

    /// Whether an event of the plan's structure has the plan's keys. O(bytes of the keys).
    ///
    /// A key's bytes are compared with both quotes: where they are the same, the event's key ends where
    /// the plan's does.
    @inline(__always)
    func fits(_ event: StructuralIndex) -> Bool {
        guard let pieces = keys.baseAddress else { return true }
        let limit = event.textLength &- readBytesMax
        // Positions ascend, so only the last few can be near the text's end.
        var count = keys.count
        while count > 0, event.offset(of: Int(pieces[count &- 1].entry)) > limit {
            if !isAtEnd(event, pieces[count &- 1]) { return false }
            count &-= 1
        }
        var difference: UInt64 = 0
        for position in 0..<count {
            // In place: a copy would be of more bytes than are looked at.
            let piece = pieces + position
            let quote = event.bytes + event.offset(of: Int(piece.pointee.entry))
            difference |= piece.pointee.difference(from: quote)
        }
        return difference == 0
    }

    /// Whether a piece is found where reading all of it might go beyond the text.
    @inline(never)
    private func isAtEnd(_ event: StructuralIndex, _ piece: KeyPiece) -> Bool {
        let start = event.offset(of: Int(piece.entry))
        let room = event.textLength - start
        if Int(piece.lastStart) + 8 <= room {
            return piece.difference(from: event.bytes + start) == 0
        }
        // A longer key can't be there.
        let count = piece.mask.byteCount
        guard count < 8, count <= room else { return false }
        return KeyWords(event.bytes + start, count, room: count).first == piece.first
    }

    /// How many bytes the keys of a walk may have, for it to be noted down. Those of an event of AWS
    /// have some hundreds; and a plan has 48 bytes for each 16 of them, so that without a limit one
    /// event with long keys would be remembered at thrice its size.
    static let keyBytesMax = 8 << 10

    /// Notes down a walk; nil where its keys are too long.
    ///
    /// - Parameters:
    ///   - event: of a known structure.
    ///   - rules: the rule set's number.
    ///   - fields: those of the leaves.
    ///   - visited: the entries of all keys that the walk read, in text order.
    init?(
        of event: StructuralIndex, rules: UInt64, _ fields: FrozenBuffer<FieldIndex>,
        visited: borrowing GrowableBuffer<UInt32>, leaves: borrowing GrowableBuffer<Leaf>,
        scopes: borrowing GrowableBuffer<Scope>, arrayEnds: borrowing GrowableBuffer<UInt32>
    ) {
        var keyBytes = 0
        for position in 0..<visited.count {
            keyBytes += event.stringBytes(at: Int(visited[position])).count
        }
        guard keyBytes <= Self.keyBytesMax else { return nil }
        var keys: [KeyPiece] = []
        for position in 0..<visited.count {
            let entry = visited[position]
            let key = event.stringBytes(at: Int(entry))
            let quote = event.bytes + event.offset(of: Int(entry))
            keys += Self.pieces(of: quote, key.count + 2, at: entry)
        }
        var strings: [FilteredLeaf] = []
        var numbers: [Leaf] = []
        var exactNumbers: [UInt32] = []
        var others: [Leaf] = []
        for leaf in leaves.elements {
            let field = fields[leaf.field]
            guard field.wantsFewValues else {
                others.append(leaf)
                continue
            }
            // Of a known structure's event it is known what is a string, and what a number.
            switch event.byte(at: Int(leaf.entry)) {
            case UInt8(ascii: "\""):
                if field.has(.string) || field.hasStringTests {
                    strings.append(FilteredLeaf(leaf: leaf, filter: field.filter))
                }
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                if field.has(.literal) { others.append(leaf) }
            default:
                guard field.hasNumbers else { continue }
                if field.hasExactNumbers { exactNumbers.append(UInt32(numbers.count)) }
                numbers.append(leaf)
            }
        }
        structure = event.structure.identity
        self.rules = rules
        self.keys = .copy(of: keys)
        readBytesMax = (keys.map { Int($0.lastStart) }.max() ?? 0) + 8
        self.strings = .copy(of: strings)
        self.numbers = .copy(of: numbers)
        self.exactNumbers = .copy(of: exactNumbers)
        self.others = .copy(of: others)
        self.scopes = .copy(of: scopes.elements)
        self.arrayEnds = .copy(of: arrayEnds.elements)
    }

    /// Takes a key apart, whose `count` bytes with both quotes begin at `quote`.
    private static func pieces(
        of quote: UnsafePointer<UInt8>, _ count: Int, at entry: UInt32
    ) -> [KeyPiece] {
        guard count > 8 else {
            let word = KeyWords(quote, count, room: count).first
            return [
                KeyPiece(
                    entry: entry, firstStart: 0, lastStart: 0, first: word, last: word,
                    mask: ~0 >> UInt64(64 - 8 * count))
            ]
        }
        return stride(from: 0, to: count, by: 16).map { start in
            // The last piece ends with the key.
            let last = min(start + 16, count) - 8
            let first = max(min(start, last - 8), 0)
            return KeyPiece(
                entry: entry, firstStart: UInt32(first), lastStart: UInt32(last),
                first: KeyWords(quote + first, 8, room: 8).first,
                last: KeyWords(quote + last, 8, room: 8).first, mask: ~0)
        }
    }

    func deallocate() {
        keys.deallocate()
        strings.deallocate()
        numbers.deallocate()
        exactNumbers.deallocate()
        others.deallocate()
        scopes.deallocate()
        arrayEnds.deallocate()
    }
}

extension UInt64 {
    /// How many of its low bytes a mask of whole bytes covers.
    fileprivate var byteCount: Int { (64 - leadingZeroBitCount) / 8 }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
    fileprivate static func copy(of elements: some Collection<Element>) -> Self {
        let copy = Self.allocate(capacity: elements.count)
        _ = copy.initialize(from: elements)
        return copy
    }
}
