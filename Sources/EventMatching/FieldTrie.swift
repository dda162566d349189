internal import JSONScan

/// All paths that any rule names, as one trie over the keys of objects.
///
/// Nodes are the paths and every prefix of them that ends at a dot, so that it does not matter
/// whether an event nests its objects or writes dots into its keys: from each node, an edge leads to
/// every node below, labelled with the rest of its path. `{"a": {"b": 1}}` goes from the root by "a"
/// and by "b"; `{"a.b": 1}` by "a.b" at once. Patterns are shallow, so the extra edges are few.
struct FieldTrie {
    /// The node of the event's outermost object.
    static let root: UInt32 = 0
    static let noField = UInt32.max

    struct Node: BitwiseCopyable {
        /// Bit n is set where an edge's label has n bytes, bit 63 for 63 and more: most keys of an
        /// event are turned away here, unhashed.
        var labelLengths: UInt64 = 0
        /// The field whose path ends here, or ``noField``.
        var field: UInt32 = FieldTrie.noField
    }

    let nodes: FrozenBuffer<Node>
    private let edges: ProbeTable

    /// The node that a key leads to, or nil. O(1).
    @inline(__always)
    func child(of node: UInt32, _ key: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
        let lengths = nodes[node].labelLengths
        guard lengths >> UInt64(min(count, 63)) & 1 != 0 else { return nil }
        return edges.find(node, key, count)?.start
    }

    /// Whether anything below a node is of interest.
    @inline(__always)
    func hasChildren(_ node: UInt32) -> Bool { nodes[node].labelLengths != 0 }

    func deallocate() {
        nodes.deallocate()
        edges.deallocate()
    }

    var byteCount: Int { nodes.byteCount + edges.byteCount }

    /// Builds the trie of paths; a path's field is its position.
    init(_ paths: [ExactString]) {
        var numbers: [ExactString: UInt32] = ["": Self.root]
        var nodes = [Node()]
        func number(of path: ExactString) -> UInt32 {
            if let known = numbers[path] { return known }
            let number = UInt32(nodes.count)
            numbers[path] = number
            nodes.append(Node())
            return number
        }
        for (field, path) in paths.enumerated() {
            for dot in path.utf8.indices where path.utf8[dot] == UInt8(ascii: ".") {
                _ = number(of: ExactString(utf8: Array(path.utf8[..<dot])))
            }
            nodes[Int(number(of: path))].field = UInt32(field)
        }

        var edges: [ProbeTable.Key: Run] = [:]
        func connect(_ node: UInt32, _ label: some Collection<UInt8>, to child: UInt32) {
            edges[.init(space: node, bytes: Array(label))] = Run(start: child, count: 1)
            nodes[Int(node)].labelLengths |= 1 << UInt64(min(label.count, 63))
        }
        for (path, child) in numbers {
            // An empty key in the outermost object adds nothing to a path; anywhere else it leads
            // nowhere.
            connect(Self.root, path.utf8, to: child)
            for dot in path.utf8.indices where path.utf8[dot] == UInt8(ascii: ".") {
                let label = path.utf8[(dot + 1)...]
                guard dot > 0, !label.isEmpty,
                    let node = numbers[ExactString(utf8: Array(path.utf8[..<dot]))]
                else { continue }
                connect(node, label, to: child)
            }
        }
        self.nodes = FrozenBuffer(nodes)
        self.edges = ProbeTable(edges)
    }
}
