internal import EventPattern
public import JSONScan

/// Matches events against a ``RuleSet``: the scratch memory for one thread.
///
/// A matcher allocates when it is made, and later only where an event is larger or matches more
/// inside arrays than every one before it, or when it learns a structure of events or the way through
/// it.
///
/// ```swift
/// var matcher = Matcher(rules)
/// let matching = try matcher.match(event)
/// for position in matching.indices { print(rules.names[Int(matching[position])]) }
/// ```
public struct Matcher: ~Copyable {
    /// The rules that it matches against.
    public let rules: RuleSet
    /// Those of the rules; of a matcher that is lent (`Matcher+Turning`), those of the rules that it
    /// was turned to.
    var tables: RuleTables
    /// The rule set's number; 0 where a matcher that is lent was turned to none yet.
    var turnedTo: UInt64
    private var scanner: StructuralScanner

    /// What the walk found, in text order, and the keys that it read on its way.
    var leaves: GrowableBuffer<Leaf>
    var visitedKeys: GrowableBuffer<UInt32>
    /// The strings that passed their fields' filters.
    var passed: GrowableBuffer<PassedString>
    /// The values of the plan's numbers, NaN for those that can't be compared, and the ranges found.
    var numberValues: GrowableBuffer<Double>
    var foundRanges: GrowableBuffer<FoundRanges>
    var plans: WalkPlans

    /// Per condition, what this event has shown of it, and at the end one that it never shows.
    let states: FixedBuffer<ConditionState>
    /// The conditions whose state is not empty.
    var satisfied: GrowableBuffer<UInt32>
    /// The candidates that those of them have: branches, and groups of branches.
    var candidateRanges: GrowableBuffer<TableRange>
    var groupRanges: GrowableBuffer<TableRange>
    /// The positions of these in their table.
    var positions: GrowableBuffer<UInt32>
    /// The branches that remain to be verified, in ``RuleTables/candidates``, and the rules of those which
    /// need not be.
    var unverified: GrowableBuffer<UInt32>
    var matchingRules: GrowableBuffer<UInt32>
    /// Per exclusion, the number of the last leaf that it held for.
    let exclusionLeaves: FixedBuffer<UInt32>
    /// Per exclusion that holds by default, how many leaves outside arrays it excluded, and which
    /// ones excluded any.
    let excludedCounts: FixedBuffer<UInt32>
    var excluded: GrowableBuffer<UInt32>
    /// Per field with such exclusions, how many leaves it has outside arrays, and which ones have
    /// any.
    let defaultLeaves: FixedBuffer<UInt32>
    var defaultFields: GrowableBuffer<UInt32>
    /// A copy of the rule set's, changed and changed back for each event.
    let soleBits: FixedBuffer<UInt64>
    /// How many leaves were looked up since `exclusionLeaves` was last cleared.
    var leafNumber: UInt32 = 0

    /// Elements of arrays that the walk went into; entry 0 stands for "in none".
    var scopes: GrowableBuffer<Scope>
    /// For each array that has such elements, the first scope behind it.
    var arrayEnds: GrowableBuffer<UInt32>
    /// Conditions satisfied inside array elements, linked per condition in text order.
    var hits: GrowableBuffer<Hit>
    let firstHit: FixedBuffer<UInt32>
    let lastHit: FixedBuffer<UInt32>
    /// The search for elements that go together.
    var pending: GrowableBuffer<PendingCondition>
    var chosen: GrowableBuffer<ChosenScope>
    var pendingHits: GrowableBuffer<UInt32>

    /// Keys and values taken out of their escapes or folded.
    var textScratch: GrowableBuffer<UInt8>
    var foldScratch: GrowableBuffer<UInt8>

    var wildcardSearch: WildcardSearch

    /// One bit per rule, set where it matches; all zero between events.
    private var matchedBits: GrowableBuffer<UInt64>
    /// The words of ``matchedBits`` that are not zero: one bit each.
    private var matchedWords: GrowableBuffer<UInt64>
    private var matches: GrowableBuffer<UInt32>

    /// Makes the scratch memory for matching against some rules. O(conditions of the rules).
    ///
    /// - Parameters:
    ///   - rules: kept alive for as long as the matcher lives.
    ///   - kernel: the processor family whose structural scan is used.
    public init(_ rules: RuleSet, kernel: ScanKernel = .best) {
        self.init(
            rules, room: ScratchRoom(for: rules.tables), plans: WalkPlans(of: rules.number),
            kernel: kernel)
        turnedTo = rules.number
    }

