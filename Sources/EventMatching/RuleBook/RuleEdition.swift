internal import EventPattern
internal import Synchronization

/// Rules of a book that were compiled together. Immutable.
final class RuleLevel: Sendable {
    /// The rules, by ascending number.
    let rules: [LiveRule]
    let compiled: RuleSet
    /// Where the rules' attachments are, which the rules keep alive; nil for those that have none.
    /// Written in `init` alone.
    nonisolated(unsafe) let attachments: FrozenBuffer<UnsafeRawPointer?>
    /// What these are in.
    private let memory: TableMemory

    /// Compiles rules. O(size of their patterns).
    convenience init(_ rules: [LiveRule], _ compile: ([EventPattern]) -> RuleSet) {
        self.init(rules, compiled: compile(rules.map(\.pattern)))
    }

    /// Takes rules that were compiled before.
    init(_ rules: [LiveRule], compiled: RuleSet) {
        self.rules = rules
        self.compiled = compiled
        var memory = TableMemory()
        attachments = memory.freeze(
            rules.map { rule in
                rule.attachment.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
            })
        self.memory = memory
    }

    /// Takes rules that nobody will ask for, but by their positions: each rule's attachment is its
    /// position and 1. O(rules).
    init(fixed compiled: RuleSet) {
        rules = []
        self.compiled = compiled
        var memory = TableMemory()
        attachments = memory.freeze(
            (0..<compiled.count).map { UnsafeRawPointer(bitPattern: $0 + 1) })
        self.memory = memory
    }

    /// How many conditions the rules' branches have: by this, the work to compile them is measured.
    var weight: Int { compiled.weight }

    /// Where a rule is, or nil. O(log rules).
    func position(of rule: LiveRule) -> Int? {
        var (low, high) = (0, rules.count)
        while low < high {
            let middle = (low + high) / 2
            if rules[middle].number < rule.number { low = middle + 1 } else { high = middle }
        }
        return low < rules.count && rules[low] === rule ? low : nil
    }
}

/// The rules of a level that are no longer in the book: one bit for each rule of the level.
final class RemovedRules: @unchecked Sendable {
    /// Written in `init` alone.
    let bits: FrozenBuffer<UInt64>
    /// What these are in.
    private let memory: TableMemory
    let count: Int

    /// What was removed before and now. O(rules / 64 + what is removed now).
    ///
    /// - Parameter positions: different ones, of rules that were not removed before.
    init(_ before: RemovedRules?, and positions: [Int], ofRules ruleCount: Int) {
        var bits = [UInt64](repeating: 0, count: (ruleCount + 63) / 64)
        if let before { for word in bits.indices { bits[word] = before.bits[word] } }
        for position in positions { bits[position / 64] |= 1 << UInt64(position % 64) }
        var memory = TableMemory()
        self.bits = memory.freeze(bits)
        self.memory = memory
        count = (before?.count ?? 0) + positions.count
    }

    /// The bytes that the bits take.
    var byteCount: Int { memory.byteCount }

    func contains(_ position: Int) -> Bool {
        bits[position / 64] >> UInt64(position % 64) & 1 != 0
    }

    /// The positions that were not removed before.
    func positions(notIn before: RemovedRules?) -> [Int] {
        var positions: [Int] = []
        for word in 0..<bits.count {
            var new = bits[word] & ~(before?.bits[word] ?? 0)
            while new != 0 {
                positions.append(word * 64 + new.trailingZeroBitCount)
                new &= new - 1
            }
        }
        return positions
    }
}

/// A level and what is left of it.
struct RulePart: Sendable {
    let level: RuleLevel
    private(set) var removed: RemovedRules?

    var count: Int { level.rules.count - (removed?.count ?? 0) }

    /// As ``RuleLevel/weight``, for what is left.
    var weight: Int {
        let all = level.rules.count
        return all == 0 ? 0 : level.weight * count / all
    }

    /// The rules that are left, by ascending number.
    var rules: [LiveRule] {
        guard let removed else { return level.rules }
        return level.rules.enumerated().compactMap {
            removed.contains($0.offset) ? nil : $0.element
        }
    }

    mutating func remove(_ positions: [Int]) {
        if positions.isEmpty { return }
        removed = RemovedRules(removed, and: positions, ofRules: level.rules.count)
    }
}

/// All rules of a book at one time. Immutable: a change makes the next edition.
///
/// What a matcher reports are *positions*: the rules of all parts, counted through.
final class RuleEdition: Sendable {
    /// The oldest rules first.
    let parts: [RulePart]
    /// The position of each part's first rule.
    let starts: [UInt32]
    /// How many changes the book had had.
    let changeCount: UInt64
    /// Tells it from all other editions of all books: merges make editions too. Never 0.
    let number: UInt64
    private static let numbers = Atomic<UInt64>(1)

    init(_ parts: [RulePart], changeCount: UInt64) {
        self.parts = parts
        self.changeCount = changeCount
        number = Self.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
        var next = 0
        starts = parts.map { part in
            defer { next += part.level.rules.count }
            return UInt32(next)
        }
    }

    /// How many rules there are.
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    /// The rule at a position. O(parts), and the oldest and largest part is looked at first.
    func rule(at position: UInt32) -> LiveRule {
        var number = 0
        while number + 1 < starts.count, starts[number + 1] <= position { number += 1 }
        return parts[number].level.rules[Int(position - starts[number])]
    }
}
