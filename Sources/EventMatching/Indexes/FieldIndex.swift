/// What a successful lookup or test means: a condition is satisfied, or a value is excluded from an
/// `anything-but`.
struct Target: BitwiseCopyable, Hashable {
    private let bits: UInt32

    static func condition(_ number: UInt32) -> Target { Target(bits: number) }
    static func exclusion(_ number: UInt32) -> Target { Target(bits: number | 1 << 31) }

    private init(bits: UInt32) { self.bits = bits }

    @inline(__always) var isExclusion: Bool { bits >> 31 != 0 }
    /// The condition's or the exclusion's number.
    @inline(__always) var number: UInt32 { bits & ~(1 << 31) }
}

/// How the values of one field are looked up.
struct FieldIndex: BitwiseCopyable {
    /// A kind of lookup in the ``ProbeTable``.
    enum Probe: UInt32, CaseIterable {
        case string, address, number, numberText, literal, prefix, suffix, folded, foldedPrefix,
            foldedSuffix
    }

    /// What may be wanted of a string.
    var filter = LeafFilter()
    /// Bit n is set where the field has probes of kind n.
    var probes: UInt32 = 0
    /// Whether strings are looked up in any other way than by all of their bytes.
    var hasStringTests = false
    /// What any value at all satisfies.
    var present = TableRange()
    var prefixLengths = TableRange()
    var suffixLengths = TableRange()
    var foldedPrefixLengths = TableRange()
    var foldedSuffixLengths = TableRange()
    var wildcardTests = TableRange()
    /// In ``RuleTables/wildcards``.
    var wildcards = WildcardIndex.none
    var folded = TableRange()
    var ranges = IntervalIndex()
    var blocksIPv4 = IntervalIndex()
    var blocksIPv6 = IntervalIndex()
    /// The `anything-but`s that stand beside other alternatives.
    var exclusions = TableRange()
    /// Those that stand alone: see ``Exclusion``.
    var defaultExclusions = TableRange()
    /// Those of them on which branches hang, in ``RuleTables/defaultCandidates``.
    var defaultCandidates = TableRange()
    /// In ``RuleTables/soleBits``; empty where too few rules are of that kind.
    var soleBits = TableRange()

    @inline(__always)
    var hasExclusions: Bool { !exclusions.isEmpty || !defaultExclusions.isEmpty }

    /// Whether a value matters only if it is found by a lookup or test: nothing concerns all values.
    var wantsFewValues: Bool { present.isEmpty && !hasExclusions }

    /// Whether numbers are looked up at all.
    @inline(__always)
    var hasNumbers: Bool { hasExactNumbers || !ranges.isEmpty }

    /// Whether they are looked up by themselves.
    @inline(__always)
    var hasExactNumbers: Bool { has(.number) || has(.numberText) }

    /// Sets ``hasStringTests``, when everything else is there.
    mutating func noteStringTests() {
        let probes: [Probe] = [.address, .prefix, .suffix, .folded, .foldedPrefix, .foldedSuffix]
        hasStringTests =
            probes.contains(where: has) || hasBlocks || !wildcardTests.isEmpty
            || wildcards != WildcardIndex.none || !folded.isEmpty
    }

    /// Whether strings are looked up without regard to case.
    @inline(__always)
    var hasFolded: Bool { has(.folded) || has(.foldedPrefix) || has(.foldedSuffix) }

    @inline(__always)
    var hasBlocks: Bool { !blocksIPv4.isEmpty || !blocksIPv6.isEmpty }

    @inline(__always)
    func has(_ probe: Probe) -> Bool { probes >> probe.rawValue & 1 != 0 }

    /// The key space of a field's probes of one kind.
    @inline(__always)
    static func space(_ field: UInt32, _ probe: Probe) -> UInt32 { field << 4 | probe.rawValue }
}