    /// Makes the scratch memory, with room for some rules.
    init(_ rules: RuleSet, room: ScratchRoom, plans: consuming WalkPlans, kernel: ScanKernel) {
        self.rules = rules
        self.plans = plans
        tables = rules.tables
        turnedTo = 0
        scanner = StructuralScanner(kernel: kernel)
        leaves = GrowableBuffer(capacity: 16)
        visitedKeys = GrowableBuffer(capacity: 16)
        passed = GrowableBuffer(capacity: 16)
        numberValues = GrowableBuffer(capacity: 16)
        foundRanges = GrowableBuffer(capacity: 16)
        let conditionCount = room.conditions
        states = FixedBuffer(repeating: [], count: conditionCount + 1)
        states.copyAll(of: tables.defaultStates)
        candidateRanges = GrowableBuffer(capacity: conditionCount)
        groupRanges = GrowableBuffer(capacity: conditionCount)
        positions = GrowableBuffer(capacity: 16)
        unverified = GrowableBuffer(capacity: 16)
        matchingRules = GrowableBuffer(capacity: 16)
        // One more, because a loop without branches writes behind the last one.
        satisfied = GrowableBuffer(capacity: conditionCount + 1)
        exclusionLeaves = FixedBuffer(repeating: 0, count: room.exclusions)
        excludedCounts = FixedBuffer(repeating: 0, count: room.exclusions)
        excluded = GrowableBuffer(capacity: 8)
        defaultLeaves = FixedBuffer(repeating: 0, count: room.fields)
        defaultFields = GrowableBuffer(capacity: room.fields)
        soleBits = FixedBuffer(tables.soleBits)
        scopes = GrowableBuffer(capacity: 8)
        arrayEnds = GrowableBuffer(capacity: 8)
        pendingHits = GrowableBuffer(capacity: 8)
        hits = GrowableBuffer(capacity: 8)
        firstHit = FixedBuffer(repeating: 0, count: conditionCount)
        lastHit = FixedBuffer(repeating: 0, count: conditionCount)
        pending = GrowableBuffer(capacity: 16)
        chosen = GrowableBuffer(capacity: 16)
        textScratch = GrowableBuffer(capacity: 64)
        foldScratch = GrowableBuffer(capacity: 64)
        wildcardSearch = WildcardSearch(tables.wildcards)
        matches = GrowableBuffer(capacity: max(room.rules, 1))
        let words = room.rules / 64 + 1
        matchedBits = GrowableBuffer(capacity: words)
        for _ in 0..<words { matchedBits.append(0) }
        matchedWords = GrowableBuffer(capacity: words / 64 + 1)
        for _ in 0...words / 64 { matchedWords.append(0) }
        scopes.append(Scope.none)
    }

    /// Scans an event and matches it.
    ///
    /// - Returns: the positions in ``RuleSet/names`` of the rules that match, ascending; valid until
    ///   the matcher is used again.
    /// - Throws: what is wrong with the event's JSON; nothing was matched then.
    @_lifetime(&self)
    public mutating func match(_ event: borrowing RawSpan) throws(JSONError) -> Span<UInt32> {
        // The index must not outlive the pointer: matching happens inside the closure.
        try event.withUnsafeBytes { bytes throws(JSONError) in
            matchScanned(try scanner.scan(bytes))
        }
        return span
    }

    /// Matches an event that was scanned already.
    ///
    /// - Returns: as ``match(_:)-(RawSpan)``.
    @_lifetime(&self)
    public mutating func match(_ event: borrowing ScannedText) -> Span<UInt32> {
        matchScanned(event.index)
        return span
    }

    /// As ``match(_:)-(ScannedText)``, for an event whose scanner can't be borrowed from.
    @_lifetime(&self)
    package mutating func match(_ event: StructuralIndex) -> Span<UInt32> {
        matchScanned(event)
        return span
    }

    /// Scans an event and matches it.
    ///
    /// - Returns: the names of the rules that match, in the order of the rules.
    /// - Throws: what is wrong with the event's JSON.
    public mutating func matchNames(_ event: borrowing RawSpan) throws(JSONError) -> [String] {
        let rules = self.rules
        let matching = try match(event)
        return matching.indices.map { rules.names[Int(matching[$0])] }
    }

