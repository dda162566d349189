internal import EventPattern
internal import JSONScan

/// Turns branches into ``RuleTables``.
struct RuleSetBuilder {
    private struct ConditionKey: Hashable {
        var field: UInt32
        var values: [ValuePattern]
    }

    private struct ConditionDraft {
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
    private var fields: [FieldIndexBuilder] = []
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
        fields.append(FieldIndexBuilder())
        return number
    }

    private mutating func number(of values: [ValuePattern], at field: UInt32) -> UInt32 {
        let key = ConditionKey(field: field, values: values)
        if let known = conditionNumbers[key] { return known }
        var draft = ConditionDraft(selectivity: Self.selectivity(of: values))
        if values.contains(.exists(false)) {
            draft.presence = number(of: [.exists(true)], at: field)
        }
        let number = UInt32(conditions.count)
        conditionNumbers[key] = number
        conditions.append(draft)
        for value in values { fields[Int(field)].add(value, to: number) }
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
        var freezer = FieldFreezer()
        for (number, field) in fields.enumerated() { freezer.add(field, number: UInt32(number)) }

        var raises = [[RaiseDraft]](repeating: [], count: conditions.count)
        var unraised: [UInt32] = []
        var frozenBranches: [Branch] = []
        var branchConditions = RunBuilder<UInt32>()
        for (number, branch) in branches.enumerated() {
            if let raise = raise(UInt32(number), of: branch) {
                raises[Int(raise.by)].append(raise)
            } else {
                unraised.append(UInt32(number))
            }
            frozenBranches.append(
                Branch(
                    rule: branch.rule, conditions: branchConditions.append(branch.conditions),
                    hasAbsence: branch.conditions.contains {
                        conditions[Int($0)].presence != Condition.none
                    }))
        }
        var frozenRaises = RunBuilder<Raise>()
        var groups = RunBuilder<RaiseGroup>()
        var frozenConditions: [Condition] = []
        for (draft, raises) in zip(conditions, raises) {
            frozenConditions.append(
                Condition(
                    presence: draft.presence,
                    raises: groups.append(Self.grouped(raises, &frozenRaises))))
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
            conditions: FrozenBuffer(frozenConditions), branches: FrozenBuffer(frozenBranches),
            branchConditions: FrozenBuffer(branchConditions.elements),
            raiseGroups: FrozenBuffer(groups.elements),
            raises: FrozenBuffer(frozenRaises.elements),
            unraisedBranches: FrozenBuffer(unraised), ruleCount: ruleCount)
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

    private static func grouped(
        _ drafts: [RaiseDraft], _ raises: inout RunBuilder<Raise>
    ) -> [RaiseGroup] {
        var groups: [RaiseGroup] = []
        let sorted = drafts.sorted { ($0.group, $0.check) < ($1.group, $1.check) }
        for group in sorted.chunked(by: \.group) {
            let run = raises.append(group.map { Raise(check: $0.check, branch: $0.branch) })
            groups.append(RaiseGroup(check: group[group.startIndex].group, raises: run))
        }
        return groups
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
