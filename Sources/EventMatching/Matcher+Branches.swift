/// The third step: from satisfied conditions to branches, and from these to rules.
///
/// With many rules each look goes to a place that is in no near cache, and which conditions raise
/// something can't be foretold. So each step looks at one table alone, without a branch to guess: the
/// looks wait for memory together instead of one after the other.
extension Matcher {
    mutating func raiseBranches() {
        raisedRuns.removeAll()
        raisedGroups.removeAll()
        lookAtHeads()
        raiseDefaults()
        lookAtGroups()
        lookAtRuns()
        for position in 0..<raised.count { verify(tables.raises[raised[position]]) }
        for position in 0..<tables.unraisedBranches.count {
            let branch = tables.unraisedBranches[position]
            if canHold(branch), hits.count == 0 || holdsInArrays(branch) { note(branch.rule) }
        }
    }

    /// Picks out the satisfied conditions that may raise something. Most raise nothing, or one group
    /// that is passed over.
    private mutating func lookAtHeads() {
        raisedRuns.reserve(satisfied.count)
        raisedGroups.reserve(satisfied.count)
        for position in 0..<satisfied.count {
            let head = tables.raiseHeads[satisfied[position]]
            let mayRaise = !states[head.check].isEmpty
            raisedRuns.appendUnreserved(head.run, if: mayRaise && !head.hasGroups)
            raisedGroups.appendUnreserved(head.unmarkedRun, if: mayRaise && head.hasGroups)
        }
    }

    /// Raises what hangs on one condition.
    mutating func raise(_ condition: UInt32) {
        let head = tables.raiseHeads[condition]
        if !isSatisfied(head.check) { return }
        if head.hasGroups {
            raisedGroups.append(head.unmarkedRun)
        } else {
            raisedRuns.append(head.run)
        }
    }

    private mutating func lookAtGroups() {
        for position in 0..<raisedGroups.count {
            let groups = raisedGroups[position]
            raisedRuns.reserve(raisedRuns.count &+ Int(groups.count))
            for group in groups.range {
                let group = tables.raiseGroups[group]
                raisedRuns.appendUnreserved(group.raises, if: !states[group.check].isEmpty)
            }
        }
    }

    private mutating func lookAtRuns() {
        raised.removeAll()
        for position in 0..<raisedRuns.count {
            let run = raisedRuns[position]
            raised.reserve(raised.count &+ Int(run.count))
            for raise in run.range {
                raised.appendUnreserved(
                    UInt32(truncatingIfNeeded: raise),
                    if: !states[tables.raises[raise].check].isEmpty)
            }
        }
    }

    /// Notes the rule of a branch all of whose conditions hold.
    @inline(__always)
    private mutating func verify(_ raise: Raise) {
        // A condition that holds by default always looks as if it did.
        guard isSatisfied(raise.check) else { return }
        if raise.branch.hasMore, !canHold(raise.branch) { return }
        // Without elements of arrays to choose from, "each can hold" is "all hold".
        if hits.count == 0 || holdsInArrays(raise.branch) { note(raise.branch.rule) }
    }

    @inline(__always)
    private func canHold(_ branch: Branch) -> Bool {
        for position in branch.conditions {
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
