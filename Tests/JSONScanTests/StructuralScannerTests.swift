import JSONScan
import TestSupport
import Testing

@Suite("Structural scanner", .onThreadsOfItsOwn)
struct StructuralScannerTests {
    @Test(
        "everything that RFC 8259 allows is accepted",
        arguments: [
            #"{}"#, " \t\r\n{ } ", #"{"a":1}"#, #"{"":0}"#, #"{"a":{},"b":[],"c":""}"#,
            #"{"a":[true,false,null,"x",{"b":[[]]}]}"#, #"{"a":1,"a":1}"#,
            #"{"a":[0,-0,1,-1,0.0,1.50,1e5,1E5,1e+5,1e-05,-1.5E+300,1e400,123456789012345678901]}"#,
            #"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\uABCD\uabcd"}"#,
            #"{"\ud83d\ude00":"\ud83d","a":"\ude00\ud83d"}"#,
            "{\"é\u{1F689}\":\"\u{7F}\u{80}\u{FFFF}\u{10FFFF}\"}",
        ])
    func acceptsAllOfJSON(text: String) {
        #expect(verdict(on: text).offset == nil)
    }

    @Test("what is wrong is said, and at which byte", arguments: BrokenText.all)
    func errors(broken: BrokenText) {
        #expect(verdict(on: broken.text) == .rejected(broken.kind, offset: broken.offset))
    }

    @Test("every error has a message of its own that ends in the byte's offset")
    func messages() {
        let kinds = Set(BrokenText.all.map(\.kind))
        let messages = Set(kinds.map { JSONError($0, offset: 7).description })
        #expect(messages.count == kinds.count)
        #expect(messages.allSatisfy { $0.hasSuffix(" (at byte 7)") })
    }

