/// One checked JSON text, and where its parts stand: what a ``StructuralScanner`` makes of bytes.
///
/// It borrows both, the bytes and the scanner: the compiler sees to it that it is used no longer than
/// until the bytes go away or the scanner scans again.
///
/// ```swift
/// var scanner = StructuralScanner()
/// let text = try scanner.scan(#"{"state": "on"}"#.utf8Span.span.bytes)
/// text.entryCount  // 5: { "state" : "on" }
/// ```
///
/// The *entries* are in text order, one for each bracket, comma, colon, string, number and literal. A
/// value is one entry, or those from an opening bracket to ``close(of:)``. In an object, a key, a
/// colon, a value and a comma follow each other, until it closes.
public struct ScannedText: ~Escapable {
    package let index: StructuralIndex

    /// - Parameter index: who makes a text of it says what it must not outlive.
    @_lifetime(immortal)
    init(_ index: StructuralIndex) { self.index = index }

    /// How many entries there are. O(1).
    public var entryCount: Int { index.count }

    /// The text's length in bytes: up to and with its closing brace. O(1).
    public var byteCount: Int { index.textLength }

    /// The offset in bytes at which an entry begins. O(1).
    public func offset(of entry: Int) -> Int {
        check(entry)
        return index.offset(of: entry)
    }

    /// The first byte of an entry: a bracket, comma, colon, quote, or the first of a number or
    /// literal. O(1).
    public func byte(at entry: Int) -> UInt8 {
        check(entry)
        return index.byte(at: entry)
    }

    /// The entry that closes the bracket which an entry opens. O(1).
    public func close(of entry: Int) -> Int {
        check(entry)
        precondition(index.byte(at: entry) | 0x20 == UInt8(ascii: "{"), "no opening bracket")
        return index.close(of: entry)
    }

    /// The first entry behind the value that begins at an entry: a comma or a closing bracket. O(1).
    public func entry(after entry: Int) -> Int {
        check(entry)
        return index.entry(after: entry)
    }

    /// The bytes of the string at an entry, between its quotes, escapes as written. O(1) but for
    /// blanks behind it.
    @_lifetime(copy self)
    public func string(at entry: Int) -> Span<UInt8> {
        check(entry)
        precondition(index.byte(at: entry) == UInt8(ascii: "\""), "no string")
        return _overrideLifetime(
            Span(_unsafeElements: index.stringBytes(at: entry)), copying: self)
    }

    /// The bytes of the number or literal at an entry. O(1) but for blanks behind it.
    @_lifetime(copy self)
    public func scalar(at entry: Int) -> Span<UInt8> {
        check(entry)
        switch index.byte(at: entry) {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"):
            return _overrideLifetime(
                Span(_unsafeElements: index.scalarBytes(at: entry)), copying: self)
        default: preconditionFailure("neither a number nor a literal")
        }
    }

    private func check(_ entry: Int) {
        precondition(entry >= 0 && entry < index.count, "the text has no such entry")
    }
}
