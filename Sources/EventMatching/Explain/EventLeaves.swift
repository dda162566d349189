internal import EventPattern
internal import JSONScan

/// A value of an event and where it stands, for explanations.
struct EventLeaf {
    /// The place as a person writes it, elements of arrays by number: `detail.items[2].sku`.
    let location: String
    /// The value as JSON.
    let text: String
    /// Whether it is an object or an array without any value inside, which no pattern can match.
    let isEmptyBracket: Bool
    /// Whether it is a number that can't be compared with others.
    let isIncomparable: Bool
}

/// What an event has at some paths. O(event) for each set of paths.
struct EventLeaves {
    /// The values at each path, in text order.
    private(set) var leaves: [ExactString: [EventLeaf]] = [:]
    /// The paths that lead to an object: their values have longer paths.
    private(set) var objects: Set<ExactString> = []

    private let paths: Set<ExactString>

    init(of event: StructuralIndex, at paths: Set<ExactString>) {
        self.paths = paths
        visitObject(JSONValue(event), path: "", location: "")
    }

    private mutating func visitObject(_ value: JSONValue, path: ExactString, location: String) {
        value.forEachMember { member in
            // Deeper than in the first object, an empty key leads nowhere.
            guard !member.key.utf8.isEmpty || path.utf8.isEmpty else { return }
            let key = "\(member.key)"
            visit(
                member.value, path: joinedPath(path, member.key),
                location: location.isEmpty ? key : location + "." + key)
        }
    }

    private mutating func visit(_ value: JSONValue, path: ExactString, location: String) {
        switch value.kind {
        case .object:
            if paths.contains(path) { objects.insert(path) }
            visitObject(value, path: path, location: location)
            if value.members.isEmpty { note(value, path, location, isEmptyBracket: true) }
        case .array:
            let elements = value.elements
            for (number, element) in elements.enumerated() {
                visit(element, path: path, location: "\(location)[\(number)]")
            }
            if elements.isEmpty { note(value, path, location, isEmptyBracket: true) }
        case .string, .number, .true, .false, .null:
            note(value, path, location, isEmptyBracket: false)
        }
    }

    private mutating func note(
        _ value: JSONValue, _ path: ExactString, _ location: String, isEmptyBracket: Bool
    ) {
        guard paths.contains(path) else { return }
        leaves[path, default: []].append(
            EventLeaf(
                location: location, text: String(decoding: value.text, as: UTF8.self),
                isEmptyBracket: isEmptyBracket,
                isIncomparable: value.kind == .number
                    && JSONNumber.comparableValue(value.text) == nil))
    }
}
