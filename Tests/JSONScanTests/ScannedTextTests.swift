import JSONScan
import TestSupport
import Testing

@Suite("Scanned text")
struct ScannedTextTests {
    @Test("the parts of a text are read through spans that borrow from it")
    func parts() throws {
        let bytes = Array(#" {"a\n" : [ -1.5 , true ], "é":"x" } behind"#.utf8)
        var scanner = StructuralScanner()
        let text = try scanner.scan(bytes.span.bytes)
        #expect(text.entryCount == 13)
        #expect(text.byteCount == 37)
        #expect(text.offset(of: 0) == 1)
        #expect(characters(text.string(at: 1)) == #"a\n"#)
        #expect(text.byte(at: 3) == UInt8(ascii: "["))
        #expect(text.close(of: 3) == 7)
        #expect(text.entry(after: 3) == 8)
        #expect(characters(text.scalar(at: 4)) == "-1.5")
        #expect(characters(text.scalar(at: 6)) == "true")
        #expect(characters(text.string(at: 9)) == "é")
        #expect(text.close(of: 0) == text.entryCount - 1)
    }

    @Test("what is wrong with a text is said, and the scanner scans the next one")
    func errors() throws {
        var scanner = StructuralScanner()
        let broken = Array(#"{"a" 1}"#.utf8)
        do throws(JSONError) {
            _ = try scanner.scan(broken.span.bytes)
            Issue.record("a text without a colon is no JSON")
        } catch {
            #expect(error == JSONError(.expectedColon, offset: 5))
        }
        let right = Array(#"{"a":1}"#.utf8)
        let text = try scanner.scan(right.span.bytes)
        #expect(text.entryCount == 5)
    }

    private func characters(_ span: Span<UInt8>) -> String {
        String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
    }
}
