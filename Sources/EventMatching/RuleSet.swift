public import EventPattern
public import JSONScan
internal import Synchronization

/// Many rules compiled into one matcher.
///
/// This is the place to begin reading `EventMatching`. A rule's pattern becomes branches (its `$or`s
/// multiplied out), a branch is a conjunction of *conditions*, and a condition is a field with the
/// alternatives for its value. Conditions are shared: a thousand rules that want
/// `"source": ["aws.ec2"]` have one between them. The way of an event:
///
/// 1. *Walk* (`Walk/Matcher+Walk`): all fields that any rule names form one trie; the walk follows the
///    event's structural index through it and skips everything else unseen. Where it led is
///    remembered for events of the same structure and keys (``WalkPlan``).
/// 2. *Leaves* (`Match/Matcher+Leaves`): each value is looked up in the indexes of its field, which yields
///    the conditions that it satisfies. What can be hashed is in one ``ProbeTable``; ranges of numbers
///    and blocks of addresses are in an ``IntervalIndex``, wildcards in a ``WildcardIndex``; and
///    `anything-but` holds by default (``Exclusion``).
/// 3. *Branches* (`Match/Matcher+Branches`): every branch hangs on its rarest condition. A satisfied
///    condition makes candidates of the branches that hang on it, and only these verify their other conditions:
///    cost follows what matches, not how many rules there are.
/// 4. *Arrays* (`Match/Matcher+Arrays`): where two conditions of such a branch were satisfied inside the
///    same array, it is checked that one element satisfies them together.
///
/// Which of these engines takes which pattern, which event, which rule set, ``EngineChoice`` says. The
/// folders: `Compile` makes the tables out of patterns, `Indexes` are what values are looked up in,
/// `Walk` finds the values, `Match` makes matches of them, `RuleBook` changes rules while events are
/// matched, `Explain` tells a person why a rule matches or not.
///
/// A rule set is immutable, and any number of threads may match against it, each with a ``Matcher``
/// of its own. Rules that change while events are matched are what a ``RuleBook`` is for.
public final class RuleSet: Sendable {
    /// The rules' names; a match is reported as a position in this list.
    public let names: [String]
    /// How many branches the rules have.
    public let branchCount: Int
    let tables: RuleTables
    /// What the tables are in.
    private let memory: TableMemory
    /// Tells it from all other rule sets of this process, those included that are gone. Never 0.
    let number = RuleSet.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
    private static let numbers = Atomic<UInt64>(1)

    /// Compiles rules. O(total size of the patterns).
    ///
    /// - Parameters:
    ///   - rules: the rules, whose names have to differ.
    ///   - branchLimit: how many branches the `$or`s of one rule may expand to.
    /// - Throws: the first rule that can't be compiled, and why.
    public init(
        _ rules: some Sequence<Rule>, branchLimit: Int = PatternLimits.branches
    ) throws(RuleError) {
        var builder = RuleSetBuilder()
        var names: [String] = []
        var seen = NumberTable()
        for rule in rules {
            let name = RuleName(text: rule.name)
            let other = seen.find(name.byteHash) { RuleName(text: names[Int($0)]) == name }
            guard other == nil else { throw RuleError(rule: rule.name, .duplicateName) }
            seen.insert(UInt32(names.count), name.byteHash)
            do {
                for branch in try rule.pattern.branches(limit: branchLimit) {
                    builder.add(branch, of: names.count)
                }
            } catch {
                throw RuleError(rule: rule.name, .pattern(error))
            }
            names.append(rule.name)
        }
        self.names = names
        branchCount = builder.branchCount
        var memory = TableMemory()
        tables = builder.freeze(ruleCount: names.count, in: &memory)
        self.memory = memory
    }

    /// Compiles patterns that were checked before, for a ``RuleBook``, which has the names.
    init(checked patterns: some Sequence<EventPattern>, branchLimit: Int) {
        var builder = RuleSetBuilder()
        var count = 0
        for pattern in patterns {
            do throws(PatternError) {
                for branch in try pattern.branches(limit: branchLimit) {
                    builder.add(branch, of: count)
                }
            } catch {
                preconditionFailure("a pattern that was checked can't be compiled: \(error)")
            }
            count += 1
        }
        names = []
        branchCount = builder.branchCount
        var memory = TableMemory()
        tables = builder.freeze(ruleCount: count, in: &memory)
        self.memory = memory
    }

    /// Compiles a single branch, for explanations.
    init(_ branch: PatternBranch) {
        var builder = RuleSetBuilder()
        builder.add(branch, of: 0)
        names = [""]
        branchCount = 1
        var memory = TableMemory()
        tables = builder.freeze(ruleCount: 1, in: &memory)
        self.memory = memory
    }

    /// How many rules there are.
    public var count: Int { tables.ruleCount }

    /// How many conditions its branches have: by this, the work to compile them is measured.
    var weight: Int { tables.branchConditions.count }

    /// The bytes that the compiled tables take, names not included.
    public var byteCount: Int { memory.byteCount }

    /// The names of the rules that match an event, in the order of the rules.
    ///
    /// For a single event at a time: it makes a ``Matcher`` for each call. Whoever matches many
    /// events keeps a matcher.
    ///
    /// - Throws: what is wrong with the event's JSON.
    public func matches(_ event: String) throws(JSONError) -> [String] {
        var matcher = Matcher(self)
        return try matcher.matchNames(event.utf8Span.span.bytes)
    }
}

/// A named event pattern.
public struct Rule: Hashable, Sendable {
    /// The rule's name.
    public var name: String
    /// What it wants of an event.
    public var pattern: EventPattern

    /// Creates a rule.
    public init(name: String, pattern: EventPattern) {
        self.name = name
        self.pattern = pattern
    }

    /// Creates a rule from a pattern's text.
    ///
    /// - Throws: the first thing that is wrong with the pattern, and where.
    public init(name: String, pattern: String) throws(PatternError) {
        self.init(name: name, pattern: try EventPattern(pattern))
    }
}

/// Why a rule can't be part of a rule set.
public struct RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// Another rule has the same name.
        case duplicateName
        /// No rule has this name.
        case unknownName
        /// The pattern expands beyond a limit.
        case pattern(PatternError)
    }

    /// The rule's name.
    public let rule: String
    /// What is wrong.
    public let reason: Reason

    init(rule: String, _ reason: Reason) {
        self.rule = rule
        self.reason = reason
    }

    /// The rule's name and what is wrong with it.
    public var description: String {
        switch reason {
        case .duplicateName: "rule \"\(rule)\": another rule has this name"
        case .unknownName: "rule \"\(rule)\": no rule has this name"
        case .pattern(let error): "rule \"\(rule)\": \(error.message)"
        }
    }
}
