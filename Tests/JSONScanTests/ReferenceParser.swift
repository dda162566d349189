import JSONScan
import Synchronization

/// RFC 8259 as a plain recursive descent: what a scan has to accept, and where it has to stop.
struct ReferenceParser {
    private struct Failure: Error { var offset: Int }

    private let text: [UInt8]
    private var at = 0
    /// The words that were judged already, `true` for valid ones.
    private static let knownWords = Mutex<[String: Bool]>([:])

    private init(_ text: [UInt8]) { self.text = text }

    /// The offset of the first error of a text, or nil and the length of its first value.
    static func check(_ text: [UInt8]) -> (errorOffset: Int?, length: Int) {
        var parser = ReferenceParser(text)
        do {
            parser.skipBlanks()
            if parser.byte == nil { throw Failure(offset: 0) }
            guard parser.byte == "{" else { throw Failure(offset: parser.at) }
            try parser.value(depth: 1)
            return (nil, parser.at)
        } catch {
            return ((error as? Failure)?.offset, 0)
        }
    }

    private var byte: Unicode.Scalar? { at < text.count ? Unicode.Scalar(text[at]) : nil }

    private mutating func skipBlanks() {
        while byte == " " || byte == "\t" || byte == "\n" || byte == "\r" { at += 1 }
    }

    private mutating func expect(_ wanted: Unicode.Scalar) throws {
        skipBlanks()
        guard byte == wanted else { throw Failure(offset: at) }
        at += 1
    }

    /// Steps over a character if it comes next.
    private mutating func skip(_ wanted: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard byte == wanted else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws {
        skipBlanks()
        guard depth <= 1_000 || byte != "{" && byte != "[" else { throw Failure(offset: at) }
        switch byte {
        case "{":
            at += 1
            if skip("}") { return }
            repeat {
                skipBlanks()
                try string()
                try expect(":")
                try value(depth: depth + 1)
            } while skip(",")
            try expect("}")
        case "[":
            at += 1
            if skip("]") { return }
            repeat { try value(depth: depth + 1) } while skip(",")
            try expect("]")
        case "\"": try string()
        default: try word()
        }
    }

    private mutating func string() throws {
        guard byte == "\"" else { throw Failure(offset: at) }
        let start = at
        at += 1
        while let byte, byte != "\"" { at += byte == "\\" ? 2 : 1 }
        guard byte == "\"" else { throw Failure(offset: start) }
        let content = Array(text[(start + 1)..<at])
        let errors = [
            firstInvalidUTF8(content), content.firstIndex { $0 < 0x20 }, invalidEscape(content),
        ]
        if let first = errors.compactMap(\.self).min() { throw Failure(offset: start + 1 + first) }
        at += 1
    }

    private func invalidEscape(_ content: [UInt8]) -> Int? {
        var at = 0
        while at < content.count {
            guard content[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            if content[at + 1] == UInt8(ascii: "u") {
                let digits = content[(at + 2)...].prefix(4)
                let isHexadecimal = digits.allSatisfy {
                    Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80
                }
                guard digits.count == 4, isHexadecimal else { return at }
            } else {
                guard "\"\\/bfnrt".utf8.contains(content[at + 1]) else { return at }
            }
            at += 2
        }
        return nil
    }

    /// A number or literal: everything up to the next blank, quote or punctuation.
    private mutating func word() throws {
        let end = text[at...].firstIndex { " \t\n\r\"{}[]:,".utf8.contains($0) } ?? text.count
        let word = String(decoding: text[at..<end], as: UTF8.self)
        guard Self.isValid(word) else { throw Failure(offset: at) }
        at = end
    }

    private static func isValid(_ word: String) -> Bool {
        if let known = knownWords.withLock({ $0[word] }) { return known }
        let number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
        let isNumber = word.utf8.count <= 1_000 && word.wholeMatch(of: number) != nil
        let isValid = isNumber || ["true", "false", "null"].contains(word)
        knownWords.withLock { $0[word] = isValid }
        return isValid
    }
}
