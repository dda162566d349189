import EventPattern
import JSONScan

/// Whether an event matches a pattern, straight from the words of the language's definition, by
/// exhaustive search: what the matcher is compared with. It shares no code with it, and does
/// nothing to be fast.
struct PlainEvaluator {
    /// A leaf of an event.
    struct Leaf {
        var path: [Unicode.Scalar]
        var value: JSONTree
        /// The elements of arrays that it lies in, as the array's number and the position in it.
        var elements: [Int: Int]
    }

    /// The event's leaves.
    let leaves: [Leaf]

    init(_ event: JSONTree) {
        var flattening = Flattening()
        flattening.add(event, path: [], elements: [:])
        leaves = flattening.leaves
    }

    /// Whether the event matches.
    func matches(_ pattern: EventPattern) -> Bool {
        Self.branches(of: pattern.root, below: [], after: [[:]]).contains { branch in
            let conditions = branch.map { Condition(path: $0.key, values: $0.value) }
                .sorted { utf16($0.path).lexicographicallyPrecedes(utf16($1.path)) }
            return canChoose(conditions[...], [])
        }
    }

    private struct Condition {
        var path: [Unicode.Scalar]
        var values: [ValuePattern]
    }

    private typealias Branch = [[Unicode.Scalar]: [ValuePattern]]

    /// Members in text order; a path that comes again replaces what was there; `$or` continues
    /// each branch with each alternative.
    private static func branches(
        of object: PatternObject, below base: [Unicode.Scalar], after started: [Branch]
    ) -> [Branch] {
        var all = started
        for member in object.members {
            switch member {
            case .values(let key, let values):
                let path = joined(base, scalars(key))
                all = all.map { $0.merging([path: values]) { _, new in new } }
            case .object(let key, let inner):
                all = branches(of: inner, below: joined(base, scalars(key)), after: all)
            case .or(let alternatives):
                all = alternatives.flatMap { branches(of: $0, below: base, after: all) }
            }
        }
        return all
    }

    /// Whether a leaf can be chosen for each condition such that no two of them lie in different
    /// elements of an array.
    private func canChoose(_ conditions: ArraySlice<Condition>, _ chosen: [Leaf]) -> Bool {
        guard let condition = conditions.first else { return true }
        let rest = conditions.dropFirst()
        let consistent = leaves.filter { leaf in
            leaf.path == condition.path && chosen.allSatisfy { agree($0, leaf) }
        }
        if consistent.isEmpty {
            return condition.values.contains(.exists(false)) && canChoose(rest, chosen)
        }
        return consistent.contains { leaf in
            condition.values.contains { PlainOperators.takes($0, leaf.value) }
                && canChoose(rest, chosen + [leaf])
        }
    }

    private func agree(_ one: Leaf, _ other: Leaf) -> Bool {
        one.elements.allSatisfy {
            other.elements[$0.key] == nil || other.elements[$0.key] == $0.value
        }
    }
}

/// Takes an event apart into its leaves.
private struct Flattening {
    var leaves: [PlainEvaluator.Leaf] = []
    var arrayCount = 0

    mutating func add(_ tree: JSONTree, path: [Unicode.Scalar], elements: [Int: Int]) {
        switch tree {
        case .string, .word:
            leaves.append(.init(path: path, value: tree, elements: elements))
        case .object(let members):
            for member in members {
                // Below the outermost object an empty key leads nowhere.
                if member.key.scalars.isEmpty, !path.isEmpty { continue }
                add(member.value, path: joined(path, member.key.scalars), elements: elements)
            }
        case .array(let values):
            let array = arrayCount
            arrayCount += 1
            for (position, value) in values.enumerated() {
                var inside = elements
                switch value {
                case .object, .array: inside[array] = position
                case .string, .word: break
                }
                add(value, path: path, elements: inside)
            }
        }
    }
}

/// The path of a key below a path; the empty path adds nothing.
private func joined(_ base: [Unicode.Scalar], _ key: [Unicode.Scalar]) -> [Unicode.Scalar] {
    base.isEmpty ? key : base + ["."] + key
}

private func utf16(_ scalars: [Unicode.Scalar]) -> [UInt16] { scalars.flatMap { String($0).utf16 } }

/// A string's characters.
func scalars(_ text: ExactString) -> [Unicode.Scalar] { Array(text.description.unicodeScalars) }
