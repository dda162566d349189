internal import InternalSystem

/// A store that lasts as long as the object: for routers without a directory, and for tests.
public final class MemoryConfigurationStore: ConfigurationStore {
    private let table = OpenTable()
    /// Held while a batch is applied.
    private let writing = Lock()

    /// An empty store.
    public init() {}

    /// See ``ConfigurationStore/revision``.
    public var revision: UInt64 { table.revision }

    /// See ``ConfigurationStore/entry(_:)``.
    public func entry(
        _ key: ConfigurationKey
    ) throws(ConfigurationStoreError) -> ConfigurationEntry? {
        try table.entry(key)
    }

    /// See ``ConfigurationStore/entries(_:)``.
    public func entries(
        _ prefix: ConfigurationKey?
    ) throws(ConfigurationStoreError) -> [ConfigurationEntry] {
        try table.entries(prefix)
    }

    /// See ``ConfigurationStore/apply(_:)``.
    @discardableResult
    public func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64 {
        try writing.withLock { () throws(ConfigurationStoreError) in
            try table.apply(batch) { _ in }
        }
    }

    /// See ``ConfigurationStore/watch(_:_:)``.
    public func watch(
        _ prefix: ConfigurationKey?,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch {
        try table.watch(prefix, body)
    }

    /// Forgets everything.
    public func close() {
        table.close()
    }
}
