internal import EventPattern
internal import JSONScan

/// The second step: one value of the event, looked up in the indexes of its field.
extension Matcher {
    mutating func lookUp(_ leaves: UnsafeBufferPointer<Leaf>, of event: StructuralIndex) {
        for leaf in leaves {
            let entry = Int(leaf.entry)
            lookUpValue(
                at: entry, of: event, first: event.byte(at: entry), leaf.field, leaf.scope)
        }
    }

    /// Looks up the leaves of a walk that was planned: strings only where their filters let them pass.
    @inline(__always)
    mutating func lookUpLeaves(of event: StructuralIndex, along plan: UnsafePointer<WalkPlan>) {
        let strings = UnsafeBufferPointer(plan.pointee.strings)
        filter(event, strings)
        for number in 0..<passed.count {
            let string = passed[number]
            let leaf = strings[Int(string.position)].leaf
            leafNumber &+= 1
            let index = tables.fields.base + Int(leaf.field)
            guard string.words.count != KeyWords.none.count else {
                lookUpString(at: Int(leaf.entry), of: event, index, leaf.field, leaf.scope)
                continue
            }
            let bytes = event.bytes + (event.offset(of: Int(leaf.entry)) &+ 1)
            if index.pointee.has(.string) {
                probe(.string, string.words, bytes, leaf.field, leaf.scope)
            }
            if index.pointee.hasStringTests {
                let value = UnsafeBufferPointer(start: bytes, count: Int(string.words.count))
                testString(value, index, leaf.field, leaf.scope)
            }
        }
        lookUpNumbers(
            UnsafeBufferPointer(plan.pointee.numbers), of: event,
            exact: UnsafeBufferPointer(plan.pointee.exactNumbers))
        lookUp(UnsafeBufferPointer(plan.pointee.others), of: event)
    }

    /// Finds the strings of which something may be wanted, without a branch that depends on them.
    private mutating func filter(
        _ event: StructuralIndex, _ strings: UnsafeBufferPointer<FilteredLeaf>
    ) {
        passed.removeAll()
        guard let base = strings.baseAddress else { return }
        var tail = passed.tail(room: strings.count)
        // The last few may have less than a word before the text ends: a closer look is at them.
        let limit = event.textLength &- 9
        var count = strings.count
        while count > 0, event.offset(of: Int(base[count &- 1].leaf.entry)) > limit { count &-= 1 }
        for position in 0..<count {
            let string = base + position
            let entry = Int(string.pointee.leaf.entry)
            let start = event.offset(of: entry) &+ 1
            let byteCount = event.offset(of: entry &+ 1) &- start &- 1
            let bytes = event.bytes + start
            let words = KeyWords(readable: bytes, byteCount)
            // Blanks behind the string, escapes in it, or nothing: a closer look has to tell.
            let unusual =
                Int(bytes[byteCount] ^ UInt8(ascii: "\"")) | (byteCount &- 1) >> 63 & 1
                | event.escapeMask(at: entry, byteCount)
            let isUnusual = -unusual >> 63
            let passes = string.pointee.filter.passes(
                words, first: bytes[0], last: bytes[byteCount &- 1])
            let known = KeyWords(
                first: words.first, last: words.last,
                count: words.count | UInt32(truncatingIfNeeded: isUnusual))
            tail.append(
                PassedString(words: known, position: UInt32(truncatingIfNeeded: position)),
                times: passes | (isUnusual & 1))
        }
        for position in count..<strings.count {
            let position = UInt32(truncatingIfNeeded: position)
            tail.append(PassedString(words: .none, position: position))
        }
        passed.take(tail)
    }

    /// Looks up the numbers of a plan. In steps, because which ranges a number lies in can't be
    /// foretold, and is known only long after the number was read: meanwhile, the others are read.
    private mutating func lookUpNumbers(
        _ leaves: UnsafeBufferPointer<Leaf>, of event: StructuralIndex,
        exact: UnsafeBufferPointer<UInt32>
    ) {
        if leaves.isEmpty { return }
        numberValues.removeAll()
        var values = numberValues.tail(room: leaves.count)
        for leaf in leaves { values.append(number(at: Int(leaf.entry), of: event) ?? .nan) }
        numberValues.take(values)

        foundRanges.removeAll()
        var found = foundRanges.tail(room: leaves.count)
        for position in 0..<leaves.count {
            let leaf = leaves[position]
            let value = numberValues[position]
            let index = tables.fields.base + Int(leaf.field)
            let node = tables.ranges.find(index.pointee.ranges, value.intervalKey)
            let isFound = node != IntervalNode.none && value == value
            found.append(FoundRanges(node: node, scope: leaf.scope), times: isFound ? 1 : 0)
        }
        foundRanges.take(found)
        for position in 0..<foundRanges.count {
            let found = foundRanges[position]
            applyIntervals(tables.ranges.nodes, from: found.node, found.scope)
        }
        for position in exact {
            let leaf = leaves[Int(position)]
            let value = numberValues[Int(position)]
            lookUpExactNumber(
                value == value ? value : nil, at: Int(leaf.entry), of: event,
                tables.fields.base + Int(leaf.field), leaf.field, leaf.scope)
        }
    }

