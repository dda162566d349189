import JSONScan
import TestSupport
import Testing

/// What a test compares of a document.
struct FoundDocument: Equatable, CustomStringConvertible {
    var line: Int
    var column: Int
    /// The document, or what is wrong and where.
    var text: String
    var wrapper: String?

    init(_ line: Int, _ column: Int, _ text: String, _ wrapper: String? = nil) {
        (self.line, self.column, self.text, self.wrapper) = (line, column, text, wrapper)
    }

    init(_ document: JSONDocument) {
        wrapper = document.wrapper?.name
        (line, column) = (document.line, document.column)
        switch document.content {
        case .success: text = String(decoding: document.text, as: UTF8.self)
        case .failure(let error):
            (line, column) = document.position(of: error.offset)
            text = "! " + document.message(of: error)
        }
    }

    var description: String { "\(line):\(column) \(text)" + (wrapper.map { " in \($0)" } ?? "") }
}

extension JSONDocument {
    /// Whether it stands for nothing but a comma that is missing before the next document.
    fileprivate var isMissingComma: Bool {
        guard case .failure(let error) = content else { return false }
        return error.kind == .expectedCommaOrBracket && text.isEmpty && !leavesList
    }
}

private let left = "; the rest of the list is passed over, up to a line that begins with a bracket"

private let wrappers = [
    JSONDocuments.Wrapper("Records", elementKeys: ["id"]),
    JSONDocuments.Wrapper("Entries", elementKeys: []),
]

/// The documents of a file, read so many bytes at once.
func readDocuments(_ path: String, _ bufferBytes: Int = 1 << 16) throws -> [FoundDocument] {
    var documents = try JSONDocuments(path: path, wrappers: wrappers, bufferBytes: bufferBytes)
    var found: [FoundDocument] = []
    var number = 0
    while let document = try documents.next() {
        #expect(document.number == number + 1)
        if !document.isMissingComma { number += 1 }
        found.append(FoundDocument(document))
    }
    return found
}

