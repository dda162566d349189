/// A pattern as states, all of which a text walks at once.
struct PatternProgram: Sendable {
    private enum Step: Sendable {
        /// Takes a character of a set.
        case take(Int)
        /// Goes on at two places.
        case split(Int, Int)
        /// Goes on elsewhere.
        case jump(Int)
        case start
        case end
        /// Goes on if another program matches from here, or if it doesn't.
        case look(Int, isNegated: Bool)
        case accept
    }

    /// The longest program of the models has some 500 steps: those with `{3,200}` and `{2,64}`.
    private static let stepsMax = 4096

    private var steps: [Step] = []
    private var sets: [ScalarSet] = []
    /// What of each set is ASCII, beside it: to look into these counts no references.
    private var asciiSets: [ScalarSet.ASCII] = []
    private var looks: [PatternProgram] = []

    /// Compiles a pattern.
    init(_ node: PatternNode) throws(PatternError) {
        try append(node)
        steps.append(.accept)
    }

    private mutating func append(_ node: PatternNode) throws(PatternError) {
        guard steps.count < Self.stepsMax else {
            throw PatternError(description: "the pattern has more than \(Self.stepsMax) states")
        }
        switch node {
        case .set(let set):
            let known = sets.firstIndex(of: set)
            if known == nil {
                sets.append(set)
                asciiSets.append(set.ascii)
            }
            steps.append(.take(known ?? sets.count - 1))
        case .start: steps.append(.start)
        case .end: steps.append(.end)
        case .sequence(let nodes): for node in nodes { try append(node) }
        case .choice(let nodes): try append(choice: nodes)
        case .repeat(let node, let minimum, let maximum):
            for _ in 0..<minimum { try append(node) }
            try append(optional: node, count: maximum.map { $0 - minimum })
        case .look(let node, let isNegated):
            looks.append(try PatternProgram(node))
            steps.append(.look(looks.count - 1, isNegated: isNegated))
        }
    }

    private mutating func append(choice nodes: [PatternNode]) throws(PatternError) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let split = steps.count
            steps.append(.accept)
            try append(node)
            ends.append(steps.count)
            steps.append(.accept)
            steps[split] = .split(split + 1, steps.count)
        }
        if let last = nodes.last { try append(last) }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    private mutating func append(optional node: PatternNode, count: Int?) throws(PatternError) {
        guard let count else {
            let split = steps.count
            steps.append(.accept)
            try append(node)
            steps.append(.jump(split))
            steps[split] = .split(split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(steps.count)
            steps.append(.accept)
            try append(node)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }

    /// Whether the whole text matches.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        run(text, from: 0, isWhole: true)
    }

    /// Whether the text matches from an offset on: to its end, or to anywhere.
    private func run(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, isWhole: Bool
    ) -> Bool {
        // A list of the states before the character, one of those behind it, and the states that wait
        // to be followed; and for each state when it was last put into a list.
        let count = steps.count
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: count * 5 + 1) { memory in
            memory.initialize(repeating: -1)
            var walk = Walk(
                current: UnsafeMutableBufferPointer(rebasing: memory[0..<count]),
                next: UnsafeMutableBufferPointer(rebasing: memory[count..<2 * count]),
                seen: UnsafeMutableBufferPointer(rebasing: memory[2 * count..<3 * count]),
                waiting: UnsafeMutableBufferPointer(rebasing: memory[3 * count..<5 * count + 1]))
            return run(text, from: start, isWhole: isWhole, &walk)
        }
    }

    /// Where a text has got to.
    private struct Walk {
        var current: UnsafeMutableBufferPointer<Int>
        var next: UnsafeMutableBufferPointer<Int>
        var nextCount = 0
        let seen: UnsafeMutableBufferPointer<Int>
        let waiting: UnsafeMutableBufferPointer<Int>
        var isAccepted = false

        init(
            current: UnsafeMutableBufferPointer<Int>, next: UnsafeMutableBufferPointer<Int>,
            seen: UnsafeMutableBufferPointer<Int>, waiting: UnsafeMutableBufferPointer<Int>
        ) {
            self.current = current
            self.next = next
            self.seen = seen
            self.waiting = waiting
        }
    }

    private func run(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, isWhole: Bool, _ walk: inout Walk
    ) -> Bool {
        var at = start
        follow(0, text, at, &walk)
        while true {
            if walk.isAccepted, !isWhole || at == text.count { return true }
            guard at < text.count, walk.nextCount > 0 else { return false }
            swap(&walk.current, &walk.next)
            let count = walk.nextCount
            walk.nextCount = 0
            walk.isAccepted = false
            let scalar = Self.scalar(text, &at)
            for index in 0..<count {
                let state = walk.current[index]
                guard case .take(let set) = steps[state] else { continue }
                guard
                    scalar < 0x80
                        ? asciiSets[set].contains(UInt8(truncatingIfNeeded: scalar))
                        : sets[set].contains(scalar)
                else { continue }
                follow(state + 1, text, at, &walk)
            }
        }
    }

    /// Puts the states that can be reached from one without a character into the next list.
    private func follow(
        _ first: Int, _ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ walk: inout Walk
    ) {
        var waitingCount = 1
        walk.waiting[0] = first
        while waitingCount > 0 {
            waitingCount -= 1
            let state = walk.waiting[waitingCount]
            guard walk.seen[state] != at else { continue }
            walk.seen[state] = at
            // A state is put here by its two predecessors at most twice: there is room.
            func wait(_ state: Int) {
                walk.waiting[waitingCount] = state
                waitingCount += 1
            }
            switch steps[state] {
            case .take:
                walk.next[walk.nextCount] = state
                walk.nextCount += 1
            case .split(let one, let other):
                wait(other)
                wait(one)
            case .jump(let target): wait(target)
            case .start: if at == 0 { wait(state + 1) }
            case .end: if at == text.count { wait(state + 1) }
            case .look(let index, let isNegated):
                if looks[index].run(text, from: at, isWhole: false) != isNegated { wait(state + 1) }
            case .accept: walk.isAccepted = true
            }
        }
    }

    /// The character at an offset, behind which the offset then is.
    @inline(__always)
    static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32 {
        let first = text[at]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var scalar = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        for index in 1..<max(length, 1) {
            // Valid UTF-8 has all of them; a text that is cut must not be read beyond its end.
            guard at &+ index < text.count else { break }
            scalar = scalar << 6 | UInt32(text[at &+ index] & 0x3F)
        }
        at = min(at &+ length, text.count)
        return scalar
    }
}
