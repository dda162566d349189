/// Where the parts of one checked JSON text stand: the narrow seam between the scan and whoever
/// reads the text.
///
/// Entries are in text order, one for each bracket, comma, colon, string, number and literal, so an
/// object reads as the entries
///
/// ```
/// { key : value , key : value }
/// ```
///
/// where a value is one entry, or runs from an opening bracket to ``close(of:)``.
///
/// (`@usableFromInline`, and so what it is made of, because without it other modules would call its
/// functions instead of inlining them.)
///
/// This is the form for those who can't borrow, because they keep it beside what it is of, or hand it
/// through a closure; for all others there is ``ScannedText``.
///
/// Invariants, established by ``StructuralScanner`` and relied on without checks in release
/// builds: entry 0 is the text's opening brace and the last entry its closing one; brackets pair;
/// keys are strings; escapes are valid; `positions[count]` is an offset at or behind the end of the
/// last value. The index borrows the scanner's buffers and the text: it is valid until the scanner
/// scans again, and while the text's bytes stay in place.
@usableFromInline
package struct StructuralIndex {
    /// The text's bytes.
    @usableFromInline package let bytes: UnsafePointer<UInt8>
    /// The entries' offsets into the text.
    @usableFromInline package let positions: UnsafePointer<UInt32>
    /// The byte at each of these offsets.
    @usableFromInline let tokens: UnsafePointer<UInt8>
    /// For each entry itself, but for one that opens a bracket the entry that closes it.
    @usableFromInline let links: UnsafePointer<UInt32>
    /// How many entries there are.
    @usableFromInline package let count: Int
    /// The text's backslashes stand in this range of offsets; it is empty where there are none.
    @usableFromInline let escapes: Range<UInt32>
    /// The text's structure, if it is one that the scanner knows.
    package let structure: KnownStructure

    init(
        bytes: UnsafePointer<UInt8>, positions: UnsafePointer<UInt32>,
        tokens: UnsafePointer<UInt8>, links: UnsafePointer<UInt32>, count: Int,
        escapes: Range<UInt32>, structure: KnownStructure
    ) {
        self.bytes = bytes
        self.positions = positions
        self.tokens = tokens
        self.links = links
        self.count = count
        self.escapes = escapes
        self.structure = structure
    }

    /// Whether any string of the text holds a backslash.
    @inlinable
    package var hasEscapes: Bool { !escapes.isEmpty }

    /// Whether there may be a backslash in the string of `count` bytes at `entry`: a quick first look.
    @inlinable @inline(__always)
    package func mayHaveEscapes(at entry: Int, _ count: Int) -> Bool {
        let start = offset(of: entry)
        return start < Int(escapes.upperBound) && start &+ count >= Int(escapes.lowerBound)
    }

    /// As ``mayHaveEscapes(at:_:)``, 1 or 0, without a branch.
    @inlinable @inline(__always)
    package func escapeMask(at entry: Int, _ count: Int) -> Int {
        let start = offset(of: entry)
        let isBefore = (start &- Int(escapes.upperBound)) >> 63
        let isBehind = (start &+ count &- Int(escapes.lowerBound)) >> 63
        return isBefore & ~isBehind & 1
    }

    /// The text's length: up to and with its closing brace.
    @inlinable
    package var textLength: Int { Int(positions[count - 1]) + 1 }

    /// The offset at which an entry begins.
    @inlinable @inline(__always)
    package func offset(of entry: Int) -> Int {
        assert(entry < count)
        return Int(positions[entry])
    }

    /// The first byte of an entry: a bracket, comma, colon, quote, or the first of a number or
    /// literal.
    @inlinable @inline(__always)
    package func byte(at entry: Int) -> UInt8 {
        assert(entry < count)
        return tokens[entry]
    }

    /// The entry that closes the bracket which `entry` opens.
    @inlinable @inline(__always)
    package func close(of entry: Int) -> Int {
        assert(byte(at: entry) | 0x20 == UInt8(ascii: "{"))
        return Int(links[entry])
    }

    /// The first entry behind the value that begins at `entry`: a comma or a closing bracket.
    @inlinable @inline(__always)
    package func entry(after entry: Int) -> Int {
        assert(entry < count)
        return Int(links[entry]) &+ 1
    }

    /// The bytes of the string at `entry`, between its quotes, escapes as written.
    @inlinable @inline(__always)
    package func stringBytes(at entry: Int) -> UnsafeBufferPointer<UInt8> {
        let start = offset(of: entry) + 1
        // The next entry stands right behind the closing quote, or blanks lie between.
        var end = Int(positions[entry + 1]) - 1
        while bytes[end] != UInt8(ascii: "\"") { end -= 1 }
        return UnsafeBufferPointer(start: bytes + start, count: end - start)
    }

    /// The bytes of the number or literal at `entry`.
    @inlinable @inline(__always)
    package func scalarBytes(at entry: Int) -> UnsafeBufferPointer<UInt8> {
        let start = offset(of: entry)
        var end = Int(positions[entry + 1])
        while bytes[end - 1] <= 0x20 { end -= 1 }
        return UnsafeBufferPointer(start: bytes + start, count: end - start)
    }
}
