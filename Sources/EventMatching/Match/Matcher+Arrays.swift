/// An element of an array, itself an object or an array: what is found inside has chosen it.
///
/// Scopes are numbered in text order, so those inside an element follow it without gap.
struct Scope: BitwiseCopyable {
    /// Stands for "in no element", the parent of all.
    static let outside: UInt32 = 0
    static let none = Scope(parent: 0, array: .max, depth: 0)

    /// The element around the array.
    var parent: UInt32
    /// The array, in ``Matcher/arrayEnds``.
    var array: UInt32
    var depth: UInt32
}

/// A condition satisfied inside an element of an array.
struct Hit: BitwiseCopyable {
    static let none = UInt32.max

    var scope: UInt32
    /// The condition's next hit in text order, or ``none``.
    var next: UInt32
}

/// A condition of the branch that is being checked: its hits lie in ``Matcher/pendingHits``.
struct PendingCondition: BitwiseCopyable {
    var condition: UInt32
    var hits: TableRange
}

/// Conditions, of at most ``/EventPattern/PatternLimits/pathsPerBranch``, by their position in the
/// search.
typealias Positions = SIMD4<UInt64>

/// The fourth step: conditions that were satisfied inside arrays have to agree on the elements.
///
/// One value is chosen for each condition, and no two of them may lie in different elements of the
/// same array. A condition that allows its field to be absent holds without a value if no value of
/// the field would be consistent with the elements chosen *so far*, in the order of the paths: that
/// is how the reference implementation does it, and the order is part of the language.
///
/// The search backtracks, with two means against hostile events: a value that another choice excludes
/// takes all values of the same kind with it by binary search (those of other elements of the same
/// array lie next to each other); and a failure goes back to the last choice that had a part in it
/// (Prosser, "Hybrid algorithms for the constraint satisfaction problem", 1993), so that arrays that
/// have nothing to do with each other are not tried against each other. Fields that share an array
/// take O(values * log(values)). Only an event that repeats a field's path in many arrays can force
/// more: then the problem is as hard as satisfying a Boolean formula.
extension Matcher {
    mutating func holdsInArrays(_ branch: Branch) -> Bool {
        pending.removeAll()
        pendingHits.removeAll()
        var hasScoped = false
        for position in branch.conditions {
            let condition = tables.branchConditions[position]
            let state = state(of: condition)
            let presence = tables.conditions[condition].presence
            let isScoped =
                state.contains(.scoped)
                || presence != Condition.none && states[presence].contains(.scoped)
            hasScoped = hasScoped || isScoped
            // A free value goes together with everything. Only where a field may be absent can it
            // matter that another value was chosen, because that makes fewer values consistent.
            if branch.hasAbsence ? isScoped : !state.contains(.free) {
                pending.append(PendingCondition(condition: condition, hits: TableRange()))
            }
        }
        guard hasScoped, pending.count > 1 || branch.hasAbsence else { return true }
        for position in 0..<pending.count {
            pending[position].hits = gatherHits(of: pending[position].condition)
        }
        chosen.removeAll()
        return choose(0) == nil
    }

    /// Copies a condition's hits, which are linked, to where they can be searched, by ascending
    /// scope.
    private mutating func gatherHits(of condition: UInt32) -> TableRange {
        let start = pendingHits.count
        var isAscending = true
        if states[condition].contains(.scoped) {
            var hit = firstHit[condition]
            var last = Scope.outside
            while hit != Hit.none {
                let scope = hits[Int(hit)].scope
                pendingHits.append(scope)
                isAscending = isAscending && last <= scope
                last = scope
                hit = hits[Int(hit)].next
            }
        }
        // In text order a value behind an inner array, in the element around that array, has a lower
        // scope than the values inside: `{"s": [{"b": 1}], "s.b": 1}`.
        if !isAscending { sortHits(from: start) }
        return TableRange(
            start: UInt32(truncatingIfNeeded: start),
            count: UInt32(truncatingIfNeeded: pendingHits.count &- start))
    }

