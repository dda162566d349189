/// Fields of one kind of event with what a rule wants of them, not yet written out.
struct RuleCandidate {
    private let kind: AWSEvents.Kind
    private let fields: [RuleField]
    /// For each of a kind's fields, how many units it takes; 0 where the rule does not name it.
    private var units: [Int]
    /// The numbers of the paths that the rule names, a bit each; no kind has 64 fields.
    private var namedPaths: UInt64 = 0
    /// Two more fields, either of which has to match.
    private var either: [Int] = []
    /// The estimated share of events that match.
    private(set) var share: Double = 1

    /// Draws a candidate; nil where the kind of event that was drawn has not such fields, or not so
    /// many.
    init?(_ form: AWSRules.Form, fieldCount: Int, _ numbers: inout SeededNumbers) {
        guard let kind = AWSEvents.Kind(rawValue: numbers.weighted(AWSEvents.weights)) else {
            return nil
        }
        self.kind = kind
        self.fields = AWSRuleFields.fields(of: kind)
        self.units = Array(repeating: 0, count: self.fields.count)
        switch form {
        case .exact:
            guard self.addExact(fieldCount, &numbers) else { return nil }
        case .mixed(let other):
            guard self.add(other, &numbers) != nil,
                self.addExact(max(1, fieldCount - 1), &numbers)
            else { return nil }
        case .alone(let other):
            guard self.add(other, &numbers) != nil else { return nil }
        case .or:
            for _ in 0..<2 {
                guard let field = self.add(.exact, &numbers) else { return nil }
                self.either.append(field)
            }
            guard self.addExact(max(1, fieldCount - 2), &numbers) else { return nil }
        }
        self.share = self.estimate()
    }

    /// Whether a field has that operator and its path is not named yet. The source and detail-type
    /// are never free: `addExact` decides on them.
    private func isFree(_ position: Int, _ other: FieldTest.Operator) -> Bool {
        position >= 2 && self.fields[position].test.kind == other
            && self.namedPaths & 1 << self.fields[position].pathNumber == 0
    }

    /// Adds a field with that operator, and returns its position; nil if there is none.
    private mutating func add(
        _ other: FieldTest.Operator, _ numbers: inout SeededNumbers
    ) -> Int? {
        // In two passes rather than through a list: this is where the time of making rules goes.
        var freeCount = 0
        for position in self.fields.indices where self.isFree(position, other) { freeCount += 1 }
        guard freeCount > 0 else { return nil }
        var left = numbers.below(freeCount)
        for position in self.fields.indices where self.isFree(position, other) {
            if left == 0 {
                self.name(position, &numbers)
                return position
            }
            left -= 1
        }
        return nil
    }

    private mutating func name(_ position: Int, _ numbers: inout SeededNumbers) {
        self.units[position] = self.drawUnits(self.fields[position].test, &numbers)
        self.namedPaths |= 1 << self.fields[position].pathNumber
    }

    /// Adds `count` fields with exact values; false if there are not so many.
    private mutating func addExact(_ count: Int, _ numbers: inout SeededNumbers) -> Bool {
        var left = count
        // Most rules name the source, half of them the detail-type.
        if numbers.chance(percent: 62) {
            self.name(0, &numbers)
            left -= 1
        }
        if left > 0 && numbers.chance(percent: 47) {
            self.name(1, &numbers)
            left -= 1
        }
        while left > 0, self.add(.exact, &numbers) != nil { left -= 1 }
        return left == 0
    }

    /// Half of all lists have one element; long ones are rare.
    private func drawUnits(_ test: FieldTest, _ numbers: inout SeededNumbers) -> Int {
        let longest = numbers.chance(percent: 50) ? 1 : numbers.within(1...test.unitLimit)
        return numbers.within(1...longest)
    }

    private func estimate() -> Double {
        var share = 1.0
        var isOfKind = false
        var neither = 1.0
        for (position, field) in self.fields.enumerated() where self.units[position] > 0 {
            let probability = field.test.probability(units: self.units[position])
            isOfKind = isOfKind || field.isOfKind
            if self.either.contains(position) {
                neither *= 1 - probability
            } else {
                share *= probability
            }
        }
        if !self.either.isEmpty { share *= 1 - neither }
        return isOfKind ? share * AWSEvents.share(self.kind) : share
    }

    /// Writes the pattern.
    func write(_ out: inout TextWriter, _ numbers: inout SeededNumbers) {
        let chosen = self.fields.indices.filter {
            self.units[$0] > 0 && !self.either.contains($0)
        }
        out.text("{")
        self.write(chosen[...], depth: 0, &out, &numbers)
        if !self.either.isEmpty {
            out.separate()
            out.text("\"$or\":[")
            for field in self.either {
                out.separate()
                out.text("{")
                self.write([field], depth: 0, &out, &numbers)
                out.text("}")
            }
            out.text("]")
        }
        out.text("}")
    }

    /// Writes fields that share their first `depth` keys as members of one object.
    private func write(
        _ chosen: ArraySlice<Int>, depth: Int, _ out: inout TextWriter,
        _ numbers: inout SeededNumbers
    ) {
        var rest = chosen
        while let first = rest.first {
            let key = self.fields[first].path[depth]
            out.separate()
            out.quoted(key)
            out.text(":")
            let group = rest.prefix { self.fields[$0].path[depth] == key }
            rest = rest.dropFirst(group.count)
            if self.fields[first].path.count == depth + 1 {
                out.text("[")
                self.fields[first].test.write(&out, &numbers, self.units[first])
                out.text("]")
            } else {
                out.text("{")
                self.write(group, depth: depth + 1, &out, &numbers)
                out.text("}")
            }
        }
    }
}
