import JSONScan
import TestSupport
import Testing

@Suite("JSON Lines")
struct JSONLinesTests {
    /// A line as tests compare it.
    struct Line: Equatable {
        var number: Int
        var text: String

        init(_ number: Int, _ text: String) {
            self.number = number
            self.text = text
        }

        init(_ line: JSONLines.Line) {
            self.init(line.number, String(decoding: line.text, as: UTF8.self))
        }
    }

    static let texts: [(text: String, lines: [Line])] = [
        ("", []),
        ("\n\n \t\n", []),
        ("a", [Line(1, "a")]),
        ("a\n", [Line(1, "a")]),
        ("a\nb", [Line(1, "a"), Line(2, "b")]),
        ("\n\na\n\n \nb\n\n", [Line(3, "a"), Line(6, "b")]),
        ("a\r\n\r\nb\r\n", [Line(1, "a\r"), Line(3, "b\r")]),
        (" a \n\tb", [Line(1, " a "), Line(2, "\tb")]),
        ("é€\n\u{1F689}", [Line(1, "é€"), Line(2, "\u{1F689}")]),
        (
            "short\n" + String(repeating: "long ", count: 40) + "\nshort",
            [Line(1, "short"), Line(2, String(repeating: "long ", count: 40)), Line(3, "short")]
        ),
    ]

    @Test("lines are numbered from 1, blank ones counted and skipped", arguments: texts)
    func lines(text: String, lines: [Line]) {
        let found = Array(text.utf8).withUnsafeBytes { JSONLines($0).map(Line.init) }
        #expect(found == lines)
    }

    @Test("the lines of a part of a text go on counting")
    func part() {
        let found = Array("\nb".utf8).withUnsafeBytes { JSONLines($0, after: 10).map(Line.init) }
        #expect(found == [Line(12, "b")])
    }

    @Test("a file has the same lines whatever the size of a block", arguments: texts)
    func blocks(text: String, lines: [Line]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("lines", Array(text.utf8))
        for blockBytes in 0...64 {
            #expect(try readLines(path, blockBytes) == lines, "blocks of \(blockBytes)")
        }
    }

    @Test("a byte order mark is passed over at the beginning of a file alone", arguments: texts)
    func passesMarks(text: String, lines: [Line]) throws {
        let folder = try TemporaryFolder()
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let path = try folder.file("marked", mark + Array(text.utf8))
        let twice = try folder.file("twice", mark + mark + Array("a\n\u{FEFF}b".utf8))
        for blockBytes in 0...16 {
            #expect(try readLines(path, blockBytes) == lines, "blocks of \(blockBytes)")
            #expect(
                try readLines(twice, blockBytes) == [Line(1, "\u{FEFF}a"), Line(2, "\u{FEFF}b")])
        }
    }

    @Test("random files have the same lines in blocks and whole")
    func randomFiles() throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(stream: 70)
        for _ in 0..<40 {
            let text = String(
                (0..<Int.random(in: 0...300, using: &random)).map { _ in
                    "\n\nab \r".randomElement(using: &random) ?? "\n"
                })
            let whole = Array(text.utf8).withUnsafeBytes { JSONLines($0).map(Line.init) }
            let path = try folder.file("lines", Array(text.utf8))
            for blockBytes in 1...64 { #expect(try readLines(path, blockBytes) == whole) }
        }
    }

    @Test("a file that is not there, and a folder, can't be read, and the error says so")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: InputError.self) {
            try readLines(folder.path("missing"), 64)
        }
        #expect(
            missing?.description
                == "can't read \(folder.path("missing")): No such file or directory")
        let directory = #expect(throws: InputError.self) { try readLines(folder.path, 64) }
        #expect(directory?.description == "can't read \(folder.path): Is a directory")
    }

    private func readLines(_ path: String, _ blockBytes: Int) throws -> [Line] {
        var blocks = try LineBlocks(path: path, blockBytes: blockBytes)
        var lines: [Line] = []
        while let block = try blocks.next() { lines += block.map(Line.init) }
        return lines
    }
}
