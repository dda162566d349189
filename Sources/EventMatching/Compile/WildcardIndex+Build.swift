internal import EventPattern
internal import JSONScan

extension WildcardIndex {
    /// A pattern's pieces by number, nil where they are empty.
    private struct Draft {
        var first: UInt32?
        var middle: [UInt32]
        var last: UInt32?
        var length = 0
    }

    /// Gives each different piece a number.
    private struct PieceNumbers {
        var numbers: [ExactString: UInt32] = [:]
        var texts: [[UInt8]] = [[]]

        mutating func number(of piece: ExactString) -> UInt32? {
            if piece.utf8.isEmpty { return nil }
            if let known = numbers[piece] { return known }
            numbers[piece] = UInt32(texts.count)
            texts.append(piece.utf8)
            return UInt32(texts.count - 1)
        }
    }

    /// Compiles patterns with what they lead to. O(bytes of the patterns), see
    /// ``PieceAutomatonBuilder``.
    ///
    /// - Parameters:
    ///   - patterns: at least one, and none that is a string, a prefix or a suffix.
    ///   - memory: what will own the tables.
    init(
        _ patterns: [(wildcard: Wildcard, targets: TableRange)], in memory: inout TableMemory
    ) {
        var numbers = PieceNumbers()
        let drafts = patterns.map { pattern in
            let pieces = pattern.wildcard.pieces
            return Draft(
                first: numbers.number(of: pieces[0]),
                middle: pieces.dropFirst().dropLast().compactMap { numbers.number(of: $0) },
                last: numbers.number(of: pieces[pieces.count - 1]),
                length: pieces.reduce(0) { $0 + $1.utf8.count })
        }
        let texts = numbers.texts
        let count = texts.count

        var isMiddle = [Bool](repeating: false, count: count)
        var beginsMiddle = isMiddle
        for draft in drafts {
            for piece in draft.middle { isMiddle[Int(piece)] = true }
            if let first = draft.first, !draft.middle.isEmpty { beginsMiddle[Int(first)] = true }
        }
        var builder = PieceAutomatonBuilder(texts, isMiddle: isMiddle)
        automaton = builder.freeze(in: &memory)
        pieces = memory.freeze(
            texts.indices.map { piece in
                Piece(
                    length: UInt32(texts[piece].count), shorter: builder.shorter[piece],
                    shorterMiddle: builder.shorterMiddle[piece], beginsMiddle: beginsMiddle[piece])
            })

        var steps: [Step] = []
        var hanging = [[Hanging]](repeating: [], count: 3 * count)
        for (number, draft) in drafts.enumerated() {
            let (key, check) = Self.rarestFacts(of: draft, texts, hanging)
            let first = draft.first.map { $0 + UInt32(2 * count) }
            let isDecided =
                draft.middle.isEmpty
                || draft.middle.count == 1 && draft.first == nil && draft.last == nil
            hanging[Int(key)].append(
                Hanging(
                    check: check, length: UInt32(draft.length),
                    queue: isDecided ? Self.none : first ?? draft.middle[0],
                    step: UInt32(steps.count)))
            if !isDecided {
                steps += draft.middle.dropFirst(first == nil ? 1 : 0).map { .join($0) }
                if let last = draft.last { steps.append(.join(last + UInt32(count))) }
            }
            steps.append(.found(number))
        }
        var frozenHanging = TableBuilder<Hanging>()
        // No value ends with no piece, so these never become candidates.
        let padding = Hanging(check: UInt32(count), length: 0, queue: Self.none, step: 0)
        hangingRanges = memory.freeze(
            hanging.map { patterns in
                let missing = (Hanging.blockSize - patterns.count % Hanging.blockSize)
                return frozenHanging.append(
                    patterns
                        + repeatElement(padding, count: missing % Hanging.blockSize))
            })
        self.hanging = memory.freeze(frozenHanging.elements)
        self.steps = memory.freeze(steps)
        targets = memory.freeze(patterns.map(\.targets))
        func longest(_ piece: (Draft) -> UInt32?) -> Int {
            drafts.compactMap(piece).map { texts[Int($0)].count }.max() ?? 0
        }
        longestFirst = longest(\.first)
        longestLast = longest(\.last)
        hasFloating = drafts.contains { $0.first == nil }
        shortest = drafts.map(\.length).min() ?? 0
    }

    /// The two facts about a value that make a pattern a candidate, the rarest one first; the same
    /// one twice where there is no other.
    ///
    /// A longer piece is rarer; one at the beginning or the end even more so, by about the places
    /// that a middle piece has to occur at: three bytes more, in values of a hundred bytes or so. Of
    /// pieces that are alike, the one on which fewer patterns hang is taken.
    private static func rarestFacts(
        of draft: Draft, _ texts: [[UInt8]], _ hanging: [[Hanging]]
    ) -> (key: UInt32, check: UInt32) {
        var best: (fact: UInt32, rarity: Int)?
        var next: (fact: UInt32, rarity: Int)?
        func consider(_ fact: UInt32, _ rarity: Int) {
            guard fact != best?.fact, fact != next?.fact else { return }
            func isRarer(than other: (fact: UInt32, rarity: Int)?) -> Bool {
                guard let other else { return true }
                return rarity > other.rarity
                    || rarity == other.rarity
                        && hanging[Int(fact)].count < hanging[Int(other.fact)].count
            }
            if isRarer(than: best) {
                (best, next) = ((fact, rarity), best)
            } else if isRarer(than: next) {
                next = (fact, rarity)
            }
        }
        let count = UInt32(texts.count)
        for piece in draft.middle { consider(piece, texts[Int(piece)].count) }
        if let last = draft.last { consider(last + count, texts[Int(last)].count + 3) }
        if let first = draft.first { consider(first + 2 * count, texts[Int(first)].count + 3) }
        // A wildcard that is not a prefix has a piece that is not empty.
        let key = best?.fact ?? 0
        return (key, next?.fact ?? key)
    }
}
