import JSONScan
import TestSupport
import Testing

@Suite("Structural index")
struct StructuralIndexTests {
    @Test("every token is an entry, whatever blanks stand around it")
    func entries() throws {
        var random = SeededGenerator(stream: 30)
        for _ in 0..<500 {
            let text = TokenText(&random)
            for kernel in ScanKernel.supported {
                let isRight = try withIndex(of: text.bytes, kernel) { $0.agrees(with: text) }
                #expect(isRight, "\(kernel) on \(printable(text.bytes))")
            }
        }
    }

    @Test("whether a string holds a backslash is known")
    func escapes() throws {
        for (text, hasEscapes) in [
            (#"{"a":"b"}"#, false), (#"{"a":"\n"}"#, true), (#"{"\n":"a"}"#, true),
        ] {
            try withIndex(of: Array(text.utf8)) { #expect($0.hasEscapes == hasEscapes) }
        }
    }

    @Test("a value is read member by member, repeated keys included")
    func values() throws {
        let text = #" {"a" : 1 , "b":[ true , {"c":null} ,"x\u0041" ], "a":"é", "":false}"#
        try withIndex(of: Array(text.utf8)) { index in
            let value = JSONValue(index)
            #expect(value.kind == .object)
            #expect(value.members.map(\.key) == ["a", "b", "a", ""])
            #expect(value.members.map(\.keyOffset) == [2, 12, 50, 60])
            #expect(value["a"]?.string == "é")
            #expect(value["z"] == nil)
            let list = value["b"]?.elements ?? []
            #expect(list.map(\.kind) == [.true, .object, .string])
            let texts = list.map { String(decoding: $0.text, as: UTF8.self) }
            #expect(texts == ["true", #"{"c":null}"#, #""x\u0041""#])
            #expect(list.map(\.string) == [nil, nil, "xA"])
            #expect(list[1]["c"]?.kind == .null)
            #expect(list[0].members.isEmpty && list[1].elements.isEmpty)
        }
    }
}

extension StructuralIndex {
    /// Whether this is the index of a text whose tokens are known.
    func agrees(with text: TokenText) -> Bool {
        guard count == text.tokens.count else { return false }
        let last = text.tokens[count - 1]
        guard textLength == last.offset + 1 else { return false }
        return text.tokens.indices.allSatisfy { agrees(with: text.tokens[$0], at: $0) }
    }

    private func agrees(with token: TokenText.Token, at number: Int) -> Bool {
        guard offset(of: number) == token.offset, byte(at: number) == token.text[0] else {
            return false
        }
        switch token.text[0] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return close(of: number) == token.close
                && entry(after: number) == close(of: number) + 1
        case UInt8(ascii: "\""):
            return stringBytes(at: number).elementsEqual(token.text.dropFirst().dropLast())
                && entry(after: number) == number + 1
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"):
            return true
        default:
            return scalarBytes(at: number).elementsEqual(token.text)
                && entry(after: number) == number + 1
        }
    }
}
