#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import EventPattern
internal import JSONScan

/// A wildcard that is tried by itself: the first piece begins the value, the last one ends it, and
/// the others follow each other in between, each taken where it first occurs.
///
/// A field with few wildcards of short pieces has these, any other one a ``WildcardIndex``.
/// O(value * ``WildcardTest/pieceLimit``) at worst, O(value) as a rule.
struct WildcardTest: BitwiseCopyable {
    /// Up to so many patterns of a field are tried one by one. Measured on workload `wildcards`,
    /// lines of 160 letters that keep tests busy, ns an event with the plain test and with the index:
    /// 2 patterns 470 and 683, 3 patterns 830 and 747, 6 patterns 1,211 and 792.
    static let patternLimit = 2
    /// The bytes that a middle piece may have: its naive search looks at each of the value's bytes
    /// no more often than that.
    static let pieceLimit = 16

    /// Runs of text.
    var pieces: Run
    var targets: Run

    /// Whether the wildcards of a field are tried one by one.
    static func suits(_ wildcards: some Collection<Wildcard>) -> Bool {
        wildcards.count <= patternLimit
            && wildcards.allSatisfy { wildcard in
                wildcard.pieces.dropFirst().dropLast().allSatisfy { $0.utf8.count <= pieceLimit }
            }
    }

    func matches(
        _ value: UnsafeBufferPointer<UInt8>, _ tables: borrowing TextTables
    ) -> Bool {
        let first = tables.pieces[pieces.start]
        guard tables.has(first, in: value, at: 0) else { return false }
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

extension TextTables {
    /// Where a run that is not empty first occurs in `value[start ..< end]`.
    fileprivate func find(
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
}