@Suite("Documents of a file")
struct JSONDocumentsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let layoutCases: [(text: String, documents: [FoundDocument])] = [
        ("", []), (" \n\n\t\r\n", []), ("[]", []), ("[ ]\n", []),
        // One a line.
        (#"{"a":1}"#, [FoundDocument(1, 1, #"{"a":1}"#)]),
        (
            "{}\n\n {\"a\":1} \r\n{}",
            [
                FoundDocument(1, 1, "{}"), FoundDocument(3, 2, #"{"a":1}"#),
                FoundDocument(4, 1, "{}"),
            ]
        ),
        // One behind the other.
        (
            "{}{\"é\":1} {}\n{}",
            [
                FoundDocument(1, 1, "{}"), FoundDocument(1, 3, #"{"é":1}"#),
                FoundDocument(1, 11, "{}"), FoundDocument(2, 1, "{}"),
            ]
        ),
        // Over several lines.
        (
            "{\n \"a\": [\n  1\n ]\n}\n{\n}{}\n",
            [
                FoundDocument(1, 1, "{\n \"a\": [\n  1\n ]\n}"), FoundDocument(6, 1, "{\n}"),
                FoundDocument(7, 2, "{}"),
            ]
        ),
        (
            "{\"a\":1}\n{\n\"a\":2}\n{\"a\":3}",
            [
                FoundDocument(1, 1, #"{"a":1}"#), FoundDocument(2, 1, "{\n\"a\":2}"),
                FoundDocument(4, 1, #"{"a":3}"#),
            ]
        ),
        // A list.
        (
            #"[{"a":"]}\""},{}]"#,
            [FoundDocument(1, 2, #"{"a":"]}\""}"#), FoundDocument(1, 15, "{}")]
        ),
        (
            "[\n  {\n    \"a\": {}\n  },\n  {}\n]\n[{}]{}",
            [
                FoundDocument(2, 3, "{\n    \"a\": {}\n  }"), FoundDocument(5, 3, "{}"),
                FoundDocument(7, 2, "{}"),
                FoundDocument(7, 5, "{}"),
            ]
        ),
        // A list in an object.
        (
            #"{"Records":[{"id":1},{"x":2}]}"#,
            [
                FoundDocument(1, 13, #"{"id":1}"#, "Records"),
                FoundDocument(1, 22, #"{"x":2}"#, "Records"),
            ]
        ),
        (
            "{\n\"Records\" : [ {\"id\":1} ], \"b\": {\"c\": \"}\"} } {}",
            [
                FoundDocument(2, 15, #"{"id":1}"#, "Records"), FoundDocument(2, 45, "{}"),
            ]
        ),
        (
            #"{"a":{},"Entries":[{},{}],"b":1}{"Entries":[{}]}"#,
            [
                FoundDocument(1, 20, "{}", "Entries"), FoundDocument(1, 23, "{}", "Entries"),
                FoundDocument(1, 45, "{}", "Entries"),
            ]
        ),
        // What only looks so.
        (#"{"Records":[{"x":1}]}"#, [FoundDocument(1, 1, #"{"Records":[{"x":1}]}"#)]),
        (#"{"Records":{"id":1}}"#, [FoundDocument(1, 1, #"{"Records":{"id":1}}"#)]),
        // Nothing in an object; with something else in that, it is a document.
        (#"{"Records":[]}"#, []), ("{\n \"Entries\": [\n ]\n}\n", []),
        (
            "{\"a\":1}\n{ \"Records\" : [ ] }\n[]{\"Entries\":[{}]}",
            [FoundDocument(1, 1, #"{"a":1}"#), FoundDocument(3, 15, "{}", "Entries")]
        ),
        (#"{"Records":[],"a":1}"#, [FoundDocument(1, 1, #"{"Records":[],"a":1}"#)]),
        (#"{"a":1,"Records":[]}"#, [FoundDocument(1, 1, #"{"a":1,"Records":[]}"#)]),
        (#"{"x":{"Records":[{"id":1}]}}"#, [FoundDocument(1, 1, #"{"x":{"Records":[{"id":1}]}}"#)]),
    ]

    @Test(
        "documents are found however they are laid out, whatever is read at once",
        arguments: layoutCases)
    func layouts(text: String, documents: [FoundDocument]) throws {
        let plain = try folder.file("plain", Array(text.utf8))
        let marked = try folder.file("marked", [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        for bufferBytes in Array(0...40) + [1 << 16] {
            #expect(
                try readDocuments(plain, bufferBytes) == documents, "\(bufferBytes) bytes at once")
            #expect(
                try readDocuments(marked, bufferBytes) == documents, "\(bufferBytes) bytes at once")
        }
    }

    private static let brokenCases: [(text: String, documents: [FoundDocument])] = [
        // Of lines, each that is wrong is told, and the others are read.
        (
            "{}\n{\"a\":}\nx\n{\"a\n{\"a\":1\n {}\n7\n\"{}\"\n{} x\n{}",
            [
                FoundDocument(1, 1, "{}"), FoundDocument(2, 6, "! a value was expected"),
                FoundDocument(3, 1, "! the text has to begin with an object"),
                FoundDocument(4, 2, "! the string is not closed"),
                FoundDocument(5, 7, "! the text ends inside the object"), FoundDocument(6, 2, "{}"),
                FoundDocument(7, 1, "! the text has to begin with an object"),
                FoundDocument(8, 1, "! the text has to begin with an object"),
                FoundDocument(9, 1, "{}"),
                FoundDocument(9, 4, "! the text has to begin with an object"),
                FoundDocument(10, 1, "{}"),
            ]
        ),
        (
            "{}\n{\"a\":[1,\n{}\n{}",
            [
                FoundDocument(1, 1, "{}"), FoundDocument(2, 9, "! the text ends inside the object"),
                FoundDocument(3, 1, "{}"),
                FoundDocument(4, 1, "{}"),
            ]
        ),
        (
            "x\n{}\n",
            [
                FoundDocument(1, 1, "! the text has to begin with an object"),
                FoundDocument(2, 1, "{}"),
            ]
        ),
        (
            "{\"a\":1\n{}",
            [FoundDocument(2, 1, "! a ',' or '}' was expected"), FoundDocument(2, 1, "{}")]
        ),
        (
            "{\"a\":[\n{}\n",
            [FoundDocument(1, 7, "! the text ends inside the object"), FoundDocument(2, 1, "{}")]
        ),
        // Of longer documents, what is left of the wrong one is passed over.
        (
            "{\n \"a\": 1\n \"b\": 2\n}\n{\n}",
            [
                FoundDocument(3, 2, "! a ',' or '}' was expected"), FoundDocument(5, 1, "{\n}"),
            ]
        ),
        (
            "{\n \"a\": tru\n}\n{\n}",
            [
                FoundDocument(
                    2, 7, "! unknown word; only true, false and null may stand without quotes"),
                FoundDocument(4, 1, "{\n}"),
            ]
        ),
        (
            "{\n \"a\": \"x\n \"b\": 2\n}\n[{}]",
            [
                FoundDocument(2, 7, "! the string is not closed"), FoundDocument(5, 2, "{}"),
            ]
        ),
        (
            "{\n \"a\": 1,\n{\n}\n",
            [
                FoundDocument(3, 1, "! a key in double quotes was expected"),
                FoundDocument(3, 1, "{\n}"),
            ]
        ),
        ("{\n \"a\": 1\n", [FoundDocument(2, 8, "! the text ends inside the object")]),
        // Of a list with a broken bracket the rest is left out; other elements are only told.
        (
            "[{},7,{\"a\":tru},\"x\",{}]{}",
            [
                FoundDocument(1, 2, "{}"),
                FoundDocument(1, 5, "! the text has to begin with an object"),
                FoundDocument(
                    1, 12, "! unknown word; only true, false and null may stand without quotes"),
                FoundDocument(1, 17, "! the text has to begin with an object"),
                FoundDocument(1, 21, "{}"),
                FoundDocument(1, 24, "{}"),
            ]
        ),
        (
            "[{} 7, {}]\n{}",
            [
                FoundDocument(1, 2, "{}"),
                FoundDocument(1, 5, "! a ',' or ']' was expected" + left),
                FoundDocument(2, 1, "{}"),
            ]
        ),
        // A comma that is missing before an object is told, and the list goes on.
        (
            "[{} {}]\n{}",
            [
                FoundDocument(1, 2, "{}"), FoundDocument(1, 5, "! a ',' or ']' was expected"),
                FoundDocument(1, 5, "{}"), FoundDocument(2, 1, "{}"),
            ]
        ),
        (
            "[\n  {\"a\":1},\n  {\"a\":2}\n  {\"a\":3},\n  {\"a\":4}\n]\n",
            [
                FoundDocument(2, 3, #"{"a":1}"#), FoundDocument(3, 3, #"{"a":2}"#),
                FoundDocument(4, 3, "! a ',' or ']' was expected"),
                FoundDocument(4, 3, #"{"a":3}"#), FoundDocument(5, 3, #"{"a":4}"#),
            ]
        ),
        (
            "{\"Records\": [\n  {\"id\":1}\n  {\"id\":2},\n  {\"id\":3}\n], \"b\": 1}\n"
                + "{}",
            [
                FoundDocument(2, 3, #"{"id":1}"#, "Records"),
                FoundDocument(3, 3, "! a ',' or ']' was expected"),
                FoundDocument(3, 3, #"{"id":2}"#, "Records"),
                FoundDocument(4, 3, #"{"id":3}"#, "Records"), FoundDocument(6, 1, "{}"),
            ]
        ),
        (
            "[{},]\n{}",
            [
                FoundDocument(1, 2, "{}"), FoundDocument(1, 5, "! a value was expected"),
                FoundDocument(2, 1, "{}"),
            ]
        ),
        (
            "[{},\n {\"a\":1]\n]\n{}",
            [
                FoundDocument(1, 2, "{}"),
                FoundDocument(2, 8, "! a ',' or '}' was expected" + left),
                FoundDocument(4, 1, "{}"),
            ]
        ),
        ("[{},\n", [FoundDocument(1, 2, "{}"), FoundDocument(2, 1, "! a value was expected")]),
        (
            "[{}\n",
            [FoundDocument(1, 2, "{}"), FoundDocument(2, 1, "! the text ends inside the list")]
        ),
        (
            "[{}, {\"a\":",
            [FoundDocument(1, 2, "{}"), FoundDocument(1, 11, "! the text ends inside the object")]
        ),
        (
            #"{"Records":[{"id":1}] 7}"#,
            [
                FoundDocument(1, 13, #"{"id":1}"#, "Records"),
                FoundDocument(1, 23, "! a ',' or '}' was expected"),
            ]
        ),
        (
            #"{"Records":[{"id":1}],"#,
            [
                FoundDocument(1, 13, #"{"id":1}"#, "Records"),
                FoundDocument(1, 23, "! the text ends inside the object"),
            ]
        ),
        ("}", [FoundDocument(1, 1, "! the text has to begin with an object")]),
        (
            "]\n{}",
            [
                FoundDocument(1, 1, "! the text has to begin with an object"),
                FoundDocument(2, 1, "{}"),
            ]
        ),
    ]

    @Test(
        "what is wrong is told with its place, and what comes after it is read",
        arguments: brokenCases)
    func broken(text: String, documents: [FoundDocument]) throws {
        let path = try folder.file("broken", Array(text.utf8))
        for bufferBytes in Array(0...40) + [1 << 16] {
            #expect(
                try readDocuments(path, bufferBytes) == documents, "\(bufferBytes) bytes at once")
        }
    }

    @Test("members beside a list are told with their places, also where they come in pieces")
    func tellsMembersBesideLists() throws {
        let long = String(repeating: "x", count: 5_000)
        let text = "{\"é\":1,\n \"Records\":[{\"id\":1}],\n\"b\":\"\(long)\", \"c\":null}"
        let path = try folder.file("page", Array(text.utf8))
        for bufferBytes in [64, 1 << 16] {
            var documents = try JSONDocuments(
                path: path, wrappers: wrappers, bufferBytes: bufferBytes)
            var count = 0
            while try documents.next() != nil { count += 1 }
            #expect(count == 1)
            #expect(
                documents.besideLists.map { "\($0.key) \($0.isNull) \($0.line):\($0.column)" }
                    == ["é false 1:2", "b false 3:1", "c true 3:5009"])
        }
    }

    @Test("a list is not held in memory, only its elements one after the other")
    func holdsElements() throws {
        // Each document is at the same few places: the buffer did not grow with the list.
        let element = #"{"id":1,"text":"\#(String(repeating: "x", count: 100))"}"#
        let list =
            "{\"Records\":[" + [String](repeating: element, count: 5_000).joined(separator: ",")
        let path = try folder.file("list", Array((list + "]}").utf8))
        var documents = try JSONDocuments(path: path, wrappers: wrappers, bufferBytes: 1_024)
        var addresses: Set<UInt> = []
        var count = 0
        while let document = try documents.next() {
            count += 1
            addresses.insert(UInt(bitPattern: document.text.baseAddress))
        }
        let (least, most) = try (#require(addresses.min()), #require(addresses.max()))
        #expect(count == 5_000 && most - least < 8_192)
    }

    @Test(
        "what can't be UTF-8 text is refused, with what to do",
        arguments: [
            ([0xFF, 0xFE, 0x7B, 0x00], "it is UTF-16, and JSON is read as UTF-8"),
            ([0xFE, 0xFF, 0x00, 0x7B], "it is UTF-16, and JSON is read as UTF-8"),
            ([0x7B, 0x00, 0x22, 0x00], "it is UTF-16, and JSON is read as UTF-8"),
            ([0x00, 0x5B, 0x00, 0x7B], "it is UTF-16, and JSON is read as UTF-8"),
            ([0x28, 0xB5, 0x2F, 0xFD, 0x00], "it is compressed with Zstandard"),
        ] as [([UInt8], String)])
    func refuses(bytes: [UInt8], reason: String) throws {
        for bytes in [bytes, Gzip.stored(bytes)] {
            let path = try folder.file("other", bytes)
            let error = #expect(throws: InputError.self) { try readDocuments(path) }
            #expect(error?.description.hasPrefix("can't read \(path): \(reason)") == true)
            let ofLines = #expect(throws: InputError.self) {
                var blocks = try LineBlocks(path: path)
                _ = try blocks.next()
            }
            #expect(ofLines == error)
        }
    }

    @Test("gzip data that is cut off or damaged is an error that names the file, not an end")
    func damagedGzip() throws {
        let good = Gzip.stored(Array(#"{"a":1}"#.utf8))
        for count in 2..<good.count {
            let path = try folder.file("cut", Array(good[..<count]))
            let error = #expect(throws: InputError.self, "\(count) bytes") {
                try readDocuments(path)
            }
            #expect(
                error?.description
                    == "can't read \(path): the gzip data ends early: the file is cut off")
        }
        var wrong = good
        wrong[good.count - 6] ^= 1
        for bytes in [
            wrong, good + Array("x".utf8), [0x1F, 0x8B] + Array(repeating: 7, count: 30),
        ] {
            let path = try folder.file("damaged", bytes)
            let error = #expect(throws: InputError.self) { try readDocuments(path) }
            #expect(error?.message.contains("the gzip data") == true, "\(error?.message ?? "read")")
        }
    }
}
