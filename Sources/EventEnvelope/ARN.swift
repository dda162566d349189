/// The name of a resource of any service, taken apart:
/// `arn:partition:service:region:account:resource`.
///
/// ```swift
/// let arn = try ARN("arn:aws:sqs:eu-west-1:111122223333:orders")
/// print(arn.service, arn.resource)  // sqs orders
/// ```
///
/// Region and account are empty where a service has none. What the resource's own part means is the
/// service's affair; that of EventBridge is read by ``ResourceName``.
public struct ARN: Sendable, Hashable {
    /// The name as it was written.
    public let text: String
    /// `aws`, or that of a part of the world with accounts of its own, such as `aws-cn`.
    public let partition: String
    /// The service: `events`, `sqs`, `lambda`.
    public let service: String
    /// The region; empty where the resource is in none.
    public let region: String
    /// The account; empty where the resource is in none.
    public let account: String
    /// What stands behind the account; it may hold further colons.
    public let resource: String

    /// The most bytes of a name: the longest that any operation of EventBridge takes is 1,600.
    public static let bytesMax = 2_048

    /// Takes a name apart. O(length).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(_ text: String) throws(ARNError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else {
            throw ARNError(text, offset: Self.bytesMax, "at most \(Self.bytesMax) bytes")
        }
        if let offset = bytes.firstIndex(where: { $0 <= 0x20 || $0 == 0x7F }) {
            throw ARNError(text, offset: offset, "no blanks and control characters")
        }
        guard bytes.starts(with: "arn:".utf8) else {
            throw ARNError(text, offset: 0, "\"arn:\" at the beginning")
        }
        var parts: [Range<Int>] = []
        var start = 4
        for offset in bytes.indices.dropFirst(4)
        where parts.count < 4 && bytes[offset] == UInt8(ascii: ":") {
            parts.append(start..<offset)
            start = offset + 1
        }
        let names = ["a partition", "a service", "a region", "an account", "a resource"]
        guard parts.count == 4 else {
            throw ARNError(
                text, offset: bytes.count,
                "\(names[parts.count]) and \":\", as in \"arn:aws:events:region:account:rule/name\""
            )
        }
        parts.append(start..<bytes.count)
        for position in [0, 1, 4] where parts[position].isEmpty {
            throw ARNError(text, offset: parts[position].lowerBound, names[position])
        }
        for part in parts[..<4] {
            if let offset = part.first(where: { !bytes[$0].isOfARNPart }) {
                throw ARNError(text, offset: offset, "letters, digits and \"-\"")
            }
        }
        func string(_ position: Int) -> String {
            String(decoding: bytes[parts[position]], as: UTF8.self)
        }
        self.text = text
        partition = string(0)
        service = string(1)
        region = string(2)
        account = string(3)
        resource = string(4)
    }

    /// Whether a text is meant to be such a name, right or wrong.
    public static func isMeant(by text: String) -> Bool { text.hasPrefix("arn:") }
}

extension ARN: CustomStringConvertible {
    /// The name as it was written.
    public var description: String { text }
}

/// What is wrong with the name of a resource.
public struct ARNError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String
    /// The byte at which it goes wrong.
    public let offset: Int
    /// What was expected there.
    public let expected: String

    package init(_ text: String, offset: Int, _ expected: String) {
        self.text = text
        self.offset = offset
        self.expected = expected
    }

    /// The name, where it goes wrong, and what was expected there.
    public var description: String {
        "\"\(text)\" is no name of a resource that can be used: expected \(expected) (byte "
            + "\(offset))"
    }
}

extension UInt8 {
    /// Letters, digits and `-`.
    fileprivate var isOfARNPart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
