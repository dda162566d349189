/// The third step: from satisfied conditions to branches, and from these to rules.
extension Matcher {
    mutating func raiseBranches() {
        for position in 0..<satisfied.count {
            raise(satisfied[position])
        }
        raiseDefaults()
        for position in 0..<tables.unraisedBranches.count {
            verify(tables.branches[tables.unraisedBranches[position]])
        }
    }

    /// Verifies the branches that hang on a satisfied condition.
    @inline(__always)
    mutating func raise(_ condition: UInt32) {
        for group in tables.conditions[condition].raises.range {
            let group = tables.raiseGroups[group]
            if !isSatisfied(group.check) { continue }
            for raise in group.raises.range {
                let raise = tables.raises[raise]
                if isSatisfied(raise.check) { verify(tables.branches[raise.branch]) }
            }
        }
    }

    @inline(__always)
    private mutating func verify(_ branch: Branch) {
        for position in branch.conditions.range {
            guard canHold(tables.branchConditions[position]) else { return }
        }
        // Without elements of arrays to choose from, "each can hold" is "all hold".
        guard hits.count == 0 || holdsInArrays(branch) else { return }
        note(branch.rule)
    }

    /// Whether a condition holds, taken alone: it was satisfied, or its field may be absent and no
    /// value stands there that would count for every choice of array elements.
    @inline(__always)
    private func canHold(_ condition: UInt32) -> Bool {
        if isSatisfied(condition) { return true }
        let presence = tables.conditions[condition].presence
        return presence != Condition.none && !states[presence].contains(.free)
    }
}
