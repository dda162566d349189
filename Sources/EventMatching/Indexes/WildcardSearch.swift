/// The search for wildcards in one value at a time, and its scratch memory (see ``WildcardIndex``).
///
/// The memory is as much as the largest index of a rule set needs, made once, and 4 bytes for each
/// byte of the longest value so far. A search clears what it has touched: a fact that carries the
/// stamp of an earlier search is not true, and queues are emptied by the list of who has waited.
struct WildcardSearch: ~Copyable {
    /// The patterns that wait for one piece, first come first.
    struct Queue: BitwiseCopyable {
        /// In ``waiting``, or ``none``.
        var head = none
        /// The last one, or ``none``.
        var tail = none
    }

    /// A pattern that waits for a piece.
    struct Waiting: BitwiseCopyable {
        /// What it does when it has found it, in ``WildcardIndex/steps``.
        var step: UInt32
        /// Where the piece may begin.
        var start: UInt32
        /// The next one in the queue, or ``none``.
        var next: UInt32
        var queue: UInt32
    }

    /// The first place of ``waiting``, which no pattern gets: what is linked to it is forgotten.
    static let none: UInt32 = 0

    /// The patterns that the value matches: positions in ``WildcardIndex/targets``.
    private(set) var found: GrowableBuffer<UInt32>
    /// Per fact, the last search in which it was true.
    private let facts: FixedBuffer<UInt32>
    /// Where the patterns are that hang on true facts, fact by fact.
    private let hangingOnTrue: FixedBuffer<TableRange>
    private var hangingCount: UInt32 = 0
    /// Those of which a second fact is true.
    private let candidates: FixedBuffer<UInt32>
    /// The pieces that occur in the value, but for those that others end with.
    private let occurring: FixedBuffer<UInt32>
    private var occurringCount: UInt32 = 0
    /// The first pieces that the value begins with, the shortest first.
    private var beginnings: GrowableBuffer<UInt32>
    /// The automaton's state after each byte of the value.
    private var states: GrowableBuffer<UInt32>
    private var statesCapacity = 1024
    private let queues: FixedBuffer<Queue>
    private var waiting: GrowableBuffer<Waiting>
    private var stamp: UInt32 = 0

    /// Makes memory for the largest of some indexes.
    init(_ indexes: FrozenBuffer<WildcardIndex>) {
        var (pieceCount, stepCount, patternCount) = (0, 0, 0)
        for number in 0..<indexes.count {
            pieceCount = max(pieceCount, indexes[number].pieces.count)
            stepCount = max(stepCount, indexes[number].steps.count)
            patternCount = max(patternCount, indexes[number].targets.count)
        }
        found = GrowableBuffer(capacity: patternCount)
        facts = FixedBuffer(repeating: 0, count: 3 * pieceCount)
        // One more each: what is not wanted is written behind the last one.
        hangingOnTrue = FixedBuffer(repeating: TableRange(), count: 3 * pieceCount + 1)
        candidates = FixedBuffer(repeating: 0, count: patternCount + 1)
        occurring = FixedBuffer(repeating: 0, count: pieceCount + 1)
        beginnings = GrowableBuffer(capacity: pieceCount)
        states = GrowableBuffer(capacity: statesCapacity)
        queues = FixedBuffer(repeating: Queue(), count: 3 * pieceCount)
        // A pattern joins a queue for each of its steps, the one that finds it left out.
        waiting = GrowableBuffer(capacity: stepCount + 1)
    }

    /// Finds the patterns that a value matches. O(value * d + candidates + advances), see
    /// ``WildcardIndex``; it allocates where the value is longer than every one before.
    mutating func search(_ value: UnsafeBufferPointer<UInt8>, _ index: borrowing WildcardIndex) {
        found.removeAll()
        // Most values end here, where all patterns begin with something.
        guard value.count >= index.shortest else { return }
        if !index.hasFloating,
            index.automaton.step(PieceAutomaton.root, value[0]) == PieceAutomaton.root
        {
            return
        }
        begin()
        guard let last = scan(value, index) else { return }
        checkHanging(value.count, index)
        if waiting.count == 1 { return }
        follow(value.count, last, index)
        for position in 1..<waiting.count { queues[waiting[position].queue] = Queue() }
    }

