/// The third step: from satisfied conditions to branches, and from these to rules.
extension Matcher {
    mutating func raiseBranches() {
        for position in 0..<satisfied.count {
            raise(satisfied[position])
        }
        raiseDefaults()
        for position in 0..<tables.unraisedBranches.count {
            let branch = tables.branches[tables.unraisedBranches[position]]
            guard canHold(branch.conditions) else { continue }
            if hits.count == 0 || holdsInArrays(branch) { note(branch.rule) }
        }
    }

    /// Verifies the branches that hang on a satisfied condition.
    @inline(__always)
    mutating func raise(_ condition: UInt32) {
        let head = tables.raiseHeads[condition]
        // Most satisfied conditions raise nothing, or one group that is passed over.
        if head.check == RaiseHead.never { return }
        if head.groups.count == 1, !isSatisfied(head.check) { return }
        for group in head.groups.range {
            let group = tables.raiseGroups[group]
            if !isSatisfied(group.check) { continue }
            for raise in group.raises.range {
                let raise = tables.raises[raise]
                if isSatisfied(raise.check), canHold(raise.rest) { match(raise) }
            }
        }
    }

    /// Notes the rule of a branch all of whose conditions can hold.
    @inline(__always)
    private mutating func match(_ raise: Raise) {
        // Without elements of arrays to choose from, "each can hold" is "all hold".
        if hits.count == 0 || holdsInArrays(tables.branches[raise.branch]) { note(raise.rule) }
    }

    @inline(__always)
    private func canHold(_ conditions: Run) -> Bool {
        for position in conditions.range {
            guard canHold(tables.branchConditions[position]) else { return false }
        }
        return true
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
