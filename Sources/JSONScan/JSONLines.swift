/// The lines of a JSON Lines text: one value a line, blank lines skipped, the last line's newline
/// optional. O(bytes), copies nothing.
package struct JSONLines: Sequence, IteratorProtocol {
    /// A line that is not blank.
    package struct Line {
        /// Its number in the text, from 1.
        package let number: Int
        /// Its bytes, without the newline.
        package let text: UnsafeRawBufferPointer
    }

    private let text: UnsafeRawBufferPointer
    private var offset = 0
    /// The number of the line that was read last, blank ones included.
    package private(set) var lineNumber: Int

    /// Reads a text, which has to stay in place while its lines are used.
    ///
    /// - Parameter lineNumber: how many lines came before, where the text is part of a longer one.
    package init(_ text: UnsafeRawBufferPointer, after lineNumber: Int = 0) {
        self.text = text
        self.lineNumber = lineNumber
    }

    /// Whether a byte is a blank of JSON.
    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The next line that is not blank.
    package mutating func next() -> Line? {
        while offset < text.count {
            let rest = UnsafeRawBufferPointer(rebasing: text[offset...])
            let count = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            offset += count + 1
            lineNumber += 1
            let line = UnsafeRawBufferPointer(rebasing: rest[..<count])
            if !line.allSatisfy(isBlank) { return Line(number: lineNumber, text: line) }
        }
        return nil
    }
}
