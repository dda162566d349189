/// The third step: from satisfied conditions to branches, and from these to rules.
///
/// With many rules each look goes to a place that is in no near cache, and on which conditions
/// something hangs can't be foretold. So each step looks at one table alone, without a branch to guess: the
/// looks wait for memory together instead of one after the other.
extension Matcher {
    mutating func matchBranches() {
        candidateRanges.removeAll()
        groupRanges.removeAll()
        collectLists()
        collectDefaults()
        if candidateRanges.count &+ groupRanges.count <= EngineChoice.rangesVerifiedAtOnceMax {
            for position in 0..<groupRanges.count { verifyGroups(groupRanges[position]) }
            for position in 0..<candidateRanges.count {
                verifyCandidates(candidateRanges[position])
            }
        } else {
            expandGroups()
            checkCandidates()
            for position in 0..<matchingRules.count { note(matchingRules[position]) }
            for position in 0..<unverified.count { verify(tables.candidates[unverified[position]]) }
        }
        for position in 0..<tables.absentBranches.count {
            let branch = tables.absentBranches[position]
            if canHold(branch), hits.count == 0 || holdsInArrays(branch) { note(branch.rule) }
        }
    }

    private mutating func verifyGroups(_ groups: TableRange) {
        for position in groups.positions {
            let group = tables.candidateGroups[position]
            if isSatisfied(group.check) { verifyCandidates(group.candidates) }
        }
    }

    private mutating func verifyCandidates(_ range: TableRange) {
        for position in range.positions { verify(tables.candidates[position]) }
    }

    /// Collects what hangs on the satisfied conditions. On most of them it is nothing, or one group that
    /// is passed over.
    private mutating func collectLists() {
        var ranges = candidateRanges.tail(room: satisfied.count)
        var groups = groupRanges.tail(room: satisfied.count)
        for position in 0..<satisfied.count {
            let list = tables.candidateLists[satisfied[position]]
            let mayMatch = states[list.check].countIfAny
            let hasGroups = Int(truncatingIfNeeded: list.range.count >> 31)
            ranges.append(list.range, times: mayMatch & ~hasGroups)
            groups.append(list.unmarkedRange, times: mayMatch & hasGroups)
        }
        candidateRanges.take(ranges)
        groupRanges.take(groups)
    }

    /// Collects what hangs on one condition.
    mutating func collectList(of condition: UInt32) {
        let list = tables.candidateLists[condition]
        if !isSatisfied(list.check) { return }
        if list.hasGroups {
            groupRanges.append(list.unmarkedRange)
        } else {
            candidateRanges.append(list.range)
        }
    }

    private mutating func expandGroups() {
        positions.replaceAll(positionsOf: groupRanges)
        var ranges = candidateRanges.tail(room: positions.count)
        for position in 0..<positions.count {
            let group = tables.candidateGroups[positions[position]]
            ranges.append(group.candidates, times: states[group.check].countIfAny)
        }
        candidateRanges.take(ranges)
    }

    /// Sorts the branches whose checks hold into such as match by that, and such as have more to be
    /// verified.
    private mutating func checkCandidates() {
        positions.replaceAll(positionsOf: candidateRanges)
        unverified.removeAll()
        matchingRules.removeAll()
        var tail = unverified.tail(room: positions.count)
        var matching = matchingRules.tail(room: positions.count)
        // Elements of arrays have to go together for every branch.
        let hasHits = hits.count > 0 ? 1 : 0
        for position in 0..<positions.count {
            let number = positions[position]
            let candidate = tables.candidates.base + Int(number)
            let mayHold = states[candidate.pointee.check].countIfAny
            let hasMore = (candidate.pointee.branch.hasMore ? 1 : 0) | hasHits
            tail.append(number, times: mayHold & hasMore)
            matching.append(candidate.pointee.branch.rule, times: mayHold & (hasMore ^ 1))
        }
        unverified.take(tail)
        matchingRules.take(matching)
    }

    /// Notes the rule of a branch all of whose conditions hold.
    @inline(__always)
    private mutating func verify(_ candidate: Candidate) {
        // A condition that holds by default always looks as if it did.
        guard isSatisfied(candidate.check) else { return }
        if candidate.branch.hasMore, !canHold(candidate.branch) { return }
        // Without elements of arrays to choose from, "each can hold" is "all hold".
        if hits.count == 0 || holdsInArrays(candidate.branch) { note(candidate.branch.rule) }
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
