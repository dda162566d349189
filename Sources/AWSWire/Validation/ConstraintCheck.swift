internal import JSONScan

/// Collects what values break of what the model demands, in the order and the words of AWS.
///
/// The members of a structure are looked at in the order of Java's hash table (``JavaOrder``); what a
/// value breaks of its own comes before what its parts do; and of its own it is first the pattern, then
/// the enum, then the length or the size. What the strings or numbers in a list break is said once, of
/// the list: `Member must satisfy constraint: [Member must …, Member must …]`, with all that there
/// is, and in another order: largest, least, pattern, enum. In a map it is `Map keys must satisfy constraint`
/// and `Map value must satisfy constraint`.
///
/// Lengths count characters: a supplementary one is one, as STS was seen to count.
struct ConstraintCheck {
    /// AWS lists no more, and counts no more.
    static let violationsMax = 10

    private enum Step {
        case member(Shape, Int)
        case element(Int)
        case entry(Int)
    }

    private let index: StructuralIndex
    private let shapes: [Shape]
    private var path: [Step] = []
    private var violations: [String] = []

    init(_ index: StructuralIndex, _ shapes: [Shape]) {
        self.index = index
        self.shapes = shapes
    }

    /// AWS's sentence; nil if nothing was found.
    var message: String? {
        guard !violations.isEmpty else { return nil }
        let errors = violations.count == 1 ? "error" : "errors"
        return "\(violations.count) validation \(errors) detected: "
            + violations.joined(separator: "; ")
    }

    private var isFull: Bool { violations.count >= Self.violationsMax }

    /// Checks the members of the structure at an entry.
    mutating func structure(_ shape: Shape, at entry: Int) {
        let count = shape.members.count
        withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { values in
            values.initialize(repeating: -1)
            for member in index.members(of: entry) {
                guard let position = index.memberIndex(shape, key: member.key) else { continue }
                let isNull = index.byte(at: member.value) == UInt8(ascii: "n")
                values[position] = isNull ? -1 : member.value
            }
            for position in shape.messageOrder {
                let value = values[position]
                if value < 0, !shape.members[position].isRequired { continue }
                let type = shapes[shape.members[position].shape.position]
                if value >= 0, !type.isConstrained, !type.hasParts { continue }
                path.append(.member(shape, position))
                if value >= 0 {
                    self.value(type, at: value)
                } else {
                    add("Member must not be null", nil, type)
                }
                path.removeLast()
                if isFull { return }
            }
        }
    }

    private mutating func value(_ shape: Shape, at entry: Int) {
        for sentence in broken(shape, at: entry) { add(sentence, entry, shape) }
        parts(shape, at: entry)
    }

    /// Checks what stands in a structure, list or map.
    private mutating func parts(_ shape: Shape, at entry: Int) {
        switch shape.kind {
        case .structure: structure(shape, at: entry)
        case .list:
            guard let element = shape.element.map({ shapes[$0.position] }) else { return }
            if isBroken(anyOf: element, index.elements(of: entry)) {
                add("Member must satisfy constraint: \(Self.sentences(element))", entry, shape)
            }
            guard element.hasParts else { return }
            for (number, part) in index.elements(of: entry).enumerated()
            where !isFull && !isNull(part) {
                path.append(.element(number + 1))
                parts(element, at: part)
                path.removeLast()
            }
        case .map: entries(shape, at: entry)
        default: break
        }
    }

    private mutating func entries(_ shape: Shape, at entry: Int) {
        guard let key = shape.key.map({ shapes[$0.position] }),
            let element = shape.element.map({ shapes[$0.position] })
        else { return }
        if isBroken(anyOf: key, index.members(of: entry).lazy.map(\.key)) {
            add("Map keys must satisfy constraint: \(Self.sentences(key))", entry, shape)
        }
        if isBroken(anyOf: element, index.members(of: entry).lazy.map(\.value)) {
            add("Map value must satisfy constraint: \(Self.sentences(element))", entry, shape)
        }
        guard element.hasParts else { return }
        for member in index.members(of: entry) where !isFull && !isNull(member.value) {
            path.append(.entry(member.key))
            parts(element, at: member.value)
            path.removeLast()
        }
    }

    private func isNull(_ entry: Int) -> Bool { index.byte(at: entry) == UInt8(ascii: "n") }

    private func isBroken(anyOf shape: Shape, _ entries: some Sequence<Int>) -> Bool {
        guard shape.isConstrained else { return false }
        return entries.contains { !isNull($0) && !broken(shape, at: $0).isEmpty }
    }

