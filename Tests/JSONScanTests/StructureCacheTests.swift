import JSONScan
import TestSupport
import Testing

@Suite("Known structures")
struct StructureCacheTests {
    @Test("a text of a known structure is checked for all that may differ", arguments: variants)
    func checksVariants(variant: String) {
        let usual = #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-1.5}"#
        for kernel in ScanKernel.supported {
            var scanner = StructuralScanner(kernel: kernel)
            for _ in 0..<3 {
                #expect(verdict(on: usual, &scanner) == .accepted(length: usual.utf8.count))
            }
            #expect(verdict(on: variant, &scanner) == portableVerdict(on: variant), "\(kernel)")
            #expect(verdict(on: usual, &scanner) == .accepted(length: usual.utf8.count))
        }
    }

    @Test(
        "no other byte stands for the first one of a token",
        arguments: [
            #"{"a":@1,"b":2}"#, #"{"a":@true,"b":2}"#, #"{"a":@"b","b":2}"#, #"{"a":[@{}],"b":2}"#,
        ])
    func firstBytes(text: String) {
        let usual = text.replacing("@", with: "")
        for kernel in ScanKernel.supported {
            var scanner = StructuralScanner(kernel: kernel)
            for _ in 0..<3 {
                #expect(verdict(on: usual, &scanner) == .accepted(length: usual.utf8.count))
            }
            // Instead of the marked byte.
            let at = text.utf8.firstIndex(of: UInt8(ascii: "@")) ?? text.startIndex
            for byte in UInt8(1)..<128 {
                var changed = usual
                let character = String(UnicodeScalar(byte))
                changed.replaceSubrange(at..<changed.utf8.index(after: at), with: character)
                #expect(
                    verdict(on: changed, &scanner) == portableVerdict(on: changed),
                    "\(kernel) on \(changed)")
            }
        }
    }

    @Test("an index of a known structure is as good as a new one")
    func sameIndex() throws {
        var random = SeededGenerator(stream: 91)
        for kernel in ScanKernel.supported {
            var scanner = StructuralScanner(kernel: kernel)
            for _ in 0..<200 {
                let text = TokenText(&random)
                for _ in 0..<4 {
                    let isRight = try text.bytes.span.bytes.withUnsafeBytes {
                        try scanner.scan($0).agrees(with: text)
                    }
                    #expect(isRight, "\(kernel) on \(printable(text.bytes))")
                }
            }
        }
    }

    @Test(
        "more structures than are kept take each other's places, and none is mistaken for another")
    func manyStructures() throws {
        var random = SeededGenerator(stream: 92)
        let texts = (0..<3_000).map { _ in TokenText(&random, depth: 3) }
        var scanner = StructuralScanner()
        for text in texts + texts.shuffled(using: &random) + texts {
            for _ in 0..<2 {
                let isRight = try text.bytes.span.bytes.withUnsafeBytes {
                    try scanner.scan($0).agrees(with: text)
                }
                #expect(isRight, "\(printable(text.bytes))")
            }
        }
    }

    @Test("texts of more tokens than are kept, and of just as many, are scanned as before")
    func longTexts() {
        // A member is four tokens with its comma, the braces take the place of one comma and one more.
        for members in 254...258 {
            let text = "{" + (0..<members).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
            for kernel in ScanKernel.supported {
                var scanner = StructuralScanner(kernel: kernel)
                for _ in 0..<4 {
                    #expect(verdict(on: text, &scanner) == .accepted(length: text.utf8.count))
                }
                let broken = text.replacing(":1}", with: ":01}")
                #expect(verdict(on: broken, &scanner) == portableVerdict(on: broken))
            }
        }
    }

    static let variants = [
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":-0.25,"b":[false,true],"c":{"":""},"d":9}"#,
        #" {"a" : 1e5 , "b":[ true , null ],"c":{"key":"value"},"d":-1.5 } "#,
        #"{"a":01,"b":[true,null],"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":1,"b":[tru,null],"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":1,"b":[true,nulll],"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":1,"b":[true,x],"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-}"#,
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-.5}"#,
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":1.}"#,
        #"{"a":1e,"b":[true,null],"c":{"key":"value"},"d":1}"#,
        #"{"a":1,"b":[true,null],"c":{"key":"va\lue"},"d":1}"#,
        #"{"a":1,"b":[true,null],"c":{"k\u00g0":"value"},"d":1}"#,
        "{\"a\":1,\"b\":[true,null],\"c\":{\"key\":\"va\u{1}lue\"},\"d\":1}",
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-1.5}}"#,
        #"{"a":1,"b":[true,null],"c":{"key":"value"},"d":-1.5"#,
        #"{"a":1,"b":[true,null],"c":["key","value"],"d":-1.5}"#,
        #"{"a":1,"b":[true,null},"c":{"key":"value"},"d":-1.5}"#,
        #"{"a":1,"b":[true,null],"c":{"key","value"},"d":-1.5}"#,
        #"{"a":"1","b":[true,null],"c":{"key":"value"},"d":-1.5}"#,
    ]
}

/// What a used scanner says of a text.
private func verdict(on text: String, _ scanner: inout StructuralScanner) -> Verdict {
    do throws(JSONError) {
        return .accepted(
            length: try Array(text.utf8).span.bytes.withUnsafeBytes { bytes throws(JSONError) in
                try scanner.scan(bytes).textLength
            })
    } catch {
        return .rejected(error.kind, offset: error.offset)
    }
}

/// What a new scanner of the portable kernel says.
private func portableVerdict(on text: String) -> Verdict {
    var scanner = StructuralScanner(kernel: .portable)
    return verdict(on: text, &scanner)
}
