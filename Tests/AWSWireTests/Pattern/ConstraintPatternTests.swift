internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import AWSWire

@Suite struct ConstraintPatternTests {
    @Test(
        "a pattern takes the whole text or none of it",
        arguments: [
            (#"[\.\-_A-Za-z0-9]+"#, ["orders", "a.b-c_d"], ["", "rule/x", "a b", "a\n", "é"]),
            (#"^[a-zA-Z0-9_\-/:]*$"#, ["", "a:b/c"], ["a b", "a\n"]),
            (#"\d{12}"#, ["123456789012"], ["12345678901", "1234567890123", "12345678901٣"]),
            (#"(\d{12}|\*)"#, ["*", "000000000000"], ["**", ""]),
            (#"^(?!\s*$).+"#, ["a", " a ", "   a"], ["", " ", " \t ", "a\nb"]),
            (#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"#, ["", "Straße 7", "名前=値"], ["a!", "😀"]),
            (#"[\s\S]*"#, ["", "a\nb", "😀\u{2028}"], []),
            (".*", ["", "a b", "é😀\t"], ["a\nb", "\u{2028}", "\r"]),
            ("(?s).*", ["a\nb"], []),
            (#".*\S.*"#, ["a", " a "], ["", "  ", "\t"]),
            (#"[a-z]{2,3}::x"#, ["ab::x", "abc::x"], ["a::x", "abcd::x", "ab::"]),
            (
                #"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"#,
                ["", "😀 \t", "\u{10FFFF}"], ["\n", "\u{FFFF}"]
            ),
            (#"(?:^arn:[a-z\-]+$|^$)"#, ["", "arn:a-b"], ["arn:", "x"]),
            (#"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)"#, ["$LATEST", "10"], ["LATEST", "0", "$"]),
            (#"[).!';/?:,]"#, [")", ","], ["", "a", "))"]),
            ("a-b|c", ["a-b", "c"], ["a-", "ab"]),
        ])
    func whole(pattern: String, taken: [String], refused: [String]) throws {
        let pattern = try ConstraintPattern(pattern)
        for text in taken { #expect(pattern.matches(text), "\(pattern.source) takes \(text)") }
        for text in refused { #expect(!pattern.matches(text), "\(pattern.source) refuses \(text)") }
    }

    @Test(
        "what isn't known in a pattern is an error",
        arguments: [
            "(", ")", "[a", "[z-a]", #"\"#, #"\1"#, #"\bx"#, "*", "a{2", "a{3,2}", "(?<n>a)",
            "[a&&b]",
            #"\p{Lu}"#, "a{9999999}", "[[a]]", #"\u12"#, "(a{900}){900}",
        ])
    func unknown(pattern: String) {
        #expect(throws: PatternError.self) { try ConstraintPattern(pattern) }
    }

    @Test("no text takes long, where a backtracking engine would take years")
    func linear() throws {
        let pattern = try ConstraintPattern(
            #"^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$"#)
        let text = String(repeating: "a ", count: 255)
        #expect(pattern.matches(text))
        #expect(!pattern.matches(text + "\u{1}"))
    }

    @Test("patterns agree with the engine of the system on random texts")
    func random() throws {
        var generator = SeededGenerator(stream: 0x7A77E2)
        let sources = Set(
            ServiceModel.all.flatMap { $0.shapes.compactMap { $0.pattern?.source } })
        #expect(sources.count > 70)
        for source in sources.sorted() {
            // Half of a pair alone is an error there.
            guard !source.contains(#"\uD800"#) else { continue }
            // Dashes that end no range are ambiguous to that engine, and plain to Java.
            let quoted = source.replacingOccurrences(
                of: #"(?<=[0-9zZd])-(?=[_/.\]])"#, with: #"\\-"#, options: .regularExpression)
            guard let engine = try? NSRegularExpression(pattern: #"\A(?:\#(quoted))\z"#) else {
                Issue.record("the engine of the system doesn't know \(source)")
                continue
            }
            let pattern = try ConstraintPattern(source)
            for _ in 0..<60 {
                var text = Self.text(like: source, &generator)
                // There `\w` takes letters of all scripts, in Java those of ASCII.
                if source.contains(#"\w"#) { text.removeAll { !$0.isASCII } }
                let range = NSRange(location: 0, length: text.utf16.count)
                let isMatch = engine.firstMatch(in: text, range: range) != nil
                #expect(pattern.matches(text) == isMatch, "\(source) of \(text.debugDescription)")
            }
        }
    }

    /// Pieces of the pattern, and some characters, so that part of it matches.
    private static func text(like source: String, _ generator: inout SeededGenerator) -> String {
        let pieces = [
            "arn:aws", ":events:", "us-east-1", ":123456789012:", "event-bus/", "a", "Z", "0", "_",
            "-", ".", "/", ":", " ", "*", "$.x", "aws.partner/", "", "é", "\n", "\t", "%41",
            "s3://",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            switch Int.random(in: 0...3, using: &generator) {
            case 0:
                let letters = source.filter { $0.isASCII && $0.isLetter || $0 == ":" || $0 == "/" }
                let count = Int.random(in: 0...min(8, letters.count), using: &generator)
                let start = Int.random(in: 0...letters.count - count, using: &generator)
                text += letters.dropFirst(start).prefix(count)
            default: text += pieces.randomElement(using: &generator) ?? ""
            }
        }
        return text
    }
}
