package import JSONScan

/// A key that some object has more than once. JSON leaves open what that means.
package struct RepeatedKey {
    /// The key.
    package let key: String
    /// Where it stands again, in bytes from the beginning of the text.
    package let offset: Int
    /// Whether both of its values are objects.
    package let isObject: Bool

    /// What it means in a pattern: `the pattern has "state" twice, and the later one counts`.
    package var ofPattern: String {
        "the pattern has \"\(key)\" twice, and "
            + (isObject ? "both count together" : "the later one counts")
    }

    /// Those of a pattern's text; none where that is no JSON. O(bytes).
    package static func inPattern(_ text: [UInt8]) -> [RepeatedKey] {
        var found: [RepeatedKey] = []
        func visit(_ value: JSONValue) {
            found += inMembers(of: value)
            value.forEachMember { visit($0.value) }
            value.elements.forEach(visit)
        }
        var scanner = StructuralScanner()
        text.withUnsafeBytes { bytes in
            if let index = try? scanner.scan(bytes) { visit(JSONValue(index)) }
        }
        return found.sorted { $0.offset < $1.offset }
    }

    /// Those of an object itself, not of what is in it.
    package static func inMembers(of object: JSONValue) -> [RepeatedKey] {
        var found: [RepeatedKey] = []
        var kinds: [ExactString: JSONValue.Kind] = [:]
        object.forEachMember { member in
            let kind = member.value.kind
            guard let before = kinds.updateValue(kind, forKey: member.key) else { return }
            found.append(
                RepeatedKey(
                    key: member.key.description, offset: member.keyOffset,
                    isObject: before == .object && kind == .object))
        }
        return found
    }
}
