/// Finds where any of many pieces of text ends, in one pass over a value: the automaton of Aho and
/// Corasick ("Efficient string matching: an aid to bibliographic search", 1975).
///
/// The pieces form a trie, whose nodes are the states: a state says which beginning of a piece was
/// read last, the longest such. States are numbered breadth first, so the children of one state are
/// neighbours, and the edge to a state is described by the byte that leads to it.
///
/// - The *first* states, by far the most visited, are the rows of a table with a column for each
///   class of bytes (a byte that occurs in the pieces is a class of its own, all others are one
///   class): one load for a byte.
/// - The *others*, of which there can be millions and nearly all have one child, have no row. There
///   the byte is looked for among the children, and if it is none, the search goes on from the
///   longest proper suffix that is a state too.
///
/// O(value) for all steps together, since a step that falls back makes the state shorter by as much
/// as steps before have made it longer. 17 bytes for a state, and at most
/// ``PieceAutomatonBuilder/cellsPerState`` table cells of 4 bytes.
struct PieceAutomaton {
    static let root: UInt32 = 0
    /// No piece: pieces are numbered from 1.
    static let none: UInt32 = 0

    /// The class of each byte.
    let classes: FrozenBuffer<UInt8>
    let classCount: Int
    /// Where each class leads from the first states.
    let rows: FrozenBuffer<UInt32>
    let rowCount: UInt32
    /// The byte on the edge to each state.
    let labels: FrozenBuffer<UInt8>
    /// The first child of each state; those of the last state end at the state count.
    let firstChildren: FrozenBuffer<UInt32>
    /// The longest proper suffix of each state that is a state too.
    let suffixes: FrozenBuffer<UInt32>
    /// The longest piece that ends where each state is reached, or ``none``.
    let pieces: FrozenBuffer<UInt32>
    /// The longest one of those that matter in the middle of a value, or ``none``.
    let middlePieces: FrozenBuffer<UInt32>

    /// The state after one more byte. O(1) averaged over a value.
    @inline(__always)
    func step(_ state: UInt32, _ byte: UInt8) -> UInt32 {
        var state = state
        if state >= rowCount {
            state = stepDeep(state, byte)
            if state & Self.isDone != 0 { return state & ~Self.isDone }
        }
        return rows[Int(state) &* classCount &+ Int(classes[Int(byte)])]
    }

    private static let isDone: UInt32 = 1 << 31

    /// From a state without a row: the state after the byte, marked as done; or the suffix that has
    /// a row, from which the step is still to be made.
    @inline(never)
    private func stepDeep(_ state: UInt32, _ byte: UInt8) -> UInt32 {
        var state = state
        while state >= rowCount {
            if let child = child(of: state, byte) { return child | Self.isDone }
            state = suffixes[state]
        }
        return state
    }

    /// O(log children), at most 8 steps.
    @inline(__always)
    private func child(of state: UInt32, _ byte: UInt8) -> UInt32? {
        var low = firstChildren[state]
        let end = firstChildren[state + 1]
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] < byte { low = middle + 1 } else { high = middle }
        }
        return low < end && labels[low] == byte ? low : nil
    }
}
