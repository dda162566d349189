/// The lines of a JSON Lines text: one value a line, blank lines skipped, the last line's newline
/// optional. O(bytes), copies nothing.
public struct JSONLines: Sequence, IteratorProtocol {
    /// A line that is not blank.
    public struct Line {
        /// Its number in the text, from 1.
        public let number: Int
        /// Where it begins in the text.
        public let offset: Int
        /// Its bytes, without the newline.
        public let text: UnsafeRawBufferPointer
    }

    private let text: UnsafeRawBufferPointer
    private var offset = 0
    private var number = 0

    /// Reads a text, which has to stay in place while its lines are used.
    public init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next line that is not blank.
    public mutating func next() -> Line? {
        while offset < text.count {
            let rest = UnsafeRawBufferPointer(rebasing: text[offset...])
            let count = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            let line = Line(
                number: number + 1, offset: offset,
                text: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            offset += count + 1
            number += 1
            if line.text.contains(where: { $0 > 0x20 }) { return line }
        }
        return nil
    }
}
