/// The search for wildcards in one value at a time: its scratch memory, and the search itself.
///
/// The memory is as much as the largest index of a rule set needs, made once. Nothing is cleared
/// between values: what carries the stamp of an earlier search counts as empty.
struct WildcardSearch: ~Copyable {
    /// The patterns that wait for one piece, first come first.
    struct Queue: BitwiseCopyable {
        /// In ``waiting``, or ``none``.
        var head = none
        /// The last one, or ``none``.
        var tail = none
        /// The search that the queue belongs to, and one more once its piece has occurred.
        var stamp: UInt32 = 0
    }

    /// A pattern that waits for a piece.
    struct Waiting: BitwiseCopyable {
        /// What it does when it has found it, in ``WildcardIndex/steps``.
        var step: UInt32
        /// Where the piece may begin.
        var start: UInt32
        /// The next one in the queue, or ``none``.
        var next: UInt32
    }

    /// The first place of ``waiting``, which no pattern gets: what is linked to it is forgotten.
    static let none: UInt32 = 0

    /// The patterns that the value matches: positions in ``WildcardIndex/targets``.
    private(set) var found: GrowableBuffer<UInt32>
    private let queues: FixedBuffer<Queue>
    private var waiting: GrowableBuffer<Waiting>
    /// The stamp of this search, even.
    private var stamp: UInt32 = 0

    /// Makes memory for the largest of some indexes.
    init(_ indexes: FrozenBuffer<WildcardIndex>) {
        var (queueCount, waitCount, patternCount) = (0, 0, 0)
        for number in 0..<indexes.count {
            queueCount = max(queueCount, indexes[number].queueCount)
            waitCount = max(waitCount, indexes[number].waitCount)
            patternCount = max(patternCount, indexes[number].targets.count)
        }
        found = GrowableBuffer(capacity: patternCount)
        queues = FixedBuffer(repeating: Queue(), count: queueCount)
        waiting = GrowableBuffer(capacity: waitCount + 1)
    }

    /// Finds the patterns that a value matches. O(value * d + advances), see ``WildcardIndex``; it
    /// never allocates.
    mutating func run(_ value: UnsafeBufferPointer<UInt8>, _ index: borrowing WildcardIndex) {
        begin()
        var state = PieceAutomaton.root
        var at = 0
        // A pattern's first piece occurs here or nowhere.
        let firstEnd = min(index.longestFirst, value.count)
        while at < firstEnd {
            state = index.automaton.step(state, value[at])
            at &+= 1
            let piece = index.automaton.pieces[state]
            if piece != PieceAutomaton.none, index.pieces[piece].length == UInt32(at) {
                release(index.pieces[piece].anchored, at, index)
            }
            visit(index.automaton.middlePieces[state], at, index)
        }
        if !index.hasFloating {
            if waiting.count == 1 { return }
            // With nothing to look for in the middle, go on where the longest last piece begins.
            if value.count - index.longestLast > at, !waitsInMiddle(index) {
                at = value.count - index.longestLast
                state = PieceAutomaton.root
            }
        }
        while at < value.count {
            state = index.automaton.step(state, value[at])
            at &+= 1
            visit(index.automaton.middlePieces[state], at, index)
        }
        finish(index.automaton.pieces[state], at, index)
    }

    private mutating func begin() {
        found.removeAll()
        waiting.removeAll()
        waiting.append(Waiting(step: 0, start: 0, next: Self.none))
        if stamp >= UInt32.max - 3 {
            queues.fill(Queue())
            stamp = 0
        }
        stamp &+= 2
    }

    /// Serves the queues of a piece that ends somewhere in the value, and of the shorter ones that
    /// end there too.
    @inline(__always)
    private mutating func visit(_ piece: UInt32, _ end: Int, _ index: borrowing WildcardIndex) {
        var number = piece
        while number != PieceAutomaton.none {
            let piece = index.pieces[number]
            let queue = queues[number]
            if queue.stamp == stamp | 1 {
                if queue.head != Self.none { serve(number, piece.length, end, index) }
            } else if queue.stamp == stamp || !piece.floating.isEmpty {
                occur(number, piece, end, index)
            }
            number = piece.shorterMiddle
        }
    }

    /// What only a piece's first occurrence does.
    @inline(__always)
    private mutating func occur(
        _ number: UInt32, _ piece: WildcardIndex.Piece, _ end: Int, _ index: borrowing WildcardIndex
    ) {
        let isWaitedFor = queues[number].stamp == stamp
        if !isWaitedFor { queues[number] = Queue() }
        queues[number].stamp = stamp | 1
        if isWaitedFor { serve(number, piece.length, end, index) }
        release(piece.floating, end, index)
    }

    /// Lets the patterns go on that have found their first piece.
    private mutating func release(_ starts: Run, _ end: Int, _ index: borrowing WildcardIndex) {
        for start in starts.range { advance(index.starts[start], end, index) }
    }

    /// Lets the patterns of a queue go on whose piece has ended at `end`, and did not begin before
    /// they waited for it.
    private mutating func serve(
        _ number: UInt32, _ length: UInt32, _ end: Int, _ index: borrowing WildcardIndex
    ) {
        let start = UInt32(truncatingIfNeeded: end) &- length
        while true {
            var queue = queues[number]
            guard queue.head != Self.none else { return }
            let first = waiting[Int(queue.head)]
            guard first.start <= start else { return }
            // Before the pattern goes on, because it may join the same queue.
            queue.head = first.next
            queue.tail = first.next == Self.none ? Self.none : queue.tail
            queues[number] = queue
            advance(first.step, end, index)
        }
    }

    /// Lets a pattern take its next step, after a piece that ends at `end`.
    @inline(__always)
    private mutating func advance(_ step: UInt32, _ end: Int, _ index: borrowing WildcardIndex) {
        let next = index.steps[step]
        guard !next.isFound else {
            found.append(next.number)
            return
        }
        let number = next.number
        let position = UInt32(truncatingIfNeeded: waiting.count)
        waiting.append(
            Waiting(step: step &+ 1, start: UInt32(truncatingIfNeeded: end), next: Self.none))
        // Without branches, which would be mispredicted half of the time.
        let queue = queues[number]
        let isStale = queue.stamp & ~1 != stamp
        let last = isStale ? Self.none : queue.tail
        waiting[Int(last)].next = position
        queues[number] = Queue(
            head: last == Self.none ? position : queue.head, tail: position,
            stamp: isStale ? stamp : queue.stamp)
    }

    /// Whether any pattern waits for a piece before the value's end.
    private func waitsInMiddle(_ index: borrowing WildcardIndex) -> Bool {
        for position in 1..<waiting.count {
            let step = index.steps[waiting[position].step &- 1]
            if Int(step.number) < index.pieces.count { return true }
        }
        return false
    }

    /// Serves the queues of the pieces that the value ends with.
    private mutating func finish(_ piece: UInt32, _ end: Int, _ index: borrowing WildcardIndex) {
        var number = piece
        while number != PieceAutomaton.none {
            let piece = index.pieces[number]
            let last = UInt32(truncatingIfNeeded: index.pieces.count) &+ number
            if queues[last].stamp == stamp {
                serve(last, piece.length, end, index)
            }
            number = piece.shorter
        }
    }
}
