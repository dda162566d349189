internal import JSONScan

/// A JSON value whose objects keep their order: for documents that people wrote, and see again.
indirect enum JSONMember {
    case text(String)
    case list([JSONMember])
    case object([(String, JSONMember)])
    /// A number, a truth value or null, as it was written.
    case literal(String)

    /// Reads a text; nil if it is no JSON object.
    init?(_ text: String) {
        let read = try? JSONValue.reading(
            Array(text.utf8), orThrow: \.self
        ) { value throws(JSONError) in JSONMember(value) }
        guard let read else { return nil }
        self = read
    }

    init(_ value: JSONValue) {
        switch value.kind {
        case .object:
            self = .object(value.members.map { ($0.key.description, JSONMember($0.value)) })
        case .array: self = .list(value.elements.map { JSONMember($0) })
        case .string: self = .text(value.string?.description ?? "")
        default: self = .literal(String(decoding: value.text, as: UTF8.self))
        }
    }

    /// A member of an object.
    subscript(name: String) -> JSONMember? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    /// The elements of a list; nil for anything else.
    var elements: [JSONMember]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The `Sid` of a policy's statement.
    var statementID: String? {
        if case .text(let id) = self["Sid"] { id } else { nil }
    }

    /// The value as JSON without blanks.
    var json: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): JSONString.appendQuoted(ExactString(text), to: &bytes)
        case .literal(let text): bytes += text.utf8
        case .list(let elements):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in members.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONString.appendQuoted(ExactString(member.0), to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.1.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
