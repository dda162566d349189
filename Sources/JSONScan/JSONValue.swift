/// Reads one checked text member by member, for readers that want convenience rather than speed:
/// patterns, rules files, envelopes, explanations.
///
/// A `JSONValue` is an entry of a ``StructuralIndex`` and is valid as long as that is.
package struct JSONValue {
    /// The text's index.
    package let index: StructuralIndex
    /// The entry at which the value begins.
    package let entry: Int

    /// The value that begins at an entry.
    package init(_ index: StructuralIndex, at entry: Int = 0) {
        self.index = index
        self.entry = entry
    }

    /// What kind of value it is.
    package enum Kind: Sendable {
        /// An object.
        case object
        /// An array.
        case array
        /// A string.
        case string
        /// A number.
        case number
        /// `true`.
        case `true`
        /// `false`.
        case `false`
        /// `null`.
        case null
    }

    /// What kind of value it is. O(1).
    package var kind: Kind {
        switch index.byte(at: entry) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"): .true
        case UInt8(ascii: "f"): .false
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The byte offset at which it begins.
    package var offset: Int { index.offset(of: entry) }

    /// The bytes it is written in.
    package var text: UnsafeBufferPointer<UInt8> {
        switch kind {
        case .object, .array:
            let end = index.offset(of: index.close(of: entry)) + 1
            return UnsafeBufferPointer(start: index.bytes + offset, count: end - offset)
        case .string:
            let inner = index.stringBytes(at: entry)
            return UnsafeBufferPointer(start: index.bytes + offset, count: inner.count + 2)
        case .number, .true, .false, .null:
            return index.scalarBytes(at: entry)
        }
    }

    /// The string, taken out of its escapes; nil for any other kind of value.
    package var string: ExactString? {
        kind == .string ? JSONString.unescaped(index.stringBytes(at: entry)) : nil
    }

    /// A member of an object.
    package struct Member {
        /// The key, taken out of its escapes.
        package let key: ExactString
        /// The byte offset of the key's opening quote.
        package let keyOffset: Int
        /// The value.
        package let value: JSONValue
    }

    /// The members of an object in text order, duplicates included; empty for any other kind.
    package var members: [Member] {
        guard kind == .object else { return [] }
        var members: [Member] = []
        forEachMember { members.append($0) }
        return members
    }

    /// Calls `body` for each member of an object in text order; for any other kind never.
    package func forEachMember<E: Error>(_ body: (Member) throws(E) -> Void) throws(E) {
        guard kind == .object else { return }
        for member in index.members(of: entry) {
            try body(
                Member(
                    key: JSONString.unescaped(index.stringBytes(at: member.key)),
                    keyOffset: index.offset(of: member.key),
                    value: JSONValue(index, at: member.value)))
        }
    }

    /// The elements of an array in text order; empty for any other kind.
    package var elements: [JSONValue] {
        guard kind == .array else { return [] }
        return index.elements(of: entry).map { JSONValue(index, at: $0) }
    }

    /// The last member with this key: what most readers take where a key is repeated.
    package subscript(key: ExactString) -> JSONValue? {
        var found: JSONValue?
        forEachMember { if $0.key == key { found = $0.value } }
        return found
    }
}
