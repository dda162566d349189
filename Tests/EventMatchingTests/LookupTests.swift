import EventMatching
import TestSupport
import Testing

/// Values are looked up by words, filters and tables, each of which looks at some of their bytes only.
@Suite("Lookups of values")
struct LookupTests {
    /// Longer than two words, and than two steps of the hash.
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ".utf8)

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self)
    }

    /// Each value as it is, and with each of its bytes changed, one byte less and one more.
    private static func nearMisses(_ value: [UInt8]) -> [[UInt8]] {
        var values = [value, value.dropLast(), value + [UInt8(ascii: "-")]]
        for position in value.indices {
            var other = value
            other[position] = UInt8(ascii: "-")
            values.append(other)
        }
        return values
    }

    @Test("a string is told from others that differ in a single byte", arguments: [0, 1])
    func exactStrings(padding: Int) throws {
        let wanted = (0...Self.alphabet.count).map { Array(Self.alphabet.prefix($0)) }
        let rules = try RuleSet(
            wanted.map {
                try Rule(name: "\($0.count)", pattern: #"{"f":["\#(Self.text($0))"]}"#)
            })
        var reused = Matcher(rules)
        for value in wanted.flatMap(Self.nearMisses) {
            let expected = wanted.contains(value) ? ["\(value.count)"] : []
            // At the text's end, and far from it; three times, to be known.
            let rest = padding == 0 ? "" : #","more than a word behind":0"#
            for _ in 0..<3 {
                let found = try reused.matchNames(#"{"f":"\#(Self.text(value))"\#(rest)}"#)
                #expect(found == expected, "\(Self.text(value))")
            }
        }
    }

    @Test(
        "prefixes and suffixes of all lengths are found, and only these", arguments: [false, true])
    func affixes(ignoresCase: Bool) throws {
        func operand(_ bytes: some Sequence<UInt8>) -> String {
            ignoresCase
                ? #"{"equals-ignore-case":"\#(Self.text(bytes).uppercased())"}"#
                : "\"\(Self.text(bytes))\""
        }
        let lengths = Array(0...24)
        let rules = try RuleSet(
            lengths.flatMap { length in
                [
                    try Rule(
                        name: "p\(length)",
                        pattern: #"{"f":[{"prefix":\#(operand(Self.alphabet.prefix(length)))}]}"#),
                    try Rule(
                        name: "s\(length)",
                        pattern: #"{"f":[{"suffix":\#(operand(Self.alphabet.suffix(length)))}]}"#),
                ]
            })
        var reused = Matcher(rules)
        let values =
            Self.nearMisses(Array(Self.alphabet.prefix(26)))
            + Self.nearMisses(Array(Self.alphabet.suffix(26))) + [Self.alphabet, []]
        for value in values {
            let text = Self.text(value)
            let plain = ignoresCase ? text.lowercased() : text
            func has(_ affix: some Sequence<UInt8>, _ isPrefix: Bool) -> Bool {
                let affix = ignoresCase ? Self.text(affix).lowercased() : Self.text(affix)
                return affix.isEmpty || (isPrefix ? plain.hasPrefix(affix) : plain.hasSuffix(affix))
            }
            let expected = lengths.flatMap { length in
                (has(Self.alphabet.prefix(length), true) ? ["p\(length)"] : [])
                    + (has(Self.alphabet.suffix(length), false) ? ["s\(length)"] : [])
            }
            let found = try reused.matchNames(#"{"f":"\#(text)"}"#)
            #expect(found == expected, "\(text)")
        }
    }

    @Test("only letters have another case", arguments: [0, 3, 7, 8, 15])
    func letters(position: Int) throws {
        let characters =
            (0x20...0x7E).map { Character(Unicode.Scalar($0)) }
            .filter { $0 != "\"" && $0 != "\\" } + ["é", "É"]
        func text(_ character: Character) -> String {
            let text = String(repeating: "x", count: position) + String(character)
            return text.padding(20)
        }
        let rules = try RuleSet(
            characters.map {
                let pattern = #"{"f":[{"equals-ignore-case":"\#(text($0))"}]}"#
                return try Rule(name: String($0), pattern: pattern)
            })
        var reused = Matcher(rules)
        for character in characters {
            let expected = characters.filter {
                $0 == character || $0.isLetter && $0.lowercased() == character.lowercased()
            }
            let found = try reused.matchNames(#"{"f":"\#(text(character))"}"#)
            #expect(found == expected.map(String.init), "\(character)")
        }
    }

    @Test("numbers are found by ranges, by value and by text, in any order", arguments: [0, 1, 2])
    func numbers(stream: UInt64) throws {
        var random = SeededGenerator(stream: 195 + stream)
        let rules = try RuleSet(
            [
                #"{"r":{"n":[{"numeric":[">",-1.5,"<=",37.5]}]}}"#, #"{"r":{"n":[0]}}"#,
                #"{"r":{"n":[9007199254740993]}}"#, #"{"r":{"n":[1e400,{"numeric":[">",1e3]}]}}"#,
                #"{"r":{"n":[{"numeric":["<",0]}],"m":[{"numeric":[">=",1.25]}]}}"#,
                #"{"r":{"m":[-122.4767534751033]}}"#, #"{"r":{"m":["a",{"numeric":["=",1.5]}]}}"#,
            ].enumerated().map { try Rule(name: "\($0.offset)", pattern: $0.element) })
        let numbers = [
            "0", "-0.0", "37.5", "37.50", "37.51", "-1.5", "1.250", "1.5", "15e-1", "1e400", "-7",
            "9007199254740993", "9007199254740992", "-122.4767534751033", "-122.47675347510330",
            "-122.4767534751034", "12345678.12345678", "1234567890123456.0", "1000.0000000000001",
        ]
        var reused = Matcher(rules)
        for _ in 0..<2_000 {
            let elements = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let (n, m) = (
                    numbers.randomElement(using: &random)!, numbers.randomElement(using: &random)!
                )
                return "{\"n\":\(n),\"m\":\(m)}"
            }
            let event = "{\"r\":[\(elements.joined(separator: ","))]}"
            let found = try reused.matchNames(event)
            #expect(try found == rules.matches(event), "\(event)")
        }
    }
}

extension String {
    fileprivate func padding(_ count: Int) -> String {
        self + String(repeating: "y", count: count - self.count)
    }
}
