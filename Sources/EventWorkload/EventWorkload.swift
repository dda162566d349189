/// A workload: seeded events and rules of one kind, as many as are asked for.
///
/// This is the place to begin reading `EventWorkload`. Benchmarks, the command-line tool and tests
/// take their input from here, so that a figure can be repeated anywhere: the same name, seed and
/// counts give the same bytes on every machine. The way of a workload:
///
/// 1. ``SeededNumbers`` is the only source of chance. Event `n` has numbers of its own, so the first
///    hundred of a million events are the hundred events one would have asked for.
/// 2. `TextWriter` writes JSON straight into one byte buffer: 100,000 events are a single allocation.
/// 3. Events draw their values from a `ValuePool`, and so do the rules. How often a rule matches
///    therefore follows from how large the pools are, and is part of a workload's description.
///
/// ```swift
/// let workload = Workload.aws
/// let events = workload.events(count: 100_000)
/// for (name, pattern) in workload.rules(count: 10_000) { ... }
/// for position in 0..<events.count { try matcher.match(events[position]) }
/// ```
public struct Workload: Sendable {
    /// What it is called on command lines and in reports.
    public let name: String
    /// One line: what the events and rules are.
    public let summary: String
    /// What its events and rules follow from.
    public let seed: UInt64
    /// The numbers of rules that figures are stated for.
    public let ruleCounts: [Int]

    /// The mean size of its events, within 3%.
    public let bytesPerEvent: Int

    private let writeEvent: @Sendable (inout TextWriter, inout SeededNumbers, Int) -> Void
    private let makePatterns: @Sendable (inout SeededNumbers, Int) -> [String]
    private let expectation: @Sendable (Int) -> Double

    /// Creates a workload.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - summary: one line.
    ///   - ruleCounts: the numbers of rules that figures are stated for.
    ///   - bytesPerEvent: the mean size of an event; memory is reserved by it.
    ///   - expectedMatches: from a number of rules to the mean number that match an event.
    ///   - patterns: makes so many patterns.
    ///   - event: writes the event at a position.
    init(
        name: String, summary: String, ruleCounts: [Int], bytesPerEvent: Int,
        expectedMatches: @escaping @Sendable (Int) -> Double,
        patterns: @escaping @Sendable (inout SeededNumbers, Int) -> [String],
        event: @escaping @Sendable (inout TextWriter, inout SeededNumbers, Int) -> Void
    ) {
        self.name = name
        self.summary = summary
        self.seed = 1
        self.ruleCounts = ruleCounts
        self.bytesPerEvent = bytesPerEvent
        self.expectation = expectedMatches
        self.makePatterns = patterns
        self.writeEvent = event
    }

    private init(_ other: Workload, seed: UInt64) {
        self.name = other.name
        self.summary = other.summary
        self.seed = seed
        self.ruleCounts = other.ruleCounts
        self.bytesPerEvent = other.bytesPerEvent
        self.expectation = other.expectation
        self.makePatterns = other.makePatterns
        self.writeEvent = other.writeEvent
    }

    /// The same workload with events and rules that follow from another seed.
    public func seeded(_ seed: UInt64) -> Workload { Workload(self, seed: seed) }

    /// Writes the first `count` events. O(bytes); one allocation that may grow once.
    public func events(count: Int) -> EventBatch {
        precondition(count >= 0, "a batch can't hold \(count) events")
        var writer = TextWriter(capacity: count * (self.bytesPerEvent + self.bytesPerEvent / 16))
        var offsets: [Int] = []
        offsets.reserveCapacity(count + 1)
        offsets.append(0)
        for position in 0..<count {
            var numbers = SeededNumbers(seed: self.seed, stream: UInt64(position) << 1)
            self.writeEvent(&writer, &numbers, position)
            offsets.append(writer.bytes.count)
        }
        return EventBatch(bytes: writer.bytes, offsets: offsets)
    }

    /// Makes the first `count` rules, all different, named `r000001`, `r000002`, ... O(count).
    public func rules(count: Int) -> [(name: String, pattern: String)] {
        precondition(count >= 0, "there can't be \(count) rules")
        var numbers = SeededNumbers(seed: self.seed, stream: 1)
        let patterns = self.makePatterns(&numbers, count)
        return patterns.indices.map { position in
            let digits = String(position + 1)
            let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
            return (name: "r" + zeros + digits, pattern: patterns[position])
        }
    }

    /// How many of the first `ruleCount` rules match an event on average, for the default seed.
    ///
    /// A test holds the measured mean within 15% of it, for 500 rules or more, and for the five of
    /// the GeoJSON workloads. A few rules vary more, and another seed's five differ altogether.
    public func expectedMatches(ruleCount: Int) -> Double { self.expectation(ruleCount) }
}

extension Workload {
    /// All workloads, with the default seed.
    public static let all: [Workload] =
        [.aws, .pinned] + Workload.geoJSON + [
            .wildcards, .anythingBut, .anythingButPinned, .ranges,
        ]

    /// The workload of that name; nil if there is none.
    public static func named(_ name: String, seed: UInt64 = 1) -> Workload? {
        Self.all.first { $0.name == name }?.seeded(seed)
    }
}
