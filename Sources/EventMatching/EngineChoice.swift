internal import EventPattern
internal import JSONScan

/// Which engine does what: every choice between two ways to the same answer is made here, and says
/// why. The engines do not know each other.
///
/// | what has to be found | few, or simple | many, or not |
/// | --- | --- | --- |
/// | the values of an event | ``WalkPlan``, where its structure is known | the walk through ``FieldTrie`` |
/// | a text, a number, an address | ``ProbeTable``: one hash, whatever their number | |
/// | a prefix or suffix | ``ProbeTable``, once for each length that one has | |
/// | a range of numbers, a block | ``IntervalIndex``: binary search | |
/// | a wildcard | ``WildcardTest``, one by one | ``WildcardIndex``, all at once |
/// | a text that ignores case | ``ProbeTable``, folded, if it is ASCII | ``FoldedTest``, one by one |
/// | `anything-but` | ``Exclusion`` by default, if it stands alone | one by one; by bits, if the rule is nothing else |
enum EngineChoice {
    // MARK: The index that finds a value

    /// What a value of an event has to be looked up in to find out whether it satisfies one
    /// alternative, and what by.
    enum Lookup {
        /// In the ``ProbeTable``.
        case probe(FieldIndex.Probe, [UInt8])
        /// By a ``WildcardTest`` or a ``WildcardIndex``: see ``EngineChoice/triesOneByOne(_:)``.
        case wildcard(Wildcard)
        /// By a ``FoldedTest``.
        case folded(ExactString, Anchor)
        /// In the ``IntervalIndex`` of numbers.
        case range(NumericRange)
        /// In the ``IntervalIndex`` of addresses.
        case block(AddressBlock)
        /// Not at all: any value will do.
        case presence
    }

    /// Where a text is found.
    static func lookup(forText text: ExactString) -> Lookup { .probe(.string, text.utf8) }

    /// Where a string of a pattern is found. One that spells an address is compared as what it
    /// spells: the reference implementation does so.
    static func lookup(forString text: ExactString) -> Lookup {
        guard let address = NetworkAddress(text) else { return lookup(forText: text) }
        return .probe(.address, address.probeBytes)
    }

    /// Where a number is found: by its value, in whatever way it is written; by its text only where
    /// it has more digits than can be compared.
    static func lookup(for number: PatternNumber) -> Lookup {
        if let value = number.value { return .probe(.number, value.probeBytes) }
        return .probe(.numberText, number.text.utf8)
    }

    /// Where a literal is found: they differ in their first letter, which the walk has at hand.
    static func lookup(for literal: PatternLiteral) -> Lookup {
        .probe(.literal, Array(literal.rawValue.utf8.prefix(1)))
    }

    /// Where a range is found: `=` is a number like others, and hashed. (Only `=` has equal ends: any
    /// other range with them is refused.)
    static func lookup(for range: NumericRange) -> Lookup {
        if let lower = range.lower, lower == range.upper { return lookup(for: lower.number) }
        return .range(range)
    }

    /// Where what is said of a text is found. Most wildcards are something simpler, and all that is
    /// simpler is hashed.
    static func lookup(for pattern: TextPattern) -> Lookup {
        switch pattern {
        case .prefix(let text): .probe(.prefix, text.utf8)
        case .suffix(let text): .probe(.suffix, text.utf8)
        case .equalsIgnoreCase(let text): folded(text, .whole, else: .folded)
        case .prefixIgnoreCase(let text): folded(text, .start, else: .foldedPrefix)
        case .suffixIgnoreCase(let text): folded(text, .end, else: .foldedSuffix)
        case .wildcard(let wildcard): lookup(for: wildcard)
        }
    }

    private static func lookup(for wildcard: Wildcard) -> Lookup {
        let pieces = wildcard.pieces
        if pieces.count == 1 { return .probe(.string, pieces[0].utf8) }
        if pieces.count == 2, pieces[1].utf8.isEmpty { return .probe(.prefix, pieces[0].utf8) }
        if pieces.count == 2, pieces[0].utf8.isEmpty { return .probe(.suffix, pieces[1].utf8) }
        return .wildcard(wildcard)
    }

