/// An account in a region: where resources are. Names are unique within one.
public struct ResourceScope: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The account.
    public var account: String
    /// The region.
    public var region: String

    /// The account in the region.
    public init(account: String, region: String) {
        self.account = account
        self.region = region
    }

    /// What the names of its resources begin with: in China and for the government of the United
    /// States, AWS has partitions of their own.
    public var partition: String {
        if region.hasPrefix("cn-") { return "aws-cn" }
        return region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// Whether a text is an account's: 12 digits.
    package static func isAccount(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// `account/region`
    public var description: String { "\(account)/\(region)" }

    /// By account, then by region.
    public static func < (one: ResourceScope, other: ResourceScope) -> Bool {
        (one.account, one.region) < (other.account, other.region)
    }
}

/// A bus among those of all accounts and regions.
public struct BusID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Where it is.
    public var scope: ResourceScope
    /// Its name there.
    public var name: String

    /// The name of the bus that every account has in every region.
    public static let defaultName = "default"

    /// The bus of a name.
    public init(_ name: String = BusID.defaultName, in scope: ResourceScope) {
        self.scope = scope
        self.name = name
    }

    /// The bus of a name in an account and region.
    public init(account: String, region: String, name: String = BusID.defaultName) {
        self.init(name, in: ResourceScope(account: account, region: region))
    }

    /// Reads a name, which stands for the bus in `scope`, or the resource name of a bus anywhere: the
    /// two forms that EventBridge takes wherever it asks for a bus.
    ///
    /// - Throws: what is wrong with it.
    public init(nameOrARN text: String, in scope: ResourceScope) throws(ARNError) {
        guard ARN.isMeant(by: text) else {
            try ResourceName.check(text, from: 0, of: text, allowsSlash: true)
            self.init(text, in: scope)
            return
        }
        guard case .bus(let bus) = try ResourceName(text) else {
            throw ARNError(text, offset: 0, "the name of an event bus, not of something else")
        }
        self = bus
    }

    /// The account.
    public var account: String { scope.account }
    /// The region.
    public var region: String { scope.region }
    /// Whether it is the one that every account has.
    public var isDefault: Bool { name == Self.defaultName }

    /// The bus's resource name.
    public var arn: String { ResourceName.bus(self).arn }

    /// `account/region/name`
    public var description: String { "\(scope)/\(name)" }

    /// By account, region and name.
    public static func < (one: BusID, other: BusID) -> Bool {
        (one.scope, one.name) < (other.scope, other.name)
    }
}

/// A rule among those of all buses.
public struct RuleID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The rule's bus.
    public var bus: BusID
    /// Its name there.
    public var name: String

    /// A rule of a bus.
    public init(_ name: String, of bus: BusID) {
        self.bus = bus
        self.name = name
    }

    /// The rule's resource name.
    public var arn: String { ResourceName.rule(bus, name: name).arn }

    /// `account/region/bus/name`
    public var description: String { "\(bus)/\(name)" }

    /// By bus and name.
    public static func < (one: RuleID, other: RuleID) -> Bool {
        (one.bus, one.name) < (other.bus, other.name)
    }
}
