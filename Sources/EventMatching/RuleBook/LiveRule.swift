public import EventPattern

/// A rule as a ``RuleBook`` has it: the same object for as long as the rule is in the book, in every
/// match that is reported.
///
/// A rule that replaces another one of its name is another object, with a number and an attachment
/// of its own.
public final class LiveRule: Sendable {
    /// The rule's name.
    public let name: String
    /// What it wants of an event.
    public let pattern: EventPattern
    /// Tells it from all other rules that the book has, had and will have. Rules that came later
    /// have higher numbers.
    public let number: UInt64
    /// What whoever added the rule wants to find again when it matches, such as its targets.
    public let attachment: (any AnyObject & Sendable)?

    init(_ draft: RuleDraft, number: UInt64) {
        name = draft.rule.name
        pattern = draft.rule.pattern
        self.number = number
        attachment = draft.attachment
    }
}

extension LiveRule: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

/// A rule's name as a key: two names are the same only if they are the same sequence of code
/// points, which is not how `String` compares.
struct RuleName: Hashable {
    let text: String

    static func == (one: Self, other: Self) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        text.utf8Span.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// A hash for a ``NumberTable``.
    var byteHash: UInt64 {
        text.utf8Span.span.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { EventMatching.byteHash($0, bytes.count, seed: 0) } ?? 0
        }
    }
}

/// The rules of a book by name.
///
/// In many small tables instead of one: a table that grows takes all of its entries along, and what
/// is a few microseconds for some hundreds would be many milliseconds for 100,000.
struct RuleNames {
    private static let shardCount = 512
    /// Up to so many rules are in one table.
    private static let smallCount = 256
    private var shards: [[RuleName: LiveRule]] = [[:]]
    private(set) var count = 0

    /// The rule of a name. O(1); setting it takes at most O(rules / shards).
    subscript(_ name: RuleName) -> LiveRule? {
        get { shards[shard(of: name)][name] }
        set {
            if shards.count == 1, count >= Self.smallCount { spread() }
            let shard = shard(of: name)
            let old = shards[shard].removeValue(forKey: name)
            count -= old == nil ? 0 : 1
            guard let newValue else { return }
            shards[shard][name] = newValue
            count += 1
        }
    }

    private mutating func spread() {
        let all = shards[0]
        shards = Array(repeating: [:], count: Self.shardCount)
        for (name, rule) in all { shards[shard(of: name)][name] = rule }
    }

    private func shard(of name: RuleName) -> Int {
        // Other bits of the hash than those that a dictionary uses, which takes the lowest ones.
        Int(truncatingIfNeeded: UInt(bitPattern: name.hashValue) >> 48) % shards.count
    }
}
