internal import JSONScan

/// The first step: through the event and the trie of fields at once.
///
/// The walk recurses only where the trie goes on, or through arrays inside arrays, so its depth is
/// bounded by the event's (``JSONLimits/depth``).
extension Matcher {
    mutating func walk(_ event: StructuralIndex) {
        walkObject(event, at: 0, node: FieldTrie.root, scope: Scope.outside)
    }

    private mutating func walkObject(
        _ event: StructuralIndex, at open: Int, node: UInt32, scope: UInt32
    ) {
        let close = event.close(of: open)
        var key = open &+ 1
        while key < close {
            let value = key &+ 2
            if let child = child(of: node, event, key: key) {
                walkValue(event, at: value, node: child, scope: scope)
            }
            key = event.entry(after: value) &+ 1
        }
    }

    @inline(__always)
    private mutating func child(
        of node: UInt32, _ event: StructuralIndex, key: Int
    ) -> UInt32? {
        var bytes = event.stringBytes(at: key)
        if event.hasEscapes, bytes.contains(UInt8(ascii: "\\")) { bytes = unescape(bytes) }
        guard let base = bytes.baseAddress else { return nil }
        return tables.trie.child(of: node, base, bytes.count)
    }

    @inline(__always)
    private mutating func walkValue(
        _ event: StructuralIndex, at entry: Int, node: UInt32, scope: UInt32
    ) {
        switch event.byte(at: entry) {
        case UInt8(ascii: "{"):
            if tables.trie.hasChildren(node) {
                walkObject(event, at: entry, node: node, scope: scope)
            }
        case UInt8(ascii: "["):
            walkArray(event, at: entry, node: node, scope: scope)
        case let first:
            let field = tables.trie.nodes[node].field
            if field != FieldTrie.noField {
                look(at: event, entry, first: first, field: field, scope: scope)
            }
        }
    }

    private mutating func walkArray(
        _ event: StructuralIndex, at open: Int, node: UInt32, scope: UInt32
    ) {
        let close = event.close(of: open)
        let array = UInt32(truncatingIfNeeded: arrayEnds.count)
        arrayEnds.append(0)
        var element = open &+ 1
        while element < close {
            let after = event.entry(after: element)
            // One bracket alone in an array excludes nothing, so it needs no scope of its own.
            let isBracket = after > element &+ 1
            let isAlone = element == open &+ 1 && after == close
            if isBracket, !isAlone {
                let inner = UInt32(truncatingIfNeeded: scopes.count)
                scopes.append(
                    Scope(
                        parent: scope, array: array,
                        depth: scopes[Int(scope)].depth &+ 1))
                walkValue(event, at: element, node: node, scope: inner)
            } else {
                walkValue(event, at: element, node: node, scope: scope)
            }
            element = after &+ 1
        }
        arrayEnds[Int(array)] = UInt32(truncatingIfNeeded: scopes.count)
    }

    /// Takes a string out of its escapes. The result is valid until the next call.
    @inline(never)
    mutating func unescape(_ raw: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        textScratch.reserve(raw.count)
        let count = JSONString.unescape(raw, into: textScratch.base)
        return UnsafeBufferPointer(start: textScratch.base, count: count)
    }
}
