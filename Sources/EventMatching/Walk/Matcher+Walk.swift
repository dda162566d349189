internal import JSONScan

/// The first step: through the event and the trie of fields at once, to the values that are of
/// interest. The way through events of the same structure and keys is the same, and is gone only
/// once: see ``WalkPlan``.
///
/// The walk recurses only where the trie goes on, or through arrays inside arrays, so its depth is
/// bounded by the event's (``JSONLimits/depth``).
extension Matcher {
    /// Finds the leaves and looks each of them up.
    @inline(__always)
    mutating func walk(_ event: StructuralIndex) {
        if EngineChoice.remembersWalk(of: event), let plan = plans.plan(for: event) {
            lookUpLeaves(of: event, along: plan)
            // Only where something was found inside an array does it matter in which element.
            if hits.count > 0 {
                scopes.replaceAll(UnsafeBufferPointer(plan.pointee.scopes))
                arrayEnds.replaceAll(UnsafeBufferPointer(plan.pointee.arrayEnds))
            }
        } else {
            walkSlow(event)
        }
    }

    @inline(never)
    private mutating func walkSlow(_ event: StructuralIndex) {
        leaves.removeAll()
        visitedKeys.removeAll()
        walkObject(event, at: 0, node: FieldTrie.root, scope: Scope.outside)
        if EngineChoice.remembersWalk(of: event) {
            plans.add(for: event) {
                WalkPlan(
                    of: event, rules: turnedTo, tables.fields, visited: visitedKeys,
                    leaves: leaves, scopes: scopes, arrayEnds: arrayEnds)
            }
        }
        lookUp(leaves.elements, of: event)
    }

    @inline(never)
    private mutating func walkObject(
        _ event: StructuralIndex, at open: Int, node: UInt32, scope: UInt32
    ) {
        let trieNode = tables.trie.nodes[node]
        for member in event.members(of: open) {
            let key = member.key
            visitedKeys.append(UInt32(truncatingIfNeeded: key))
            let bytes = event.stringBytes(at: key)
            // A key has a quote before it, which is its last byte where it is empty, and one after it.
            if let base = bytes.baseAddress {
                if trieNode.mayLead(base[0], base[bytes.count &- 1], bytes.count) {
                    visitMember(event, key, bytes, base, node: node, scope: scope)
                } else if trieNode.mayHaveDots(base[0])
                    || event.mayHaveEscapes(at: key, bytes.count)
                {
                    visitUnusualMember(event, key, bytes, node: node, scope: scope)
                }
            }
        }
    }

    /// Looks at a member whose key is nearly certainly a label.
    @inline(__always)
    private mutating func visitMember(
        _ event: StructuralIndex, _ key: Int, _ bytes: UnsafeBufferPointer<UInt8>,
        _ base: UnsafePointer<UInt8>, node: UInt32, scope: UInt32
    ) {
        let room = event.textLength &- event.offset(of: key) &- 1
        let words = KeyWords(base, bytes.count, room: room)
        if !bytes.isEmpty, let child = tables.trie.child(of: node, words, base) {
            walkValue(event, at: key &+ 2, node: child, scope: scope)
        } else {
            visitUnusualMember(event, key, bytes, node: node, scope: scope)
        }
    }

    /// Looks at a member whose key may be empty, have dots or be written with escapes.
    @inline(never)
    private mutating func visitUnusualMember(
        _ event: StructuralIndex, _ key: Int, _ bytes: UnsafeBufferPointer<UInt8>,
        node: UInt32, scope: UInt32
    ) {
        guard
            event.mayHaveEscapes(at: key, bytes.count) || bytes.isEmpty
                || tables.trie.nodes[node].dottedStarts != 0 && bytes.contains(UInt8(ascii: "."))
        else { return }
        if let child = unusualChild(of: node, bytes) {
            walkValue(event, at: key &+ 2, node: child, scope: scope)
        }
    }

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

    @inline(never)
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
        default:
            let field = tables.trie.nodes[node].field
            if field != FieldTrie.noField {
                let entry = UInt32(truncatingIfNeeded: entry)
                leaves.append(Leaf(entry: entry, field: field, scope: scope))
            }
        }
    }

    private mutating func walkArray(
        _ event: StructuralIndex, at open: Int, node: UInt32, scope: UInt32
    ) {
        let close = event.close(of: open)
        let array = UInt32(truncatingIfNeeded: arrayEnds.count)
        arrayEnds.append(0)
        for element in event.elements(of: open) {
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
