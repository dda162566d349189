internal import EventDelivery
public import EventEnvelope
internal import JSONScan

/// All that a router's store tells of its buses, rules, targets and archives, read at once.
///
/// What can't be read is not in it, and stays in the store as it is: it is told in ``problems``, with
/// its key. Targets among these were delivered to before and may be again: whoever cleans up watermarks,
/// or the archives that targets still read, has to leave theirs alone (``Problem/resource``).
public struct RouterState: Sendable {
    /// A bus.
    public struct Bus: Sendable {
        /// Which one.
        public let id: BusID
        /// What it is.
        public let value: StoredBus
        /// The version of its key.
        public let version: UInt64
        /// Its rules, in their order.
        public fileprivate(set) var rules: [Rule] = []
    }

    /// A rule.
    public struct Rule: Sendable {
        /// Which one.
        public let id: RuleID
        /// What it is.
        public let value: StoredRule
        /// The version of its key.
        public let version: UInt64
        /// Its targets, in their order.
        public fileprivate(set) var targets: [Target] = []
    }

    /// A target.
    public struct Target: Sendable {
        /// What it is.
        public let value: StoredTarget
        /// The version of its key.
        public let version: UInt64
    }

    /// An archive.
    public struct Archive: Sendable {
        /// Where it is.
        public let scope: ResourceScope
        /// Its name there.
        public let name: String
        /// What it is.
        public let value: StoredArchive
        /// The version of its key.
        public let version: UInt64
    }

    /// A key that could not be used.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// Why.
        public enum Reason: Sendable, Hashable {
            /// This version does not know such keys.
            case unknownKey
            /// The value can't be read.
            case value(DefinitionError)
            /// The bus that it belongs to is not there, or can't be read.
            case noBus(BusID)
            /// The rule that it belongs to is not there, or can't be read.
            case noRule(RuleID)
        }

        /// The key.
        public let key: ConfigurationKey
        /// Why it could not be used.
        public let reason: Reason

        /// The resource, if this version knows such keys.
        public var resource: RouterKey? { RouterKey(key) }

