internal import EventPattern
internal import JSONScan

/// Turns branches into ``RuleTables``.
struct RuleSetBuilder {
    private struct ConditionKey: Equatable {
        var field: UInt32
        var values: [ValuePattern]
    }

    /// What decides where branches hang.
    private struct Rank: BitwiseCopyable {
        var selectivity: Selectivity
        /// How many branches have the condition.
        var branchCount: UInt32 = 0
        /// See ``Condition/presence``.
        var presence = Condition.none

        /// Whether it narrows the rules down more.
        func isRarer(than other: Rank) -> Bool {
            selectivity == other.selectivity
                ? branchCount < other.branchCount : selectivity < other.selectivity
        }
    }

    private struct BranchDraft: BitwiseCopyable {
        var rule: UInt32
        /// In ``branchConditions``.
        var conditions: TableRange
    }

    private struct CandidateDraft: BitwiseCopyable {
        var by: UInt32
        var group: UInt32
        var check: UInt32
        var branch: UInt32

        var sortKey: (UInt64, UInt64) {
            (UInt64(by) << 32 | UInt64(group), UInt64(check) << 32 | UInt64(branch))
        }

        /// How many different conditions are looked at before the branch itself.
        var lookedAtCount: Int {
            1 + (group == by ? 0 : 1) + (check == by || check == group ? 0 : 1)
        }
    }

    /// How much a condition narrows the rules down, before it is known how many have it.
    private enum Selectivity: UInt8, Comparable, BitwiseCopyable {
        case exact, range, broad, absent

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    private var fieldNumbers = NumberTable()
    private var paths: [ExactString] = []
    private var conditionNumbers = NumberTable()
    private var conditions: [ConditionKey] = []
    private var ranks: [Rank] = []
    private var branches: [BranchDraft] = []
    /// The conditions of all branches.
    private var branchConditions: [UInt32] = []

    var branchCount: Int { branches.count }

    /// Adds a branch of a rule. O(size of the branch).
    mutating func add(_ branch: PatternBranch, of rule: Int) {
        let start = branchConditions.count
        for condition in branch.conditions {
            let number = number(of: condition.values, at: field(condition.path))
            ranks[Int(number)].branchCount += 1
            branchConditions.append(number)
        }
        let range = TableRange(start: UInt32(start), count: UInt32(branchConditions.count - start))
        branches.append(BranchDraft(rule: UInt32(rule), conditions: range))
    }

    private mutating func field(_ path: ExactString) -> UInt32 {
        let hash = path.byteHash
        let known = fieldNumbers.find(hash) { self.paths[Int($0)] == path }
        if let known { return known }
        let number = UInt32(paths.count)
        fieldNumbers.insert(number, hash)
        paths.append(path)
        return number
    }

    private mutating func number(of values: [ValuePattern], at field: UInt32) -> UInt32 {
        let hash = Self.hash(of: values, at: field)
        let known = conditionNumbers.find(hash) { number in
            self.conditions[Int(number)].field == field
                && self.conditions[Int(number)].values == values
        }
        if let known { return known }
        var rank = Rank(selectivity: Self.selectivity(of: values))
        if values.contains(.exists(false)) {
            rank.presence = number(of: [.exists(true)], at: field)
        }
        let number = UInt32(conditions.count)
        conditionNumbers.insert(number, hash)
        conditions.append(ConditionKey(field: field, values: values))
        ranks.append(rank)
        return number
    }

