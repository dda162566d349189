#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A wildcard that is tried by itself: the first piece begins the value, the last one ends it, and
/// the others follow each other in between, each taken where it first occurs.
///
/// A field with few wildcards of short pieces has these (``EngineChoice/triesOneByOne(_:)``), any other
/// one a ``WildcardIndex``. O(value * bytes of the longest piece) at worst, O(value) as a rule.
struct WildcardTest: BitwiseCopyable {
    /// Parts of the text.
    var pieces: TableRange
    var targets: TableRange

    func matches(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        let first = tables.pieces[pieces.start]
        guard tables.has(first, in: value, at: 0) else { return false }
        let last = tables.pieces[pieces.start + pieces.count - 1]
        var at = Int(first.count)
        let end = value.count - Int(last.count)
        guard at <= end, tables.has(last, in: value, at: end) else { return false }
        for piece in pieces.positions.dropFirst().dropLast() {
            let text = tables.pieces[piece]
            guard let found = tables.find(text, in: value, from: at, below: end) else {
                return false
            }
            at = found + Int(text.count)
        }
        return true
    }
}

extension TextTables {
    /// Where a part that is not empty first occurs in `value[start ..< end]`.
    fileprivate func find(
        _ part: TableRange, in value: UnsafeBufferPointer<UInt8>, from start: Int, below end: Int
    ) -> Int? {
        guard let base = value.baseAddress else { return nil }
        let first = Int32(text[part.start])
        let lastStart = end - Int(part.count)
        var at = start
        while at <= lastStart {
            guard let candidate = memchr(base + at, first, lastStart - at + 1) else { return nil }
            at = UnsafeRawPointer(candidate) - UnsafeRawPointer(base)
            if has(part, in: value, at: at) { return at }
            at += 1
        }
        return nil
    }
}
