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
        if raisedRuns.count &+ raisedGroups.count <= Self.fewRuns {
            for position in 0..<raisedGroups.count { verifyGroups(raisedGroups[position]) }
            for position in 0..<raisedRuns.count { verifyRaises(raisedRuns[position]) }
        } else {
            lookAtGroups()
            lookAtRuns()
            for position in 0..<matchingRules.count { note(matchingRules[position]) }
            for position in 0..<raised.count { verify(tables.raises[raised[position]]) }
        }
        for position in 0..<tables.unraisedBranches.count {
            let branch = tables.unraisedBranches[position]
            if canHold(branch), hits.count == 0 || holdsInArrays(branch) { note(branch.rule) }
        }
    }

    /// Up to so many runs are gone through at once: in small tables, loops that nearly always do nothing
    /// cost more than what they save.
    private static let fewRuns = 4

    private mutating func verifyGroups(_ groups: Run) {
        for position in groups.range {
            let group = tables.raiseGroups[position]
            if isSatisfied(group.check) { verifyRaises(group.raises) }
        }
    }

    private mutating func verifyRaises(_ raises: Run) {
        for position in raises.range { verify(tables.raises[position]) }
    }

    /// Picks out the satisfied conditions that may raise something. Most raise nothing, or one group
    /// that is passed over.
    private mutating func lookAtHeads() {
        var runs = raisedRuns.tail(room: satisfied.count)
        var groups = raisedGroups.tail(room: satisfied.count)
        for position in 0..<satisfied.count {
            let head = tables.raiseHeads[satisfied[position]]
            let mayRaise = states[head.check].countIfAny
            let hasGroups = Int(truncatingIfNeeded: head.run.count >> 31)
            runs.append(head.run, times: mayRaise & ~hasGroups)
            groups.append(head.unmarkedRun, times: mayRaise & hasGroups)
        }
        raisedRuns.take(runs)
        raisedGroups.take(groups)
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
        positions.replaceAll(positionsOf: raisedGroups)
        var runs = raisedRuns.tail(room: positions.count)
        for position in 0..<positions.count {
            let group = tables.raiseGroups[positions[position]]
            runs.append(group.raises, times: states[group.check].countIfAny)
        }
        raisedRuns.take(runs)
    }

    /// Sorts the branches whose checks hold into such as match by that, and such as have more to be
    /// verified.
    private mutating func lookAtRuns() {
        positions.replaceAll(positionsOf: raisedRuns)
        raised.removeAll()
        matchingRules.removeAll()
        var tail = raised.tail(room: positions.count)
        var matching = matchingRules.tail(room: positions.count)
        // Elements of arrays have to go together for every branch.
        let hasHits = hits.count > 0 ? 1 : 0
        for position in 0..<positions.count {
            let number = positions[position]
            let raise = tables.raises.base + Int(number)
            let mayHold = states[raise.pointee.check].countIfAny
            let hasMore = (raise.pointee.branch.hasMore ? 1 : 0) | hasHits
            tail.append(number, times: mayHold & hasMore)
            matching.append(raise.pointee.branch.rule, times: mayHold & (hasMore ^ 1))
        }
        raised.take(tail)
        matchingRules.take(matching)
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
