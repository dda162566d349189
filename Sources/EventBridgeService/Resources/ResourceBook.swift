internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import InternalSystem
internal import Switchyard

/// Something of the service's own that is kept: a connection, an endpoint.
protocol StoredResource: Codable, Sendable {
    /// What the keys of such resources begin with.
    static var kind: String { get }
}

/// What resources of a kind are told apart by.
struct ResourceID: Hashable, Comparable, Sendable {
    let scope: ResourceScope
    let name: String

    static func < (one: ResourceID, other: ResourceID) -> Bool {
        (one.scope, one.name) < (other.scope, other.name)
    }
}

/// The resources of one kind: all in memory, each change durable before it can be seen.
///
/// One that can't be read stays in the store as it is; its name counts as free.
final class ResourceBook<Value: StoredResource>: Sendable {
    private let store: any ConfigurationStore
    private let resources: Guarded<[ResourceID: Value]>

    /// Reads all of the kind. O(their bytes).
    init(in store: any ConfigurationStore) throws(ServiceError) {
        self.store = store
        var read: [ResourceID: Value] = [:]
        do throws(ConfigurationStoreError) {
            for entry in try store.entries(try ConfigurationKey([Value.kind])) {
                let parts = entry.key.parts
                guard parts.count == 4,
                    let value = try? JSONDecoder().decode(Value.self, from: Data(entry.value))
                else { continue }
                let scope = ResourceScope(account: parts[1], region: parts[2])
                read[ResourceID(scope: scope, name: parts[3])] = value
            }
        } catch { throw .internalError(error.description) }
        resources = Guarded(read)
    }

    /// The resource of a name.
    subscript(_ name: String, in scope: ResourceScope) -> Value? {
        resources.withLock { $0[ResourceID(scope: scope, name: name)] }
    }

    /// Those of an account in a region, by name.
    func all(in scope: ResourceScope) -> [(name: String, value: Value)] {
        resources.withLock { resources in
            resources.filter { $0.key.scope == scope }.map { ($0.key.name, $0.value) }
        }.sorted { $0.0 < $1.0 }
    }

    /// Those of all accounts and regions, by account, region and name.
    var all: [(id: ResourceID, value: Value)] {
        resources.withLock { resources in resources.map { ($0.key, $0.value) } }
            .sorted { $0.0 < $1.0 }
    }

    /// Keeps a resource, in place of the one of its name.
    func put(_ value: Value, _ name: String, in scope: ResourceScope) throws(ServiceError) {
        try apply(name, scope) { key, batch in
            // Such values have nothing that JSON can't say.
            batch.put(key, Array((try? JSONEncoder().encode(value)) ?? Data()))
        }
        resources.withLock { $0[ResourceID(scope: scope, name: name)] = value }
    }

    /// Removes the resource of a name, if there is one.
    func remove(_ name: String, in scope: ResourceScope) throws(ServiceError) {
        try apply(name, scope) { key, batch in batch.remove(key) }
        resources.withLock { $0[ResourceID(scope: scope, name: name)] = nil }
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
