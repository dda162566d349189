/// An element of an array, itself an object or an array: what is found inside has chosen it.
struct Scope: BitwiseCopyable {
    /// Stands for "in no element", the parent of all.
    static let outside: UInt32 = 0
    static let none = Scope(parent: 0, array: .max, depth: 0)

    /// The element around the array.
    var parent: UInt32
    /// The entry at which the array begins.
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

/// The fourth step: conditions that were satisfied inside arrays have to agree on the elements.
///
/// One value is chosen for each condition, and no two of them may lie in different elements of the
/// same array. A condition that allows its field to be absent holds without a value if no value of
/// the field would be consistent with the elements chosen *so far*, in the order of the paths: that
/// is how the reference implementation does it, and the order is part of the language.
///
/// The search backtracks; each step looks at one hit, and a hit is compared with the chosen ones in
/// O(nesting of arrays).
extension Matcher {
    mutating func holdsInArrays(_ branch: Branch) -> Bool {
        pending.removeAll()
        var hasScoped = false
        for position in branch.conditions.range {
            let condition = tables.branchConditions[position]
            let state = state(of: condition)
            let presence = tables.conditions[condition].presence
            let isScoped =
                state.contains(.scoped)
                || presence != Condition.none && states[presence].contains(.scoped)
            hasScoped = hasScoped || isScoped
            // A free value goes together with everything. Only where a field may be absent can it
            // matter that another value was chosen, because that makes fewer values consistent.
            if branch.hasAbsence ? isScoped : !state.contains(.free) { pending.append(condition) }
        }
        guard hasScoped, pending.count > 1 || branch.hasAbsence else { return true }
        chosen.removeAll()
        return choose(0)
    }

    /// Chooses for the pending conditions from a position on.
    private mutating func choose(_ position: Int) -> Bool {
        guard position < pending.count else { return true }
        let condition = pending[position]
        let state = state(of: condition)
        if state.contains(.free), choose(position + 1) { return true }
        let presence = tables.conditions[condition].presence
        if presence != Condition.none, isAbsent(presence), choose(position + 1) { return true }
        guard state.contains(.scoped) else { return false }
        var hit = firstHit[condition]
        while hit != Hit.none {
            let scope = hits[Int(hit)].scope
            if isConsistent(scope) {
                chosen.append(scope)
                if choose(position + 1) { return true }
                chosen.removeLast()
            }
            hit = hits[Int(hit)].next
        }
        return false
    }

    /// Whether no value of a field is consistent with what is chosen.
    private func isAbsent(_ presence: UInt32) -> Bool {
        let state = states[presence]
        if state.contains(.free) { return false }
        guard state.contains(.scoped) else { return true }
        var hit = firstHit[presence]
        while hit != Hit.none {
            if isConsistent(hits[Int(hit)].scope) { return false }
            hit = hits[Int(hit)].next
        }
        return true
    }

    private func isConsistent(_ scope: UInt32) -> Bool {
        for position in 0..<chosen.count where excludes(scope, chosen[position]) { return false }
        return true
    }

    /// Whether two scopes lie in different elements of the same array.
    @inline(__always)
    private func excludes(_ one: UInt32, _ other: UInt32) -> Bool {
        var (left, right) = (one, other)
        while left != right {
            let (leftScope, rightScope) = (scopes[Int(left)], scopes[Int(right)])
            if leftScope.depth > rightScope.depth {
                left = leftScope.parent
            } else if rightScope.depth > leftScope.depth {
                right = rightScope.parent
            } else {
                if leftScope.array == rightScope.array { return true }
                left = leftScope.parent
                right = rightScope.parent
            }
        }
        return false
    }
}
