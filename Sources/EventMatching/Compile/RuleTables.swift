/// Everything that a ``RuleSet`` compiles to: flat tables that refer to each other by position.
///
/// `@unchecked Sendable`: the buffers are immutable from the moment they are frozen.
struct RuleTables: @unchecked Sendable {
    let trie: FieldTrie
    let probes: ProbeTable
    let fields: FrozenBuffer<FieldIndex>
    let text: TextTables
    /// Lengths of prefixes and suffixes that some rule has.
    let lengths: FrozenBuffer<AffixLength>
    let wildcardTests: FrozenBuffer<WildcardTest>
    let wildcards: FrozenBuffer<WildcardIndex>
    let folded: FrozenBuffer<FoldedTest>
    let ranges: IntervalTables<UInt64>
    let blocks: IntervalTables<UInt128>
    /// What a lookup or test that succeeds leads to.
    let targets: FrozenBuffer<Target>
    let exclusions: FrozenBuffer<Exclusion>
    /// Exclusions whose conditions raise branches by default.
    let defaultRaisers: FrozenBuffer<UInt32>
    /// For fields with many rules of a single `anything-but`: one bit for each rule of the set.
    let soleBits: FrozenBuffer<UInt64>
    /// The rules of these bits, exclusion by exclusion.
    let soleRules: FrozenBuffer<UInt32>

    let conditions: FrozenBuffer<Condition>
    /// What is known of each condition before anything of an event is, and at the end of one that is
    /// never satisfied.
    let defaultStates: FrozenBuffer<ConditionState>
    /// The conditions of the branches.
    let branchConditions: FrozenBuffer<UInt32>
    /// The branches that hang on the conditions.
    let raiseHeads: FrozenBuffer<RaiseHead>
    let raiseGroups: FrozenBuffer<RaiseGroup>
    let raises: FrozenBuffer<Raise>
    /// The branches that an event can match without satisfying any condition: all of theirs allow
    /// their field to be absent.
    let unraisedBranches: FrozenBuffer<Branch>
    let ruleCount: Int

    func deallocate() {
        trie.deallocate()
        probes.deallocate()
        fields.deallocate()
        text.deallocate()
        lengths.deallocate()
        wildcardTests.deallocate()
        for number in 0..<wildcards.count { wildcards[number].deallocate() }
        wildcards.deallocate()
        folded.deallocate()
        ranges.deallocate()
        blocks.deallocate()
        targets.deallocate()
        exclusions.deallocate()
        defaultRaisers.deallocate()
        soleBits.deallocate()
        soleRules.deallocate()
        conditions.deallocate()
        defaultStates.deallocate()
        branchConditions.deallocate()
        raiseHeads.deallocate()
        raiseGroups.deallocate()
        raises.deallocate()
        unraisedBranches.deallocate()
    }

    var byteCount: Int {
        let indexes =
            trie.byteCount + probes.byteCount + fields.byteCount + text.byteCount
            + lengths.byteCount + wildcardByteCount + folded.byteCount + ranges.byteCount
            + blocks.byteCount + targets.byteCount + exclusions.byteCount
            + defaultRaisers.byteCount + soleBits.byteCount + soleRules.byteCount
        let logic =
            conditions.byteCount + defaultStates.byteCount + branchConditions.byteCount
            + raiseHeads.byteCount + raiseGroups.byteCount + raises.byteCount
            + unraisedBranches.byteCount
        return indexes + logic
    }

    private var wildcardByteCount: Int {
        (0..<wildcards.count).reduce(wildcardTests.byteCount + wildcards.byteCount) {
            $0 + wildcards[$1].byteCount
        }
    }
}

/// A field with the alternatives for its value, shared by all branches that have it.
struct Condition: BitwiseCopyable {
    static let none = UInt32.max

    /// Where the field may also be absent: the condition that is satisfied when it is not.
    var presence = Condition.none
    /// Where the condition is a single `anything-but`: that.
    var exclusion = Condition.none
}

/// What a satisfied condition raises, small enough to be looked at for each one.
struct RaiseHead: BitwiseCopyable {
    /// A condition without which nothing is raised: the check of the only group; where there are
    /// several, the condition itself; where there is none, the number behind the last condition,
    /// which is never satisfied.
    var check: UInt32
    /// What is raised then: the branches of the only group, in ``RuleTables/raises``; where there are
    /// several groups, these, in ``RuleTables/raiseGroups``.
    var run: Run
    var hasGroups: Bool {
        @inline(__always) get { run.count >> 31 != 0 }
    }
    /// Without the mark that says what it is a run of.
    var unmarkedRun: Run {
        @inline(__always) get { Run(start: run.start, count: run.count & ~(1 << 31)) }
    }

    init(check: UInt32, raises: Run) {
        self.check = check
        run = raises
    }

    init(check: UInt32, groups: Run) {
        self.check = check
        run = Run(start: groups.start, count: groups.count | 1 << 31)
    }
}

/// Branches that hang on the same condition and have another one in common.
struct RaiseGroup: BitwiseCopyable {
    /// Unless this condition is satisfied, none of them can match.
    var check: UInt32
    /// The branches, in ``RuleTables/raises``.
    var raises: Run
}

/// A branch that hangs on a condition: a quarter of a cache line.
struct Raise: BitwiseCopyable {
    /// Unless this condition is satisfied too, the branch can't match.
    var check: UInt32
    var branch: Branch
}

/// A conjunction of conditions that makes its rule match.
struct Branch: BitwiseCopyable {
    var rule: UInt32
    /// Where its conditions begin in ``RuleTables/branchConditions``, by ascending path.
    var firstCondition: UInt32
    var conditionCount: UInt16
    /// Whether any of them allows its field to be absent.
    var hasAbsence: Bool
    /// Whether more has to be looked at than whether the one that it hangs on, the group's and the one
    /// checked first were satisfied: others, or one of these that holds by default. Few branches have
    /// any such.
    var hasMore = false

    var conditions: Range<Int> {
        @inline(__always)
        get { Int(firstCondition)..<Int(firstCondition &+ UInt32(conditionCount)) }
    }
}

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
    var present = Run()
    var prefixLengths = Run()
    var suffixLengths = Run()
    var foldedPrefixLengths = Run()
    var foldedSuffixLengths = Run()
    var wildcardTests = Run()
    /// In ``RuleTables/wildcards``.
    var wildcards = WildcardIndex.none
    var folded = Run()
    var ranges = IntervalIndex()
    var blocksIPv4 = IntervalIndex()
    var blocksIPv6 = IntervalIndex()
    /// The `anything-but`s that stand beside other alternatives.
    var exclusions = Run()
    /// Those that stand alone: see ``Exclusion``.
    var defaultExclusions = Run()
    /// Those of them that raise branches, in ``RuleTables/defaultRaisers``.
    var defaultRaisers = Run()
    /// In ``RuleTables/soleBits``; empty where too few rules are of that kind.
    var soleBits = Run()

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
