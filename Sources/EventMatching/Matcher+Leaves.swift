internal import EventPattern
internal import JSONScan

/// The second step: one value of the event, looked up in the indexes of its field.
extension Matcher {
    mutating func look(at event: StructuralIndex, _ leaves: UnsafeBufferPointer<Leaf>) {
        for leaf in leaves {
            let entry = Int(leaf.entry)
            look(
                at: event, entry, first: event.byte(at: entry), field: leaf.field,
                scope: leaf.scope)
        }
    }

    /// Looks at the leaves of a walk that was planned: with strings, at their filters first.
    @inline(__always)
    mutating func look(at event: StructuralIndex, along plan: UnsafePointer<WalkPlan>) {
        let strings = UnsafeBufferPointer(plan.pointee.strings)
        filter(event, strings)
        for position in 0..<passed.count {
            let leaf = strings[Int(passed[position])].leaf
            leafNumber &+= 1
            let index = tables.fields.base + Int(leaf.field)
            look(atString: event, Int(leaf.entry), index, leaf.field, leaf.scope)
        }
        look(at: event, UnsafeBufferPointer(plan.pointee.others))
    }

    /// Finds the strings of which something may be wanted, without a branch that depends on them.
    private mutating func filter(
        _ event: StructuralIndex, _ strings: UnsafeBufferPointer<FilteredLeaf>
    ) {
        passed.removeAll()
        var tail = passed.tail(room: strings.count)
        let length = event.textLength
        for position in 0..<strings.count {
            let string = strings.baseAddress.unsafelyUnwrapped + position
            let entry = Int(string.pointee.leaf.entry)
            let start = event.offset(of: entry) &+ 1
            let count = event.offset(of: entry &+ 1) &- start &- 1
            guard start &+ max(count, 8) <= length else {
                tail.append(UInt32(truncatingIfNeeded: position))
                continue
            }
            let bytes = event.bytes + start
            let words = KeyWords(readable: bytes, count)
            // Blanks behind the string, escapes in it, or nothing: a closer look has to tell.
            let isUnusual =
                bytes[count] != UInt8(ascii: "\"") || event.mayHaveEscapes(at: entry, count)
                || count == 0
            let passes = string.pointee.filter.passes(
                words, first: bytes[0], last: bytes[count &- 1])
            tail.append(
                UInt32(truncatingIfNeeded: position), times: passes || isUnusual ? 1 : 0)
        }
        passed.take(tail)
    }

    @inline(__always)
    private mutating func look(
        at event: StructuralIndex, _ entry: Int, first: UInt8, field: UInt32, scope: UInt32
    ) {
        // Not through the subscript: an index is too large to be copied for each value.
        let index = tables.fields.base + Int(field)
        leafNumber &+= 1
        reach(index.pointee.present, scope)
        switch first {
        case UInt8(ascii: "\""): look(atString: event, entry, index, field, scope)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            if index.pointee.has(.literal) {
                withUnsafePointer(to: first) { probe(.literal, $0, 1, field, scope) }
            }
        default: look(atNumber: event, entry, index, field, scope)
        }
        if index.pointee.hasExclusions { settleExclusions(index.pointee, field, scope) }
    }

    @inline(__always)
    private mutating func look(
        atString event: StructuralIndex, _ entry: Int, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        var value = event.stringBytes(at: entry)
        if event.mayHaveEscapes(at: entry, value.count), value.contains(UInt8(ascii: "\\")) {
            value = unescape(value)
        }
        if index.pointee.has(.string), let base = value.baseAddress {
            probe(.string, base, value.count, field, scope)
        }
        if index.pointee.hasStringTests { look(atString: value, index, field, scope) }
    }

    /// Everything but the exact lookup.
    @inline(never)
    private mutating func look(
        atString value: UnsafeBufferPointer<UInt8>, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        let index = index.pointee
        probe(.prefix, lengths: index.prefixLengths, value, field, scope)
        probe(.suffix, lengths: index.suffixLengths, value, field, scope)
        for test in index.wildcardTests.range {
            let test = tables.wildcardTests[test]
            if test.matches(value, tables.text) { reach(test.targets, scope) }
        }
        if index.wildcards != WildcardIndex.none { look(atWildcards: value, index, scope) }
        for test in index.folded.range {
            let test = tables.folded[test]
            if test.matches(value, tables.text) { reach(test.targets, scope) }
        }
        if index.has(.folded) || index.has(.foldedPrefix) || index.has(.foldedSuffix) {
            look(atFolded: value, index, field, scope)
        }
        if index.has(.address) || index.hasBlocks, let address = NetworkAddress(value) {
            look(atAddress: address, index, field, scope)
        }
    }

    private mutating func look(
        atWildcards value: UnsafeBufferPointer<UInt8>, _ index: FieldIndex, _ scope: UInt32
    ) {
        // Not through the subscript: an index is too large to be copied for each value.
        let wildcards = tables.wildcards.base + Int(index.wildcards)
        wildcardSearch.run(value, wildcards.pointee)
        for position in 0..<wildcardSearch.found.count {
            reach(wildcards.pointee.targets[wildcardSearch.found[position]], scope)
        }
    }