        /// The key and why it could not be used.
        public var description: String {
            switch reason {
            case .unknownKey: "\(key): this version does not know such keys; it is left as it is"
            case .value(let error): "\(key): \(error); it is left as it is"
            case .noBus(let bus): "\(key): there is no bus \(bus); it is left as it is"
            case .noRule(let rule): "\(key): there is no rule \(rule); it is left as it is"
            }
        }
    }

    /// The buses, sorted by account, region and name.
    public private(set) var buses: [Bus] = []
    /// The archives, sorted by account, region and name.
    public private(set) var archives: [Archive] = []
    /// What could not be used, sorted by key within each kind.
    public private(set) var problems: [Problem] = []

    /// The state of a store that holds nothing.
    public init() {}

    /// Marks a store as one that this program writes, if it holds nothing yet.
    ///
    /// - Throws: ``RouterStateError``: the store can't be used, or is that of a newer program.
    public static func begin(_ store: any ConfigurationStore) throws(RouterStateError) {
        let found: ConfigurationEntry?
        do throws(ConfigurationStoreError) {
            let key = try RouterKey.format.key()
            found = try store.entry(key)
            if found == nil {
                var batch = ConfigurationBatch()
                batch.put(key, StoredFormat().json, if: .absent)
                try store.apply(batch)
            }
        } catch { throw .store(error) }
        if let found { try checkFormat(found) }
    }

    /// Reads a store, as it is at one moment. O(bytes of all values).
    ///
    /// - Parameter kinds: first parts of keys that others keep in the same store: no problems.
    /// - Throws: ``RouterStateError``: the store can't be read, or is that of a newer program.
    public init(
        _ store: any ConfigurationStore, besides kinds: Set<String> = []
    ) throws(RouterStateError) {
        let entries: [ConfigurationEntry]
        do throws(ConfigurationStoreError) { entries = try store.entries(nil) } catch {
            throw .store(error)
        }
        var scanner = StructuralScanner()
        var rules: [(RuleID, ConfigurationEntry)] = []
        var targets: [(RuleID, String, ConfigurationEntry)] = []
        for entry in entries {
            switch RouterKey(entry.key) {
            case .format: try Self.checkFormat(entry)
            case .bus(let bus): read(bus, entry, &scanner)
            case .rule(let rule): rules.append((rule, entry))
            case .target(let rule, let id): targets.append((rule, id, entry))
            case .archive(let scope, let name): read(scope, name, entry, &scanner)
            case nil where kinds.contains(entry.key.parts[0]): continue
            case nil: problems.append(Problem(key: entry.key, reason: .unknownKey))
            }
        }
        buses.sort { $0.id < $1.id }
        archives.sort { ($0.scope, $0.name) < ($1.scope, $1.name) }
        read(rules, and: targets, &scanner)
    }

    private static func checkFormat(
        _ entry: ConfigurationEntry
    ) throws(RouterStateError) {
        let format: StoredFormat
        do throws(DefinitionError) { format = try StoredFormat(json: entry.value) } catch {
            throw .unreadableFormat(error)
        }
        guard format.version <= StoredFormat.current else {
            throw .newerFormat(found: format.version, supported: StoredFormat.current)
        }
    }

    private mutating func read(
        _ bus: BusID, _ entry: ConfigurationEntry, _ scanner: inout StructuralScanner
    ) {
        guard let value = value(of: entry, StoredBus.self, &scanner) else { return }
        buses.append(Bus(id: bus, value: value, version: entry.version))
    }

    private mutating func read(
        _ scope: ResourceScope, _ name: String, _ entry: ConfigurationEntry,
        _ scanner: inout StructuralScanner
    ) {
        guard let value = value(of: entry, StoredArchive.self, &scanner) else { return }
        archives.append(
            Archive(scope: scope, name: name, value: value, version: entry.version))
    }

    private mutating func read(
        _ rules: [(RuleID, ConfigurationEntry)],
        and targets: [(RuleID, String, ConfigurationEntry)],
        _ scanner: inout StructuralScanner
    ) {
        var places: [BusID: Int] = [:]
        for (place, bus) in buses.enumerated() { places[bus.id] = place }
        var read: [RuleID: Rule] = [:]
        read.reserveCapacity(rules.count)
        for (id, entry) in rules {
            guard places[id.bus] != nil else {
                problems.append(Problem(key: entry.key, reason: .noBus(id.bus)))
                continue
            }
            guard let value = value(of: entry, StoredRule.self, &scanner) else { continue }
            read[id] = Rule(id: id, value: value, version: entry.version)
        }
        for (rule, id, entry) in targets {
            guard read[rule] != nil else {
                problems.append(Problem(key: entry.key, reason: .noRule(rule)))
                continue
            }
            guard let value = value(of: entry, StoredTarget.self, &scanner) else { continue }
            guard value.definition.id == id else {
                let error = DefinitionError(
                    .invalid(member: "Id", reason: "the key says \"\(id)\""), offset: 0)
                problems.append(Problem(key: entry.key, reason: .value(error)))
                continue
            }
            read[rule]?.targets.append(Target(value: value, version: entry.version))
        }
        for var rule in read.values {
            guard let place = places[rule.id.bus] else { continue }
            rule.targets.sort {
                ($0.value.order, $0.value.definition.id) < ($1.value.order, $1.value.definition.id)
            }
            buses[place].rules.append(rule)
        }
        for place in buses.indices {
            buses[place].rules.sort {
                ($0.value.order, $0.id.name) < ($1.value.order, $1.id.name)
            }
        }
    }

    /// The value of a key; nil, and a problem, if it can't be read.
    private mutating func value<Value: StoredValue>(
        of entry: ConfigurationEntry, _ type: Value.Type, _ scanner: inout StructuralScanner
    ) -> Value? {
        do throws(DefinitionError) {
            return try readObject(entry.value, &scanner) { value throws(DefinitionError) in
                try Value(value)
            }
        } catch {
            problems.append(Problem(key: entry.key, reason: .value(error)))
            return nil
        }
    }
}

/// Why nothing of a router's store can be used.
public enum RouterStateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The store can't be read or written.
    case store(ConfigurationStoreError)
    /// A newer program wrote it.
    case newerFormat(found: Int, supported: Int)
    /// What tells by which program it was written can't be read.
    case unreadableFormat(DefinitionError)

    /// What is wrong, and what can be done.
    public var description: String {
        switch self {
        case .store(let error): error.description
        case .newerFormat(let found, let supported):
            "the configuration is of version \(found), this program reads up to \(supported); use "
                + "the program that wrote it, or a newer one"
        case .unreadableFormat(let error): "the configuration's key \"format\": \(error)"
        }
    }
}