    @Test("bytes behind the closing brace are ignored, whatever they are")
    func trailingBytes() {
        let object = #"{"a":[1,{}]}"#
        let tails: [[UInt8]] = [
            [], Array(" \n".utf8), Array("}".utf8), Array("]".utf8), Array(#"{"b":"#.utf8),
            Array(#""open"#.utf8), Array(#"\"#.utf8), [0], [0xFF], [0x22, 0x01, 0x22],
            [0xED, 0xA0],
        ]
        for tail in tails {
            for filler in [0, 60, 200] {
                let blanks = String(repeating: " ", count: filler)
                let text = Array((object + blanks).utf8) + tail
                #expect(verdict(on: text) == .accepted(length: object.utf8.count))
            }
        }
    }

    @Test("1,000 levels of nesting are accepted, 1,001 are too deep")
    func depthLimit() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            #"{"a":"# + String(repeating: open, count: levels - 1) + "1"
                + String(repeating: close, count: levels - 1) + "}"
        }
        #expect(verdict(on: nested(1_000, "[", "]")).offset == nil)
        #expect(verdict(on: nested(1_001, "[", "]")) == .rejected(.tooDeep, offset: 5 + 999))
        #expect(verdict(on: nested(1_000, #"{"b":"#, "}")).offset == nil)
        #expect(
            verdict(on: nested(1_001, #"{"b":"#, "}")) == .rejected(.tooDeep, offset: 5 + 5 * 999))
        let wide = #"{"a":["# + Array(repeating: "[]", count: 3_000).joined(separator: ",") + "]}"
        #expect(verdict(on: wide).offset == nil)
    }

    @Test("a number may have 1,000 characters, not 1,001", arguments: ["", "-", "0.", "1e"])
    func numberLimit(start: String) {
        func number(_ count: Int) -> String {
            start + String(repeating: "1", count: count - start.utf8.count)
        }
        #expect(verdict(on: "{\"a\":\(number(1_000))}").offset == nil)
        #expect(verdict(on: "{\"a\":\(number(1_001)) }") == .rejected(.numberTooLong, offset: 5))
    }

    @Test("a key may have 50,000 bytes, not 50,001, blanks behind it not counted")
    func keyLimit() {
        func key(_ count: Int) -> String { String(repeating: "k", count: count) }
        #expect(verdict(on: "{\"\(key(50_000))\"   :1}").offset == nil)
        #expect(verdict(on: "{\"\(key(50_001))\":1}") == .rejected(.keyTooLong, offset: 1))
        #expect(verdict(on: "{\"a\":\"\(key(50_001))\"}").offset == nil)
    }

    @Test("a string may have 20,000,000 bytes, not one more")
    func stringLimit() {
        func text(_ count: Int) -> [UInt8] {
            var text = [UInt8](repeating: UInt8(ascii: "s"), count: count + 10)
            text.replaceSubrange(..<6, with: #"{"a":""#.utf8)
            text.replaceSubrange((count + 6)..., with: "\"  }".utf8)
            return text
        }
        let atLimit = text(20_000_000)
        #expect(throws: Never.self) { try withIndex(of: atLimit) { $0.textLength } }
        let beyond = text(20_000_001)
        #expect(throws: JSONError(.stringTooLong, offset: 5)) {
            try withIndex(of: beyond) { $0.textLength }
        }
    }

    @Test("a valid text cut off anywhere is an error at or before the cut")
    func truncation() throws {
        let text = Array(Self.small.utf8)
        for count in text.indices {
            let offset = verdict(on: Array(text[..<count])).offset
            #expect(try #require(offset, "cut at \(count)") <= count)
        }
    }

    private static let small =
        #"{"a" : [1,-2.5e3, true,{}],"b\u0041é":{"n":null,"":"x\n€\/"}, "c":false}"#

    @Test("one byte changed, added or removed gives the verdict of a plain recursive parser")
    func singleEdits() {
        let text = Array(Self.small.utf8)
        checkAgainstReference(text)
        for place in text.indices {
            var shorter = text
            shorter.remove(at: place)
            checkAgainstReference(shorter)
            for byte in UInt8.min ... .max {
                var changed = text
                changed[place] = byte
                checkAgainstReference(changed)
                changed = text
                changed.insert(byte, at: place)
                checkAgainstReference(changed)
            }
        }
    }

    @Test("several random edits give the verdict of a plain recursive parser")
    func randomEdits() {
        var random = SeededGenerator(stream: 20)
        for _ in 0..<3_000 {
            var text = TokenText(&random).bytes
            for _ in 0...Int.random(in: 0...2, using: &random) where !text.isEmpty {
                let place = Int.random(in: text.indices, using: &random)
                let piece = (jsonPieces + hostilePieces).randomElement(using: &random) ?? []
                let end = min(text.count, place + Int.random(in: 0...3, using: &random))
                text.replaceSubrange(place..<end, with: piece)
            }
            checkAgainstReference(text)
        }
    }

    @Test("texts of JSON's pieces in any order give the verdict of a plain recursive parser")
    func randomPieces() {
        var random = SeededGenerator(stream: 21)
        for length in 1...3_000 {
            let pieces = randomText(ofLength: length % 90, from: jsonPieces, &random)
            checkAgainstReference("{\"a\":" + pieces)
        }
    }

    @Test("a scanner that met an error or a long text goes on as a new one would")
    func reuse() throws {
        var scanner = StructuralScanner()
        var random = SeededGenerator(stream: 22)
        for round in 0..<300 {
            var text = TokenText(&random, depth: round % 7).bytes
            if round % 3 == 0 { text.removeLast() }
            if round % 50 == 0 { text = "{\"a\":[" + Array(repeating: 0x5B, count: 9_000) }
            #expect(entryCount(of: text, &scanner) == entryCount(of: text))
        }
    }

    private func entryCount(of text: [UInt8]) -> Result<Int, JSONError> {
        var scanner = StructuralScanner()
        return entryCount(of: text, &scanner)
    }

    private func entryCount(
        of text: [UInt8], _ scanner: inout StructuralScanner
    ) -> Result<Int, JSONError> {
        text.withUnsafeBytes { bytes in
            do throws(JSONError) {
                return .success(try scanner.scan(bytes).count)
            } catch {
                return .failure(error)
            }
        }
    }

    private func checkAgainstReference(_ text: [UInt8]) {
        let found = verdict(on: text)
        let expected = ReferenceParser.check(text)
        if found.offset == expected.errorOffset {
            guard case .accepted(let length) = found, length != expected.length else { return }
        }
        Issue.record(
            """
            \(found); expected \(expected.errorOffset.map { "an error at byte \($0)" } ?? "no error") \
            on \(printable(text))
            """)
    }
}

private func + (text: String, bytes: [UInt8]) -> [UInt8] { Array(text.utf8) + bytes }