    private mutating func look(
        atFolded value: UnsafeBufferPointer<UInt8>, _ index: FieldIndex, _ field: UInt32,
        _ scope: UInt32
    ) {
        foldScratch.reserve(value.count)
        for position in 0..<value.count {
            foldScratch.base[position] = CaseFolding.lowercaseASCII(value[position])
        }
        let folded = UnsafeBufferPointer(start: foldScratch.base, count: value.count)
        if index.has(.folded) { probe(.folded, foldScratch.base, folded.count, field, scope) }
        probe(.foldedPrefix, lengths: index.foldedPrefixLengths, folded, field, scope)
        probe(.foldedSuffix, lengths: index.foldedSuffixLengths, folded, field, scope)
    }

    private mutating func look(
        atAddress address: NetworkAddress, _ index: FieldIndex, _ field: UInt32, _ scope: UInt32
    ) {
        if index.has(.address) {
            // An IPv4 address is looked up by its low four bytes: see FieldIndexBuilder.
            withUnsafeBytes(of: address.bits) { bytes in
                let start = bytes.assumingMemoryBound(to: UInt8.self)
                guard let base = start.baseAddress else { return }
                probe(.address, base, address.isIPv4 ? 4 : 16, field, scope)
            }
        }
        let blocks = address.isIPv4 ? index.blocksIPv4 : index.blocksIPv6
        reach(tables.blocks.nodes, from: tables.blocks.find(blocks, address.bits), scope)
    }

    private mutating func look(
        atNumber event: StructuralIndex, _ entry: Int, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        guard index.pointee.hasNumbers else { return }
        let text = event.scalarBytes(at: entry)
        let offset = event.offset(of: entry)
        guard
            let value = JSONNumber.comparableValue(
                text, before: offset, after: event.textLength &- offset)
        else {
            if index.pointee.has(.numberText), let base = text.baseAddress {
                probe(.numberText, base, text.count, field, scope)
            }
            return
        }
        if index.pointee.has(.number) {
            withUnsafeBytes(of: value.bitPattern) { bytes in
                let start = bytes.assumingMemoryBound(to: UInt8.self)
                guard let base = start.baseAddress else { return }
                probe(.number, base, 8, field, scope)
            }
        }
        reach(
            tables.ranges.nodes, from: tables.ranges.find(index.pointee.ranges, value.intervalKey),
            scope)
    }

    /// Looks up each beginning, or end, of a value that has a length which some rule's has.
    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, lengths: Run, _ value: UnsafeBufferPointer<UInt8>,
        _ field: UInt32, _ scope: UInt32
    ) {
        guard let base = value.baseAddress else { return }
        let isEnd = kind == .suffix || kind == .foldedSuffix
        for position in lengths.range {
            let length = Int(tables.lengths[position])
            // They ascend.
            if length > value.count { return }
            probe(kind, isEnd ? base + (value.count &- length) : base, length, field, scope)
        }
    }

    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ field: UInt32,
        _ scope: UInt32
    ) {
        if let targets = tables.probes.find(FieldIndex.space(field, kind), bytes, count) {
            reach(targets, scope)
        }
    }

    /// Takes note of what a successful lookup leads to.
    @inline(__always)
    private mutating func reach(_ targets: Run, _ scope: UInt32) {
        if scope == Scope.outside {
            reachOutside(targets)
        } else {
            reachInScope(targets, scope)
        }
    }

    private mutating func reachOutside(_ targets: Run) {
        // Each condition is new at most once.
        var tail = satisfied.tail(room: 1)
        for position in targets.range {
            let target = tables.targets[position]
            if target.isExclusion {
                exclude(target.number, Scope.outside)
            } else {
                let state = states[target.number]
                tail.append(target.number, times: 1 &- state.subtracting(.byDefault).countIfAny)
                states[target.number] = state.union(.free)
            }
        }
        satisfied.take(tail)
    }

    private mutating func reachInScope(_ targets: Run, _ scope: UInt32) {
        for position in targets.range {
            let target = tables.targets[position]
            if target.isExclusion {
                exclude(target.number, scope)
            } else {
                satisfy(target.number, scope)
            }
        }
    }

    /// Takes note of the intervals that a value lies in: those of a node and all after it.
    @inline(__always)
    private mutating func reach(
        _ nodes: FrozenBuffer<IntervalNode>, from first: UInt32, _ scope: UInt32
    ) {
        var number = first
        while number != IntervalNode.none {
            let node = nodes[number]
            reach(node.targets, scope)
            number = node.next
        }
    }

    /// Takes note of a condition that the current leaf satisfies.
    @inline(__always)
    mutating func satisfy(_ condition: UInt32, _ scope: UInt32) {
        let state = states[condition]
        if state.subtracting(.byDefault).isEmpty { satisfied.append(condition) }
        if scope == Scope.outside {
            states[condition] = state.union(.free)
        } else {
            satisfyInScope(condition, state, scope)
        }
    }

    private mutating func satisfyInScope(
        _ condition: UInt32, _ state: ConditionState, _ scope: UInt32
    ) {
        let number = UInt32(truncatingIfNeeded: hits.count)
        if state.contains(.scoped) {
            let last = Int(lastHit[condition])
            // Values of the same element are alike in what they go together with.
            if hits[last].scope == scope { return }
            hits[last].next = number
        } else {
            states[condition] = state.union(.scoped)
            firstHit[condition] = number
        }
        lastHit[condition] = number
        hits.append(Hit(scope: scope, next: Hit.none))
    }
}
