import JSONScan
import TestSupport
import Testing

@Suite("Members of an index")
struct MemberTests {
    @Test("members and elements are those that a parser finds by counting brackets")
    func againstTokens() throws {
        var random = SeededGenerator(stream: 31)
        var (members, elements) = (0, 0)
        for _ in 0..<500 {
            let text = TokenText(&random)
            for kernel in ScanKernel.supported {
                let isRight = try withIndex(of: text.bytes, kernel) { index in
                    text.tokens.indices.allSatisfy { open in
                        switch text.tokens[open].text[0] {
                        case UInt8(ascii: "{"):
                            let found = index.members(of: open).map { [$0.key, $0.value] }
                            members += found.count
                            // A key stands before each colon of this object, its value behind it.
                            let colons = text.tokens(UInt8(ascii: ":"), directlyIn: open)
                            return found == colons.map { [$0 - 1, $0 + 1] }
                        case UInt8(ascii: "["):
                            let found = Array(index.elements(of: open))
                            elements += found.count
                            // The first stands behind the bracket, the others each behind a comma.
                            guard (text.tokens[open].close ?? 0) > open + 1 else {
                                return found.isEmpty
                            }
                            let commas = text.tokens(UInt8(ascii: ","), directlyIn: open)
                            return found == [open + 1] + commas.map { $0 + 1 }
                        default: return true
                        }
                    }
                }
                #expect(isRight, "\(kernel) on \(printable(text.bytes))")
            }
        }
        #expect(members > 1_000 && elements > 1_000)
    }

    @Test("an empty object has no members, an empty array no elements")
    func empty() throws {
        try withIndex(of: Array(#"{"a":[ ],"b":{ }}"#.utf8)) { index in
            let values = index.members(of: 0).map(\.value)
            #expect(values.count == 2)
            #expect(Array(index.elements(of: values[0])).isEmpty)
            #expect(Array(index.members(of: values[1])).isEmpty)
        }
    }
}

extension TokenText {
    /// The tokens of a kind that belong to the bracket at a token, not to one inside it.
    fileprivate func tokens(_ byte: UInt8, directlyIn open: Int) -> [Int] {
        var depth = 0
        return (open + 1..<(tokens[open].close ?? open + 1)).filter { number in
            switch tokens[number].text[0] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            return depth == 0 && tokens[number].text[0] == byte
        }
    }
}
