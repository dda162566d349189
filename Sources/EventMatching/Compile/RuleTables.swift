/// Everything that a ``RuleSet`` compiles to: flat tables that refer to each other by position.
///
/// Their memory is the rule set's ``TableMemory``. `@unchecked Sendable`: the buffers are immutable
/// from the moment they are frozen.
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
    /// Exclusions that hold by default on whose conditions branches hang.
    let defaultCandidates: FrozenBuffer<UInt32>
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
    let candidateLists: FrozenBuffer<CandidateList>
    let candidateGroups: FrozenBuffer<CandidateGroup>
    let candidates: FrozenBuffer<Candidate>
    /// The branches that an event can match without satisfying any condition: all of theirs allow
    /// their field to be absent.
    let absentBranches: FrozenBuffer<Branch>
    let ruleCount: Int
}
