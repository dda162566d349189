/// The type of a value, with what the model demands of it.
///
/// Shapes refer to each other by position, because some refer to themselves:
/// ``OperationModel/shape(_:)`` follows.
public final class Shape: Sendable {
    /// What it is in JSON.
    public enum Kind: String, Sendable {
        /// An object with known members.
        case structure
        /// An array.
        case list
        /// An object with any members.
        case map
        /// A string.
        case string
        /// A number, of 32 bits.
        case integer
        /// A number, of 64 bits.
        case long
        /// A number.
        case float
        /// A number.
        case double
        /// `true` or `false`.
        case boolean
        /// A time: seconds since 1970 as a number, unless the format says otherwise.
        case timestamp
        /// Bytes, in base64.
        case blob
    }

    /// How a time is written.
    public enum TimestampFormat: String, Sendable {
        /// Seconds since 1970, a number.
        case unixTimestamp
        /// `2021-06-16T11:33:45Z`
        case iso8601
        /// `Wed, 16 Jun 2021 11:33:45 GMT`
        case rfc822
    }

    /// Where a member stands in a request or an answer, if not in its body.
    public enum Location: String, Sendable {
        /// A label of the path.
        case uri
        /// A parameter of the query.
        case queryString = "querystring"
        /// A header.
        case header
        /// All headers with a prefix.
        case headers
        /// The HTTP status.
        case statusCode
    }

    /// The position of a shape among those of its service.
    public struct Index: Sendable, Hashable {
        let position: Int
    }

    /// A member of a structure.
    public struct Member: Sendable {
        /// The name in the model, `EventBusName`.
        public let name: String
        /// The name on the wire, `EventBusName`, or `tags` where the model's is `Tags`.
        public let wireName: String
        /// The name in AWS's messages, `eventBusName`.
        public let messageName: String
        /// Its shape.
        public let shape: Index
        /// Whether it has to be there.
        public let isRequired: Bool
        /// Where it stands; nil in the body.
        public let location: Location?
        /// Whether a client makes it up, so that a request that is sent twice is done once.
        public let isIdempotencyToken: Bool
        /// Whether it is a string that holds JSON.
        public let holdsJSON: Bool
        /// How it is written, if it is a time.
        public let timestampFormat: TimestampFormat?
    }

    /// What an error's shape says of its answer.
    public struct ErrorAnswer: Sendable, Hashable {
        /// The code on the wire.
        public let code: String
        /// The HTTP status.
        public let status: Int
    }

    /// The name in the model.
    public let name: String
    /// What it is in JSON.
    public let kind: Kind
    /// A structure's members in the model's order.
    public let members: [Member]
    /// What a list's elements or a map's values are.
    public let element: Index?
    /// What a map's keys are.
    public let key: Index?
    /// The name of a list's elements in XML.
    public let elementName: String?
    /// The least value of a number, the least length of anything else.
    public let minimum: Int?
    /// The largest value of a number, the largest length of anything else.
    public let maximum: Int?
    /// What a string has to match.
    public let pattern: ConstraintPattern?
    /// The values that a string may have, in the model's order; empty where it may have any.
    public let enumeration: [String]
    /// Whether values must not be shown.
    public let isSensitive: Bool
    /// The member that is the whole body.
    public let payload: String?
    /// How it is written, if it is a time.
    public let timestampFormat: TimestampFormat?
    /// Its code and status, if it is an error.
    public let error: ErrorAnswer?

    /// Whether its values can break anything of their own.
    let isConstrained: Bool
    /// The members in the order in which AWS's messages name them: ``JavaOrder``.
    let messageOrder: [Int]
    /// The hashes of the members' names on the wire, and these: for ``memberIndex(_:)``.
    private let keyHashes: [UInt32]
    private let keys: [[UInt8]]

    init(_ line: ModelTable.ShapeLine) {
        name = line.name
        kind = line.kind
        members = line.members
        element = line.element
        key = line.key
        elementName = line.elementName
        minimum = line.minimum
        maximum = line.maximum
        pattern = line.pattern
        enumeration = line.enumeration
        isSensitive = line.isSensitive
        payload = line.payload
        timestampFormat = line.timestampFormat
        error = line.error
        isConstrained =
            line.minimum != nil || line.maximum != nil || line.pattern != nil
            || !line.enumeration.isEmpty
        messageOrder = JavaOrder.mapOrder(line.members.map(\.messageName))
        keys = line.members.map { Array($0.wireName.utf8) }
        keyHashes = keys.map { key in key.withUnsafeBufferPointer { Self.hash($0) } }
    }

    /// The member of that name in the model. O(members).
    public func member(named name: String) -> Member? { members.first { $0.name == name } }

    /// Which member a key of JSON is, as written without escapes; nil for none. O(members), but for a
    /// comparison of numbers each.
    func memberIndex(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        let hash = Self.hash(key)
        for index in keyHashes.indices where keyHashes[index] == hash {
            let isSame = keys[index].withUnsafeBufferPointer { $0.elementsEqual(key) }
            if isSame { return index }
        }
        return nil
    }

    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in key { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }
}
