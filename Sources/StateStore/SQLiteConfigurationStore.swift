#if Server
    internal import InternalSystem
    public import Switchyard

    /// A store in an SQLite database, for a server: buses, rules, targets, schemas, trails and all
    /// else that it is to remember.
    ///
    /// ```swift
    /// let store = try SQLiteConfigurationStore(directory: "/var/lib/switchyard")
    /// configuration.store = store
    /// let router = try Router(configuration)
    /// ```
    ///
    /// This is the place to begin reading `StateStore`. A batch is checked against what is held in
    /// memory (`OpenTable`, as in the stores of `Switchyard`), written by a `StateDatabase` in one
    /// transaction, and only then shown. All of it is in memory, so that nobody who reads waits for
    /// a disk; the database is read once, when it is opened.
    ///
    /// It owns three files of its folder: `state.db`, the database; `state.db-wal`, what was
    /// written last; and `state.lock`, which makes it the only store of all processes, and which
    /// the kernel frees when the process ends, however it ends. While it is open no other program
    /// gets at the database either.
    ///
    /// **Durable** is a batch when ``apply(_:)`` returns: the log is synced for each
    /// (`synchronous=FULL`). A crash or a power cut leaves all batches that returned, and of one
    /// that did not all or nothing. **Damage** is found when the store is opened: each row has a
    /// checksum, and all rows together one and their number. Nothing is repaired, and nothing
    /// overwritten.
    public final class SQLiteConfigurationStore: ConfigurationStore {
        /// The folder.
        public let directory: String

        private let table: OpenTable
        /// Nil when closed. Held while a batch is made durable, and never asked for by those who
        /// read.
        private let database: Guarded<StateDatabase?>

        /// Opens the database of a folder, or makes one. O(bytes): 20,000 entries of 400 bytes take
        /// about 0.1 s.
        ///
        /// - Parameter directory: the folder, which has to exist.
        /// - Throws: ``ConfigurationStoreError``: another store has it open; it is damaged,
        ///   something else, or of a newer format; it can't be read or written.
        public init(directory: String) throws(ConfigurationStoreError) {
            self.directory = directory
            var table = ConfigurationTable()
            let database = try StateDatabase(folder: directory, into: &table)
            self.table = OpenTable(table)
            self.database = Guarded(database)
        }

        /// See ``ConfigurationStore/revision``.
        public var revision: UInt64 { table.revision }

        /// See ``ConfigurationStore/entry(_:)``. O(1).
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

        /// See ``ConfigurationStore/apply(_:)``. One transaction and one sync, whatever the batch
        /// holds; O(changes · log entries).
        @discardableResult
        public func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64 {
            try database.withLock { database throws(ConfigurationStoreError) in
                try table.apply(batch) { revision throws(ConfigurationStoreError) in
                    guard let database else { throw .closed }
                    try database.write(batch, revision: revision) { [table] key in
                        try? table.entry(key)
                    }
                }
            }
        }

        /// See ``ConfigurationStore/watch(_:_:)``.
        public func watch(
            _ prefix: ConfigurationKey?,
            _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
        ) throws(ConfigurationStoreError) -> ConfigurationWatch {
            try table.watch(prefix, body)
        }

        /// Closes the database and frees it for others.
        public func close() {
            database.withLock { database in
                table.close()
                database = nil
            }
        }
    }
#endif