    /// A text that ignores case: hashed where it is ASCII, whose letters have two spellings of the
    /// same length; a test of its own where not.
    private static func folded(
        _ text: ExactString, _ anchor: Anchor, else probe: FieldIndex.Probe
    ) -> Lookup {
        if let key = CaseFolding.asciiKey(text) { return .probe(probe, key) }
        return .folded(text, anchor)
    }

    // MARK: Wildcards

    /// Up to so many patterns of a field are tried one by one. Measured on workload `wildcards`,
    /// lines of 160 letters that keep tests busy, ns an event with the plain test and with the index:
    /// 2 patterns 470 and 683, 3 patterns 830 and 747, 6 patterns 1,211 and 792.
    static let wildcardsTriedMax = 2
    /// The bytes that a middle piece may have then: its naive search looks at each of the value's
    /// bytes no more often than that.
    static let triedPieceBytesMax = 16

    /// Whether the wildcards of a field are tried one by one, each by a ``WildcardTest``. Else an
    /// automaton finds them all in one pass, whose time is bounded whatever the patterns are.
    static func triesOneByOne(_ wildcards: some Collection<Wildcard>) -> Bool {
        wildcards.count <= wildcardsTriedMax
            && wildcards.allSatisfy { wildcard in
                wildcard.pieces.dropFirst().dropLast().allSatisfy {
                    $0.utf8.count <= triedPieceBytesMax
                }
            }
    }

    // MARK: Rules of a single `anything-but`

    /// How many rules that are a single `anything-but` a field needs to get a row of bits for them,
    /// one for each rule of the set: joined to the matches as a whole, less those that are excluded.
    /// A word holds as many.
    static let soleRulesMin = 64

    // MARK: The walk

    /// Whether a walk can have been made before, or is worth keeping: of a structure that the scanner
    /// knows, only keys have to be compared, and each value is where it was. What comes once is
    /// walked.
    @inline(__always)
    static func remembersWalk(of event: StructuralIndex) -> Bool { event.structure.isKnown }

    // MARK: Branches

    /// Up to so many ranges of candidates are verified one after the other, as they are found. With
    /// more, each step of all of them is made before the next one, so that the looks wait for memory
    /// together; in small tables, such loops, which nearly always do nothing, cost more than what
    /// they save.
    static let rangesVerifiedAtOnceMax = 4

    /// So many states are copied in about the time in which one is looked up and changed.
    private static let statesPerCopy = 32

    /// Whether the states of conditions are all copied anew for an event, or only those changed back
    /// that the event before has satisfied.
    @inline(__always)
    static func copiesStates(_ count: Int, satisfied: Int) -> Bool {
        count <= statesPerCopy * (satisfied + 8)
    }

    // MARK: The scratch memory

    /// How much room a matcher has that is lent to small rule sets, see `Matcher+Turning`: enough for
    /// those of nearly all buses, in 20 KB.
    static let lentRoom = ScratchRoom(conditions: 256, exclusions: 256, fields: 256, rules: 256)
}

extension RuleSet {
    /// Whether a matcher that is lent can match against it: it fits, and needs no memory of a kind
    /// that is made for large rule sets alone.
    var isSmall: Bool {
        ScratchRoom(for: tables).fits(in: EngineChoice.lentRoom)
            && tables.wildcards.count == 0 && tables.soleBits.count == 0
    }
}

extension Double {
    /// What a number is looked up by.
    fileprivate var probeBytes: [UInt8] { withUnsafeBytes(of: bitPattern, Array.init) }
}

extension NetworkAddress {
    /// What an address is looked up by. An IPv6 address below 2^32 and the IPv4 address of the same
    /// number differ in their length.
    fileprivate var probeBytes: [UInt8] {
        isIPv4
            ? withUnsafeBytes(of: UInt32(truncatingIfNeeded: bits), Array.init)
            : withUnsafeBytes(of: bits, Array.init)
    }
}
