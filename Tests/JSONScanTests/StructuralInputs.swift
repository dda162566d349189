import CSwitchyard
import TestSupport
import Testing

/// A text whose outcome was worked out by hand, so that the reference itself is tested.
struct KnownText: CustomTestStringConvertible, Sendable {
    var text: String.UTF8View
    var outcome: ScanOutcome
    var testDescription: String { String(self.text) }

    init(
        _ text: String, _ positions: [UInt32], _ error: sw_scan_error = SW_SCAN_OK,
        at offset: Int = 0
    ) {
        self.text = text.utf8
        self.outcome = ScanOutcome(
            positions: positions, error: error,
            errorOffset: error == SW_SCAN_OK ? text.utf8.count : offset,
            hasBackslash: text.contains("\\"), hasNonASCII: text.utf8.contains { $0 >= 0x80 })
    }

    static let all = [
        KnownText("", []),
        KnownText(" \t\r\n", []),
        KnownText(#"{"a":1}"#, [0, 1, 4, 5, 6]),
        KnownText(#"[true, null ,-1.5e3]"#, [0, 1, 5, 7, 12, 13, 19]),
        KnownText(#""a"b"c""#, [0, 3, 4]),
        KnownText(#""\"{\\",x"#, [0, 7, 8]),
        KnownText(#"\"{""#, [0, 1]),
        KnownText("\"é\"é \u{1} \u{7F}x", [0, 4, 7, 9]),
        KnownText("[\"a\nb\"]", [0, 1], SW_SCAN_CONTROL_CHARACTER, at: 3),
        KnownText("[\"a\\\nb\"]", [0, 1], SW_SCAN_CONTROL_CHARACTER, at: 4),
        KnownText(#"["a","b"#, [0, 1, 4], SW_SCAN_UNTERMINATED_STRING, at: 5),
        KnownText("[\"a\nb", [0], SW_SCAN_UNTERMINATED_STRING, at: 1),
        KnownText(#"["a\""#, [0], SW_SCAN_UNTERMINATED_STRING, at: 1),
    ]
}

/// What JSON is made of, valid or nearly so.
let jsonPieces: [[UInt8]] = [
    "{", "}", "[", "]", ":", ",", " ", "\n", "\t", "true", "null", "-12.5e7", "\"\"",
    "\"detail-type\"", "\"a longer string with {braces}, commas: and [brackets]\"", "\"\\\"\"",
    "\"\\\\\"", "\"\\u00e9\\n\"", "\"grün €, 🚉\"", "\r\n", "0", "x\\y", "\"k\":",
].map { Array($0.utf8) }

/// Single bytes that change what all later ones mean, and others.
let hostilePieces: [[UInt8]] = [
    [0x22], [0x5C], [0x22, 0x22], [0x5C, 0x22], [0x5C, 0x5C], [0x00], [0x1F], [0x20], [0x7F],
    [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0x7B], [0x3A], [0x41], [0x0C], [0x1A], [0x0A],
]

/// Strings and backslashes without errors, so that all positions are compared.
let quotePieces: [[UInt8]] = [
    [0x22], [0x5C], [0x5C, 0x5C], [0x22, 0x2C], [0x61], [0x20], [0x7B], [0x3A], [0x2C],
]

/// Valid sequences of every length, seldom a broken one.
let unicodePieces: [[UInt8]] =
    Array(repeating: validCharacters, count: 10).flatMap { $0.map { Array($0.utf8) } }
    + utf8Sequences

/// The first and last of each length of sequence and around the surrogates, and common ones.
private let validCharacters = [
    "a", "\u{80}", "é", "\u{7FF}", "\u{800}", "€", "\u{D7FF}", "\u{E000}", "\u{FFFF}",
    "\u{10000}", "🚉", "\u{10FFFF}",
]

/// Sequences of every class, valid ones and each way of being wrong.
let utf8Sequences: [[UInt8]] = [
    [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
    [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    // Continuations without a lead, or too many of them.
    [0x80], [0xBF], [0xC2, 0x80, 0x80], [0xE1, 0x80, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x80, 0x80],
    // Cut off.
    [0xC2], [0xE1], [0xE1, 0x80], [0xF1], [0xF1, 0x80], [0xF1, 0x80, 0x80],
    [0xC2, 0xC2, 0x80], [0xE1, 0x80, 0xC2, 0x80], [0xF1, 0x80, 0x80, 0xE1, 0x80, 0x80],
    // Longer than need be.
    [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80],
    [0xF0, 0x8F, 0xBF, 0xBF],
    // Surrogates, and beyond U+10FFFF.
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xF7, 0xBF, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
]

/// A text of exactly `length` bytes out of random pieces, the last one cut where it must be.
func randomText(
    ofLength length: Int, from pieces: [[UInt8]], _ random: inout SeededGenerator
) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(length)
    while text.count < length {
        let piece = pieces[Int.random(in: pieces.indices, using: &random)]
        text += piece.prefix(length - text.count)
    }
    return text
}