    private mutating func begin() {
        hangingCount = 0
        occurringCount = 0
        beginnings.removeAll()
        waiting.removeAll()
        waiting.append(Waiting(step: 0, start: 0, next: Self.none, queue: 0))
        if stamp == UInt32.max {
            facts.fill(0)
            stamp = 0
        }
        stamp &+= 1
        // "No piece" counts as known.
        facts[PieceAutomaton.none] = stamp
    }

    // MARK: Scan

    /// Finds out what is true of a value, and the state after each byte.
    ///
    /// - Returns: the longest piece that the value ends with; nil if it can't match any pattern.
    private mutating func scan(
        _ value: UnsafeBufferPointer<UInt8>, _ index: borrowing WildcardIndex
    ) -> UInt32? {
        if value.count > statesCapacity {
            states.reserve(value.count)
            statesCapacity = value.count
        }
        var state = PieceAutomaton.root
        var at = 0
        var beginsMiddle = false
        // The value begins with a first piece where one ends that is as long as what was read.
        let firstEnd = min(index.longestFirst, value.count)
        while at < firstEnd {
            let piece = step(&state, value, at, index)
            at &+= 1
            if index.pieces[piece].length == UInt32(truncatingIfNeeded: at) {
                note(index.beginning(piece), index)
                beginnings.append(piece)
                if index.pieces[piece].beginsMiddle { beginsMiddle = true }
            }
        }
        if !index.hasFloating {
            if beginnings.count == 0 { return nil }
            // With nothing to look for in the middle, go on where the longest last piece begins.
            let lastStart = value.count &- index.longestLast
            if !beginsMiddle, lastStart > at {
                at = lastStart
                state = PieceAutomaton.root
            }
        }
        while at < value.count {
            _ = step(&state, value, at, index)
            at &+= 1
        }
        for position in 0..<occurringCount {
            let piece = occurring[position]
            takeUp(piece, index)
            noteShorter(piece, index)
        }
        let last = index.automaton.pieces[state]
        var piece = last
        while piece != PieceAutomaton.none {
            note(index.end(piece), index)
            piece = index.pieces[piece].shorter
        }
        return last
    }

    /// Reads a byte; the longest piece that ends with it.
    @inline(__always)
    private mutating func step(
        _ state: inout UInt32, _ value: UnsafeBufferPointer<UInt8>, _ at: Int,
        _ index: borrowing WildcardIndex
    ) -> UInt32 {
        state = index.automaton.step(state, value[at])
        states.base[at] = state
        let piece = index.automaton.pieces[state]
        // Without a branch, which would be mispredicted as often as not: what has occurred before,
        // and no piece, are written behind the last one.
        occurring[occurringCount] = piece
        occurringCount &+= facts[piece] == stamp ? 0 : 1
        facts[piece] = stamp
        return piece
    }

    /// Notes the pieces that an occurring one ends with.
    private mutating func noteShorter(_ piece: UInt32, _ index: borrowing WildcardIndex) {
        // Where one is known, all that it ends with are, or it is still to come itself.
        var piece = index.pieces[piece].shorter
        while facts[piece] != stamp {
            note(piece, index)
            piece = index.pieces[piece].shorter
        }
    }

    @inline(__always)
    private mutating func note(_ fact: UInt32, _ index: borrowing WildcardIndex) {
        facts[fact] = stamp
        takeUp(fact, index)
    }

    /// Takes up the patterns that hang on a fact.
    @inline(__always)
    private mutating func takeUp(_ fact: UInt32, _ index: borrowing WildcardIndex) {
        let range = index.hangingRanges[fact]
        hangingOnTrue[hangingCount] = range
        hangingCount &+= range.isEmpty ? 0 : 1
    }

