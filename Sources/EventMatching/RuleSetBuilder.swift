internal import EventPattern
internal import JSONScan

/// Turns branches into ``RuleTables``.
struct RuleSetBuilder {
    private struct ConditionKey: Hashable {
        var field: UInt32
        var values: [ValuePattern]
    }

    private struct ConditionDraft {
        var key: ConditionKey
        var presence = Condition.none
        var selectivity: Selectivity
        var branchCount = 0
    }

    private struct BranchDraft {
        var rule: UInt32
        var conditions: [UInt32]
    }

    private struct RaiseDraft {
        var by: UInt32
        var group: UInt32
        var check: UInt32
        var branch: UInt32
    }

    /// How much a condition narrows the rules down, before it is known how many have it.
    private enum Selectivity: Int, Comparable {
        case exact, range, broad, absent

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    private var fieldNumbers: [ExactString: UInt32] = [:]
    private var paths: [ExactString] = []
    private var conditionNumbers: [ConditionKey: UInt32] = [:]
    private var conditions: [ConditionDraft] = []
    private var branches: [BranchDraft] = []

    var branchCount: Int { branches.count }

    /// Adds a branch of a rule. O(size of the branch).
    mutating func add(_ branch: PatternBranch, of rule: Int) {
        var numbers: [UInt32] = []
        for condition in branch.conditions {
            numbers.append(number(of: condition.values, at: field(condition.path)))
        }
        for number in numbers { conditions[Int(number)].branchCount += 1 }
        branches.append(BranchDraft(rule: UInt32(rule), conditions: numbers))
    }

    private mutating func field(_ path: ExactString) -> UInt32 {
        if let known = fieldNumbers[path] { return known }
        let number = UInt32(paths.count)
        fieldNumbers[path] = number
        paths.append(path)
        return number
    }

