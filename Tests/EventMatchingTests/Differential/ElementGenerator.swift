import TestSupport

/// Makes the lists of patterns: every operator, most of them such that they take a given leaf.
struct ElementGenerator {
    let vocabulary: CaseVocabulary

    /// A field's list, for a leaf of the event or for none in particular.
    func list(for leaf: JSONTree?, _ random: inout SeededGenerator) -> JSONTree {
        var list: [JSONTree] = []
        if let leaf, random.chance(85) { list.append(element(for: leaf, &random)) }
        while list.isEmpty || random.chance(35) {
            list.append(
                random.chance(vocabulary.absentFields)
                    ? .expression("exists", .word(random.chance(25) ? "true" : "false"))
                    : element(for: vocabulary.leaf(&random), &random))
        }
        return .array(list.shuffled(using: &random))
    }

    /// An element that can't be looked up at once: `anything-but`, wildcards, now and then others.
    func broadElement(for leaf: JSONTree, _ random: inout SeededGenerator) -> JSONTree {
        if random.chance(55) { return anythingBut(&random) }
        if random.chance(30) { return element(for: leaf, &random) }
        var text = Array(random.one(of: vocabulary.strings).unicodeScalars)
        if case .string(let string) = leaf, random.chance(60) { text = string.scalars }
        return .expression(
            "wildcard", .string(SpelledText(String(wildcard(for: text, &random)), &random)))
    }

    private func element(
        for leaf: JSONTree, _ random: inout SeededGenerator
    ) -> JSONTree {
        if random.chance(12) { return anythingBut(&random) }
        switch leaf {
        case .string(let text): return element(for: text.scalars, &random)
        case .word(let word):
            if word.first?.isLetter == true { return leaf }
            return element(forNumber: word, &random)
        case .object, .array: return leaf
        }
    }

    private func element(
        for text: [Unicode.Scalar], _ random: inout SeededGenerator
    ) -> JSONTree {
        let string = { (scalars: [Unicode.Scalar], random: inout SeededGenerator) in
            JSONTree.string(SpelledText(String(scalars), &random))
        }
        let cut = random.below(text.count + 1)
        let head = Array(text[..<cut])
        let tail = Array(text[cut...])
        func ignoringCase(
            _ scalars: [Unicode.Scalar], _ random: inout SeededGenerator
        ) -> JSONTree {
            .expression(
                "equals-ignore-case", string(swappingCase(of: scalars, &random), &random))
        }
        switch random.below(12) {
        case 0, 1: return string(text, &random)
        case 2: return .expression("exactly", string(text, &random))
        case 3: return .expression("prefix", string(head, &random))
        case 4: return .expression("suffix", string(tail, &random))
        case 5: return ignoringCase(text, &random)
        case 6: return .expression("prefix", ignoringCase(head, &random))
        case 7: return .expression("suffix", ignoringCase(tail, &random))
        case 8, 9: return .expression("wildcard", string(wildcard(for: text, &random), &random))
        default: return cidr(near: text, &random) ?? string(text, &random)
        }
    }

    private func swappingCase(
        of text: [Unicode.Scalar], _ random: inout SeededGenerator
    ) -> [Unicode.Scalar] {
        text.flatMap { scalar in
            let spellings = [
                String(scalar), scalar.properties.lowercaseMapping,
                scalar.properties.uppercaseMapping,
            ]
            return Array(random.one(of: spellings).unicodeScalars)
        }
    }

    /// Puts stars in the place of some of a text's characters, or between them, and now and then
    /// gets a letter wrong.
    private func wildcard(
        for text: [Unicode.Scalar], _ random: inout SeededGenerator
    ) -> [Unicode.Scalar] {
        let rate = random.one(of: [5, 20, 50])
        var pattern: [Unicode.Scalar] = []
        var isAfterStar = false
        func star(_ random: inout SeededGenerator) {
            if isAfterStar || !random.chance(rate) { return }
            pattern.append("*")
            isAfterStar = true
        }
        star(&random)
        for scalar in text {
            if isAfterStar, random.chance(50) { continue }
            if scalar == "*" || scalar == "\\" { pattern.append("\\") }
            let isChanged = scalar.properties.isAlphabetic && random.chance(5)
            pattern.append(isChanged ? "b" : scalar)
            isAfterStar = false
            star(&random)
        }
        star(&random)
        return pattern
    }

