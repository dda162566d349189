public import EventEnvelope

/// Things that wait for their times, any number of them: a hierarchical timer wheel.
///
/// Time is cut into ticks of 2^27 ns (134 ms), and a tick's number into digits of six bits. A thing
/// waits in the list of the highest digit in which its tick differs from the present one, and is moved
/// down a digit when the wheel comes to that list; so each one is moved seven times at most. Nothing
/// fires early: in the tick that has come, the exact times decide.
///
/// The scheme is Varghese and Lauck's ("Hashed and hierarchical timing wheels", 1987, scheme 7).
///
/// Invariant: a thing on level l differs from `current` in the digit l and in none above it, unless it
/// was due before `current`, when it waits in the list of `current` itself. So the first non-empty list
/// of the lowest non-empty level holds the one that is due first.
public struct TimerWheel<Element> {
    /// A thing that waits, to take it back.
    public struct Token: Hashable, Sendable {
        fileprivate var node: Int
        fileprivate var generation: UInt64
    }

    private struct Node {
        var element: Element?
        var due: EventTime
        /// When it came, among those that are due at the same time.
        var generation: UInt64
        var list: Int
        var before: Int
        var after: Int
    }

    private static var digitBits: Int { 6 }
    private static var slots: Int { 1 << digitBits }
    private static var tickShift: Int { 27 }
    private static var levels: Int { (64 - tickShift + digitBits - 1) / digitBits }
    private static var none: Int { -1 }

    private var current: UInt64
    private var nodes: [Node] = []
    private var free: [Int] = []
    /// The first node of each list, level by level.
    private var lists = [Int](repeating: none, count: levels * slots)
    /// A bit for each list that is not empty, one word a level.
    private var occupied = [UInt64](repeating: 0, count: levels)
    private var generation: UInt64 = 0

    /// How many things wait.
    public private(set) var count = 0

    /// Creates an empty wheel that stands at a time.
    public init(at now: EventTime) { current = Self.tick(now) }

    /// Lets a thing wait; one that is due before the wheel's time fires with the next turn. O(1).
    @discardableResult
    public mutating func insert(_ element: Element, at due: EventTime) -> Token {
        generation += 1
        let node = Node(
            element: element, due: due, generation: generation, list: Self.none,
            before: Self.none, after: Self.none)
        let number = free.popLast() ?? nodes.count
        if number == nodes.count { nodes.append(node) } else { nodes[number] = node }
        link(number)
        count += 1
        return Token(node: number, generation: generation)
    }

    /// Takes a thing back; nil if it has fired or was taken back. O(1).
    @discardableResult
    public mutating func remove(_ token: Token) -> Element? {
        guard nodes[token.node].generation == token.generation else { return nil }
        unlink(token.node)
        return release(token.node)
    }

    /// Whether a thing has neither fired nor been taken back. O(1).
    public func waits(_ token: Token) -> Bool { nodes[token.node].generation == token.generation }

    /// When the next thing is due; nil if none waits. O(things in the same list).
    public var nextDue: EventTime? {
        guard let list = firstList else { return nil }
        var (node, least) = (lists[list], EventTime(.max))
        while node != Self.none {
            least = min(least, nodes[node].due)
            node = nodes[node].after
        }
        return least
    }

    /// Turns on to a time, and gives what is due by then, in the order of its times; of the same time
    /// in the order in which it came. O(what is due · log) and the moves down. A time before the
    /// wheel's own gives what is due by then all the same.
    public mutating func turn(to now: EventTime) -> [(element: Element, due: EventTime)] {
        var due: [(element: Element, due: EventTime, generation: UInt64)] = []
        let end = Self.tick(now)
        while let list = firstList {
            let (level, digit) = list.quotientAndRemainder(dividingBy: Self.slots)
            let shift = Self.digitBits * (level + 1)
            let above = (current >> shift) << shift
            let start = max(current, above | UInt64(digit) << (Self.digitBits * level))
            if start > end, start > current { break }
            current = start
            var (node, isEmptied) = (lists[list], true)
            while node != Self.none {
                let after = nodes[node].after
                if nodes[node].due <= now {
                    let found = (nodes[node].due, nodes[node].generation)
                    unlink(node)
                    if let element = release(node) { due.append((element, found.0, found.1)) }
                } else if level > 0 {
                    unlink(node)
                    link(node)
                } else {
                    isEmptied = false
                }
                node = after
            }
            // What is left in the present tick is due later in it.
            if level == 0, !isEmptied { break }
        }
        current = max(current, end)
        due.sort { ($0.due, $0.generation) < ($1.due, $1.generation) }
        return due.map { ($0.element, $0.due) }
    }
}

extension TimerWheel {
    private static func tick(_ time: EventTime) -> UInt64 {
        // Times before 1970 come before those after it.
        (UInt64(bitPattern: time.nanoseconds) ^ 1 << 63) >> UInt64(tickShift)
    }

    private var firstList: Int? {
        guard let level = occupied.firstIndex(where: { $0 != 0 }) else { return nil }
        return level * Self.slots + occupied[level].trailingZeroBitCount
    }

    private mutating func link(_ node: Int) {
        let tick = max(Self.tick(nodes[node].due), current)
        let difference = tick ^ current
        let level =
            difference == 0 ? 0 : (63 - difference.leadingZeroBitCount) / Self.digitBits
        let digit = Int(tick >> UInt64(Self.digitBits * level)) & (Self.slots - 1)
        let list = level * Self.slots + digit
        nodes[node].list = list
        nodes[node].before = Self.none
        nodes[node].after = lists[list]
        if lists[list] != Self.none { nodes[lists[list]].before = node }
        lists[list] = node
        occupied[level] |= 1 << UInt64(digit)
    }

    private mutating func unlink(_ node: Int) {
        let (before, after, list) = (nodes[node].before, nodes[node].after, nodes[node].list)
        if before != Self.none { nodes[before].after = after } else { lists[list] = after }
        if after != Self.none { nodes[after].before = before }
        if lists[list] == Self.none {
            let (level, digit) = list.quotientAndRemainder(dividingBy: Self.slots)
            occupied[level] &= ~(1 << UInt64(digit))
        }
    }

    private mutating func release(_ node: Int) -> Element? {
        defer {
            nodes[node].element = nil
            nodes[node].generation = 0
            free.append(node)
            count -= 1
        }
        return nodes[node].element
    }
}
