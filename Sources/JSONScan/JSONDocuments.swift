/// Reads the JSON objects of a file, pipe or terminal, one after the other, however they are laid out:
/// one a line, over several lines, one behind the other, as elements of a list, or as elements of the
/// list in an object around them (``Wrapper``). Which of these it is, the text itself tells. What is
/// compressed with gzip is decompressed; a byte order mark is passed over.
///
/// ```swift
/// var documents = try JSONDocuments(path: "events.json")
/// while let document = try documents.next() {
///     switch document.content {
///     case .success(let index): print(document.line, JSONValue(index)["source"]?.string as Any)
///     case .failure(let error): print(document.position(of: error.offset), error.message)
///     }
/// }
/// ```
///
/// It holds one document and some 64 KiB more, not the list that the document is in. (Of an object
/// around a list all is held where the list is not its first member.) A document that is wrong is
/// given too, with what is wrong, and the next one is that which begins after it: on the next line
/// where documents are lines; else where a line begins with a bracket. Where only the comma before an
/// object in a list is missing, that is told, and the list goes on; after other broken brackets the
/// rest of a list is left out (``JSONDocument/leavesList``).
///
/// O(bytes); a document that is a line is looked at once, by the ``StructuralScanner``, any other also
/// byte by byte before that.
package struct JSONDocuments: ~Copyable {
    /// An object around a list of documents: `{"Records":[{...},{...}]}`. The list may be empty where
    /// it is the only member.
    package struct Wrapper: Sendable, Hashable {
        /// The list's key. There may be other members.
        package let name: String
        /// Keys that the list's first element has to have, so that it is taken for one.
        package let elementKeys: [String]
        /// Keys that it must not have.
        package let otherKeys: [String]
        /// The tokens with which it begins, if the list is its first member.
        let opening: [[UInt8]]

        /// Describes one.
        ///
        /// - Parameters:
        ///   - name: the list's key, of plain characters.
        ///   - elementKeys: keys of an element.
        ///   - otherKeys: keys that elements of some other list have.
        package init(_ name: String, elementKeys: [String], otherKeys: [String] = []) {
            self.name = name
            self.elementKeys = elementKeys
            self.otherKeys = otherKeys
            opening = ["{", "\"\(name)\"", ":", "["].map { Array($0.utf8) }
        }
    }

    /// A member of a wrapper that is not its list.
    package struct BesideList: Sendable, Hashable {
        /// Its key.
        package let key: String
        /// Whether its value is null.
        package let isNull: Bool
        /// Where its key begins, from 1.
        package let line: Int
        package let column: Int
    }

    /// Where the reader is.
    enum Place: Equatable {
        /// Before a document.
        case outside
        /// In a list, before an element that needs no comma, as the first one, or behind an element.
        case list(Wrapper?, isFirst: Bool)
        /// Behind the list of a wrapper.
        case behindList
    }

    var text: InputBuffer
    var scanner = StructuralScanner()
    var place = Place.outside
    let wrappers: [Wrapper]
    /// How many bytes the document has that was given last, and what goes with it.
    var given = 0
    private var count = 0
    /// Whether each document is a line of its own, as far as the first one tells; nil before it.
    package internal(set) var isLineByLine: Bool?
    /// What wrappers had beside their lists, as far as the reader has come.
    package internal(set) var besideLists: [BesideList] = []

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-` for standard input.
    ///   - wrappers: the objects around lists whose elements are the documents.
    ///   - bufferBytes: how much is read at once; it grows with the longest document.
    ///   - beforeReading: is called before more is read, which may have to be waited for.
    /// - Throws: ``InputError`` where it can't be opened.
    package init(
        path: String, wrappers: [Wrapper] = [], bufferBytes: Int = 1 << 16,
        beforeReading: (() -> Void)? = nil
    ) throws(InputError) {
        let source = try InputSource(path: path, beforeReading: beforeReading)
        text = InputBuffer(source, byteCount: bufferBytes)
        self.wrappers = wrappers
    }

    /// The next document; nil at the end. It is valid until the next call.
    ///
    /// - Throws: ``InputError`` where reading fails, or a document is longer than any JSON text may be.
    package mutating func next() throws(InputError) -> JSONDocument? {
        text.take(given)
        given = 0
        guard let found = try nextFound() else { return nil }
        let number = count + 1
        if !found.isBetween { count = number }
        let bytes = text.bytes(0..<found.byteCount)
        return JSONDocument(
            number: number, line: text.line, column: text.column, text: bytes,
            content: found.content, wrapper: found.wrapper, leavesList: found.leavesList)
    }

    /// A document at the beginning of the buffer.
    struct Found {
        var byteCount: Int
        var content: Result<StructuralIndex, JSONError>
        var wrapper: Wrapper?
        /// Whether it is only what is wrong before the next document, and takes no number from it.
        var isBetween = false
        var leavesList = false
    }

    private mutating func nextFound() throws(InputError) -> Found? {
        while let byte = try text.skipBlanks() {
            switch place {
            case .behindList: if let problem = try leaveWrapper() { return problem }
            case .list(let wrapper, let isFirst):
                if let found = try nextElement(byte, wrapper, isFirst: isFirst) { return found }
            case .outside where byte == UInt8(ascii: "["):
                text.take(1)
                isLineByLine = isLineByLine ?? false
                place = .list(nil, isFirst: true)
            case .outside:
                if byte == UInt8(ascii: "{"), try enterWrapper() { continue }
                if let found = try nextObject() { return found }
            }
        }
        guard place != .outside else { return nil }
        place = .outside
        return Found(byteCount: 0, content: .failure(JSONError(.unclosedList, offset: 0)))
    }
}

/// A document, or something in a document's place that is none.
package struct JSONDocument {
    /// Its number in the file, from 1.
    package let number: Int
    /// The line on which it begins, from 1.
    package let line: Int
    /// The column in which it begins, in characters, from 1.
    package let column: Int
    /// Its bytes; where it is wrong, as many as belong to what is wrong.
    package let text: UnsafeRawBufferPointer
    /// Its index, or what is wrong with it.
    package let content: Result<StructuralIndex, JSONError>
    /// The object around the list that it is an element of, if there is one.
    package let wrapper: JSONDocuments.Wrapper?
    /// Whether it is so wrong that the list around it is not read on.
    package let leavesList: Bool

    /// What an error in it means, in a sentence without position.
    package func message(of error: JSONError) -> String {
        guard leavesList else { return error.message }
        return error.message
            + "; the rest of the list is passed over, up to a line that begins with a bracket"
    }

    /// The line and the column in the file, both from 1, of a byte of the document. O(offset).
    package func position(of offset: Int) -> (line: Int, column: Int) {
        let position = textPosition(of: offset, in: text)
        return position.line == 1
            ? (line, column + position.column - 1) : (line + position.line - 1, position.column)
    }
}