    /// A number's value, or nil where only its text can be compared.
    @inline(__always)
    private func number(at entry: Int, of event: StructuralIndex) -> Double? {
        let offset = event.offset(of: entry)
        return JSONNumber.comparableValue(
            event.scalarBytes(at: entry), before: offset, after: event.textLength &- offset)
    }

    @inline(__always)
    private mutating func lookUpExactNumber(
        _ value: Double?, at entry: Int, of event: StructuralIndex,
        _ index: UnsafePointer<FieldIndex>, _ field: UInt32, _ scope: UInt32
    ) {
        if let value {
            guard index.pointee.has(.number) else { return }
            let words = KeyWords(number: UInt64(littleEndian: value.bitPattern), count: 8)
            probe(.number, words, field, scope)
        } else if index.pointee.has(.numberText) {
            let text = event.scalarBytes(at: entry)
            if let base = text.baseAddress { probe(.numberText, base, text.count, field, scope) }
        }
    }

    @inline(__always)
    private mutating func lookUpValue(
        at entry: Int, of event: StructuralIndex, first: UInt8, _ field: UInt32, _ scope: UInt32
    ) {
        // Not through the subscript: an index is too large to be copied for each value.
        let index = tables.fields.base + Int(field)
        leafNumber &+= 1
        apply(index.pointee.present, scope)
        switch first {
        case UInt8(ascii: "\""): lookUpString(at: entry, of: event, index, field, scope)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            if index.pointee.has(.literal) {
                probe(.literal, KeyWords(number: UInt64(first), count: 1), field, scope)
            }
        default: lookUpNumber(at: entry, of: event, index, field, scope)
        }
        if index.pointee.hasExclusions { settleExclusions(index, field, scope) }
    }

    @inline(__always)
    private mutating func lookUpString(
        at entry: Int, of event: StructuralIndex, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        var value = event.stringBytes(at: entry)
        if event.mayHaveEscapes(at: entry, value.count), value.contains(UInt8(ascii: "\\")) {
            value = unescape(value)
        }
        if index.pointee.has(.string), let base = value.baseAddress {
            probe(.string, base, value.count, field, scope)
        }
        if index.pointee.hasStringTests { testString(value, index, field, scope) }
    }

    /// Everything but the exact lookup.
    @inline(never)
    private mutating func testString(
        _ value: UnsafeBufferPointer<UInt8>, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        probe(.prefix, lengths: index.pointee.prefixLengths, value, field, scope)
        probe(.suffix, lengths: index.pointee.suffixLengths, value, field, scope)
        for test in index.pointee.wildcardTests.positions {
            let test = tables.wildcardTests[test]
            if test.matches(value, tables.text) { apply(test.targets, scope) }
        }
        if index.pointee.wildcards != WildcardIndex.none {
            searchWildcards(value, index.pointee.wildcards, scope)
        }
        for test in index.pointee.folded.positions {
            let test = tables.folded[test]
            if test.matches(value, tables.text) { apply(test.targets, scope) }
        }
        if index.pointee.hasFolded { probeFolded(value, index, field, scope) }
        if index.pointee.has(.address) || index.pointee.hasBlocks,
            let address = NetworkAddress(value)
        {
            lookUpAddress(address, index, field, scope)
        }
    }

    private mutating func searchWildcards(
        _ value: UnsafeBufferPointer<UInt8>, _ number: UInt32, _ scope: UInt32
    ) {
        // Not through the subscript: an index is too large to be copied for each value.
        let wildcards = tables.wildcards.base + Int(number)
        wildcardSearch.search(value, wildcards.pointee)
        for position in 0..<wildcardSearch.found.count {
            apply(wildcards.pointee.targets[wildcardSearch.found[position]], scope)
        }
    }

    private mutating func probeFolded(
        _ value: UnsafeBufferPointer<UInt8>, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        foldScratch.reserve(value.count)
        for position in 0..<value.count {
            foldScratch.base[position] = CaseFolding.lowercaseASCII(value[position])
        }
        let folded = UnsafeBufferPointer(start: foldScratch.base, count: value.count)
        if index.pointee.has(.folded) {
            probe(.folded, foldScratch.base, folded.count, field, scope)
        }
        probe(.foldedPrefix, lengths: index.pointee.foldedPrefixLengths, folded, field, scope)
        probe(.foldedSuffix, lengths: index.pointee.foldedSuffixLengths, folded, field, scope)
    }

