import TestSupport

/// A random valid text of which every token's place is known.
struct TokenText {
    struct Token {
        var text: [UInt8]
        var offset: Int
        /// For an opening bracket, the number of the token that closes it.
        var close: Int?
    }

    private(set) var bytes: [UInt8] = []
    private(set) var tokens: [Token] = []

    /// Makes an object with blanks wherever the grammar allows them.
    init(_ random: inout SeededGenerator, depth: Int = 4) {
        addBlanks(&random)
        addObject(&random, depth)
        addBlanks(&random)
    }

    private static let strings = [
        "", "a", "k\\u0041", "é", "€\\n", "\u{1F689}", "{[:,]}", "\\\"", "\\\\", " spaces  ",
        "a string that is longer than one block of sixty-four bytes, with , : and { in it",
    ]
    private static let scalars = [
        "0", "-0", "1", "12.50", "-1e-7", "123456789012345678901234567890", "true", "false", "null",
    ]

    private mutating func addBlanks(_ random: inout SeededGenerator) {
        guard Bool.random(using: &random) else { return }
        let most = Int.random(in: 0..<20, using: &random) == 0 ? 80 : 3
        for _ in 0..<Int.random(in: 0...most, using: &random) {
            bytes.append(" \t\n\r".utf8.randomElement(using: &random) ?? 0x20)
        }
    }

    @discardableResult
    private mutating func add(_ token: String, _ random: inout SeededGenerator) -> Int {
        addBlanks(&random)
        tokens.append(Token(text: Array(token.utf8), offset: bytes.count))
        bytes += token.utf8
        return tokens.count - 1
    }

    private mutating func addString(_ random: inout SeededGenerator) {
        add("\"\(Self.strings.randomElement(using: &random) ?? "")\"", &random)
    }

    private mutating func addObject(_ random: inout SeededGenerator, _ depth: Int) {
        let open = add("{", &random)
        for member in 0..<Int.random(in: 0...4, using: &random) {
            if member > 0 { add(",", &random) }
            addString(&random)
            add(":", &random)
            addValue(&random, depth)
        }
        tokens[open].close = add("}", &random)
    }

    private mutating func addArray(_ random: inout SeededGenerator, _ depth: Int) {
        let open = add("[", &random)
        for element in 0..<Int.random(in: 0...4, using: &random) {
            if element > 0 { add(",", &random) }
            addValue(&random, depth)
        }
        tokens[open].close = add("]", &random)
    }

    private mutating func addValue(_ random: inout SeededGenerator, _ depth: Int) {
        switch Int.random(in: 0..<(depth > 0 ? 4 : 2), using: &random) {
        case 0: addString(&random)
        case 1: add(Self.scalars.randomElement(using: &random) ?? "0", &random)
        case 2: addObject(&random, depth - 1)
        default: addArray(&random, depth - 1)
        }
    }
}
