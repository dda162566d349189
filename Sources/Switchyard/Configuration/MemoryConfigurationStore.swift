internal import InternalSystem

/// A store that lasts as long as the object: for routers without a directory, and for tests.
public final class MemoryConfigurationStore: ConfigurationStore {
    private let lock = Lock()
    // Only touched under the lock.
    nonisolated(unsafe) private var table = ConfigurationTable()
    nonisolated(unsafe) private var isClosed = false
    private let watchers = Watchers()

    /// An empty store.
    public init() {}

    /// See ``ConfigurationStore/revision``.
    public var revision: UInt64 { lock.withLock { table.revision } }

    /// See ``ConfigurationStore/entry(_:)``.
    public func entry(
        _ key: ConfigurationKey
    ) throws(ConfigurationStoreError) -> ConfigurationEntry? {
        try whileOpen { $0[key] }
    }

    /// See ``ConfigurationStore/entries(_:)``.
    public func entries(
        _ prefix: ConfigurationKey?
    ) throws(ConfigurationStoreError) -> [ConfigurationEntry] {
        try whileOpen { $0.entries(prefix) }
    }

    /// See ``ConfigurationStore/apply(_:)``.
    @discardableResult
    public func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64 {
        try whileOpen { table throws(ConfigurationStoreError) in
            try table.check(batch)
            guard !batch.isEmpty else { return table.revision }
            table.apply(batch, revision: table.revision + 1)
            watchers.note(batch, revision: table.revision)
            return table.revision
        }
    }

    /// See ``ConfigurationStore/watch(_:_:)``.
    public func watch(
        _ prefix: ConfigurationKey?,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch {
        try whileOpen {
            watchers.begin(prefix, $0.entries(prefix), revision: $0.revision, body)
        }
    }

    /// Forgets everything.
    public func close() {
        lock.withLock {
            isClosed = true
            table = ConfigurationTable()
        }
        watchers.endAll()
    }

    private func whileOpen<Result>(
        _ body: (inout ConfigurationTable) throws(ConfigurationStoreError) -> Result
    ) throws(ConfigurationStoreError) -> Result {
        try lock.withLock { () throws(ConfigurationStoreError) in
            if isClosed { throw .closed }
            return try body(&table)
        }
    }
}