    /// The same for equal conditions. Alternatives that compare with nothing that is quickly hashed
    /// are told apart by the standard library.
    private static func hash(of values: [ValuePattern], at field: UInt32) -> UInt64 {
        var hash = UInt64(field)
        for value in values {
            let next = value.quickHash ?? UInt64(bitPattern: Int64(value.hashValue))
            hash = (hash ^ next) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return hash
    }

    private static func selectivity(of values: [ValuePattern]) -> Selectivity {
        values.map { value -> Selectivity in
            switch value {
            case .string, .exactly, .number, .literal: .exact
            case .text, .numeric, .cidr: .range
            case .exists(true), .anythingBut: .broad
            case .exists(false): .absent
            }
        }.max() ?? .absent
    }

    /// Compiles what was added. O(total size).
    ///
    /// - Parameters:
    ///   - ruleCount: how many rules there are.
    ///   - memory: what will own the tables.
    consuming func freeze(ruleCount: Int, in memory: inout TableMemory) -> RuleTables {
        renumberConditions()
        var drafts: [CandidateDraft] = []
        drafts.reserveCapacity(branches.count)
        var absent: [UInt32] = []
        for number in branches.indices {
            if let draft = candidate(UInt32(number), of: branches[number]) {
                drafts.append(draft)
            } else {
                absent.append(UInt32(number))
            }
        }
        drafts.sort { $0.sortKey < $1.sortKey }
        let freezer = freezeFields(drafts, ruleCount: ruleCount, in: &memory)

        let frozenBranches = branches.map { branch in
            Branch(
                rule: branch.rule,
                firstCondition: branch.conditions.start,
                conditionCount: UInt16(branch.conditions.count),
                hasAbsence: branchConditions[branch.conditions.positions].contains {
                    ranks[Int($0)].presence != Condition.none
                })
        }
        var frozenConditions = ranks.map { Condition(presence: $0.presence) }
        var defaultStates = [ConditionState](repeating: [], count: conditions.count + 1)
        for (number, exclusion) in freezer.exclusions.elements.enumerated()
        where exclusion.isDefault {
            frozenConditions[Int(exclusion.condition)].exclusion = UInt32(number)
            defaultStates[Int(exclusion.condition)] = .byDefault
        }
        var frozenCandidates = TableBuilder<Candidate>()
        var groups = TableBuilder<CandidateGroup>()
        let none = CandidateList(check: UInt32(conditions.count), candidates: TableRange())
        var lists = [CandidateList](repeating: none, count: conditions.count)
        for drafts in drafts.chunked(by: \.by) {
            let own = grouped(drafts, frozenBranches, defaultStates, &frozenCandidates)
            let condition = drafts[drafts.startIndex].by
            lists[Int(condition)] =
                own.count == 1
                ? CandidateList(check: own[0].check, candidates: own[0].candidates)
                : CandidateList(check: condition, groups: groups.append(own))
        }
        return RuleTables(
            trie: FieldTrie(paths, in: &memory), probes: ProbeTable(freezer.probes, in: &memory),
            fields: memory.freeze(freezer.fields),
            text: TextTables(
                text: memory.freeze(freezer.text.elements),
                pieces: memory.freeze(freezer.pieces.elements),
                characters: memory.freeze(freezer.characters.elements)),
            lengths: memory.freeze(freezer.lengths.elements),
            wildcardTests: memory.freeze(freezer.wildcardTests.elements),
            wildcards: memory.freeze(freezer.wildcards),
            folded: memory.freeze(freezer.folded.elements),
            ranges: freezer.ranges.freeze(in: &memory),
            blocks: freezer.blocks.freeze(in: &memory),
            targets: memory.freeze(freezer.targets.elements),
            exclusions: memory.freeze(freezer.exclusions.elements),
            defaultCandidates: memory.freeze(freezer.defaultCandidates.elements),
            soleBits: memory.freeze(freezer.soleBits.elements),
            soleRules: memory.freeze(freezer.soleRules.elements),
            conditions: memory.freeze(frozenConditions),
            defaultStates: memory.freeze(defaultStates),
            branchConditions: memory.freeze(branchConditions),
            candidateLists: memory.freeze(lists),
            candidateGroups: memory.freeze(groups.elements),
            candidates: memory.freeze(frozenCandidates.elements),
            absentBranches: memory.freeze(absent.map { frozenBranches[Int($0)] }),
            ruleCount: ruleCount)
    }

    /// Puts conditions of the same field, and among these such that begin with the same alternative,
    /// next to each other: what one value satisfies then lies in few cache lines.
    private mutating func renumberConditions() {
        var order = conditions.enumerated().map { number, condition in
            let hash = condition.values.first?.quickHash ?? 0
            return (key: UInt64(condition.field) << 40 | hash >> 24, number: UInt32(number))
        }
        order.sort { ($0.key, $0.number) < ($1.key, $1.number) }
        var numbers = [UInt32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { numbers[Int(old.number)] = UInt32(new) }
        conditions = order.map { conditions[Int($0.number)] }
        ranks = order.map { old in
            var rank = ranks[Int(old.number)]
            if rank.presence != Condition.none { rank.presence = numbers[Int(rank.presence)] }
            return rank
        }
        for position in branchConditions.indices {
            branchConditions[position] = numbers[Int(branchConditions[position])]
        }
    }

    /// Freezes the fields' indexes. Rules of one branch with one condition are told apart, because a
    /// field can have very many that are a single `anything-but`.
    private func freezeFields(
        _ drafts: [CandidateDraft], ruleCount: Int, in memory: inout TableMemory
    ) -> FieldFreezer {
        var branchesOfRules = [Int](repeating: 0, count: ruleCount)
        for branch in branches { branchesOfRules[Int(branch.rule)] += 1 }
        var soleRules = [[UInt32]](repeating: [], count: conditions.count)
        var hasOtherBranches = [Bool](repeating: false, count: conditions.count)
        for draft in drafts {
            let branch = branches[Int(draft.branch)]
            if branch.conditions.count == 1, branchesOfRules[Int(branch.rule)] == 1 {
                soleRules[Int(draft.by)].append(branch.rule)
            } else {
                hasOtherBranches[Int(draft.by)] = true
            }
        }
        var fields = paths.map { _ in FieldIndexBuilder() }
        for (number, condition) in conditions.enumerated() {
            for value in condition.values {
                fields[Int(condition.field)].add(
                    value, to: UInt32(number), at: condition.field,
                    isAlone: condition.values.count == 1)
            }
        }
        var freezer = FieldFreezer(
            soleRules: soleRules, hasOtherBranches: hasOtherBranches, ruleCount: ruleCount)
        for (number, field) in fields.enumerated() {
            freezer.add(field, number: UInt32(number), in: &memory)
        }
        return freezer
    }

    /// On what a branch hangs, and what is looked at before the branch itself.
    ///
    /// It hangs on its rarest condition: of the most selective kind that it has, the one that the
    /// fewest branches share. Of the others, the most common one makes its group, which is passed
    /// over in one step, and the rarest one is checked before the branch is touched. Nil where every
    /// condition is satisfied by an absent field.
    private func candidate(_ number: UInt32, of branch: BranchDraft) -> CandidateDraft? {
        var rarest: UInt32?
        var check: UInt32?
        var group: UInt32?
        /// Keeps the rarest condition, the next rarest, and the most common one but broad ones.
        func consider(_ condition: UInt32) {
            let rank = ranks[Int(condition)]
            guard let first = rarest else { return rarest = condition }
            var other = condition
            if rank.isRarer(than: ranks[Int(first)]) { (rarest, other) = (condition, first) }
            let otherRank = ranks[Int(other)]
            if check.map({ otherRank.isRarer(than: ranks[Int($0)]) }) ?? true { check = other }
            if otherRank.selectivity < .broad,
                group.map({ !otherRank.isRarer(than: ranks[Int($0)]) }) ?? true
            {
                group = other
            }
        }
        for condition in branchConditions[branch.conditions.positions]
        where ranks[Int(condition)].presence == Condition.none {
            consider(condition)
        }
        guard let rarest else { return nil }
        return CandidateDraft(
            by: rarest, group: group ?? rarest, check: check ?? rarest, branch: number)
    }

    /// - Parameter drafts: branches that hang on one condition, sorted by group.
    private func grouped(
        _ drafts: ArraySlice<CandidateDraft>, _ frozenBranches: [Branch],
        _ defaultStates: [ConditionState], _ candidates: inout TableBuilder<Candidate>
    ) -> [CandidateGroup] {
        drafts.chunked(by: \.group).map { group in
            let range = candidates.append(
                group.lazy.map { draft in
                    var branch = frozenBranches[Int(draft.branch)]
                    // What a branch hangs on was satisfied, even where it holds by default.
                    let isByDefault =
                        draft.check != draft.by && !defaultStates[Int(draft.check)].isEmpty
                    branch.hasMore =
                        Int(branch.conditionCount) > draft.lookedAtCount || isByDefault
                    return Candidate(check: draft.check, branch: branch)
                })
            return CandidateGroup(check: group[group.startIndex].group, candidates: range)
        }
    }
}

extension ValuePattern {
    /// A hash of what it compares with, the same for the same text whatever the operator; nil where
    /// that is no single text.
    fileprivate var quickHash: UInt64? {
        switch self {
        case .string(let text), .exactly(let text): text.byteHash
        case .number(let number): number.text.byteHash
        case .text(let pattern): pattern.nameAndOperand.operand.byteHash
        case .cidr(let block): block.text.byteHash
        case .exists(let wanted): wanted ? 1 : 2
        case .literal, .numeric, .anythingBut: nil
        }
    }
}

extension ExactString {
    fileprivate var byteHash: UInt64 {
        utf8.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { EventMatching.byteHash($0, bytes.count, seed: 0) } ?? 0
        }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The runs of neighbours that have the same value of a property.
    fileprivate func chunked<Key: Equatable>(by key: (Element) -> Key) -> [SubSequence] {
        var chunks: [SubSequence] = []
        var start = startIndex
        for position in indices
        where position + 1 == endIndex || key(self[position]) != key(self[position + 1]) {
            chunks.append(self[start...position])
            start = position + 1
        }
        return chunks
    }
}
