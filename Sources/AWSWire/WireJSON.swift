internal import EventEnvelope
internal import FoundationEssentials

/// JSON as the wire has it, from and to Swift's values.
///
/// Names of members are those of the model, `EventBusName`; properties are named alike with a small
/// first letter, `eventBusName`. Members that are nil are left out. Keys of dictionaries stay as they are.
public enum WireJSON {
    /// Reads a value.
    ///
    /// - Throws: `SerializationException`: it is not what the type wants. What the model has checked is.
    public static func decode<Value: Decodable>(
        _ json: [UInt8], as type: Value.Type = Value.self
    ) throws(ServiceError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            MemberName(path.last?.stringValue ?? "") { $0.lowercased() }
        }
        do {
            return try decoder.decode(type, from: Data(json))
        } catch { throw .serialization("\(describe(error))") }
    }

    /// Writes a value.
    ///
    /// - Throws: `InternalException`: it has a number that JSON can't say.
    public static func encode(_ value: some Encodable) throws(ServiceError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in
            MemberName(path.last?.stringValue ?? "") { $0.uppercased() }
        }
        do {
            return Array(try encoder.encode(value))
        } catch { throw .internalError("\(error)") }
    }

    private static func describe(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context),
            .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    /// A member's name with another first letter.
    private struct MemberName: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(_ name: String, _ change: (String) -> String) {
            stringValue = change(String(name.prefix(1))) + name.dropFirst()
        }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// A moment as JSON protocols have it: seconds since 1970, a number, with thousandths at most.
public struct WireTime: Sendable, Hashable, Codable {
    /// Nanoseconds since 1970.
    public var nanoseconds: Int64

    /// A moment.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Reads a number of seconds, or a text as in `2026-11-30T12:00:00Z`, which some clients send.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let time = EventTime(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(text) is no time")
            }
            nanoseconds = time.nanoseconds
            return
        }
        let seconds = try container.decode(Double.self)
        // What does not fit lies beyond the year 2262.
        let scaled = (seconds * 1_000).rounded()
        guard abs(scaled) < Double(Int64.max / 1_000_000) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(seconds) seconds is no time of this age")
        }
        nanoseconds = Int64(scaled) * 1_000_000
    }

    /// Writes a number of seconds: whole, or with thousandths.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let milliseconds = nanoseconds / 1_000_000
        if milliseconds % 1_000 == 0 {
            try container.encode(milliseconds / 1_000)
        } else {
            try container.encode(Double(milliseconds) / 1_000)
        }
    }
}
