internal import EventPattern
internal import InternalSystem

/// Small rule sets that several ``RuleBook``s have in common: those with the same patterns in the same
/// order are compiled once, and their tables are in memory once.
///
/// Buses are often made alike, with the same rules for each customer, say. What differs between them,
/// the rules' names and attachments, is no part of a ``RuleSet``, which is immutable; so books whose
/// levels have equal patterns can share one, and nothing shows it. When a book's rules change, it
/// gets another one, and the other books keep theirs.
///
/// The pool keeps none alive: a rule set goes with the last book that has it.
package final class RuleSetPool: Sendable {
    private struct Entry {
        weak var rules: RuleSet?
    }

    private struct Key: Hashable {
        var patterns: [EventPattern]
        var branchLimit: Int
    }

    /// Larger ones are hardly ever alike, and to compare them costs as much as to compile them.
    static let patternsMax = 64

    private struct State {
        var entries: [Key: Entry] = [:]
        /// When there are so many entries, those that are gone are taken out.
        var limit = 64
    }

    private let state = Guarded(State())

    package init() {}

    /// Compiles patterns that were checked before, unless a rule set of the same is there. O(total size
    /// of the patterns).
    func rules(_ patterns: [EventPattern], branchLimit: Int) -> RuleSet {
        guard patterns.count <= Self.patternsMax else {
            return RuleSet(checked: patterns, branchLimit: branchLimit)
        }
        let key = Key(patterns: patterns, branchLimit: branchLimit)
        if let known = state.withLock({ $0.entries[key]?.rules }) { return known }
        // Not under the lock: others need not wait. Of two that come at once, one is kept.
        let made = RuleSet(checked: patterns, branchLimit: branchLimit)
        return state.withLock { state in
            if let known = state.entries[key]?.rules { return known }
            if state.entries.count >= state.limit {
                state.entries = state.entries.filter { $0.value.rules != nil }
                state.limit = max(64, 2 * state.entries.count)
            }
            state.entries[key] = Entry(rules: made)
            return made
        }
    }

    /// How many different ones are in use.
    package var count: Int { state.withLock { $0.entries.count { $0.value.rules != nil } } }
}
