import TestSupport

/// Makes events: objects and arrays inside each other in all ways, with the keys of a vocabulary.
struct EventGenerator {
    let vocabulary: CaseVocabulary
    /// How many more leaves the event may have.
    private var budget = 0

    init(_ vocabulary: CaseVocabulary) { self.vocabulary = vocabulary }

    /// An event of at most a few dozen leaves.
    mutating func event(_ random: inout SeededGenerator) -> JSONTree {
        budget = 4 + random.below(36)
        var root = members(depth: 0, &random)
        if random.chance(10), let first = root.first {
            // Many brackets around a value that is there already; now and then very many.
            var value = first.value
            let depth = random.below(random.chance(15) ? 300 : 40)
            for _ in 0..<depth { value = wrapped(value, &random) }
            root.append(.init(key: first.key, value: value))
        }
        if random.chance(5) {
            root.append(.init(key: SpelledText(""), value: value(depth: 1, &random)))
        }
        return .object(root)
    }

    /// An event with a long array, nearly all of small objects, beside a few other members.
    mutating func longEvent(_ random: inout SeededGenerator) -> JSONTree {
        budget = 4
        var root = members(depth: 2, &random)
        // A few kinds of elements, so that many are nearly the same.
        let kinds = (0..<4).map { _ in
            JSONTree.object(
                (0...random.below(3)).map { _ in
                    .init(key: key(&random), value: vocabulary.leaf(&random))
                })
        }
        var elements: [JSONTree] = []
        for _ in 0..<20 + random.below(80) {
            let element = random.one(of: kinds)
            elements.append(
                random.chance(5)
                    ? vocabulary.leaf(&random)
                    : random.chance(20) ? variation(of: element, &random) : element)
        }
        let array = JSONTree.Member(key: key(&random), value: .array(elements))
        root.insert(array, at: random.below(root.count + 1))
        return .object(root)
    }

    /// An event that is nearly another one: some leaves, members and elements are others, are gone,
    /// or come twice.
    mutating func variation(of tree: JSONTree, _ random: inout SeededGenerator) -> JSONTree {
        switch tree {
        case .string, .word:
            return random.chance(15) ? vocabulary.leaf(&random) : tree
        case .array(let elements):
            let kept = elements.filter { _ in !random.chance(8) }
            let doubled = random.chance(8) ? kept + kept.prefix(2) : kept
            let all = doubled.map { variation(of: $0, &random) }
            return .array(random.chance(10) ? all.shuffled(using: &random) : all)
        case .object(let members):
            var all: [JSONTree.Member] = []
            for member in members where !random.chance(8) {
                let key = random.chance(3) ? key(&random) : member.key
                all.append(.init(key: key, value: variation(of: member.value, &random)))
            }
            return .object(random.chance(10) ? all.shuffled(using: &random) : all)
        }
    }

    /// An event with the same keys, objects and arrays, and some other leaves.
    func revalued(_ tree: JSONTree, _ random: inout SeededGenerator) -> JSONTree {
        switch tree {
        case .string, .word: random.chance(40) ? vocabulary.leaf(&random) : tree
        case .array(let elements): .array(elements.map { revalued($0, &random) })
        case .object(let members):
            .object(members.map { .init(key: $0.key, value: revalued($0.value, &random)) })
        }
    }

    private func wrapped(_ value: JSONTree, _ random: inout SeededGenerator) -> JSONTree {
        random.chance(20)
            ? .object([.init(key: key(&random), value: value)])
            : .array(random.chance(20) ? [value, vocabulary.leaf(&random)] : [value])
    }

    private func key(_ random: inout SeededGenerator) -> SpelledText {
        var key = vocabulary.key(&random)
        if random.chance(vocabulary.dottedKeys) { key += "." + vocabulary.key(&random) }
        if random.chance(vocabulary.emptyKeys) { key = "" }
        return SpelledText(key, &random)
    }

    private mutating func members(
        depth: Int, _ random: inout SeededGenerator
    ) -> [JSONTree.Member] {
        (0..<random.below(depth == 0 ? 6 : 4) + (depth == 0 ? 2 : 0)).map { _ in
            JSONTree.Member(key: key(&random), value: value(depth: depth + 1, &random))
        }
    }

    private mutating func value(depth: Int, _ random: inout SeededGenerator) -> JSONTree {
        budget -= 1
        if budget <= 0 || depth > 5 { return vocabulary.leaf(&random) }
        switch random.below(100) {
        case 0..<20: return .object(members(depth: depth, &random))
        case 20..<20 + vocabulary.arrays: return array(depth: depth, &random)
        default: return vocabulary.leaf(&random)
        }
    }

    private mutating func array(depth: Int, _ random: inout SeededGenerator) -> JSONTree {
        let count = random.below(random.chance(15) ? 12 : 4)
        switch random.below(10) {
        case 0..<6:
            return .array((0..<count).map { _ in .object(members(depth: depth + 1, &random)) })
        case 6:
            return .array((0..<count).map { _ in vocabulary.leaf(&random) })
        case 7:
            return .array((0..<min(count, 4)).map { _ in array(depth: depth + 1, &random) })
        default:
            return .array((0..<count).map { _ in value(depth: depth + 1, &random) })
        }
    }
}

/// An event and how it is printed.
struct GeneratedEvent {
    var tree: JSONTree
    var blanks: [String]

    init(_ tree: JSONTree, blanks: [String] = [""]) {
        self.tree = tree
        self.blanks = blanks
    }

    init(_ tree: JSONTree, _ random: inout SeededGenerator) {
        self.tree = tree
        blanks =
            random.chance(60)
            ? [""]
            : (0..<7).map { _ in random.one(of: ["", "", "", " ", "\n", "\t\r\n  ", "    "]) }
    }

    var text: String { tree.text(blanks: blanks) }
}
