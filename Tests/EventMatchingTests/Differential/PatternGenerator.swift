import TestSupport

/// Makes patterns that look for what is in an event, or nearly so.
struct PatternGenerator {
    let vocabulary: CaseVocabulary
    let elements: ElementGenerator

    init(_ vocabulary: CaseVocabulary) {
        self.vocabulary = vocabulary
        elements = ElementGenerator(vocabulary: vocabulary)
    }

    /// A field: the keys that are left of its path, and its list.
    private struct Field {
        var keys: [String]
        var list: JSONTree
    }

    /// A pattern, made from the leaves of an event.
    ///
    /// - Parameter fieldsMax: how many fields it has at most, not counting what `$or` repeats.
    func pattern(
        for leaves: [PlainEvaluator.Leaf], fieldsMax: Int = 5, _ random: inout SeededGenerator
    ) -> JSONTree {
        var wanted: [PlainEvaluator.Leaf] = []
        let arrayLeaves = leaves.filter { !$0.elements.isEmpty }
        for _ in 0...min(random.below(fieldsMax), random.below(fieldsMax)) {
            guard let first = wanted.first, random.chance(vocabulary.kinFields) else {
                let pool = arrayLeaves.isEmpty || random.chance(40) ? leaves : arrayLeaves
                if let leaf = pool.randomElement(using: &random) { wanted.append(leaf) }
                continue
            }
            // Another one of the same arrays, and best of the same elements.
            let kin = leaves.filter { !Set($0.elements.keys).isDisjoint(with: first.elements.keys) }
            let same = kin.filter { $0.elements == first.elements }
            let pool = random.chance(60) ? same : kin
            if let leaf = pool.randomElement(using: &random) { wanted.append(leaf) }
        }
        var fields = wanted.map { field(for: $0, &random) }
        if fields.isEmpty || random.chance(15) {
            let keys = (0...random.below(3)).map { _ in vocabulary.key(&random) }
            fields.append(Field(keys: keys, list: elements.list(for: nil, &random)))
        }
        return object(fields, orDepth: 0, &random)
    }

    /// A pattern of one field with one test of its value.
    func narrowPattern(
        for leaf: PlainEvaluator.Leaf, _ random: inout SeededGenerator
    ) -> JSONTree {
        .object([
            .init(
                key: SpelledText(String(leaf.path), &random),
                value: .array([elements.broadElement(for: leaf.value, &random)]))
        ])
    }

    /// A field for a leaf or for its neighbourhood.
    private func field(
        for leaf: PlainEvaluator.Leaf, _ random: inout SeededGenerator
    ) -> Field {
        var keys = leaf.path.split(separator: ".", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0)) }
        var value: JSONTree? = leaf.value
        if random.chance(vocabulary.absentFields) {
            value = nil
            let isEmpty = random.chance(vocabulary.emptyKeys)
            keys[keys.count - 1] = isEmpty ? "" : vocabulary.key(&random)
        }
        return Field(keys: keys, list: elements.list(for: value, &random))
    }

    private func object(
        _ fields: [Field], orDepth: Int, _ random: inout SeededGenerator
    ) -> JSONTree {
        var fields = fields
        var alternatives: [JSONTree] = []
        if orDepth < 2, random.chance(20) {
            let moved = Array(fields.suffix(1 + random.below(fields.count)))
            if random.chance(70) { fields.removeLast(moved.count) }
            for number in 0..<2 + random.below(2) {
                let inside = number == 0 || random.chance(30) ? moved : changed(moved, &random)
                alternatives.append(object(inside, orDepth: orDepth + 1, &random))
            }
        }
        var members = self.members(fields, orDepth: orDepth, &random)
        if !alternatives.isEmpty {
            members.insert(
                .init(key: SpelledText("$or", &random), value: .array(alternatives)),
                at: random.below(members.count + 1))
        }
        return .object(members)
    }

    /// Some of the fields, with other lists.
    private func changed(_ fields: [Field], _ random: inout SeededGenerator) -> [Field] {
        fields.shuffled(using: &random).prefix(1 + random.below(fields.count)).map { field in
            random.chance(30)
                ? field : Field(keys: field.keys, list: elements.list(for: nil, &random))
        }
    }

    /// Nests fields by their first keys, some of these joined by dots.
    private func members(
        _ fields: [Field], orDepth: Int, _ random: inout SeededGenerator
    ) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        var left = fields.shuffled(using: &random)
        while let first = left.popLast() {
            var count = 1
            while count < first.keys.count, random.chance(20) { count += 1 }
            var key = first.keys.prefix(count).joined(separator: ".")
            if count == first.keys.count {
                members.append(.init(key: SpelledText(key, &random), value: first.list))
                continue
            }
            var inside = [first]
            if count == 1, random.chance(80) {
                inside += left.filter { $0.keys.count > 1 && $0.keys[0] == key }
                left.removeAll { $0.keys.count > 1 && $0.keys[0] == key }
            }
            if key.isEmpty { key = "." + first.keys[1] }
            let rest = inside.map {
                Field(keys: Array($0.keys.dropFirst(count)), list: $0.list)
            }
            members.append(
                .init(
                    key: SpelledText(key, &random),
                    value: object(rest, orDepth: orDepth, &random)))
        }
        return members
    }
}
