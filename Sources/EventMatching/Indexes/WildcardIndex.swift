internal import EventPattern
internal import JSONScan

/// All wildcards of one field that are not simply a string, a prefix or a suffix: finds those that a
/// value matches in one pass over it, or two.
///
/// `ab*cd*ef` has a *first* piece, with which the value has to begin, *middle* pieces, which have to
/// follow each other somewhere in it, and a *last* piece, with which it has to end; the first and
/// the last may be empty. Taking each piece where it first fits is exact, because stars are all that
/// lies between them.
///
/// 1. *Scan.* A ``PieceAutomaton`` tells which pieces end at each byte. What is learnt is a few
///    *facts*: that a piece occurs, that the value begins with it, that the value ends with it. A
///    pattern hangs on its rarest fact, and names the next rarest; only where both are true is it a
///    candidate. `*cd*` and `ab*ef` need no more than that.
/// 2. *Follow.* Candidates with more pieces wait for them, one after the other. Each piece has a
///    queue of the patterns that wait for it, each with the position from which it may begin.
///    Positions grow along a queue, because patterns join it at the end as the value is followed:
///    those that can't advance are never looked at, but for the first one.
///
/// A last piece has a queue of its own, served at the end of the value, and a first one too.
///
/// A search is O(value * d + candidates + advances), where an advance takes a candidate to its next
/// piece, and d is how many middle pieces are suffixes of each other (`a`, `ba`, `cba`): 1 to 3 as a
/// rule, and never more than the square root of twice the bytes of all pieces. Without candidates to
/// follow it is O(value).
struct WildcardIndex {
    /// In ``FieldIndex/wildcards``, where a field has none.
    static let none = UInt32.max

    /// The first one stands for none (``PieceAutomaton/none``).
    struct Piece: BitwiseCopyable {
        /// In bytes; 0 only in the first one.
        var length: UInt32
        /// The next shorter piece that this one ends with, or ``PieceAutomaton/none``.
        var shorter: UInt32
        /// The next shorter one that is a middle piece of any pattern.
        var shorterMiddle: UInt32
        /// Whether any pattern that begins with this piece has middle pieces.
        var beginsMiddle: Bool
    }

    /// A pattern that hangs on a fact.
    struct Hanging: BitwiseCopyable {
        /// They are looked at in blocks of so many, the last one filled up with patterns that never
        /// match: one block is the usual case, so how many there are is nothing to mispredict.
        static let blockSize = 4

        /// Another fact that has to be true.
        var check: UInt32
        /// The bytes of all its pieces.
        var length: UInt32
        /// The queue that it joins, or ``WildcardIndex/none`` where the facts are all it wants.
        var queue: UInt32
        /// What it does when that queue lets it go, in ``WildcardIndex/steps``.
        var step: UInt32
    }

    /// What a pattern does next: it joins a queue, or it is found.
    struct Step: BitwiseCopyable {
        private let bits: UInt32

        static func join(_ queue: UInt32) -> Step { Step(bits: queue) }
        static func found(_ targets: Int) -> Step { Step(bits: UInt32(targets) | 1 << 31) }

        private init(bits: UInt32) { self.bits = bits }

        @inline(__always) var isFound: Bool { bits >> 31 != 0 }
        /// The queue; or the pattern's position in ``WildcardIndex/targets``.
        @inline(__always) var number: UInt32 { bits & ~(1 << 31) }
    }

    let automaton: PieceAutomaton
    let pieces: FrozenBuffer<Piece>
    /// The patterns that hang on each fact, in ``hanging``. Facts and queues are numbered alike: a
    /// piece somewhere is the piece's number, at the end of the value one piece count more, and at
    /// its beginning two.
    let hangingRanges: FrozenBuffer<TableRange>
    let hanging: FrozenBuffer<Hanging>
    /// The steps of all patterns, pattern after pattern.
    let steps: FrozenBuffer<Step>
    /// What each pattern leads to.
    let targets: FrozenBuffer<TableRange>
    /// The length of the longest first piece; 0 if all patterns begin with a star.
    let longestFirst: Int
    /// The length of the longest last piece.
    let longestLast: Int
    /// Whether any pattern begins with a star.
    let hasFloating: Bool
    /// The fewest bytes that the pieces of a pattern have in all.
    let shortest: Int

    @inline(__always) var pieceCount: UInt32 { UInt32(truncatingIfNeeded: pieces.count) }
    @inline(__always) func end(_ piece: UInt32) -> UInt32 { piece &+ pieceCount }
    @inline(__always) func beginning(_ piece: UInt32) -> UInt32 { piece &+ 2 &* pieceCount }
}
