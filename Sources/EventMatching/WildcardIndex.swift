internal import EventPattern
internal import JSONScan

/// All wildcards of one field that are not simply a string, a prefix or a suffix: finds those that a
/// value matches in one pass over it.
///
/// `ab*cd*ef` has a *first* piece, with which the value has to begin, *middle* pieces, which have to
/// follow each other somewhere in it, and a *last* piece, with which it has to end; the first and
/// the last may be empty. Taking each piece where it first fits is exact, because stars are all that
/// lies between them.
///
/// A ``PieceAutomaton`` tells which pieces end at each byte, and a pattern only ever waits for one
/// piece, its next. So each piece has a queue of the patterns that wait for it, each with the
/// position from which it may begin. Positions grow along a queue, because patterns join it at the
/// end as the value is read: those that can't advance are never looked at, but for the first one
/// (see ``WildcardSearch``).
///
/// - Patterns that begin with a star don't join anything at the start: those with the same first
///   middle piece are a list of that piece's, taken over where it first occurs in a value.
/// - Patterns that do not are the list of their first piece, taken over where that ends a run of
///   bytes from the value's beginning. That is where it first occurs, too.
/// - Last pieces have a queue of their own, served once, at the end of the value: the automaton's
///   state then knows all pieces that the value ends with.
///
/// A search is O(value * d + advances), where an advance takes a pattern to its next piece, and d is
/// how many middle pieces are suffixes of each other (`a`, `ba`, `cba`): 1 to 3 as a rule, and never
/// more than the square root of twice the bytes of all pieces.
struct WildcardIndex {
    /// In ``FieldIndex/wildcards``, where a field has none.
    static let none = UInt32.max

    struct Piece: BitwiseCopyable {
        /// In bytes; never 0.
        var length: UInt32
        /// The next shorter piece that this one ends with, or ``PieceAutomaton/none``.
        var shorter: UInt32
        /// The next shorter one that matters in the middle.
        var shorterMiddle: UInt32
        /// The patterns that begin with this piece, in ``WildcardIndex/starts``.
        var anchored: Run
        /// The patterns that begin with a star and this piece.
        var floating: Run
    }

    /// What a pattern waits for after it has found a piece: another one, the value's end, or nothing.
    struct Step: BitwiseCopyable {
        private let bits: UInt32

        static func piece(_ number: UInt32) -> Step { Step(bits: number) }
        static func found(_ targets: UInt32) -> Step { Step(bits: targets | 1 << 31) }

        private init(bits: UInt32) { self.bits = bits }

        @inline(__always) var isFound: Bool { bits >> 31 != 0 }
        /// The queue to join: a piece's, or its other one, for the end of a value, counted on from
        /// the number of pieces. Where the pattern is found: its position in
        /// ``WildcardIndex/targets``.
        @inline(__always) var number: UInt32 { bits & ~(1 << 31) }
    }

    let automaton: PieceAutomaton
    let pieces: FrozenBuffer<Piece>
    /// The steps of all patterns, pattern after pattern.
    let steps: FrozenBuffer<Step>
    /// For each pattern that a piece's run names, its next step.
    let starts: FrozenBuffer<UInt32>
    /// What each pattern leads to.
    let targets: FrozenBuffer<Run>
    /// The length of the longest first piece; 0 if all patterns begin with a star.
    let longestFirst: Int
    /// The length of the longest last piece.
    let longestLast: Int
    /// Whether any pattern begins with a star.
    let hasFloating: Bool

    /// How many queues a search needs.
    var queueCount: Int { 2 * pieces.count }
    /// How many times patterns can join a queue in one search.
    var waitCount: Int { steps.count }

    func deallocate() {
        automaton.deallocate()
        pieces.deallocate()
        steps.deallocate()
        starts.deallocate()
        targets.deallocate()
    }

    var byteCount: Int {
        automaton.byteCount + pieces.byteCount + steps.byteCount + starts.byteCount
            + targets.byteCount
    }
}

extension WildcardIndex {
    /// Compiles patterns with what they lead to. O(bytes of the patterns), see
    /// ``PieceAutomatonBuilder``.
    ///
    /// - Parameter patterns: at least one, and none that is a string, a prefix or a suffix.
    init(_ patterns: [(wildcard: Wildcard, targets: Run)]) {
        var numbers: [ExactString: UInt32] = [:]
        var texts: [[UInt8]] = []
        func number(of piece: ExactString) -> UInt32 {
            if let known = numbers[piece] { return known }
            numbers[piece] = UInt32(texts.count)
            texts.append(piece.utf8)
            return UInt32(texts.count - 1)
        }
        let numbered = patterns.map { pattern in
            pattern.wildcard.pieces.map { $0.utf8.isEmpty ? nil : number(of: $0) }
        }

        var anchored = [[UInt32]](repeating: [], count: texts.count)
        var floating = anchored
        var isMiddle = [Bool](repeating: false, count: texts.count)
        var isLast = isMiddle
        var steps: [Step] = []
        for (pattern, pieces) in numbered.enumerated() {
            let middle = pieces.dropFirst().dropLast().compactMap(\.self)
            if let first = pieces[0] {
                anchored[Int(first)].append(UInt32(steps.count))
            } else {
                floating[Int(middle[0])].append(UInt32(steps.count))
            }
            for piece in middle { isMiddle[Int(piece)] = true }
            steps += middle.dropFirst(pieces[0] == nil ? 1 : 0).map { .piece($0) }
            if let last = pieces[pieces.count - 1] {
                isLast[Int(last)] = true
                steps.append(.piece(UInt32(texts.count) + last))
            }
            steps.append(.found(UInt32(pattern)))
        }

        var builder = PieceAutomatonBuilder(texts, isMiddle: isMiddle)
        automaton = builder.freeze()
        var starts = RunBuilder<UInt32>()
        pieces = FrozenBuffer(
            texts.indices.map { piece in
                Piece(
                    length: UInt32(texts[piece].count), shorter: builder.shorter[piece],
                    shorterMiddle: builder.shorterMiddle[piece],
                    anchored: starts.append(anchored[piece]),
                    floating: starts.append(floating[piece]))
            })
        self.steps = FrozenBuffer(steps)
        self.starts = FrozenBuffer(starts.elements)
        targets = FrozenBuffer(patterns.map(\.targets))
        longestFirst = zip(texts, anchored).map { $1.isEmpty ? 0 : $0.count }.max() ?? 0
        longestLast = zip(texts, isLast).map { $1 ? $0.count : 0 }.max() ?? 0
        hasFloating = floating.contains { !$0.isEmpty }
    }
}
