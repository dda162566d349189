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

/// A walk that was made before, to be repeated without walking.
///
/// Where a walk leads depends on two things: the event's structure, and the keys that it reads. So for
/// an event of a structure that the scanner knows (``KnownStructure``) it is enough to compare these
/// keys with those of an earlier event, without a branch that depends on any of them: then the leaves
/// are the earlier one's. Most events are of few kinds, and a kind's events share their keys.
///
/// All memory is the plan's own, allocated when it is made; ``WalkPlans`` frees it.
struct WalkPlan: BitwiseCopyable {
    /// A key of a visited object.
    struct Key: BitwiseCopyable {
        var entry: UInt32
        var count: UInt32
        var first: UInt64
        var last: UInt64
    }

    /// Of which structure's events.
    let structure: UInt64
    private let keys: UnsafeMutableBufferPointer<Key>
    /// The keys of more than 16 bytes, one after the other, and which ones these are.
    private let longKeys: UnsafeMutableBufferPointer<UInt32>
    private let longText: UnsafeMutableBufferPointer<UInt8>
    /// The strings that a look at their bytes may turn away.
    let strings: UnsafeMutableBufferPointer<FilteredLeaf>
    /// All other leaves. Those which nothing can come of, whatever the event has there, are left out:
    /// strings where numbers are wanted, and the other way round.
    let others: UnsafeMutableBufferPointer<Leaf>
    let scopes: UnsafeMutableBufferPointer<Scope>
    let arrayEnds: UnsafeMutableBufferPointer<UInt32>

    /// Whether an event of the plan's structure has the plan's keys. O(bytes of the keys).
    @inline(__always)
    func fits(_ event: StructuralIndex) -> Bool {
        let length = event.textLength
        var difference: UInt64 = 0
        for position in 0..<keys.count {
            // In place: a copy would be of more bytes than are looked at.
            let key = keys.baseAddress.unsafelyUnwrapped + position
            let entry = Int(key.pointee.entry)
            let start = event.offset(of: entry) &+ 1
            // A closing quote and a colon, with nothing between, end it: a longer way is no match, and
            // a shorter one has other bytes, because a key's bytes have no quote.
            let count = event.offset(of: entry &+ 1) &- start &- 1
            difference |= UInt64(truncatingIfNeeded: count) ^ UInt64(key.pointee.count)
            guard start &+ max(count, 8) <= length else {
                if !equalsAtEnd(event, start, count, key.pointee) { return false }
                continue
            }
            let words = KeyWords(readable: event.bytes + start, count)
            difference |= words.first ^ key.pointee.first
            difference |= words.last ^ key.pointee.last
        }
        return difference == 0 && (longKeys.isEmpty || longKeysFit(event))
    }

    /// Compares a key that ends less than eight bytes before the text does.
    @inline(never)
    private func equalsAtEnd(
        _ event: StructuralIndex, _ start: Int, _ count: Int, _ key: Key
    ) -> Bool {
        count == Int(key.count) && start + count <= event.textLength
            && KeyWords(event.bytes + start, count, room: count)
                == KeyWords(first: key.first, last: key.last, count: key.count)
    }

    @inline(never)
    private func longKeysFit(_ event: StructuralIndex) -> Bool {
        guard var expected = UnsafePointer(longText.baseAddress) else { return true }
        for position in longKeys {
            let key = keys[Int(position)]
            let start = event.offset(of: Int(key.entry)) + 1
            if !equalBytes(event.bytes + start, expected, Int(key.count)) { return false }
            expected += Int(key.count)
        }
        return true
    }

    /// Notes down a walk. Nil if some key can't be compared: if there are blanks behind it.
    ///
    /// - Parameters:
    ///   - event: of a known structure.
    ///   - fields: those of the leaves.
    ///   - visited: the entries of all keys that the walk read.
    init?(
        of event: StructuralIndex, _ fields: FrozenBuffer<FieldIndex>,
        visited: borrowing GrowableBuffer<UInt32>, leaves: borrowing GrowableBuffer<Leaf>,
        scopes: borrowing GrowableBuffer<Scope>, arrayEnds: borrowing GrowableBuffer<UInt32>
    ) {
        var keys: [Key] = []
        var longKeys: [UInt32] = []
        var longText: [UInt8] = []
        for position in 0..<visited.count {
            let entry = visited[position]
            let bytes = event.stringBytes(at: Int(entry))
            let start = event.offset(of: Int(entry)) + 1
            guard let base = bytes.baseAddress,
                event.offset(of: Int(entry) + 1) == start + bytes.count + 1
            else { return nil }
            let words = KeyWords(base, bytes.count, room: bytes.count)
            if bytes.count > 16 {
                longKeys.append(UInt32(keys.count))
                longText += bytes
            }
            keys.append(
                Key(entry: entry, count: words.count, first: words.first, last: words.last))
        }
        var strings: [FilteredLeaf] = []
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
                if field.hasNumbers { others.append(leaf) }
            }
        }
        structure = event.structure.identity
        self.keys = .copy(of: keys)
        self.longKeys = .copy(of: longKeys)
        self.longText = .copy(of: longText)
        self.strings = .copy(of: strings)
        self.others = .copy(of: others)
        self.scopes = .copy(of: scopes.elements)
        self.arrayEnds = .copy(of: arrayEnds.elements)
    }

    func deallocate() {
        keys.deallocate()
        longKeys.deallocate()
        longText.deallocate()
        strings.deallocate()
        others.deallocate()
        scopes.deallocate()
        arrayEnds.deallocate()
    }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
    fileprivate static func copy(of elements: some Collection<Element>) -> Self {
        let copy = Self.allocate(capacity: elements.count)
        _ = copy.initialize(from: elements)
        return copy
    }
}
