internal import Dispatch
public import EventPattern
public import JSONScan

/// Rules that can be changed while events are matched against them.
///
/// This is the place to begin reading about changes of rules. A ``RuleSet`` is compiled once; a book
/// is made of several of them, its *levels*, the first one with nearly all of the rules and the
/// others much smaller each. The way of a change:
///
/// 1. A ``RuleChange`` is checked against itself, then against the book: unless all of it can be
///    done, nothing is.
/// 2. The rules that are new are compiled together with those of the last level if that is small
///    still, or else as a level of their own; rules that go are marked in their levels
///    (``RemovedRules``). So a change costs what it changes, beside however many rules.
/// 3. That makes the next ``RuleEdition``, which is immutable. It is put into the ``Mailbox`` of each
///    ``LiveMatcher``, with scratch memory for the levels that are new.
/// 4. Levels that are too many, or have lost too many rules, are merged in the background
///    (`RuleBook+Merge`): that is when the memory of removed rules comes back.
///
/// This is how a log-structured merge-tree works (O'Neil and others, 1996), with rules for records.
///
/// Changes wait for each other, but neither for a merge nor for matchers; and matchers wait for
/// nothing.
///
/// ```swift
/// let book = try RuleBook([Rule(name: "stopped", pattern: #"{"detail": {"state": ["stopped"]}}"#)])
/// var matcher = book.makeMatcher()    // one for each thread
/// try book.put(Rule(name: "started", pattern: #"{"detail": {"state": ["running"]}}"#))
/// print(try matcher.matchNames(#"{"detail": {"state": "running"}}"#))    // ["started"]
/// ```
public final class RuleBook: Sendable {
    /// New rules are compiled together with those of the last level until that has so many
    /// conditions. Some 16 rules: they take 0.1 ms.
    static let openWeightMax = 64

    /// How many branches the `$or`s of one rule may expand to.
    public let branchLimit: Int
    /// Where rule sets are found that other books have too; nil for nowhere.
    private let pool: RuleSetPool?
    /// Changes are made one after the other, on this queue. Not a lock, which is not fair: merges must
    /// get their turn while somebody changes rules in a loop.
    let changes = DispatchQueue(label: "switchyard.rules")
    /// Only touched on `changes`.
    nonisolated(unsafe) var contents = RuleBookContents()
    /// The merges that are going on.
    let merges = DispatchGroup()

    /// Creates a book without rules.
    public init(branchLimit: Int = PatternLimits.branches) {
        self.branchLimit = branchLimit
        pool = nil
    }

    /// Creates a book without rules, which shares what it compiles with other books.
    package init(sharing pool: RuleSetPool, branchLimit: Int = PatternLimits.branches) {
        self.branchLimit = branchLimit
        self.pool = pool
    }

    /// Creates a book of rules that were compiled before and stay as they are: it can make matchers, and
    /// nothing else. What `matchAttachments` gives of a rule is its position in the set, and 1.
    package convenience init(fixed rules: RuleSet) {
        self.init()
        contents = RuleBookContents(fixed: rules)
    }

    /// Creates a book of some rules. O(total size of the patterns).
    ///
    /// - Parameters:
    ///   - rules: the rules, whose names have to differ.
    ///   - branchLimit: how many branches the `$or`s of one rule may expand to.
    /// - Throws: the first rule that can't be compiled, and why.
    public convenience init(
        _ rules: some Sequence<Rule>, branchLimit: Int = PatternLimits.branches
    ) throws(RuleError) {
        self.init(branchLimit: branchLimit)
        var change = RuleChange()
        for rule in rules { change.add(rule) }
        try apply(change)
    }

    /// Adds a rule. O(size of its pattern), however many rules there are.
    ///
    /// - Parameter attachment: what ``LiveRule/attachment`` will be.
    /// - Throws: that its name is not new, or why it can't be compiled.
    public func add(
        _ rule: Rule, attachment: (any AnyObject & Sendable)? = nil
    ) throws(RuleError) {
        var change = RuleChange()
        change.add(rule, attachment: attachment)
        try apply(change)
    }

    /// Adds a rule, or replaces the one that has its name: every event sees one of the two. O(size
    /// of its pattern), however many rules there are.
    ///
    /// - Parameter attachment: what ``LiveRule/attachment`` will be.
    /// - Throws: why it can't be compiled.
    public func put(
        _ rule: Rule, attachment: (any AnyObject & Sendable)? = nil
    ) throws(RuleError) {
        var change = RuleChange()
        change.put(rule, attachment: attachment)
        try apply(change)
    }

    /// Removes the rule of a name. O(rules / 64), some microseconds beside 100,000.
    ///
    /// - Throws: that there is none.
    public func remove(_ name: String) throws(RuleError) {
        var change = RuleChange()
        change.remove(name)
        try apply(change)
    }

    /// Makes changes that belong together: an event sees all of them or none. O(size of the
    /// patterns). When it returns, every event that is matched from then on sees them.
    ///
    /// - Throws: what can't be done; the book is as it was then.
    public func apply(_ change: RuleChange) throws(RuleError) {
        let effects = try change.effects(branchLimit: branchLimit)
        if effects.isEmpty { return }
        // Other changes wait while this one is made, but not while its many rules are compiled.
        let added = effects.compactMap(\.outcome)
        var compiled: RuleSet?
        if added.reduce(0, { $0 + $1.weight }) > Self.openWeightMax {
            compiled = compile(added.map(\.rule.pattern))
        }
        let result = changes.sync {
            Result { () throws(RuleError) in
                let before = try contents.apply(effects, compiled, compile)
                startMerges()
                return before
            }
        }
        // The edition before goes when nothing is held up by it.
        _ = try result.get()
    }

    /// Compiles patterns that were checked before.
    func compile(_ patterns: [EventPattern]) -> RuleSet {
        pool?.rules(patterns, branchLimit: branchLimit)
            ?? RuleSet(checked: patterns, branchLimit: branchLimit)
    }

    /// Makes a matcher for one thread, which follows all changes of the book. O(conditions).
    ///
    /// - Parameter kernel: the processor family whose structural scan is used.
    public func makeMatcher(kernel: ScanKernel = .best) -> LiveMatcher {
        makeMatcher(sharing: MatcherScratch(kernel: kernel, lends: false))
    }

    /// Makes a matcher that shares its memory with others of its thread. O(conditions), unless the
    /// rules are few.
    ///
    /// What one of them gives is valid until any of them is used again.
    package func makeMatcher(sharing scratch: MatcherScratch) -> LiveMatcher {
        let mailbox = Mailbox(scratch)
        let edition = changes.sync {
            contents.mailboxes.append(mailbox)
            return contents.edition
        }
        return LiveMatcher(edition, mailbox)
    }

    /// How many rules there are.
    public var count: Int { changes.sync { contents.names.count } }

    /// All rules, in the order in which they came into the book.
    public var rules: [LiveRule] {
        changes.sync { contents.edition }.parts.flatMap(\.rules)
    }

    /// The rule of a name, or nil. O(1)
    public func rule(named name: String) -> LiveRule? {
        changes.sync { contents.names[RuleName(text: name)] }
    }

    /// How many changes there have been.
    public var changeCount: UInt64 { changes.sync { contents.edition.changeCount } }

    /// The bytes that the compiled tables take, those of rules included that were removed but not
    /// merged away yet; names and patterns not.
    public var byteCount: Int {
        changes.sync { contents.edition }.parts.reduce(0) { sum, part in
            sum + part.level.compiled.byteCount + (part.removed?.byteCount ?? 0)
        }
    }
}
