import TestSupport

/// The few keys and values that the events and patterns of one round are made of: few, so that they
/// meet often, and next to each other in what makes engines stumble.
struct CaseVocabulary {
    let keys: [String]
    let strings: [String]
    /// Groups of numbers that are the same in value or nearly so.
    let numbers: [[String]]
    /// How often, in a hundred, a key has a dot more, a key is empty, and a field may be absent.
    let (dottedKeys, emptyKeys, absentFields): (Int, Int, Int)
    /// How often, in a hundred, a value is an array, and a field is looked for in the same arrays
    /// as another one.
    let (arrays, kinFields): (Int, Int)

    /// Two or three keys and hardly any values: for how fields and arrays go together.
    init(structural random: inout SeededGenerator) {
        let sets = [
            ["a", "b", "x"], ["x", "a"], ["a", "a.", "b"], ["\u{1F689}", "\u{FF5E}"],
            ["a", "\u{E000}", "\u{10400}"],
        ]
        keys = random.one(of: sets).shuffled(using: &random)
        strings = ["x", "y"]
        numbers = [["1"], ["2"]]
        (dottedKeys, emptyKeys, absentFields) = (20, random.one(of: [0, 0, 20]), 35)
        (arrays, kinFields) = (50, 80)
    }

    /// Anything.
    init(_ random: inout SeededGenerator) {
        keys = Self.allKeys.shuffled(using: &random).prefix(3 + random.below(4)).map(\.self)
        var strings = Self.allStrings.shuffled(using: &random).prefix(4).map(\.self)
        for group in Self.kindredStrings.shuffled(using: &random).prefix(2) { strings += group }
        for _ in 0..<3 {
            strings.append(
                String((0..<random.below(8)).map { _ in random.one(of: ["a", "a", "b"]) }))
        }
        let block = String(
            repeating: random.one(of: ["x", "ab", "é"]), count: 32 + random.below(40))
        strings.append(block)
        strings.append(block + random.one(of: strings))
        self.strings = strings
        var numbers = Self.allNumbers.shuffled(using: &random).prefix(3).map(\.self)
        numbers.append((0..<3).map { _ in "\(random.below(20) - 10)" })
        let double = Double(random.below(1 << 53)) / Double(1 << random.below(60))
        numbers.append(["\(double)", "\(double.nextUp)", "\(double)0", "\(-double)"])
        self.numbers = numbers
        (dottedKeys, emptyKeys, absentFields) = (8, 1, 12)
        (arrays, kinFields) = (30, 50)
    }

    /// A key; the first ones come more often.
    func key(_ random: inout SeededGenerator) -> String {
        keys[min(random.below(keys.count), random.below(keys.count))]
    }

    /// A leaf.
    func leaf(_ random: inout SeededGenerator) -> JSONTree {
        switch random.below(20) {
        case 0: .word("null")
        case 1: .word("true")
        case 2: .word("false")
        case 3..<9: .word(random.one(of: random.one(of: numbers)))
        default: .string(SpelledText(random.one(of: strings), &random))
        }
    }

    private static let allKeys = [
        "a", "b", "ab", "abc", "aa", "A", "x", "r", "a.b", "b.a", "a.", ".a", "é", "e\u{301}",
        "\u{1F689}", "\u{FF5E}", "\u{E000}", "\u{10400}", "\"", "\\", "/", "\n", "*", "$", "$or",
        "exists", "a\u{0}", " ", "longer-than-a-vector-of-sixteen-bytes", "longer-than-a-vector",
    ]

    private static let allStrings = [
        "", "a", "ab", "abc", "b", "aXb", "null", "true", "1", "1.0", "-0", "1e0", "\"", "a\"b",
        "\n",
        "a\nb", "\u{0}", "\u{7F}", "/", "\\", "\\\\", "a*b", "*", "a\\*b", "\u{1F689}x", "\u{FFFD}",
        "{\"a\":1}", "]", "12", "12345678", "a.b", "\u{10FFFF}", "http://a/b?c=[d],{e}:\"f\"",
    ]

    private static let kindredStrings = [
        ["10.0.0.1", "010.0.0.01", "::ffff:a00:1", "10.0.0.2", "::FFFF:0A00:0002"],
        ["10.0.0.1", "10.1.0.1", "10.128.7.1", "11.0.0.0", "9.255.255.255", "10.0.0.256"],
        ["FE80::1", "fe80:0::1", "fe80::2", "fe81::1", "fe80:0:0:0:0:0:0:1", "fe80::1%lo"],
        ["::", "::1", "0.0.0.0", "255.255.255.255", "1:2:3:4:5:6:7::", "ffff::ffff", "1.2.3"],
        ["straße", "STRASSE", "strasse", "Straße", "straßE", "strasSE"],
        ["k", "K", "\u{212A}", "kK", "K\u{212A}"], ["ς", "σ", "Σ", "ας", "ΑΣ"],
        ["\u{1C4}", "\u{1C5}", "\u{1C6}"], ["\u{10400}", "\u{10428}", "a\u{10428}"],
        ["é", "É", "e\u{301}", "E\u{301}"], ["ﬃ", "FFI", "ffi", "\u{130}", "i\u{307}", "i", "I"],
        ["aab", "aaab", "aabaab", "baa", "AAB", "aAb"], ["foo/bar", "foo", "bar", "FOO/bar"],
    ]

    private static let allNumbers = [
        ["0", "-0", "0.0", "-0.0e5", "0e-400", "0E400"],
        ["1", "1.0", "1e0", "10e-1", "0.1E+1", "1.000000000000000000000000"],
        ["2", "2.0", "20e-1", "2.5", "25E-1", "3"], ["-1", "-1.0", "-10e-1", "-2", "-1.5"],
        ["100", "1e2", "1.0E2", "99.99", "100.01"], ["0.1", "1e-1", "0.10000", "0.2", "0.3"],
        ["9007199254740992", "9007199254740993", "9007199254740993.0", "9007199254740992.0"],
        ["1e400", "1e-400", "-1e400", "4.9E-324", "5e-324", "49e-325"],
        ["1.7976931348623157e308", "17976931348623157e292", "-1.7976931348623157e308"],
        ["0.1", "0.1000000000000000055", "0.10000000000000001", "0.1000000000000000000"],
        ["1e23", "9.999999999999999e22", "100000000000000000000000", "10e22"],
        ["12345678", "123456789012345678901", "1234567890123456", "1234567890123456e0"],
    ]
}
