import JSONScan
import TestSupport
import Testing

@Suite("JSON strings", .onThreadsOfItsOwn)
struct JSONStringTests {
    @Test(
        "escapes become the characters that they spell",
        arguments: [
            ("", ""), ("plain é€", "plain é€"), (#"\"\\\/"#, "\"\\/"),
            (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"),
            (#"a\u0000b"#, "a\u{0}b"), (#"\ud83d\ude89"#, "\u{1F689}"),
            (#"\uD83D\uDE89x"#, "\u{1F689}x"), (#"\udbff\udfff"#, "\u{10FFFF}"),
            (#"\uffff\u07ff\u0800\u007f\u0080"#, "\u{FFFF}\u{7FF}\u{800}\u{7F}\u{80}"),
            (#"\\u0041"#, #"\u0041"#), (#"x\\"#, #"x\"#),
        ])
    func escapes(raw: String, expected: String) {
        #expect(unescaped(raw) == ExactString(expected))
    }

    @Test(
        "a surrogate without its partner becomes U+FFFD",
        arguments: [
            (#"\ud83d"#, "\u{FFFD}"), (#"\ude89"#, "\u{FFFD}"), (#"\ud83dx"#, "\u{FFFD}x"),
            (#"\ud83d\n"#, "\u{FFFD}\n"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
            (#"\ude89\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\ud83d\ude89"#, "\u{FFFD}\u{1F689}"),
            (#"\ud83d\\ude89"#, #"\ude89"#.replacing(#"\"#, with: "\u{FFFD}\\")),
        ])
    func loneSurrogates(raw: String, expected: String) {
        #expect(unescaped(raw) == ExactString(expected))
    }

    @Test(
        "a string is quoted with the shortest escapes",
        arguments: [
            ("", #""""#), ("a/é€\u{7F}", "\"a/é€\u{7F}\""), ("\"\\", #""\"\\""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1F}\u{B}", #""\u0000\u001f\u000b""#),
        ])
    func quoting(text: String, quoted: String) {
        #expect(self.quoted(ExactString(text)) == Array(quoted.utf8))
    }

    @Test("every string comes back from its quotes, and is valid JSON there")
    func roundTrip() throws {
        var random = SeededGenerator(stream: 50)
        for _ in 0..<2_000 {
            let text = ExactString(randomString(&random))
            let quoted = quoted(text)
            #expect(
                unescaped(String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)) == text)
            let object = "{\"a\":" + quoted + "}"
            #expect(verdict(on: object) == .accepted(length: object.count))
        }
    }

    @Test("every character written as an escape comes back")
    func everyUnit() {
        for unit in UInt16.min ... .max {
            let hex = String(unit, radix: 16)
            let raw = "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            let expected = Unicode.Scalar(unit).map(Character.init) ?? "\u{FFFD}"
            if unescaped(raw) == ExactString(String(expected)) { continue }
            Issue.record("\(raw)")
        }
    }

    private func randomString(_ random: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let bound: UInt32 = [0x30, 0x80, 0x800, 0x110000].randomElement(using: &random) ?? 1
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    private func unescaped(_ raw: String) -> ExactString {
        Array(raw.utf8).withUnsafeBufferPointer { JSONString.unescaped($0) }
    }

    private func quoted(_ text: ExactString) -> [UInt8] {
        var output: [UInt8] = []
        JSONString.appendQuoted(text, to: &output)
        return output
    }
}

private func + (text: String, bytes: [UInt8]) -> [UInt8] { Array(text.utf8) + bytes }