    /// Scans an event and matches it.
    ///
    /// - Returns: the names of the rules that match, in the order of the rules.
    /// - Throws: what is wrong with the event's JSON.
    public mutating func matchNames(_ event: String) throws(JSONError) -> [String] {
        try matchNames(event.utf8Span.span.bytes)
    }

    /// As ``match(_:)-(ScannedText)``, for callers that can't borrow from a matcher because it lives in
    /// a class.
    package mutating func matchUnborrowed(
        _ event: StructuralIndex
    ) -> UnsafeBufferPointer<UInt32> {
        matchScanned(event)
        return UnsafeBufferPointer(start: matches.base, count: matches.count)
    }

    private var span: Span<UInt32> {
        @_lifetime(borrow self)
        get {
            let matching = UnsafeBufferPointer(start: matches.base, count: matches.count)
            return _overrideLifetime(Span(_unsafeElements: matching), borrowing: self)
        }
    }

    private mutating func matchScanned(_ event: StructuralIndex) {
        reset()
        walk(event)
        matchBranches()
        collectMatches()
    }

    /// Forgets the event before.
    private mutating func reset() {
        if EngineChoice.copiesStates(tables.defaultStates.count, satisfied: satisfied.count) {
            states.copyAll(of: tables.defaultStates)
        } else {
            for position in 0..<satisfied.count {
                let condition = satisfied[position]
                states[condition] = states[condition].intersection(.byDefault)
            }
        }
        satisfied.removeAll()
        for position in 0..<excluded.count { excludedCounts[excluded[position]] = 0 }
        excluded.removeAll()
        for position in 0..<defaultFields.count { defaultLeaves[defaultFields[position]] = 0 }
        defaultFields.removeAll()
        hits.removeAll()
        scopes.removeAll()
        arrayEnds.removeAll()
        scopes.append(Scope.none)
        matches.removeAll()
        // Far from overflow: one event has at most a quarter of the numbers as leaves.
        if leafNumber > UInt32.max / 2 {
            leafNumber = 0
            exclusionLeaves.fill(0)
        }
    }

    /// Notes that a rule matches.
    @inline(__always)
    mutating func note(_ rule: UInt32) {
        note(1 << UInt64(rule % 64), atWord: Int(rule / 64))
    }

    /// Notes that the rules of a word's bits match.
    @inline(__always)
    mutating func note(_ bits: UInt64, atWord word: Int) {
        matchedBits[word] |= bits
        matchedWords[word / 64] |= 1 << UInt64(word % 64)
    }

    /// Turns the bits into positions, and clears them.
    private mutating func collectMatches() {
        for group in 0..<matchedWords.count {
            var words = matchedWords[group]
            guard words != 0 else { continue }
            matchedWords[group] = 0
            while words != 0 {
                let word = group * 64 + words.trailingZeroBitCount
                words &= words - 1
                var bits = matchedBits[word]
                matchedBits[word] = 0
                while bits != 0 {
                    // Stretch by stretch: where nearly all rules match, they are long.
                    let start = bits.trailingZeroBitCount
                    let count = (~(bits >> UInt64(start))).trailingZeroBitCount
                    matches.append(
                        count, from: UInt32(truncatingIfNeeded: word * 64 + start))
                    bits &= ~0 << UInt64(start + count)
                }
            }
        }
    }
}

/// What an event has shown of a condition.
struct ConditionState: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// Satisfied by a value outside all arrays, or directly in one: it goes together with anything.
    static let free = ConditionState(rawValue: 1)
    /// Satisfied by values inside objects or arrays that are elements of an array.
    static let scoped = ConditionState(rawValue: 2)
    /// Satisfied by any value that is not excluded: always set where it is, see ``Exclusion``.
    static let byDefault = ConditionState(rawValue: 4)

    /// 1 where no value satisfied it, else 0.
    var countIfUnsatisfied: Int {
        @inline(__always) get { (Int(rawValue & 3) &- 1) >> 63 & 1 }
    }

    /// 0 where it is empty, else 1.
    var countIfAny: Int {
        @inline(__always) get { Int(truncatingIfNeeded: (rawValue &+ 7) >> 3) }
    }
}
