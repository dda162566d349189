/// The third step: from satisfied conditions to branches, and from these to rules.
extension Matcher {
    mutating func raiseBranches() {
        keepRaising()
        for position in 0..<raising.count { raise(raising[position]) }
        raiseDefaults()
        for position in 0..<tables.unraisedBranches.count {
            let branch = tables.branches[tables.unraisedBranches[position]]
            guard canHold(branch.conditions) else { continue }
            if hits.count == 0 || holdsInArrays(branch) { note(branch.rule) }
        }
    }

    /// Picks out the satisfied conditions that raise something. Most raise nothing, or one group that
    /// is passed over; which ones cannot be foretold, so there is no branch to guess.
    private mutating func keepRaising() {
        raising.removeAll()
        raising.reserve(satisfied.count)
        for position in 0..<satisfied.count {
            let condition = satisfied[position]
            let check = tables.raiseHeads[condition].check
            raising.appendUnreserved(condition, if: !states[check].isEmpty)
        }
    }

    /// Verifies the branches that hang on a satisfied condition.
    @inline(__always)
    mutating func raise(_ condition: UInt32) {
        for group in tables.raiseHeads[condition].groups.range {
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