    private func cidr(
        near text: [Unicode.Scalar], _ random: inout SeededGenerator
    ) -> JSONTree? {
        guard let address = PlainAddress(text) else { return nil }
        // At either end and at the borders of bytes and groups more often.
        let width = address.bits.count
        let length =
            random.chance(50)
            ? random.one(of: [0, 1, 8, 9, 16, 31, width - 1]) : random.below(width)
        return .expression("cidr", .string(SpelledText(String(text) + "/\(length)", &random)))
    }
}

/// Numbers and `anything-but`.
extension ElementGenerator {
    private func element(
        forNumber word: String, _ random: inout SeededGenerator
    ) -> JSONTree {
        guard random.chance(60), PlainOperators.comparable(word) != nil else {
            let group = vocabulary.numbers.first { $0.contains(word) }
            return .word(random.chance(50) ? word : random.one(of: group ?? [word]))
        }
        let other = comparableNumber(&random)
        switch random.below(4) {
        case 0: return numeric("=", word)
        case 1: return numeric(random.one(of: ["<", "<=", ">", ">="]), word)
        case 2: return numeric(random.one(of: ["<", "<=", ">", ">="]), other)
        default:
            guard let one = PlainOperators.comparable(word),
                let two = PlainOperators.comparable(other), one != two
            else { return numeric("<=", word) }
            return .expression(
                "numeric",
                .array([
                    .string(SpelledText(random.one(of: [">", ">="]))),
                    .word(one < two ? word : other),
                    .string(SpelledText(random.one(of: ["<", "<="]))),
                    .word(one < two ? other : word),
                ]))
        }
    }

    private func numeric(_ sign: String, _ number: String) -> JSONTree {
        .expression("numeric", .array([.string(SpelledText(sign)), .word(number)]))
    }

    private func comparableNumber(_ random: inout SeededGenerator) -> String {
        let all = vocabulary.numbers.joined().filter { PlainOperators.comparable($0) != nil }
        return all.randomElement(using: &random) ?? "1"
    }

    private func anythingBut(_ random: inout SeededGenerator) -> JSONTree {
        func operand(_ make: (inout SeededGenerator) -> JSONTree) -> JSONTree {
            random.chance(50)
                ? make(&random) : .array((0...random.below(4)).map { _ in make(&random) })
        }
        let strings = vocabulary.strings
        func string(_ text: String, _ random: inout SeededGenerator) -> JSONTree {
            .string(SpelledText(text, &random))
        }
        let nonEmpty = strings.filter { !$0.isEmpty }
        let excluded: JSONTree =
            switch random.below(6) {
            case 0: operand { .word(comparableNumber(&$0)) }
            case 1: operand { string($0.one(of: strings), &$0) }
            case 2:
                .expression(
                    "wildcard",
                    operand { random in
                        let text = Array(random.one(of: strings).unicodeScalars)
                        return string(String(wildcard(for: text, &random)), &random)
                    })
            case 3: .expression("equals-ignore-case", operand { string($0.one(of: strings), &$0) })
            case let number:
                .expression(
                    number == 4 ? "prefix" : "suffix",
                    operand { random in
                        let text = random.one(of: nonEmpty).unicodeScalars
                        let count = 1 + random.below(text.count)
                        let part = number == 4 ? text.prefix(count) : text.suffix(count)
                        return string(String(part), &random)
                    })
            }
        return .expression("anything-but", excluded)
    }
}

extension String {
    /// A string of characters.
    init(_ scalars: [Unicode.Scalar]) {
        self.init()
        unicodeScalars.append(contentsOf: scalars)
    }
}
