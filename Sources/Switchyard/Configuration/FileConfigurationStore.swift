internal import InternalSystem

/// A store in the file `configuration` of a folder, for a router that is embedded.
///
/// ```swift
/// let store = try FileConfigurationStore(directory: "/var/lib/orders")
/// var batch = ConfigurationBatch()
/// batch.put(try ConfigurationKey(["bus", "111122223333", "eu-west-1", "orders"]), Array("{}".utf8))
/// try store.apply(batch)
/// ```
///
/// All of it is held in memory. The file is a log of batches (``ConfigurationFileFormat`` has it byte
/// by byte): each is appended with one write and one sync, however many changes it holds, and is
/// durable when ``apply(_:)`` returns. A batch that a crash cut short is dropped when the file is
/// opened again, and said so (``recovery``); anything else that is not as it was written is an error
/// that says where, and nothing is overwritten then. When most of the file is dead it is written
/// anew, beside the old one, which it replaces when it is durable.
///
/// One store at a time has the folder open, of all processes.
public final class FileConfigurationStore: ConfigurationStore {
    /// The folder.
    public let directory: String
    /// What was found when the file was opened.
    public let recovery: ConfigurationRecovery

    private let table: OpenTable
    /// Nil when closed. Held while a batch is made durable, and never asked for by those who read.
    private let log: Guarded<ConfigurationLog?>

    /// Opens the file of a folder, or makes one. O(bytes).
    ///
    /// - Parameter directory: the folder, which has to exist.
    /// - Throws: ``ConfigurationStoreError``: another store has it open; it is damaged, something else,
    ///   or of a newer format; it can't be read or written.
    public convenience init(directory: String) throws(ConfigurationStoreError) {
        try self.init(directory: directory, calls: FileSystemCalls())
    }

    init(
        directory: String, calls: FileSystemCalls
    ) throws(ConfigurationStoreError) {
        self.directory = directory
        var table = ConfigurationTable()
        var recovery = ConfigurationRecovery()
        var log = try ConfigurationLog.open(
            folder: directory, calls: calls, into: &table, &recovery)
        if log.isDead(aliveBytes: table.byteCount) { log.rewrite(table) }
        self.table = OpenTable(table)
        self.recovery = recovery
        self.log = Guarded(log)
    }

    /// See ``ConfigurationStore/revision``.
    public var revision: UInt64 { table.revision }

    /// The size of the file.
    public var fileBytes: Int { log.withLock { $0?.byteCount ?? 0 } }

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

    /// See ``ConfigurationStore/apply(_:)``. One write and one sync, whatever the batch holds.
    @discardableResult
    public func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64 {
        try log.withLock { log throws(ConfigurationStoreError) in
            let revision = try table.apply(batch) { revision throws(ConfigurationStoreError) in
                guard log != nil else { throw .closed }
                try log?.append(batch, revision: revision)
            }
            try shorten(&log)
            return revision
        }
    }

    /// Writes the file anew if most of it is dead.
    private func shorten(_ log: inout ConfigurationLog?) throws(ConfigurationStoreError) {
        let aliveBytes = try table.whileOpen { $0.byteCount }
        guard log?.isDead(aliveBytes: aliveBytes) == true else { return }
        log?.rewrite(try table.whileOpen { $0 })
    }

    /// See ``ConfigurationStore/watch(_:_:)``.
    public func watch(
        _ prefix: ConfigurationKey?,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch {
        try table.watch(prefix, body)
    }

    /// Closes the file and frees it for others.
    public func close() {
        log.withLock { log in
            table.close()
            log = nil
        }
    }
}

/// What was found when the file of a ``FileConfigurationStore`` was opened.
public struct ConfigurationRecovery: Sendable, Hashable {
    /// How many bytes of a batch that a crash cut short were dropped; whoever wrote it was never told
    /// that it was done. 0 for none.
    public internal(set) var droppedBytes = 0
    /// Where in the file they were.
    public internal(set) var offset = 0

    /// Nothing was dropped.
    public init() {}
}
