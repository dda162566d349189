internal import EventPattern

/// All ranges of one field as a segment tree: finds those that contain a value without trying the
/// others.
///
/// A range is a closed interval of integers: addresses are integers, and numbers become ones by
/// `Double.intervalKey`, which turns `> a` into "at least the number after a". The ends of all
/// intervals cut the line of keys into *slots*, inside which no interval begins or ends. Over the
/// slots lies a binary tree; an interval is noted at the fewest nodes that cover just its slots
/// (Bentley's segment tree, 1977), and a key lies in the intervals noted at its slot's ancestors.
///
///     keys     ──────┬────────┬──────┬────────┬─────
///     slots      0   │   1    │  2   │   3    │  4        cuts = starts, and ends + 1
///     A              └────────┘                           at slot 1
///     B              └───────────────┘                    at slots 1 and 2, or their parent
///
/// Ancestors at which nothing is noted are left out: each slot and each ancestor names the next one
/// that has something, so a single range costs two comparisons.
///
/// A lookup is O(log n + what it finds), without allocation; the memory is O(n log n) at worst,
/// 4 bytes for each of at most 2 log2(2n) nodes that an interval is noted at.
struct IntervalIndex: BitwiseCopyable {
    /// In ``IntervalTables/cuts``, ascending.
    var cuts = TableRange()
    /// The first of `cuts.count + 1` slots.
    var slots: UInt32 = 0

    var isEmpty: Bool { cuts.isEmpty }
}

/// A node of a segment tree at which intervals are noted.
struct IntervalNode: BitwiseCopyable {
    static let none = UInt32.max

    var targets: TableRange
    /// The next ancestor at which anything is noted, or ``none``.
    var next: UInt32
}

/// The interval indexes of all fields with one kind of key.
struct IntervalTables<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    let cuts: FrozenBuffer<Key>
    let slots: FrozenBuffer<UInt32>
    let nodes: FrozenBuffer<IntervalNode>

    /// The first node whose intervals contain a key; its ``IntervalNode/next`` lead to the others.
    /// O(log n), and no branch depends on the key.
    @inline(__always)
    func find(_ index: IntervalIndex, _ key: Key) -> UInt32 {
        var left = Int(index.cuts.count)
        guard left > 0 else { return IntervalNode.none }
        let start = cuts.base + Int(index.cuts.start)
        // How many cuts are not above the key.
        var below = 0
        while left > 1 {
            let half = left / 2
            below &+= start[below &+ half &- 1] <= key ? half : 0
            left &-= half
        }
        below &+= start[below] <= key ? 1 : 0
        return slots[Int(index.slots) &+ below]
    }
}

/// Builds the interval indexes of one kind of key, field after field.
struct IntervalTablesBuilder<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    /// A range, both ends included, and what a key in it leads to.
    struct Interval {
        var low: Key
        var high: Key
        var targets: [Target]
    }

    private var cuts = TableBuilder<Key>()
    private var slots = TableBuilder<UInt32>()
    private var nodes: [IntervalNode] = []

    /// Builds the index of a field. O(n log n).
    mutating func add(
        _ intervals: [Interval], _ targets: inout TableBuilder<Target>
    ) -> IntervalIndex {
        // Between two neighbouring doubles there is nothing.
        let intervals = intervals.filter { $0.low <= $0.high }
        guard !intervals.isEmpty else { return IntervalIndex() }
        let ends = intervals.lazy.filter { $0.high < Key.max }.map { $0.high + 1 }
        let sorted = (intervals.map(\.low) + ends).sorted()
        let cuts = zip(sorted, sorted.dropFirst()).reduce(into: [sorted[0]]) { cuts, pair in
            if pair.0 != pair.1 { cuts.append(pair.1) }
        }
        let noted = Self.note(intervals, cuts)

        // The nodes are numbered as in a heap: slot n is node n + slotCount, and the parent of node
        // n is n / 2. Parents come before their children.
        let slotCount = cuts.count + 1
        var frozen = [UInt32](repeating: IntervalNode.none, count: 2 * slotCount)
        for node in 1..<(2 * slotCount) {
            frozen[node] = frozen[node / 2]
            let first = noted.starts[node]
            let end = noted.starts[node + 1]
            guard first < end else { continue }
            let noted = noted.intervals[first..<end].flatMap { intervals[Int($0)].targets }
            let range = targets.append(
                noted.filter { !$0.isExclusion } + noted.filter(\.isExclusion))
            nodes.append(IntervalNode(targets: range, next: frozen[node]))
            frozen[node] = UInt32(nodes.count - 1)
        }
        return IntervalIndex(
            cuts: self.cuts.append(cuts), slots: slots.append(frozen[slotCount...]).start)
    }

    /// The intervals noted at each node: those of node n are `intervals[starts[n]..<starts[n + 1]]`.
    private static func note(
        _ intervals: [Interval], _ cuts: [Key]
    ) -> (starts: [Int], intervals: [UInt32]) {
        let slotCount = cuts.count + 1
        let covered = intervals.map { interval in
            let first = slot(of: interval.low, cuts)
            let last = slot(of: interval.high, cuts)
            return (first + slotCount)..<(last + 1 + slotCount)
        }
        var starts = [Int](repeating: 0, count: 2 * slotCount + 1)
        for range in covered { forEachNode(covering: range) { starts[$0 + 1] += 1 } }
        for node in 1..<starts.count { starts[node] += starts[node - 1] }
        var noted = [UInt32](repeating: 0, count: starts[2 * slotCount])
        var free = starts
        for (number, range) in covered.enumerated() {
            forEachNode(covering: range) { node in
                noted[free[node]] = UInt32(number)
                free[node] += 1
            }
        }
        return (starts, noted)
    }

    /// The slot of a key: how many cuts are not above it.
    private static func slot(of key: Key, _ cuts: [Key]) -> Int {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] <= key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The fewest nodes whose slots are those of some leaves.
    private static func forEachNode(covering leaves: Range<Int>, _ body: (Int) -> Void) {
        var (low, high) = (leaves.lowerBound, leaves.upperBound)
        while low < high {
            if low % 2 == 1 {
                body(low)
                low += 1
            }
            if high % 2 == 1 {
                high -= 1
                body(high)
            }
            low /= 2
            high /= 2
        }
    }

    /// The tables of all fields added.
    func freeze(in memory: inout TableMemory) -> IntervalTables<Key> {
        IntervalTables(
            cuts: memory.freeze(cuts.elements), slots: memory.freeze(slots.elements),
            nodes: memory.freeze(nodes))
    }
}

extension Double {
    /// An integer that orders as the numbers do, neighbours next to each other and both zeros the
    /// same. Not for NaN, which is no JSON number.
    @inline(__always)
    var intervalKey: UInt64 {
        // Adding zero makes -0 a 0.
        let bits = (self + 0).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }
}

extension NumericRange {
    /// The keys of the numbers in the range.
    var intervalBounds: (low: UInt64, high: UInt64) {
        let low = (lower?.number.value ?? -.infinity).intervalKey
        let high = (upper?.number.value ?? .infinity).intervalKey
        // The keys of the infinities are far from the ends of UInt64.
        return (
            lower?.isInclusive ?? true ? low : low + 1, upper?.isInclusive ?? true ? high : high - 1
        )
    }
}