    private mutating func number(of values: [ValuePattern], at field: UInt32) -> UInt32 {
        let key = ConditionKey(field: field, values: values)
        if let known = conditionNumbers[key] { return known }
        var draft = ConditionDraft(key: key, selectivity: Self.selectivity(of: values))
        if values.contains(.exists(false)) {
            draft.presence = number(of: [.exists(true)], at: field)
        }
        let number = UInt32(conditions.count)
        conditionNumbers[key] = number
        conditions.append(draft)
        return number
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
    consuming func freeze(ruleCount: Int) -> RuleTables {
        renumberConditions()
        var raises = [[RaiseDraft]](repeating: [], count: conditions.count)
        var unraised: [UInt32] = []
        for (number, branch) in branches.enumerated() {
            if let raise = raise(UInt32(number), of: branch) {
                raises[Int(raise.by)].append(raise)
            } else {
                unraised.append(UInt32(number))
            }
        }
        let freezer = freezeFields(raises, ruleCount: ruleCount)

        var branchConditions = RunBuilder<UInt32>()
        let frozenBranches = branches.map { branch in
            Branch(
                rule: branch.rule,
                firstCondition: branchConditions.append(branch.conditions).start,
                conditionCount: UInt16(branch.conditions.count),
                hasAbsence: branch.conditions.contains {
                    conditions[Int($0)].presence != Condition.none
                })
        }
        var frozenRaises = RunBuilder<Raise>()
        var groups = RunBuilder<RaiseGroup>()
        let heads = raises.enumerated().map { condition, raises -> RaiseHead in
            let own = grouped(raises, frozenBranches, &frozenRaises)
            guard let first = own.first else {
                return RaiseHead(check: UInt32(conditions.count), raises: Run())
            }
            return own.count == 1
                ? RaiseHead(check: first.check, raises: first.raises)
                : RaiseHead(check: UInt32(condition), groups: groups.append(own))
        }
        var frozenConditions = conditions.map { Condition(presence: $0.presence) }
        for (number, exclusion) in freezer.exclusions.elements.enumerated()
        where exclusion.isDefault {
            frozenConditions[Int(exclusion.condition)].exclusion = UInt32(number)
        }
        return RuleTables(
            trie: FieldTrie(paths), probes: ProbeTable(freezer.probes),
            fields: FrozenBuffer(freezer.fields),
            text: TextTables(
                text: FrozenBuffer(freezer.text.elements),
                pieces: FrozenBuffer(freezer.pieces.elements),
                characters: FrozenBuffer(freezer.characters.elements)),
            lengths: FrozenBuffer(freezer.lengths.elements),
            wildcardTests: FrozenBuffer(freezer.wildcardTests.elements),
            wildcards: FrozenBuffer(freezer.wildcards),
            folded: FrozenBuffer(freezer.folded.elements),
            ranges: freezer.ranges.freeze(),
            blocks: freezer.blocks.freeze(),
            targets: FrozenBuffer(freezer.targets.elements),
            exclusions: FrozenBuffer(freezer.exclusions.elements),
            defaultRaisers: FrozenBuffer(freezer.defaultRaisers.elements),
            soleBits: FrozenBuffer(freezer.soleBits.elements),
            soleRules: FrozenBuffer(freezer.soleRules.elements),
            conditions: FrozenBuffer(frozenConditions),
            branchConditions: FrozenBuffer(branchConditions.elements),
            raiseHeads: FrozenBuffer(heads),
            raiseGroups: FrozenBuffer(groups.elements),
            raises: FrozenBuffer(frozenRaises.elements),
            unraisedBranches: FrozenBuffer(unraised.map { frozenBranches[Int($0)] }),
            ruleCount: ruleCount)
    }

    /// Puts conditions of the same field, and among these such that begin with the same alternative,
    /// next to each other: what one value satisfies then lies in few cache lines.
    private mutating func renumberConditions() {
        let keys = conditions.map { condition -> UInt64 in
            let hash = condition.key.values.first?.operandHash ?? 0
            return UInt64(condition.key.field) << 40 | hash >> 24
        }
        let order = conditions.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        var numbers = [UInt32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { numbers[old] = UInt32(new) }
        conditions = order.map { old in
            var condition = conditions[old]
            if condition.presence != Condition.none {
                condition.presence = numbers[Int(condition.presence)]
            }
            return condition
        }
        for branch in branches.indices {
            branches[branch].conditions = branches[branch].conditions.map { numbers[Int($0)] }
        }
    }

    /// Freezes the fields' indexes. Rules of one branch with one condition are told apart, because a
    /// field can have very many that are a single `anything-but`.
    private func freezeFields(_ raises: [[RaiseDraft]], ruleCount: Int) -> FieldFreezer {
        var branchesOfRules = [Int](repeating: 0, count: ruleCount)
        for branch in branches { branchesOfRules[Int(branch.rule)] += 1 }
        var soleRules = [[UInt32]](repeating: [], count: conditions.count)
        var raisesOthers = [Bool](repeating: false, count: conditions.count)
        for raise in raises.joined() {
            let branch = branches[Int(raise.branch)]
            if branch.conditions.count == 1, branchesOfRules[Int(branch.rule)] == 1 {
                soleRules[Int(raise.by)].append(branch.rule)
            } else {
                raisesOthers[Int(raise.by)] = true
            }
        }
        var fields = paths.map { _ in FieldIndexBuilder() }
        for (number, condition) in conditions.enumerated() {
            let (field, values) = (condition.key.field, condition.key.values)
            for value in values {
                fields[Int(field)].add(
                    value, to: UInt32(number), at: field, isAlone: values.count == 1)
            }
        }
        var freezer = FieldFreezer(
            soleRules: soleRules, raises: raisesOthers, ruleCount: ruleCount)
        for (number, field) in fields.enumerated() { freezer.add(field, number: UInt32(number)) }
        return freezer
    }

    /// By what a branch is raised, and what is looked at before the branch itself.
    ///
    /// It hangs on its rarest condition: of the most selective kind that it has, the one that the
    /// fewest branches share. Of the others, the most common one makes its group, which is passed
    /// over in one step, and the rarest one is checked before the branch is touched. Nil where every
    /// condition is satisfied by an absent field.
    private func raise(_ number: UInt32, of branch: BranchDraft) -> RaiseDraft? {
        let sorted = branch.conditions
            .filter { conditions[Int($0)].presence == Condition.none }
            .sorted { one, other in
                let (left, right) = (conditions[Int(one)], conditions[Int(other)])
                return (left.selectivity, left.branchCount) < (right.selectivity, right.branchCount)
            }
        guard let rarest = sorted.first else { return nil }
        let others = sorted.dropFirst()
        let common = others.last { conditions[Int($0)].selectivity < .broad } ?? rarest
        return RaiseDraft(
            by: rarest, group: common, check: others.first ?? rarest, branch: number)
    }

    private func grouped(
        _ drafts: [RaiseDraft], _ frozenBranches: [Branch], _ raises: inout RunBuilder<Raise>
    ) -> [RaiseGroup] {
        let sorted = drafts.sorted { ($0.group, $0.check) < ($1.group, $1.check) }
        return sorted.chunked(by: \.group).map { group in
            let run = raises.append(
                group.map { draft in
                    var branch = frozenBranches[Int(draft.branch)]
                    let looked = Set([draft.by, draft.group, draft.check])
                    branch.hasMore = Int(branch.conditionCount) > looked.count
                    return Raise(check: draft.check, branch: branch)
                })
            return RaiseGroup(check: group[group.startIndex].group, raises: run)
        }
    }
}

extension ValuePattern {
    /// A hash of what it compares with, the same for the same text whatever the operator.
    fileprivate var operandHash: UInt64 {
        switch self {
        case .string(let text), .exactly(let text): Self.hash(text)
        case .number(let number): Self.hash(number.text)
        case .text(let pattern): Self.hash(pattern.nameAndOperand.operand)
        case .cidr(let block): Self.hash(block.text)
        case .literal, .numeric, .exists, .anythingBut: 0
        }
    }

    private static func hash(_ text: ExactString) -> UInt64 {
        text.utf8.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { byteHash($0, bytes.count, seed: 0) } ?? 0
        }
    }
}

extension Array {
    /// The runs of neighbours that have the same value of a property.
    fileprivate func chunked<Key: Equatable>(by key: (Element) -> Key) -> [ArraySlice<Element>] {
        var chunks: [ArraySlice<Element>] = []
        var start = startIndex
        for position in indices
        where position + 1 == endIndex || key(self[position]) != key(self[position + 1]) {
            chunks.append(self[start...position])
            start = position + 1
        }
        return chunks
    }
}
