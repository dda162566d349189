#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What was read of an ``InputSource`` and not taken yet, and where in the text that begins. Offsets are
/// from there.
///
/// Owns its memory; what ``bytes(_:)`` gives is valid until the next call that takes or reads.
struct InputBuffer: ~Copyable {
    private var source: InputSource
    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var isAtBeginning = true
    /// The line and column at which it begins, from 1.
    private(set) var line = 1
    private(set) var column = 1

    init(_ source: consuming InputSource, byteCount: Int) {
        self.source = source
        memory = .allocate(byteCount: max(byteCount, 16), alignment: 64)
    }

    deinit { memory.deallocate() }

    /// How many bytes there are.
    var count: Int { end - start }

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: memory[start + range.lowerBound..<start + range.upperBound])
    }

    /// The offset of the first newline at or after `offset`, of what was read.
    private func newline(from offset: Int) -> Int? {
        guard offset < count, let base = memory.baseAddress,
            let found = memchr(base + start + offset, 0x0A, count - offset)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
    }

    /// Reads some more.
    ///
    /// - Returns: false at the end.
    mutating func readMore() throws(InputError) -> Bool {
        if isAtEnd { return false }
        if end == memory.count { try makeRoom() }
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[end...]))
        end += count
        isAtEnd = count == 0
        return count > 0
    }

    private mutating func makeRoom() throws(InputError) {
        // Moving a little to the front again and again would be quadratic: it has to be worth it.
        var larger = memory
        if count > memory.count / 2 {
            guard memory.count <= JSONLimits.textBytes else {
                throw InputError(
                    path: source.name,
                    message: "the document on line \(line) is longer than "
                        + "\(JSONLimits.textBytes) bytes")
            }
            larger = .allocate(byteCount: memory.count * 2, alignment: 64)
        }
        larger.copyMemory(from: bytes(0..<count))
        if larger.baseAddress != memory.baseAddress { memory.deallocate() }
        memory = larger
        (start, end) = (0, count)
    }

    /// Takes the first bytes away.
    mutating func take(_ taken: Int) {
        guard taken > 0 else { return }
        let bytes = bytes(0..<taken)
        var lineStart = 0
        var at = 0
        while at < taken, let next = newline(from: at), next < taken {
            line += 1
            column = 1
            lineStart = next + 1
            at = lineStart
        }
        for byte in bytes[lineStart...] where byte & 0xC0 != 0x80 { column += 1 }
        start += taken
    }

    /// Takes blanks, and at the beginning of the text a byte order mark.
    ///
    /// - Returns: the byte behind them; nil at the end.
    mutating func skipBlanks() throws(InputError) -> UInt8? {
        if isAtBeginning {
            isAtBeginning = false
            while count < 3, ByteOrderMark.mayBegin(bytes(0..<count)), try readMore() {}
            // It takes no column.
            start += ByteOrderMark.count(at: bytes(0..<count))
        }
        while true {
            let bytes = bytes(0..<count)
            if let first = bytes.firstIndex(where: { !Self.isBlank($0) }) {
                let byte = bytes[first]
                take(first)
                return byte
            }
            take(count)
            guard try readMore() else { return nil }
        }
    }

    /// How many bytes the line at `offset` still has, its newline included.
    mutating func lineByteCount(from offset: Int = 0) throws(InputError) -> Int {
        var searched = offset
        while true {
            if let found = newline(from: searched) { return found + 1 - offset }
            searched = count
            guard try readMore() else { return count - offset }
        }
    }

    /// So many bytes without the newline that ends them, if one does.
    func withoutNewline(_ byteCount: Int) -> Int {
        byteCount > 0 && memory[start + byteCount - 1] == 0x0A ? byteCount - 1 : byteCount
    }

    /// The byte at an offset; nil behind the end of the text.
    mutating func byte(at offset: Int) throws(InputError) -> UInt8? {
        while offset >= count { guard try readMore() else { return nil } }
        return memory[start + offset]
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
