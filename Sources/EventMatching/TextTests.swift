#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Which part of a string a test of its beginning or end looks at.
enum Anchor: UInt8, BitwiseCopyable {
    case whole, start, end
}

/// A string that ignores case and is not ASCII: see ``CaseFolding``. O(value).
struct FoldedTest: BitwiseCopyable {
    /// A character's two spellings.
    struct Character: BitwiseCopyable {
        var lower: Run
        var upper: Run
    }

    var characters: Run
    var anchor: Anchor
    var targets: Run

    func matches(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        anchor == .end ? matchesEnd(value, tables) : matchesStart(value, tables)
    }

    private func matchesStart(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        var at = 0
        for character in characters.range {
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
        for character in characters.range.reversed() {
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

/// A wildcard: the first piece begins the value, the last one ends it, and the others follow each
/// other in between, each taken where it first occurs. O(value * longest piece) at worst.
struct WildcardTest: BitwiseCopyable {
    /// Runs of text.
    var pieces: Run
    var targets: Run

    func matches(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        let first = tables.pieces[pieces.start]
        guard tables.has(first, in: value, at: 0) else { return false }
        guard pieces.count > 1 else { return Int(first.count) == value.count }
        let last = tables.pieces[pieces.start + pieces.count - 1]
        var at = Int(first.count)
        let end = value.count - Int(last.count)
        guard at <= end, tables.has(last, in: value, at: end) else { return false }
        for piece in pieces.range.dropFirst().dropLast() {
            let text = tables.pieces[piece]
            guard let found = tables.find(text, in: value, from: at, below: end) else {
                return false
            }
            at = found + Int(text.count)
        }
        return true
    }
}

/// What the tests of strings share: their text and the places of its parts.
struct TextTables {
    let text: FrozenBuffer<UInt8>
    let pieces: FrozenBuffer<Run>
    let characters: FrozenBuffer<FoldedTest.Character>

    /// Whether `run` stands at `start` in a value.
    @inline(__always)
    func has(_ run: Run, in value: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let count = Int(run.count)
        guard start >= 0, start + count <= value.count else { return false }
        guard count > 0, let base = value.baseAddress else { return true }
        return equalBytes(text.base + Int(run.start), base + start, count)
    }

    /// Where a run that is not empty first occurs in `value[start ..< end]`.
    func find(
        _ run: Run, in value: UnsafeBufferPointer<UInt8>, from start: Int, below end: Int
    ) -> Int? {
        guard let base = value.baseAddress else { return nil }
        let first = Int32(text[run.start])
        let lastStart = end - Int(run.count)
        var at = start
        while at <= lastStart {
            guard let candidate = memchr(base + at, first, lastStart - at + 1) else { return nil }
            at = UnsafeRawPointer(candidate) - UnsafeRawPointer(base)
            if has(run, in: value, at: at) { return at }
            at += 1
        }
        return nil
    }

    func deallocate() {
        text.deallocate()
        pieces.deallocate()
        characters.deallocate()
    }

    var byteCount: Int { text.byteCount + pieces.byteCount + characters.byteCount }
}
