/// Reads a file, pipe or terminal in blocks of whole lines, without ever holding more than the
/// longest line and one block. A byte order mark at the beginning, which some editors write, is
/// passed over, and what is compressed with gzip is decompressed.
///
/// ```swift
/// var blocks = try LineBlocks(path: "events.jsonl")
/// while let block = try blocks.next() {
///     for line in block { print(line.number) }
/// }
/// ```
package struct LineBlocks: ~Copyable {
    private var source: InputSource
    private var buffer: UnsafeMutableRawBufferPointer
    /// How many bytes of the buffer hold text, and how many of them were handed out.
    private var filled = 0
    private var consumed = 0
    private var isAtEnd = false
    private var lineNumber = 0

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-` for standard input.
    ///   - blockBytes: how much is read at once.
    /// - Throws: ``InputError`` where it can't be opened or is a folder.
    package init(path: String, blockBytes: Int = 1 << 20) throws(InputError) {
        source = try InputSource(path: path)
        buffer = .allocate(byteCount: max(blockBytes, 1), alignment: 64)
    }

    deinit { buffer.deallocate() }

    /// The lines of the next block; nil at the end. They are valid until the next call.
    ///
    /// - Throws: ``InputError`` where reading fails or a line is longer than any JSON text may be.
    package mutating func next() throws(InputError) -> JSONLines? {
        // What was left of an unfinished line begins the next block.
        buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: buffer[consumed..<filled]))
        filled -= consumed
        consumed = 0
        while !isAtEnd {
            if filled == buffer.count { try grow() }
            let searched = filled
            try fill()
            if let newline = buffer[searched..<filled].lastIndex(of: UInt8(ascii: "\n")) {
                return block(upTo: newline + 1)
            }
        }
        return filled > 0 ? block(upTo: filled) : nil
    }

    private mutating func block(upTo end: Int) -> JSONLines {
        let start = lineNumber == 0 ? ByteOrderMark.count(at: buffer[..<end]) : 0
        let text = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
        let lines = JSONLines(text, after: lineNumber)
        lineNumber += text.count { $0 == UInt8(ascii: "\n") }
        consumed = end
        return lines
    }

    private mutating func fill() throws(InputError) {
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try source.read(into: room)
        filled += count
        isAtEnd = count == 0
    }

    private mutating func grow() throws(InputError) {
        guard buffer.count <= JSONLimits.textBytes else {
            throw InputError(path: source.name, line: lineNumber + 1)
        }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: buffer.count * 2, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}

/// The mark that says in which order the bytes of a text come, which UTF-8 does not need.
package enum ByteOrderMark {
    private static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// How many bytes of a mark a text begins with: three, or none. O(1).
    package static func count(at text: some Sequence<UInt8>) -> Int {
        text.starts(with: bytes) ? bytes.count : 0
    }

    /// Whether what may be a whole mark begins so.
    static func mayBegin(_ text: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: text) }
}