    /// Sorts the hits from a position on. A heap sort: it allocates nothing, and no event can
    /// make it slow.
    @inline(never)
    private func sortHits(from start: Int) {
        let heap = pendingHits.base + start
        let count = pendingHits.count &- start
        func exchange(_ one: Int, _ other: Int) {
            (heap[one], heap[other]) = (heap[other], heap[one])
        }
        func siftDown(_ root: Int, below end: Int) {
            var root = root
            while 2 * root + 1 < end {
                var child = 2 * root + 1
                if child + 1 < end, heap[child] < heap[child + 1] { child += 1 }
                if heap[root] >= heap[child] { return }
                exchange(root, child)
                root = child
            }
        }
        for root in (0..<count / 2).reversed() { siftDown(root, below: count) }
        for end in (0..<count).reversed() {
            exchange(0, end)
            siftDown(0, below: end)
        }
    }

    /// Chooses for the pending conditions from a position on.
    ///
    /// - Returns: nil if there is a choice, else the earlier positions because of which there is
    ///   none.
    private mutating func choose(_ position: Int) -> Positions? {
        guard position < pending.count else { return nil }
        let (condition, own) = (pending[position].condition, pending[position].hits)
        var reasons = Positions()

        // First without a value inside arrays, which leaves all choices open.
        let presence = tables.conditions[condition].presence
        let mayBeAbsent = presence != Condition.none
        if state(of: condition).contains(.free) || mayBeAbsent && isAbsent(presence) {
            guard let failed = choose(position + 1) else { return nil }
            guard failed.contains(position) else { return failed }
            reasons |= failed
        } else if mayBeAbsent {
            // Any other choice so far might have made the field's values inconsistent.
            for earlier in 0..<position { reasons.insert(earlier) }
        }

        var at = Int(own.start)
        let end = Int(own.start &+ own.count)
        while at < end {
            let scope = pendingHits[at]
            if let (earlier, next) = exclusion(of: scope) {
                reasons.insert(earlier)
                at = firstPendingHit(notBelow: next, from: at, to: end)
                continue
            }
            chosen.append(ChosenScope(scope: scope, position: UInt32(position)))
            guard let failed = choose(position + 1) else { return nil }
            chosen.removeLast()
            // Another value here would fail for the same reasons.
            guard failed.contains(position) else { return failed }
            reasons |= failed
            at &+= 1
        }
        reasons.remove(position)
        return reasons
    }

    /// The first hit at or behind a scope.
    private func firstPendingHit(notBelow scope: UInt32, from start: Int, to end: Int) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low &+ high) / 2
            if pendingHits[middle] < scope { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Whether no value of a field is consistent with what is chosen.
    private func isAbsent(_ presence: UInt32) -> Bool {
        let state = states[presence]
        if state.contains(.free) { return false }
        guard state.contains(.scoped) else { return true }
        var hit = firstHit[presence]
        while hit != Hit.none {
            if exclusion(of: hits[Int(hit)].scope) == nil { return false }
            hit = hits[Int(hit)].next
        }
        return true
    }

    /// The first choice that lies in another element of an array in which a scope lies too, and the
    /// next scope that this choice does not exclude.
    @inline(__always)
    private func exclusion(of scope: UInt32) -> (position: Int, next: UInt32)? {
        for number in 0..<chosen.count {
            let choice = chosen[number]
            if let next = next(after: scope, whereChosen: choice.scope) {
                return (Int(choice.position), next)
            }
        }
        return nil
    }

    private func next(after scope: UInt32, whereChosen chosen: UInt32) -> UInt32? {
        var (one, other) = (scope, chosen)
        while one != other {
            let (scopeOfOne, scopeOfOther) = (scopes[Int(one)], scopes[Int(other)])
            if scopeOfOne.depth > scopeOfOther.depth {
                one = scopeOfOne.parent
            } else if scopeOfOther.depth > scopeOfOne.depth {
                other = scopeOfOther.parent
            } else {
                if scopeOfOne.array == scopeOfOther.array {
                    // Before the chosen element: on to it. Behind it: on to the end of the array.
                    return one < other ? other : arrayEnds[Int(scopeOfOne.array)]
                }
                one = scopeOfOne.parent
                other = scopeOfOther.parent
            }
        }
        return nil
    }
}

/// An element of an array that the search has settled on.
struct ChosenScope: BitwiseCopyable {
    var scope: UInt32
    /// For which of the pending conditions.
    var position: UInt32
}

extension Positions {
    fileprivate func contains(_ position: Int) -> Bool {
        self[position / 64] >> UInt64(position % 64) & 1 != 0
    }

    fileprivate mutating func insert(_ position: Int) {
        self[position / 64] |= 1 << UInt64(position % 64)
    }

    fileprivate mutating func remove(_ position: Int) {
        self[position / 64] &= ~(1 << UInt64(position % 64))
    }
}
