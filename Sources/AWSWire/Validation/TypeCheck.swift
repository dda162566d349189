internal import EventEnvelope
internal import JSONScan

/// Whether values are of the JSON types that the model says.
///
/// The sentences are those that were measured on Athena in 2026, and for longs on Amazon's advertising
/// API; older services (DynamoDB, Kinesis) have other ones. Nothing is recorded of EventBridge.
/// Where services differ, the simpler is taken:
///
/// | expected | found | message |
/// | --- | --- | --- |
/// | string | number, true, false | `NUMBER_VALUE can not be converted to a String`, `TRUE_VALUE …` |
/// | integer | string, true, false | `STRING_VALUE can not be converted to an Integer` (a Long, a Double) |
/// | boolean | string, number | `STRING_VALUE can not be converted to a Boolean` (SES takes `"true"`) |
/// | time | string, true, false | `STRING_VALUE can not be converted to milliseconds since epoch` |
/// | list | string, number, true, false | `Expected list or null` |
/// | map | the same | `Expected map or null` |
/// | structure | the same | `Expected null` |
/// | anything else | array | `Start of list found where not expected` |
/// | anything else | object | `Start of structure or map found where not expected.` (with a full stop) |
struct TypeCheck {
    let shapes: [Shape]

    /// Throws for the first value, in the order of the text, that is of another type. O(entries).
    func check(
        _ shape: Shape, _ value: JSONValue, format: Shape.TimestampFormat? = nil
    ) throws(ServiceError) {
        switch (shape.kind, value.kind) {
        case (_, .null): break
        case (.structure, .object): try members(of: shape, value)
        case (.map, .object):
            guard let element = shape.element.map({ shapes[$0.position] }) else { return }
            for member in value.index.members(of: value.entry) {
                try check(element, JSONValue(value.index, at: member.value))
            }
        case (.list, .array):
            guard let element = shape.element.map({ shapes[$0.position] }) else { return }
            for entry in value.index.elements(of: value.entry) {
                try check(element, JSONValue(value.index, at: entry))
            }
        case (_, .array): throw .serialization("Start of list found where not expected")
        case (_, .object):
            throw .serialization("Start of structure or map found where not expected.")
        case (.string, .string), (.boolean, .true), (.boolean, .false),
            (.integer, .number), (.long, .number), (.float, .number), (.double, .number):
            break
        case (.blob, .string): try base64(value)
        case (.timestamp, _): try time(value, format ?? shape.timestampFormat ?? .unixTimestamp)
        case (.structure, _): throw .serialization("Expected null")
        case (.list, _): throw .serialization("Expected list or null")
        case (.map, _): throw .serialization("Expected map or null")
        case (.string, _): throw inconvertible(value, "a String")
        case (.integer, _): throw inconvertible(value, "an Integer")
        case (.long, _): throw inconvertible(value, "a Long")
        case (.float, _): throw inconvertible(value, "a Float")
        case (.double, _): throw inconvertible(value, "a Double")
        case (.boolean, _): throw inconvertible(value, "a Boolean")
        case (.blob, _): throw inconvertible(value, "a Blob")
        }
    }

    private func members(of shape: Shape, _ value: JSONValue) throws(ServiceError) {
        for member in value.index.members(of: value.entry) {
            guard let index = value.index.memberIndex(shape, key: member.key) else { continue }
            let found = shape.members[index]
            try check(
                shapes[found.shape.position], JSONValue(value.index, at: member.value),
                format: found.timestampFormat)
        }
    }

    private func time(
        _ value: JSONValue, _ format: Shape.TimestampFormat
    ) throws(ServiceError) {
        if value.kind == .number { return }
        if value.kind == .string, format == .iso8601,
            EventTime.nanoseconds(value.index.stringBytes(at: value.entry)) != nil
        {
            return
        }
        throw inconvertible(value, "milliseconds since epoch")
    }

    private func base64(_ value: JSONValue) throws(ServiceError) {
        // A text with escapes is none of base64, but for `\/`.
        let text = value.string?.utf8 ?? []
        let body = text.reversed().drop { $0 == UInt8(ascii: "=") }
        let isValid =
            text.count % 4 == 0 && text.count - body.count <= 2
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        guard isValid else { throw inconvertible(value, "a Blob") }
    }

    private func inconvertible(_ value: JSONValue, _ type: String) -> ServiceError {
        let found =
            switch value.kind {
            case .string: "STRING_VALUE"
            case .number: "NUMBER_VALUE"
            case .true: "TRUE_VALUE"
            case .false: "FALSE_VALUE"
            case .null, .array, .object: "VALUE"
            }
        return .serialization("\(found) can not be converted to \(type)")
    }
}

extension StructuralIndex {
    /// Which member of a structure the key at an entry is; nil for none.
    func memberIndex(_ shape: Shape, key entry: Int) -> Int? {
        withText(at: entry) { shape.memberIndex($0) }
    }

    /// Calls `body` with the string at an entry, taken out of its escapes.
    func withText<R>(at entry: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let raw = stringBytes(at: entry)
        guard mayHaveEscapes(at: entry, raw.count + 1), raw.contains(UInt8(ascii: "\\")) else {
            return body(raw)
        }
        return JSONString.unescaped(raw).utf8.withUnsafeBufferPointer(body)
    }
}
