/// Builds a ``PieceAutomaton`` out of pieces. O(bytes of the pieces), times the bytes that differ
/// for the table of the first states.
struct PieceAutomatonBuilder {
    /// The table has at most so many cells for each state: with the 17 bytes that a state takes
    /// anyway, a piece costs 50 bytes a letter at most.
    static let cellsPerState = 8
    /// But this many are always fine, so that few pieces need no other states: 4 KiB,
    static let cellsMin = 1 << 10
    /// and never more than these, 128 KiB: beyond, they leave the processor's nearer caches.
    static let cellsMax = 1 << 15

    /// A state while the trie grows. Its children are a list in no order.
    private struct Node {
        var label: UInt8
        /// 0 where there is none, which is the root and nobody's child.
        var firstChild = PieceAutomaton.root
        var sibling = PieceAutomaton.root
        var piece = PieceAutomaton.none
    }

    /// For each piece, the longest other one that it ends with, and the longest one of those that
    /// matter in the middle.
    private(set) var shorter: [UInt32] = []
    private(set) var shorterMiddle: [UInt32] = []
    private var nodes = [Node(label: 0)]
    private let isMiddle: [Bool]

    /// - Parameters:
    ///   - pieces: different ones; the first one stands for "none" and is empty, the others are not.
    ///   - isMiddle: which of them matter in the middle of a value.
    init(_ pieces: [[UInt8]], isMiddle: [Bool]) {
        self.isMiddle = isMiddle
        for (number, piece) in pieces.enumerated() {
            var node = 0
            for byte in piece { node = child(of: node, byte) }
            nodes[node].piece = UInt32(number)
        }
        let none = [UInt32](repeating: PieceAutomaton.none, count: pieces.count)
        (shorter, shorterMiddle) = (none, none)
    }

    private mutating func child(of node: Int, _ label: UInt8) -> Int {
        var child = nodes[node].firstChild
        while child != PieceAutomaton.root {
            if nodes[Int(child)].label == label { return Int(child) }
            child = nodes[Int(child)].sibling
        }
        nodes.append(Node(label: label, sibling: nodes[node].firstChild))
        nodes[node].firstChild = UInt32(nodes.count - 1)
        return nodes.count - 1
    }

    /// The automaton of all pieces.
    mutating func freeze(in memory: inout TableMemory) -> PieceAutomaton {
        let count = nodes.count
        let (order, firstChildren) = breadthFirst()
        let labels = order.map { nodes[Int($0)].label }
        let (classes, classCount) = Self.classes(of: labels.dropFirst())
        let cells = min(max(Self.cellsPerState * count, Self.cellsMin), Self.cellsMax)
        let rowCount = min(max(cells / classCount, 1), count)

        var suffixes = [UInt32](repeating: PieceAutomaton.root, count: count)
        var pieces = [UInt32](repeating: PieceAutomaton.none, count: count)
        var middlePieces = pieces
        var rows = [UInt32](repeating: PieceAutomaton.root, count: rowCount * classCount)
        /// The state after a byte, from a state whose suffixes are known.
        func step(_ state: UInt32, _ label: UInt8) -> UInt32 {
            var state = state
            while state >= rowCount {
                let children = firstChildren[Int(state)]..<firstChildren[Int(state) + 1]
                if let child = children.first(where: { labels[Int($0)] == label }) { return child }
                state = suffixes[Int(state)]
            }
            return rows[Int(state) * classCount + Int(classes[Int(label)])]
        }
        for state in 0..<count {
            // What the suffix knows is already known: it is shorter.
            let suffix = Int(suffixes[state])
            pieces[state] = pieces[suffix]
            middlePieces[state] = middlePieces[suffix]
            let piece = nodes[Int(order[state])].piece
            if piece != PieceAutomaton.none {
                shorter[Int(piece)] = pieces[state]
                shorterMiddle[Int(piece)] = middlePieces[state]
                pieces[state] = piece
                if isMiddle[Int(piece)] { middlePieces[state] = piece }
            }
            let children = firstChildren[state]..<firstChildren[state + 1]
            for child in children where state > 0 {
                suffixes[Int(child)] = step(UInt32(suffix), labels[Int(child)])
            }
            guard state < rowCount else { continue }
            let row = state * classCount
            if state > 0 {
                let suffixRow = suffix * classCount
                for column in 0..<classCount { rows[row + column] = rows[suffixRow + column] }
            }
            for child in children { rows[row + Int(classes[Int(labels[Int(child)])])] = child }
        }
        return PieceAutomaton(
            classes: memory.freeze(classes), classCount: classCount, rows: memory.freeze(rows),
            rowCount: UInt32(rowCount), labels: memory.freeze(labels),
            firstChildren: memory.freeze(firstChildren), suffixes: memory.freeze(suffixes),
            pieces: memory.freeze(pieces), middlePieces: memory.freeze(middlePieces))
    }

    /// The nodes in the order of their states, and where each state's children begin.
    private func breadthFirst() -> (order: [UInt32], firstChildren: [UInt32]) {
        var order: [UInt32] = [PieceAutomaton.root]
        var firstChildren: [UInt32] = []
        order.reserveCapacity(nodes.count)
        firstChildren.reserveCapacity(nodes.count + 1)
        var children: [UInt32] = []
        for position in nodes.indices {
            firstChildren.append(UInt32(order.count))
            children.removeAll(keepingCapacity: true)
            var child = nodes[Int(order[position])].firstChild
            while child != PieceAutomaton.root {
                children.append(child)
                child = nodes[Int(child)].sibling
            }
            if children.count > 1 { children.sort { nodes[Int($0)].label < nodes[Int($1)].label } }
            order += children
        }
        firstChildren.append(UInt32(order.count))
        return (order, firstChildren)
    }

    /// Numbers the bytes that occur; all others share class 0.
    private static func classes(of labels: some Sequence<UInt8>) -> (classes: [UInt8], count: Int) {
        var occurs = [Bool](repeating: false, count: 256)
        for label in labels { occurs[Int(label)] = true }
        var classes = [UInt8](repeating: 0, count: 256)
        // Text is UTF-8, in which some bytes never occur; but nothing here depends on it.
        var count = occurs.contains(false) ? 1 : 0
        for byte in 0..<256 where occurs[byte] {
            classes[byte] = UInt8(count)
            count += 1
        }
        return (classes, count)
    }
}
