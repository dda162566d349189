package import JSONScan

/// What is wrong with a place in a file, or what there is to say of it.
public struct LineProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in characters, from 1.
    public let column: Int
    /// What is wrong.
    public let message: String

    /// Creates a problem from a byte offset into a document of the file. O(offset).
    package init(file: String, document: JSONDocument, offset: Int, message: String) {
        self.file = file
        (line, column) = document.position(of: offset)
        self.message = message
    }

    /// Creates a problem of a place in a file.
    init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`
    public var description: String { "\(file):\(line):\(column): \(message)" }
}
