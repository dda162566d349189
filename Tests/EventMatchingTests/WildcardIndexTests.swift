import EventMatching
import TestSupport
import Testing

/// A wildcard as pieces, and its plain meaning.
private struct TestWildcard: Hashable {
    var pieces: [String]

    var pattern: String { "{\"v\":[{\"wildcard\":\(quoted(text))}]}" }

    /// Pieces with stars between them, in which a star or a backslash is written with a backslash.
    var text: String {
        pieces.map { piece in
            piece.map { $0 == "*" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        }.joined(separator: "*")
    }

    /// Dynamic programming over the characters: `reached` holds the positions of the value up to
    /// which the pattern so far can match.
    func matches(_ value: [Unicode.Scalar]) -> Bool {
        var reached = [Bool](repeating: false, count: value.count + 1)
        reached[0] = true
        for (number, piece) in pieces.enumerated() {
            if number > 0, let first = reached.firstIndex(of: true) {
                for position in first...value.count { reached[position] = true }
            }
            for character in piece.unicodeScalars {
                for position in value.indices.reversed() {
                    reached[position + 1] = reached[position] && value[position] == character
                }
                reached[0] = false
                if !reached.contains(true) { return false }
            }
        }
        return reached[value.count]
    }

    static func random(
        _ letters: [Character], pieces: ClosedRange<Int>, letterLimit: Int,
        _ generator: inout SeededGenerator
    ) -> TestWildcard {
        let count = Int.random(in: pieces, using: &generator)
        return TestWildcard(
            pieces: (0..<count).map { number in
                let isOuter = number == 0 || number == count - 1
                if isOuter && Bool.random(using: &generator) { return "" }
                return randomText(
                    letters, Int.random(in: 1...letterLimit, using: &generator), &generator)
            })
    }
}

/// Text with runs of the same letter.
private func randomText(
    _ letters: [Character], _ count: Int, _ generator: inout SeededGenerator
) -> String {
    var text = ""
    while text.count < count {
        let run = Int.random(in: 1...3, using: &generator)
        let letter = letters.randomElement(using: &generator)!
        text += String(repeating: letter, count: min(run, count - text.count))
    }
    return text
}

/// A JSON string.
private func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : "\($0)" }.joined() + "\""
}

/// Compares what a rule set says with the plain meaning of its wildcards, and of the same ones as
/// exclusions.
private func check(_ wildcards: [TestWildcard], _ values: [String]) throws {
    let wildcards = Array(Set(wildcards))
    var rules: [Rule] = []
    for (number, wildcard) in wildcards.enumerated() {
        rules.append(try Rule(name: "\(number)", pattern: wildcard.pattern))
        let excluding = "{\"v\":[{\"anything-but\":{\"wildcard\":\(quoted(wildcard.text))}}]}"
        rules.append(try Rule(name: "not \(number)", pattern: excluding))
    }
    var matcher = Matcher(try RuleSet(rules))
    for value in values {
        let scalars = Array(value.unicodeScalars)
        let expected = wildcards.indices.map { number in
            wildcards[number].matches(scalars) ? "\(number)" : "not \(number)"
        }
        let matching = try matcher.matchNames("{\"v\":\(quoted(value))}".utf8Span.span.bytes)
        let wrong = Set(matching).symmetricDifference(expected).sorted()
        #expect(
            wrong == [], "\(value): \(wrong.compactMap { Int($0) }.map { wildcards[$0].text })")
    }
}

@Suite(.onThreadsOfItsOwn) struct WildcardIndexTests {
    @Test(
        "random wildcards match what a plain evaluation says",
        arguments: [
            ("ab", 1), ("ab", 2), ("ab", 3), ("abcd", 40), ("ab", 200), ("aä€😀", 200),
            ("*\\a\"", 100), ("abcdefghijklmnop", 200),
        ])
    func random(_ letters: String, _ count: Int) throws {
        var generator = SeededGenerator(stream: UInt64(letters.utf8.count * 1_000 + count))
        let letters = Array(letters)
        // Few patterns in many rule sets, or many in few.
        for _ in 0..<max(1, 40 / count) {
            let wildcards = (0..<count).map { _ in
                TestWildcard.random(letters, pieces: 2...6, letterLimit: 4, &generator)
            }
            let values = (0..<200).map { _ in
                randomText(letters, Int.random(in: 0...40, using: &generator), &generator)
            }
            // Values that are made of the pieces themselves.
            let near = (0..<100).map { _ in
                wildcards.randomElement(using: &generator)!.pieces.map { piece in
                    piece
                        + randomText(letters, Int.random(in: 0...2, using: &generator), &generator)
                }.joined()
            }
            try check(wildcards, values + near)
        }
    }

