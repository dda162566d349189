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

        var raised = [[UInt32]](repeating: [], count: conditions.count)
        var unraised: [UInt32] = []
        var frozenBranches: [Branch] = []
        var branchConditions = RunBuilder<UInt32>()
        for (number, branch) in branches.enumerated() {
            if let rarest = rarestCondition(of: branch) {
                raised[Int(rarest)].append(UInt32(number))
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
        var raisedRuns = RunBuilder<UInt32>()
        var frozenConditions: [Condition] = []
        for (draft, branches) in zip(conditions, raised) {
            frozenConditions.append(
                Condition(presence: draft.presence, raises: raisedRuns.append(branches)))
        }
        return RuleTables(
            trie: FieldTrie(paths), probes: ProbeTable(freezer.probes),
            fields: FrozenBuffer(freezer.fields),
            text: TextTables(
                text: FrozenBuffer(freezer.text.elements),
                pieces: FrozenBuffer(freezer.pieces.elements),
                characters: FrozenBuffer(freezer.characters.elements)),
            lengths: FrozenBuffer(freezer.lengths.elements),
            wildcards: FrozenBuffer(freezer.wildcards.elements),
            folded: FrozenBuffer(freezer.folded.elements),
            ranges: FrozenBuffer(freezer.ranges.elements),
            blocks: FrozenBuffer(freezer.blocks.elements),
            targets: FrozenBuffer(freezer.targets.elements),
            exclusions: FrozenBuffer(freezer.exclusions.elements),
            conditions: FrozenBuffer(frozenConditions), branches: FrozenBuffer(frozenBranches),
            branchConditions: FrozenBuffer(branchConditions.elements),
            raisedBranches: FrozenBuffer(raisedRuns.elements),
            unraisedBranches: FrozenBuffer(unraised), ruleCount: ruleCount)
    }

    /// The condition that a branch hangs on: of the most selective kind that it has, the one that
    /// the fewest branches share. Nil where every condition is satisfied by an absent field.
    private func rarestCondition(of branch: BranchDraft) -> UInt32? {
        branch.conditions
            .filter { conditions[Int($0)].presence == Condition.none }
            .min { one, other in
                let (left, right) = (conditions[Int(one)], conditions[Int(other)])
                return (left.selectivity, left.branchCount) < (right.selectivity, right.branchCount)
            }
    }
}
