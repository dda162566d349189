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
        let room = event.textLength
        var key = open &+ 1
        while key < close {
            let value = key &+ 2
            let bytes = event.stringBytes(at: key)
            // A key has a quote before it, so that it always has an address.
            if let base = bytes.baseAddress {
                let start = event.offset(of: key) &+ 1
                let words = KeyWords(base, bytes.count, room: room &- start)
                if !bytes.isEmpty, let child = tables.trie.child(of: node, words, base) {
                    walkValue(event, at: value, node: child, scope: scope)
                } else if let child = unusualChild(
                    of: node, bytes, words, base,
                    hasEscapes: event.mayHaveEscapes(from: start, to: start &+ bytes.count))
                {
                    walkValue(event, at: value, node: child, scope: scope)
                }
            }
            key = event.entry(after: value) &+ 1
        }
    }

    /// The node that a key leads to which is empty, has dots or is written with escapes.
    @inline(__always)
    private mutating func unusualChild(
        of node: UInt32, _ bytes: UnsafeBufferPointer<UInt8>, _ words: KeyWords,
        _ base: UnsafePointer<UInt8>, hasEscapes: Bool
    ) -> UInt32? {
        let hasDots =
            tables.trie.nodes[node].hasGrandchildren && words.contains(UInt8(ascii: "."), base)
        guard hasEscapes || hasDots || bytes.isEmpty else { return nil }
        return unusualChild(of: node, bytes)
    }

    @inline(never)
    private mutating func unusualChild(
        of node: UInt32, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> UInt32? {
        let key = bytes.contains(UInt8(ascii: "\\")) ? unescape(bytes) : bytes
        // In the outermost object an empty key adds nothing to the path; anywhere else it leads
        // nowhere.
        if key.isEmpty { return node == FieldTrie.root ? node : nil }
        var node = node
        var rest = key[...]
        while true {
            let part = rest.prefix { $0 != UInt8(ascii: ".") }
            let bytes = UnsafeBufferPointer(rebasing: part)
            guard let next = tables.trie.child(of: node, unescaped: bytes) else { return nil }
            node = next
            if part.endIndex == rest.endIndex { return node }
            rest = rest[(part.endIndex + 1)...]
        }
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