    // MARK: Check

    /// From what is true to the patterns that hang on it: they are found, or join their first queue.
    private mutating func checkHanging(_ length: Int, _ index: borrowing WildcardIndex) {
        let length = UInt32(truncatingIfNeeded: length)
        var count: UInt32 = 0
        for position in 0..<hangingCount {
            let range = hangingOnTrue[position]
            var first = range.start
            while first < range.start &+ range.count {
                // Without a branch, which would be mispredicted as often as not.
                for hanging in first..<(first &+ UInt32(WildcardIndex.Hanging.blockSize)) {
                    candidates[count] = hanging
                    count &+= facts[index.hanging[hanging].check] == stamp ? 1 : 0
                }
                first &+= UInt32(WildcardIndex.Hanging.blockSize)
            }
        }
        for position in 0..<count {
            let pattern = index.hanging[candidates[position]]
            if pattern.length > length { continue }
            if pattern.queue == WildcardIndex.none {
                found.append(index.steps[pattern.step].number)
            } else if pattern.queue < index.pieceCount || facts[pattern.queue] == stamp {
                join(pattern.queue, at: 0, step: pattern.step)
            }
        }
    }

    // MARK: Follow

    /// Follows the candidates from piece to piece.
    private mutating func follow(_ count: Int, _ last: UInt32, _ index: borrowing WildcardIndex) {
        var at = 0
        for position in 0..<beginnings.count {
            let piece = beginnings[position]
            let length = Int(index.pieces[piece].length)
            visit(at..<length, index)
            at = length
            serve(index.beginning(piece), from: 0, at: at, index)
        }
        visit(at..<count, index)
        var number = last
        while number != PieceAutomaton.none {
            let piece = index.pieces[number]
            let start = UInt32(truncatingIfNeeded: count) &- piece.length
            serve(index.end(number), from: start, at: count, index)
            number = piece.shorter
        }
    }

    /// Serves the queues of all middle pieces that end at some bytes.
    @inline(__always)
    private mutating func visit(_ bytes: Range<Int>, _ index: borrowing WildcardIndex) {
        for at in bytes {
            var number = index.automaton.middlePieces[states.base[at]]
            while number != PieceAutomaton.none {
                if queues[number].head != Self.none {
                    let start = UInt32(truncatingIfNeeded: at &+ 1) &- index.pieces[number].length
                    serve(number, from: start, at: at &+ 1, index)
                }
                number = index.pieces[number].shorterMiddle
            }
        }
    }

    /// Lets the patterns of a queue take their next step, but for those that wait for a piece behind
    /// `start`; the one that was found ends at `end`.
    private mutating func serve(
        _ number: UInt32, from start: UInt32, at end: Int, _ index: borrowing WildcardIndex
    ) {
        var queue = queues[number]
        while queue.head != Self.none {
            let first = waiting[Int(queue.head)]
            if first.start > start { return }
            // Before the pattern goes on, because it may join the same queue.
            queue.head = first.next
            queue.tail = first.next == Self.none ? Self.none : queue.tail
            queues[number] = queue
            let next = index.steps[first.step]
            if next.isFound {
                found.append(next.number)
            } else {
                join(next.number, at: end, step: first.step &+ 1)
                queue = queues[number]
            }
        }
    }

    /// Lets a pattern wait in a queue.
    @inline(__always)
    private mutating func join(_ number: UInt32, at start: Int, step: UInt32) {
        let position = UInt32(truncatingIfNeeded: waiting.count)
        waiting.append(
            Waiting(
                step: step, start: UInt32(truncatingIfNeeded: start), next: Self.none,
                queue: number))
        let queue = queues[number]
        waiting[Int(queue.tail)].next = position
        queues[number] = Queue(
            head: queue.tail == Self.none ? position : queue.head, tail: position)
    }
}
