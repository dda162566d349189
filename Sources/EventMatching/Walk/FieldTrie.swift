internal import JSONScan

/// All paths that any rule names, as one trie over the parts of paths between dots.
///
/// It does not matter whether an event nests its objects or writes dots into its keys: `{"a": {"b":
/// 1}}` goes from the root by "a" and by "b", and so does `{"a.b": 1}`, whose key is taken apart.
struct FieldTrie {
    /// The node of the event's outermost object.
    static let root: UInt32 = 0
    static let noField = UInt32.max

    struct Node: BitwiseCopyable {
        /// Bit n is set where a child's label has ``filterBit(_:_:_:)`` n: nearly all keys that lead
        /// nowhere are turned away here.
        var labels: UInt64 = 0
        /// Bit n is set where the label of a child that has children begins with a byte that is n
        /// modulo 64: only such a key can lead on by its dots.
        var dottedStarts: UInt64 = 0
        /// The field whose path ends here, or ``noField``.
        var field: UInt32 = FieldTrie.noField
        var children: UInt32 = 0

        /// Whether a key may be a child's label.
        @inline(__always)
        func mayLead(_ first: UInt8, _ last: UInt8, _ count: Int) -> Bool {
            labels & 1 &<< FieldTrie.filterBit(first, last, count) != 0
        }

        /// Whether a key that is no child's label has to be looked at for dots.
        @inline(__always)
        func mayHaveDots(_ first: UInt8) -> Bool { dottedStarts & 1 &<< UInt64(first) != 0 }
    }

    /// Tells a key by its first byte, its last and its length, modulo 64.
    @inline(__always)
    static func filterBit(_ first: UInt8, _ last: UInt8, _ count: Int) -> UInt64 {
        UInt64(first) &+ UInt64(last) &* 4 &+ UInt64(truncatingIfNeeded: count) &* 9
    }

    /// Marks the parent of an edge whose label has a backslash, so that no key finds it as written.
    private static let backslash: UInt32 = 1 << 31

    private struct Edge: BitwiseCopyable {
        /// The label: all of it, for up to 16 bytes.
        var key = KeyWords.none
        var parent: UInt32 = 0
        var child: UInt32 = 0
        /// Where the label stands in `text`.
        var text: UInt32 = 0

        var isEmpty: Bool { key.count == KeyWords.none.count }
    }

    let nodes: FrozenBuffer<Node>
    /// A hash table with linear probing, at most a quarter full.
    private let edges: FrozenBuffer<Edge>
    private let text: FrozenBuffer<UInt8>
    /// How far a hash is shifted to give a slot in `edges`.
    private let shift: UInt64

    /// The node that one part of a path leads to, or nil. O(key), nearly always one look.
    ///
    /// The key may be as the event writes it: one with escapes leads nowhere.
    @inline(__always)
    func child(
        of node: UInt32, _ key: KeyWords, _ bytes: UnsafePointer<UInt8>
    ) -> UInt32? {
        find(node, key, bytes)
    }

    /// The same for a key that was taken out of its escapes.
    func child(of node: UInt32, unescaped part: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard let base = part.baseAddress else { return nil }
        let parent = part.contains(UInt8(ascii: "\\")) ? node | Self.backslash : node
        return find(parent, KeyWords(base, part.count, room: part.count), base)
    }

    @inline(__always)
    private func find(
        _ parent: UInt32, _ key: KeyWords, _ bytes: UnsafePointer<UInt8>
    ) -> UInt32? {
        var position = Self.slot(of: key, in: parent, shift)
        while true {
            let edge = edges.base + position
            if edge.pointee.key == key, edge.pointee.parent == parent,
                key.count <= 16
                    || equalBytes(text.base + Int(edge.pointee.text), bytes, Int(key.count))
            {
                return edge.pointee.child
            }
            if edge.pointee.isEmpty { return nil }
            position = (position &+ 1) & (edges.count &- 1)
        }
    }

    @inline(__always)
    private static func slot(of key: KeyWords, in parent: UInt32, _ shift: UInt64) -> Int {
        let rotated = key.last << 23 | key.last >> 41
        let mixed = key.first ^ rotated ^ UInt64(parent) << 32 ^ UInt64(key.count)
        // Multiplying by the golden ratio's fraction spreads all bits into the high ones: Knuth, "The
        // Art of Computer Programming", volume 3, section 6.4.
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    /// Whether anything below a node is of interest.
    @inline(__always)
    func hasChildren(_ node: UInt32) -> Bool { nodes[node].children != 0 }

    private struct Label: Hashable {
        var parent: UInt32
        var part: ArraySlice<UInt8>
    }

    /// Builds the trie of paths; a path's field is its position. O(total length).
    init(_ paths: [ExactString], in memory: inout TableMemory) {
        var nodes = [Node()]
        var children: [Label: UInt32] = [:]
        for (field, path) in paths.enumerated() {
            var node = Self.root
            // An empty key in the outermost object adds nothing to a path: the empty path is the
            // root's.
            let parts = path.utf8.isEmpty ? [] : path.parts
            // So it leads from the root to the root, and is all that there may be below it.
            if parts.isEmpty { nodes[Int(node)].children += 1 }
            for part in parts {
                let label = Label(parent: node, part: part)
                if let known = children[label] {
                    node = known
                } else {
                    nodes[Int(node)].children += 1
                    node = UInt32(nodes.count)
                    nodes.append(Node())
                    children[label] = node
                }
            }
            nodes[Int(node)].field = UInt32(field)
        }
        for (label, child) in children {
            // An empty part stands between two dots, or at a key's end, and is not a key itself.
            let first = label.part.first ?? UInt8(ascii: ".")
            if let last = label.part.last {
                let bit = Self.filterBit(first, last, label.part.count)
                nodes[Int(label.parent)].labels |= 1 &<< bit
            }
            if nodes[Int(child)].children > 0 || label.part.isEmpty {
                nodes[Int(label.parent)].dottedStarts |= 1 &<< UInt64(first)
            }
        }
        // A closing quote stands where an empty key's first byte would.
        nodes[Int(Self.root)].dottedStarts |= 1 &<< UInt64(UInt8(ascii: "\""))

        var size = 16
        while size < children.count * 4 { size *= 2 }
        shift = UInt64(64 - size.trailingZeroBitCount)
        var edges = [Edge](repeating: Edge(), count: size)
        var text: [UInt8] = []
        for (label, child) in children {
            let key = KeyWords(label.part)
            let hasBackslash = label.part.contains(UInt8(ascii: "\\"))
            let parent = hasBackslash ? label.parent | Self.backslash : label.parent
            var slot = Self.slot(of: key, in: parent, shift)
            while !edges[slot].isEmpty { slot = (slot + 1) & (size - 1) }
            edges[slot] = Edge(
                key: key, parent: parent, child: child, text: UInt32(text.count))
            if key.count > 16 { text += label.part }
        }
        self.nodes = memory.freeze(nodes)
        self.edges = memory.freeze(edges)
        self.text = memory.freeze(text)
    }
}

extension ExactString {
    /// The parts between the dots.
    fileprivate var parts: [ArraySlice<UInt8>] {
        utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }
}
