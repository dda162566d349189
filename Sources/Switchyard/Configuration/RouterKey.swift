public import EventEnvelope
package import JSONScan

/// Which resource a key of a router's ``ConfigurationStore`` stands for.
///
/// | key | value |
/// | --- | --- |
/// | `format` | ``StoredFormat`` |
/// | `bus/ACCOUNT/REGION/NAME` | ``StoredBus`` |
/// | `rule/ACCOUNT/REGION/BUS/NAME` | ``StoredRule`` |
/// | `target/ACCOUNT/REGION/BUS/RULE/ID` | ``StoredTarget`` |
/// | `archive/ACCOUNT/REGION/NAME` | ``StoredArchive`` |
///
/// The slashes of a partner's bus are written as `%2F`: see ``ConfigurationKey``.
public enum RouterKey: Sendable, Hashable {
    /// What the whole store is written in.
    case format
    /// A bus.
    case bus(BusID)
    /// A rule.
    case rule(RuleID)
    /// A target of a rule.
    case target(RuleID, id: String)
    /// An archive.
    case archive(ResourceScope, name: String)

    /// The key.
    ///
    /// - Throws: ``ConfigurationStoreError/invalidKey(_:reason:)``: a name is empty, or far too long.
    public func key() throws(ConfigurationStoreError) -> ConfigurationKey {
        func key(
            _ kind: String, _ scope: ResourceScope, _ names: String...
        ) throws(ConfigurationStoreError) -> ConfigurationKey {
            // An empty part would make another resource's key.
            for part in [scope.account, scope.region] + names where part.isEmpty {
                throw .invalidKey("\(kind) \(scope) \(names)", reason: "a part is empty")
            }
            return try ConfigurationKey([kind, scope.account, scope.region] + names)
        }
        return switch self {
        case .format: try ConfigurationKey(path: "format")
        case .bus(let bus): try key("bus", bus.scope, bus.name)
        case .rule(let rule): try key("rule", rule.bus.scope, rule.bus.name, rule.name)
        case .target(let rule, let id):
            try key("target", rule.bus.scope, rule.bus.name, rule.name, id)
        case .archive(let scope, let name): try key("archive", scope, name)
        }
    }

    /// The resource that a key stands for; nil if it is of a kind that this version does not know.
    public init?(_ key: ConfigurationKey) {
        let parts = key.parts
        func scope() -> ResourceScope { ResourceScope(account: parts[1], region: parts[2]) }
        switch (parts[0], parts.count) {
        case ("format", 1): self = .format
        case ("bus", 4): self = .bus(BusID(parts[3], in: scope()))
        case ("rule", 5): self = .rule(RuleID(parts[4], of: BusID(parts[3], in: scope())))
        case ("target", 6):
            self = .target(RuleID(parts[4], of: BusID(parts[3], in: scope())), id: parts[5])
        case ("archive", 4): self = .archive(scope(), name: parts[3])
        default: return nil
        }
    }
}

/// What stands behind a ``RouterKey``: JSON that reads again to an equal value.
///
/// A member that this version does not know is an error, and so is a `Version` above the one that it
/// knows: what a newer program wrote is refused rather than half understood.
package protocol StoredValue: Sendable, Hashable {
    /// Reads the JSON, scanned. O(bytes).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    init(_ value: JSONValue) throws(DefinitionError)
    /// The value as JSON without blanks. O(bytes).
    var json: [UInt8] { get }
}

extension StoredValue {
    /// Reads the JSON. O(bytes).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    package init(json: [UInt8]) throws(DefinitionError) {
        self = try readObject(json) { value throws(DefinitionError) in try Self(value) }
    }
}

extension ConfigurationBatch {
    /// Gives a resource its value.
    ///
    /// - Throws: ``ConfigurationStoreError/invalidKey(_:reason:)``
    package mutating func put(
        _ key: RouterKey, _ value: some StoredValue, if condition: Condition = .any
    ) throws(ConfigurationStoreError) {
        put(try key.key(), value.json, if: condition)
    }

    /// Takes a resource away. That there is none is no error.
    ///
    /// - Throws: ``ConfigurationStoreError/invalidKey(_:reason:)``
    public mutating func remove(
        _ key: RouterKey, if condition: Condition = .any
    ) throws(ConfigurationStoreError) {
        remove(try key.key(), if: condition)
    }
}
