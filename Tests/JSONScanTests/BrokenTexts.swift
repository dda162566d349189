import JSONScan
import Testing

/// A text that is no JSON object, what is wrong with it, and at which byte.
struct BrokenText: CustomTestStringConvertible, Sendable {
    var text: [UInt8]
    var kind: JSONError.Kind
    var offset: Int
    var testDescription: String { String(decoding: text, as: UTF8.self).debugDescription }

    init(_ text: String, _ kind: JSONError.Kind, at offset: Int) {
        self.init(Array(text.utf8), kind, at: offset)
    }

    init(_ text: [UInt8], _ kind: JSONError.Kind, at offset: Int) {
        self.text = text
        self.kind = kind
        self.offset = offset
    }

    static let all = structure + words + strings

    private static let structure = [
        BrokenText("", .emptyText, at: 0),
        BrokenText(" \t\r\n", .emptyText, at: 0),
        BrokenText("[]", .notAnObject, at: 0),
        BrokenText(" 1", .notAnObject, at: 1),
        BrokenText(#""a""#, .notAnObject, at: 0),
        BrokenText("null", .notAnObject, at: 0),
        BrokenText("\u{FEFF}{}", .notAnObject, at: 0),
        BrokenText("}", .notAnObject, at: 0),
        BrokenText("// no\n{}", .notAnObject, at: 0),
        BrokenText("{", .unexpectedEnd, at: 1),
        BrokenText(#"{"a":1"#, .unexpectedEnd, at: 6),
        BrokenText(#"{"a":1  "#, .unexpectedEnd, at: 8),
        BrokenText(#"{"a":[1,[2]"#, .unexpectedEnd, at: 11),
        BrokenText("{a:1}", .expectedKey, at: 1),
        BrokenText("{'a':1}", .expectedKey, at: 1),
        BrokenText("{1:1}", .expectedKey, at: 1),
        BrokenText(#"{"a":1,}"#, .expectedKey, at: 7),
        BrokenText(#"{,"a":1}"#, .expectedKey, at: 1),
        BrokenText(#"{"a":1,,"b":1}"#, .expectedKey, at: 7),
        BrokenText("{/**/}", .expectedKey, at: 1),
        BrokenText(#"{"a"}"#, .expectedColon, at: 4),
        BrokenText(#"{"a" 1}"#, .expectedColon, at: 5),
        BrokenText(#"{"a","b"}"#, .expectedColon, at: 4),
        BrokenText(#"{"a":}"#, .expectedValue, at: 5),
        BrokenText(#"{"a"::1}"#, .expectedValue, at: 5),
        BrokenText(#"{"a":[1,]}"#, .expectedValue, at: 8),
        BrokenText(#"{"a":[,1]}"#, .expectedValue, at: 6),
        BrokenText(#"{"a":[}"#, .expectedValue, at: 6),
        BrokenText(#"{"a":1 "b":2}"#, .expectedCommaOrBrace, at: 7),
        BrokenText(#"{"a":1]"#, .expectedCommaOrBrace, at: 6),
        BrokenText(#"{"a":1:2}"#, .expectedCommaOrBrace, at: 6),
        BrokenText(#"{"a":[1 2]}"#, .expectedCommaOrBracket, at: 8),
        BrokenText(#"{"a":[1}"#, .expectedCommaOrBracket, at: 7),
        BrokenText(#"{"a":["b":1]}"#, .expectedCommaOrBracket, at: 9),
        BrokenText(#"{"a":1 /* no */}"#, .expectedCommaOrBrace, at: 7),
    ]

    private static let words =
        [
            "tru", "TRUE", "True", "truee", "nul", "undefined", "NaN", "Infinity", "+1", ".5",
            "'x'", "\u{A0}1", "\\n",
        ].map { BrokenText("{\"a\":\($0)}", .invalidLiteral, at: 5) }
        + [
            "1.", "01", "-01", "00", "-", "--1", "-.5", "1.e5", "1e", "1e+", "1E-", "1e5.0", "0x10",
            "1_000", "1a", "-Infinity", "1-", "1\u{0}", "1\u{B}", "1\u{C}", "1\u{1F}", "1\u{A0}",
            "1\u{7F}", "1.5f", "1e5e5",
        ].map { BrokenText("{\"a\":\($0)}", .invalidNumber, at: 5) }
        + [
            BrokenText("{\"a\":true\u{0}}", .invalidLiteral, at: 5),
            BrokenText("{\"a\":\u{0}}", .expectedValue, at: 5),
            BrokenText("{\"a\":\u{C} 1}", .invalidLiteral, at: 5),
            BrokenText(#"{"a":true"b"}"#, .expectedCommaOrBrace, at: 9),
            BrokenText(#"{"a":true"b"#, .unterminatedString, at: 9),
            BrokenText("{\"a\":1 \u{B}}", .expectedCommaOrBrace, at: 7),
            BrokenText(
                "{\"a\":" + String(repeating: "1", count: 1_001) + "}", .numberTooLong, at: 5),
        ]

    private static let strings = [
        BrokenText(#"{"a"#, .unterminatedString, at: 1),
        BrokenText(#"{"a":"b}"#, .unterminatedString, at: 5),
        BrokenText(#"{"a":"b\"}"#, .unterminatedString, at: 5),
        BrokenText("{\"a\":\"b\nc\"}", .controlCharacter, at: 7),
        BrokenText("{\"a\tb\":1}", .controlCharacter, at: 3),
        BrokenText("{\"a\":\"\u{0}\"}", .controlCharacter, at: 6),
        BrokenText("{\"a\":\"\u{1F}\"}", .controlCharacter, at: 6),
        BrokenText(#"{"a":"\x"}"#, .invalidEscape, at: 6),
        BrokenText(#"{"a":"bc\'"}"#, .invalidEscape, at: 8),
        BrokenText(#"{"\a":1}"#, .invalidEscape, at: 2),
        BrokenText(#"{"a":"\u12"}"#, .invalidEscape, at: 6),
        BrokenText(#"{"a":"\u12G4"}"#, .invalidEscape, at: 6),
        BrokenText(#"{"a":"\U0041"}"#, .invalidEscape, at: 6),
        BrokenText(#"{"a":"\u+123"}"#, .invalidEscape, at: 6),
        BrokenText("{\"a\":\"\\\n\"}", .invalidEscape, at: 6),
        BrokenText("{\"a\":\"\\é\"}", .invalidEscape, at: 6),
        BrokenText("{\"a\":\"" + 0xFF + "\"}", .invalidUTF8, at: 6),
        BrokenText("{\"a\":\"xy" + 0xC3 + "\"}", .invalidUTF8, at: 8),
        BrokenText("{\"a\":\"" + 0xED + 0xA0 + 0x80 + "\"}", .invalidUTF8, at: 6),
        BrokenText("{\"a\":\"" + 0xC0 + 0x80 + "\"}", .invalidUTF8, at: 6),
        BrokenText("{\"" + 0x80 + "\":1}", .invalidUTF8, at: 2),
        BrokenText(
            "{\"" + String(repeating: "k", count: 50_001) + "\":1}", .keyTooLong, at: 1),
        BrokenText(
            "{\"a\":" + String(repeating: "[", count: 1_000), .tooDeep, at: 5 + 999),
    ]
}

private func + (bytes: [UInt8], byte: UInt8) -> [UInt8] { bytes + [byte] }
