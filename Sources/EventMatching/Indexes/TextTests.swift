/// Which part of a string a test of its beginning or end looks at.
enum Anchor: UInt8, BitwiseCopyable {
    case whole, start, end
}

/// A string that ignores case and is not ASCII: see ``CaseFolding``. O(value).
struct FoldedTest: BitwiseCopyable {
    /// A character's two spellings.
    struct Character: BitwiseCopyable {
        var lower: TableRange
        var upper: TableRange
    }

    var characters: TableRange
    var anchor: Anchor
    var targets: TableRange

    func matches(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        anchor == .end ? matchesEnd(value, tables) : matchesStart(value, tables)
    }

    private func matchesStart(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        var at = 0
        for character in characters.positions {
            let spelling = tables.characters[character]
            if tables.has(spelling.lower, in: value, at: at) {
                at += Int(spelling.lower.count)
            } else if tables.has(spelling.upper, in: value, at: at) {
                at += Int(spelling.upper.count)
            } else {
                return false
            }
        }
        return anchor == .start || at == value.count
    }

    private func matchesEnd(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        var end = value.count
        for character in characters.positions.reversed() {
            let spelling = tables.characters[character]
            if tables.has(spelling.lower, in: value, at: end - Int(spelling.lower.count)) {
                end -= Int(spelling.lower.count)
            } else if tables.has(spelling.upper, in: value, at: end - Int(spelling.upper.count)) {
                end -= Int(spelling.upper.count)
            } else {
                return false
            }
        }
        return true
    }
}

/// What the tests of strings share: their text and the places of its parts.
struct TextTables {
    let text: FrozenBuffer<UInt8>
    let pieces: FrozenBuffer<TableRange>
    let characters: FrozenBuffer<FoldedTest.Character>

    /// Whether `part` stands at `start` in a value.
    @inline(__always)
    func has(_ part: TableRange, in value: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let count = Int(part.count)
        guard start >= 0, start + count <= value.count else { return false }
        guard count > 0, let base = value.baseAddress else { return true }
        return equalBytes(text.base + Int(part.start), base + start, count)
    }
}
