internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import InternalSystem
internal import Switchyard

/// Something of the service's own that is kept: a connection, an endpoint.
protocol Record: Codable, Sendable {
    /// What the keys of such records begin with.
    static var kind: String { get }
}

/// What records are told apart by.
struct RecordID: Hashable, Comparable, Sendable {
    let scope: ResourceScope
    let name: String

    static func < (one: RecordID, other: RecordID) -> Bool {
        (one.scope, one.name) < (other.scope, other.name)
    }
}

/// The records of one kind: all in memory, each change durable before it can be seen.
///
/// A record that can't be read stays in the store as it is; its name counts as free.
final class RecordBook<Value: Record>: Sendable {
    private let store: any ConfigurationStore
    private let records: Guarded<[RecordID: Value]>

    /// Reads all records of the kind. O(their bytes).
    init(in store: any ConfigurationStore) throws(ServiceError) {
        self.store = store
        var read: [RecordID: Value] = [:]
        do throws(ConfigurationStoreError) {
            for entry in try store.entries(try ConfigurationKey([Value.kind])) {
                let parts = entry.key.parts
                guard parts.count == 4,
                    let value = try? JSONDecoder().decode(Value.self, from: Data(entry.value))
                else { continue }
                let scope = ResourceScope(account: parts[1], region: parts[2])
                read[RecordID(scope: scope, name: parts[3])] = value
            }
        } catch { throw .internalError(error.description) }
        records = Guarded(read)
    }

    /// The record of a name.
    subscript(_ name: String, in scope: ResourceScope) -> Value? {
        records.withLock { $0[RecordID(scope: scope, name: name)] }
    }

    /// The records of an account in a region, by name.
    func all(in scope: ResourceScope) -> [(name: String, value: Value)] {
        records.withLock { records in
            records.filter { $0.key.scope == scope }.map { ($0.key.name, $0.value) }
        }.sorted { $0.0 < $1.0 }
    }

    /// The records of all accounts and regions, by account, region and name.
    var all: [(id: RecordID, value: Value)] {
        records.withLock { records in records.map { ($0.key, $0.value) } }
            .sorted { $0.0 < $1.0 }
    }

    /// Keeps a record, in place of the one of its name.
    func put(_ value: Value, _ name: String, in scope: ResourceScope) throws(ServiceError) {
        try apply(name, scope) { key, batch in
            // Such values have nothing that JSON can't say.
            batch.put(key, Array((try? JSONEncoder().encode(value)) ?? Data()))
        }
        records.withLock { $0[RecordID(scope: scope, name: name)] = value }
    }

    /// Removes the record of a name, if there is one.
    func remove(_ name: String, in scope: ResourceScope) throws(ServiceError) {
        try apply(name, scope) { key, batch in batch.remove(key) }
        records.withLock { $0[RecordID(scope: scope, name: name)] = nil }
    }

    private func apply(
        _ name: String, _ scope: ResourceScope,
        _ change: (ConfigurationKey, inout ConfigurationBatch) -> Void
    ) throws(ServiceError) {
        do throws(ConfigurationStoreError) {
            let key = try ConfigurationKey([Value.kind, scope.account, scope.region, name])
            var batch = ConfigurationBatch()
            change(key, &batch)
            try store.apply(batch)
        } catch { throw .internalError(error.description) }
    }
}