    /// What a value breaks of its own. Allocates nothing where that is nothing.
    private func broken(_ shape: Shape, at entry: Int) -> [String] {
        guard shape.isConstrained else { return [] }
        switch shape.kind {
        case .string: return index.withText(at: entry) { brokenText(shape, $0) }
        case .integer, .long, .float, .double:
            return brokenSize(shape, JavaNumber(index.scalarBytes(at: entry), shape.kind).bounds)
        case .list: return brokenSize(shape, index.elements(of: entry).reduce(0) { n, _ in n + 1 })
        case .map: return brokenSize(shape, index.members(of: entry).reduce(0) { n, _ in n + 1 })
        case .blob:
            return brokenSize(shape, index.withText(at: entry) { JavaText.byteCount(base64: $0) })
        case .structure, .boolean, .timestamp: return []
        }
    }

    private func brokenText(_ shape: Shape, _ text: UnsafeBufferPointer<UInt8>) -> [String] {
        var broken: [String] = []
        if let pattern = shape.pattern, !pattern.matches(utf8: text) {
            broken.append(Self.sentence(pattern: pattern))
        }
        if !shape.enumeration.isEmpty,
            !shape.enumeration.contains(where: { $0.utf8.elementsEqual(text) })
        {
            broken.append(Self.sentence(enumeration: shape.enumeration))
        }
        if shape.minimum != nil || shape.maximum != nil {
            // All but the bytes that go on with a character.
            let count = text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            let size = brokenSize(shape, count)
            if !size.isEmpty { broken += size }
        }
        return broken
    }

    private func brokenSize(_ shape: Shape, _ size: Int) -> [String] {
        brokenSize(shape, size...size)
    }

    private func brokenSize(_ shape: Shape, _ size: ClosedRange<Int>) -> [String] {
        if let minimum = shape.minimum, size.lowerBound < minimum {
            return [Self.sentence(shape, "greater", minimum)]
        }
        if let maximum = shape.maximum, size.upperBound > maximum {
            return [Self.sentence(shape, "less", maximum)]
        }
        return []
    }

    private static func sentence(pattern: ConstraintPattern) -> String {
        "Member must satisfy regular expression pattern: \(pattern.source)"
    }

    private static func sentence(enumeration: [String]) -> String {
        let values = JavaOrder.enumOrder(enumeration).joined(separator: ", ")
        return "Member must satisfy enum value set: [\(values)]"
    }

    private static func sentence(_ shape: Shape, _ relation: String, _ bound: Int) -> String {
        let what: String
        var number = String(bound)
        switch shape.kind {
        case .integer, .long: what = "value"
        case .float, .double:
            what = "value"
            number += ".0"
        default: what = "length"
        }
        return "Member must have \(what) \(relation) than or equal to \(number)"
    }

    /// All that is demanded of the elements of a list, or the keys or values of a map.
    private static func sentences(_ shape: Shape) -> String {
        var sentences: [String] = []
        if let maximum = shape.maximum { sentences.append(sentence(shape, "less", maximum)) }
        if let minimum = shape.minimum { sentences.append(sentence(shape, "greater", minimum)) }
        if let pattern = shape.pattern { sentences.append(sentence(pattern: pattern)) }
        if !shape.enumeration.isEmpty {
            sentences.append(sentence(enumeration: shape.enumeration))
        }
        return "[\(sentences.joined(separator: ", "))]"
    }

    /// Adds a violation of the value at an entry, or of one that isn't there.
    private mutating func add(_ sentence: String, _ entry: Int?, _ shape: Shape) {
        guard !isFull else { return }
        // What is secret isn't shown, nor whether it was there.
        let value: String
        if shape.isSensitive || shape.element.map({ shapes[$0.position].isSensitive }) == true {
            value = "Value"
        } else if let entry {
            value = "Value '\(JavaText.text(of: shape, JSONValue(index, at: entry), shapes))'"
        } else {
            value = "Value null"
        }
        violations.append("\(value) at '\(pathText)' failed to satisfy constraint: \(sentence)")
    }

    private var pathText: String {
        let words = path.map { step in
            switch step {
            case .member(let shape, let position): shape.members[position].messageName
            case .element(let number): "\(number).member"
            case .entry(let key):
                index.withText(at: key) { String(decoding: $0, as: UTF8.self) } + ".member"
            }
        }
        return words.joined(separator: ".")
    }
}

extension Shape {
    /// Whether values stand in its values.
    var hasParts: Bool { kind == .structure || kind == .list || kind == .map }
}
