package import JSONScan

/// What the whole store is written in: `{"Version": 1}`.
///
/// It stands there so that a program that can't read the rest knows so at once. It is raised when an
/// older program would do harm with what a newer one wrote, although each value alone looks good to it.
public struct StoredFormat: StoredValue {
    /// The version.
    public let version: Int

    /// The version that this program writes, and the newest that it reads.
    public static let current = 1

    /// The version that this program writes.
    public init() { version = Self.current }

    /// Reads the JSON. See ``StoredValue/init(_:)``.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        guard let version: Int = try object.integer("Version", from: 1) else {
            throw DefinitionError(.missing(member: "Version"), offset: value.offset)
        }
        self.version = version
    }

    /// The value as JSON. See ``StoredValue/json``.
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("Version", number: version)
        return object.finish()
    }
}

/// A bus as a store keeps it: `{"Kind": "custom"}`, and what `DescribeEventBus` tells besides.
public struct StoredBus: StoredValue {
    /// What kind of bus it is.
    public var kind: BusKind
    /// What it is for.
    public var description: String
    /// EventBridge's other members, as they were written.
    public var others: [KeptMember]

    /// Makes a value of a bus.
    public init(_ kind: BusKind = .custom, description: String = "", others: [KeptMember] = []) {
        self.kind = kind
        self.description = description
        self.others = others
    }

    static let otherMembers: Set<String> = [
        "CreationTime", "DeadLetterConfig", "EventSourceName", "KmsKeyIdentifier",
        "LastModifiedTime", "LogConfig", "Policy", "Tags",
    ]

    /// Reads the JSON. See ``StoredValue/init(_:)``.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        try object.checkVersion()
        others = try object.rest(
            known: ["Kind", "Description", "Version"], kept: Self.otherMembers)
        guard let kind = try object.word("Kind", BusKind.self) else {
            throw DefinitionError(.missing(member: "Kind"), offset: value.offset)
        }
        self.kind = kind
        description = try object.string("Description") ?? ""
    }

    /// The value as JSON. See ``StoredValue/json``.
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("Kind", kind.rawValue)
        object.member("Description", description.isEmpty ? nil : description)
        object.members(others)
        return object.finish()
    }
}