    @Test("pieces that are parts of each other do not share characters")
    func overlaps() throws {
        let texts = ["", "a", "aa", "aaa", "aba", "ab", "ba", "bab", "b"]
        var wildcards: [TestWildcard] = []
        for first in texts {
            for last in texts {
                wildcards.append(TestWildcard(pieces: [first, last]))
                for middle in texts.dropFirst() {
                    wildcards.append(TestWildcard(pieces: [first, middle, last]))
                }
            }
        }
        // All values of up to 7 letters.
        var values = [""]
        for value in 0..<255 {
            let next = values[value]
            values += [next + "a", next + "b"]
        }
        try check(wildcards, values.filter { $0.count < 8 })
    }

    @Test("long pieces, more of them than the table of first states holds")
    func longPieces() throws {
        var generator = SeededGenerator(stream: 8_001)
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let text = Array(randomText(letters, 3_000, &generator))
        func part(_ lengths: ClosedRange<Int>) -> String {
            let length = Int.random(in: lengths, using: &generator)
            let start = Int.random(in: 0..<(text.count - length), using: &generator)
            return String(text[start..<(start + length)])
        }
        let wildcards = (0..<1_500).map { _ in
            TestWildcard(pieces: ["", part(1...3), part(2...30), ""])
        }
        let values = (0..<8).map { _ in part(50...300) } + [String(text)]
        try check(wildcards, values)
    }

    /// Rules on the same field that match nothing here: from three wildcards on, a field is indexed.
    private static func decoys(_ count: Int) throws -> [Rule] {
        try (0..<count).map { number in
            let wildcard = TestWildcard(pieces: ["", "x\(number)", "y", ""])
            return try Rule(name: "decoy \(number)", pattern: wildcard.pattern)
        }
    }

    @Test("a wildcard of 1,000 pieces needs 1,000 pieces", arguments: [0, 3])
    func manyPieces(_ decoyCount: Int) throws {
        let anchored = TestWildcard(pieces: Array(repeating: "a", count: 1_000))
        let floating = TestWildcard(pieces: [""] + Array(repeating: "ab", count: 998) + [""])
        let rules = try RuleSet(
            [
                Rule(name: "anchored", pattern: anchored.pattern),
                Rule(name: "floating", pattern: floating.pattern),
            ] + Self.decoys(decoyCount))
        let letters = { (letter: String, count: Int) in String(repeating: letter, count: count) }
        #expect(try rules.matches("{\"v\":\"\(letters("a", 1_000))\"}") == ["anchored"])
        #expect(try rules.matches("{\"v\":\"\(letters("a", 999))\"}") == [])
        #expect(try rules.matches("{\"v\":\"\(letters("ab", 998))\"}") == ["floating"])
        #expect(
            try rules.matches("{\"v\":\"\(letters("ab", 999))a\"}") == ["anchored", "floating"])
    }

    @Test("1,000 patterns and a long value that keeps all of them waiting")
    func hostile() throws {
        var wildcards: [TestWildcard] = []
        for length in 1...40 {
            for count in 1...25 {
                let piece = String(repeating: "a", count: length)
                wildcards.append(
                    TestWildcard(pieces: [""] + Array(repeating: piece, count: count) + ["b"]))
            }
        }
        let rules = try RuleSet(
            wildcards.enumerated().map { try Rule(name: "\($0)", pattern: $1.pattern) })
        var matcher = Matcher(rules)
        let value = String(repeating: "a", count: 100_000)
        #expect(try matcher.match("{\"v\":\"\(value)\"}".utf8Span.span.bytes).count == 0)
        #expect(try matcher.match("{\"v\":\"\(value)b\"}".utf8Span.span.bytes).count == 1_000)
    }

    @Test("searches one after the other do not see each other", arguments: [0, 3])
    func manyValues(_ decoyCount: Int) throws {
        let rules = try RuleSet(
            [
                Rule(name: "one", pattern: TestWildcard(pieces: ["a", "b", "c"]).pattern),
                Rule(name: "two", pattern: TestWildcard(pieces: ["", "b", "a", ""]).pattern),
            ] + Self.decoys(decoyCount))
        var matcher = Matcher(rules)
        for _ in 0..<3 {
            for (value, names) in [("ab", []), ("cbc", []), ("abc", ["one"]), ("ba", ["two"])] {
                let event = "{\"v\":[\"\(value)\",\"\"]}"
                #expect(try matcher.matchNames(event.utf8Span.span.bytes) == names)
            }
        }
    }
}