    private mutating func lookUpAddress(
        _ address: NetworkAddress, _ index: UnsafePointer<FieldIndex>, _ field: UInt32,
        _ scope: UInt32
    ) {
        if index.pointee.has(.address) {
            // An IPv4 address is looked up by its low four bytes: see FieldIndexBuilder.
            let low = UInt64(truncatingIfNeeded: address.bits)
            let words =
                address.isIPv4
                ? KeyWords(number: low, count: 4)
                : KeyWords(
                    first: low, last: UInt64(truncatingIfNeeded: address.bits >> 64), count: 16)
            probe(.address, words, field, scope)
        }
        let blocks = address.isIPv4 ? index.pointee.blocksIPv4 : index.pointee.blocksIPv6
        applyIntervals(tables.blocks.nodes, from: tables.blocks.find(blocks, address.bits), scope)
    }

    private mutating func lookUpNumber(
        at entry: Int, of event: StructuralIndex, _ index: UnsafePointer<FieldIndex>,
        _ field: UInt32, _ scope: UInt32
    ) {
        guard index.pointee.hasNumbers else { return }
        let value = number(at: entry, of: event)
        lookUpExactNumber(value, at: entry, of: event, index, field, scope)
        guard let value else { return }
        applyIntervals(
            tables.ranges.nodes, from: tables.ranges.find(index.pointee.ranges, value.intervalKey),
            scope)
    }

    /// Looks up each beginning, or end, of a value that has a length which some rule's has.
    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, lengths: TableRange, _ value: UnsafeBufferPointer<UInt8>,
        _ field: UInt32, _ scope: UInt32
    ) {
        guard let base = value.baseAddress else { return }
        let isEnd = kind == .suffix || kind == .foldedSuffix
        for position in lengths.positions {
            let affix = tables.lengths.base + position
            let count = Int(affix.pointee.count)
            // They ascend.
            if count > value.count { return }
            let start = isEnd ? base + (value.count &- count) : base
            if affix.pointee.mayBe(at: start) { probe(kind, start, count, field, scope) }
        }
    }

    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ field: UInt32,
        _ scope: UInt32
    ) {
        probe(kind, KeyWords(bytes, count), bytes, field, scope)
    }

    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, _ words: KeyWords, _ bytes: UnsafePointer<UInt8>,
        _ field: UInt32, _ scope: UInt32
    ) {
        if let targets = tables.probes.find(FieldIndex.space(field, kind), words, bytes) {
            apply(targets, scope)
        }
    }

    /// Looks up what is no text, or one that has at most 16 bytes.
    @inline(__always)
    private mutating func probe(
        _ kind: FieldIndex.Probe, _ words: KeyWords, _ field: UInt32, _ scope: UInt32
    ) {
        if let targets = tables.probes.find(FieldIndex.space(field, kind), words) {
            apply(targets, scope)
        }
    }

    /// Takes note of what a successful lookup leads to: conditions are satisfied, exclusions exclude.
    @inline(__always)
    private mutating func apply(_ targets: TableRange, _ scope: UInt32) {
        if scope == Scope.outside {
            applyOutside(targets)
        } else {
            applyInScope(targets, scope)
        }
    }

    private mutating func applyOutside(_ targets: TableRange) {
        var position = targets.base(in: tables.targets)
        let end = position + Int(targets.count)
        // Conditions come first: were exclusions mixed with them, which comes next could not be
        // foretold. Each condition is new at most once.
        let states = states.base
        var tail = satisfied.tail(room: 1)
        while position < end, !position.pointee.isExclusion {
            let condition = position.pointee.number
            let state = states[Int(condition)]
            tail.append(condition, times: state.countIfUnsatisfied)
            states[Int(condition)] = state.union(.free)
            position += 1
        }
        satisfied.take(tail)
        while position < end {
            assert(position.pointee.isExclusion)
            exclude(position.pointee.number, Scope.outside)
            position += 1
        }
    }

    private mutating func applyInScope(_ targets: TableRange, _ scope: UInt32) {
        for position in targets.positions {
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
    private mutating func applyIntervals(
        _ nodes: FrozenBuffer<IntervalNode>, from first: UInt32, _ scope: UInt32
    ) {
        var number = first
        while number != IntervalNode.none {
            let node = nodes[number]
            apply(node.targets, scope)
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
