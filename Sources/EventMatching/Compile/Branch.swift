/// A field with the alternatives for its value, shared by all branches that have it.
struct Condition: BitwiseCopyable {
    static let none = UInt32.max

    /// Where the field may also be absent: the condition that is satisfied when it is not.
    var presence = Condition.none
    /// Where the condition is a single `anything-but`: that.
    var exclusion = Condition.none
}

/// Where the branches are that hang on a condition: the candidates to match once it is satisfied.
/// Small enough to be looked at for each one that is.
struct CandidateList: BitwiseCopyable {
    /// A condition without which no candidate can match: the check of the only group; where there are
    /// several, the condition itself; where there is none, the number behind the last condition,
    /// which is never satisfied.
    var check: UInt32
    /// The branches of the only group, in ``RuleTables/candidates``; where there are
    /// several groups, these, in ``RuleTables/candidateGroups``.
    var range: TableRange
    var hasGroups: Bool {
        @inline(__always) get { range.count >> 31 != 0 }
    }
    /// Without the mark that says what it is a range of.
    var unmarkedRange: TableRange {
        @inline(__always) get { TableRange(start: range.start, count: range.count & ~(1 << 31)) }
    }

    init(check: UInt32, candidates: TableRange) {
        self.check = check
        range = candidates
    }

    init(check: UInt32, groups: TableRange) {
        self.check = check
        range = TableRange(start: groups.start, count: groups.count | 1 << 31)
    }
}

/// Branches that hang on the same condition and have another one in common.
struct CandidateGroup: BitwiseCopyable {
    /// Unless this condition is satisfied, none of them can match.
    var check: UInt32
    /// The branches, in ``RuleTables/candidates``.
    var candidates: TableRange
}

/// A branch that hangs on a condition: a quarter of a cache line.
struct Candidate: BitwiseCopyable {
    /// Unless this condition is satisfied too, the branch can't match.
    var check: UInt32
    var branch: Branch
}

/// A conjunction of conditions that makes its rule match.
struct Branch: BitwiseCopyable {
    var rule: UInt32
    /// Where its conditions begin in ``RuleTables/branchConditions``, by ascending path.
    var firstCondition: UInt32
    var conditionCount: UInt16
    /// Whether any of them allows its field to be absent.
    var hasAbsence: Bool
    /// Whether more has to be looked at than whether the one that it hangs on, the group's and the one
    /// checked first were satisfied: others, or one of these that holds by default. Few branches have
    /// any such.
    var hasMore = false

    var conditions: Range<Int> {
        @inline(__always)
        get { Int(firstCondition)..<Int(firstCondition &+ UInt32(conditionCount)) }
    }
}
