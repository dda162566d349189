#if Server
    internal import Foundation
    internal import GRDB
    internal import InternalSystem
    internal import Switchyard

    /// The open database of a ``SQLiteConfigurationStore``: read once, then only written. Not for
    /// several threads at once.
    ///
    /// A transaction that failed is undone by SQLite. After a sync that failed nothing is written
    /// any more: what the disk has then, nobody knows.
    final class StateDatabase: Sendable {
        static let fileName = "state.db"
        static let lockName = "state.lock"

        /// The rest of the row of all rows.
        private struct Total {
            var count = 0
            var checksum: UInt32 = 0
            /// What makes the database one that nothing is written to any more.
            var failure: String?
        }

        private let path: String
        // Before the lock, so that it is closed before that is freed.
        private let queue: DatabaseQueue
        private let lock: ConfigurationLock
        private let total: Guarded<Total>

        /// Opens the database of a folder, or makes one, and reads it into a table.
        init(
            folder directory: String, into table: inout ConfigurationTable
        ) throws(ConfigurationStoreError) {
            let path = "\(directory)/\(Self.fileName)"
            self.path = path
            let folder: Folder
            do throws(FileError) { folder = try Folder(directory) } catch {
                throw ConfigurationStoreError(error)
            }
            lock = try ConfigurationLock(Self.lockName, in: folder, owner: path)
            do {
                let queue = try Self.open(path)
                try queue.writeWithoutTransaction { try Self.prepare($0, path: path) }
                try StateSchema.migrator.migrate(queue)
                var total = Total()
                try queue.writeWithoutTransaction { database in
                    try Self.read(database, path: path, into: &table, &total)
                }
                self.queue = queue
                self.total = Guarded(total)
            } catch { throw ConfigurationStoreError(error, path: path) }
        }

        deinit {
            // What can't be brought into the database's own file now stays in its log.
            try? queue.close()
        }

        private static func open(_ path: String) throws -> DatabaseQueue {
            var configuration = Configuration()
            configuration.label = "switchyard.state"
            configuration.journalMode = .wal
            configuration.prepareDatabase { database in
                // Before the log is touched for the first time: so it needs no shared memory, and
                // no other program gets in between.
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                if let reason = try StateSchema.foreignReason(database) {
                    throw ConfigurationStoreError.foreignFile(path: path, reason: reason)
                }
                if let version = try StateSchema.newerVersion(database) {
                    throw ConfigurationStoreError.newerFormat(
                        path: path, version: version, supported: StateSchema.version)
                }
            }
            return try DatabaseQueue(path: path, configuration: configuration)
        }

        /// Sees to it that each commit is synced.
        private static func prepare(_ database: Database, path: String) throws {
            // Only now: switching to a log resets it. The log is cut to its limit after a large
            // batch.
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(16 << 20)")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw ConfigurationStoreError.unusable(
                    path: path, reason: "SQLite does not sync each commit")
            }
        }

        /// Reads all rows, and checks that they are all that were written.
        private static func read(
            _ database: Database, path: String, into table: inout ConfigurationTable,
            _ total: inout Total
        ) throws {
            func damaged(_ reason: String) -> ConfigurationStoreError {
                .damaged(path: path, offset: 0, reason: reason)
            }
            // By storage, since GRDB's own conversions end the program where a row has another
            // type.
            guard
                let state = try Row.fetchOne(
                    database, sql: "SELECT revision, count, checksum FROM state WHERE id = 0"),
                case .int64(let revision) = (state[0] as DatabaseValue).storage,
                case .int64(let count) = (state[1] as DatabaseValue).storage,
                case .int64(let checksum) = (state[2] as DatabaseValue).storage
            else { throw damaged("the table \"state\" is not as it was written") }
            table.reserve(min(max(0, Int(count)), 1 << 20))
            let rows = try Row.fetchCursor(
                database, sql: "SELECT key, value, version, checksum FROM entry ORDER BY key")
            while let row = try rows.next() {
                guard let (entry, checksum) = try entry(row) else {
                    throw damaged("row \(total.count) of the table \"entry\" is no entry")
                }
                guard checksum == Int64(StateSchema.checksum(entry)),
                    entry.version <= UInt64(bitPattern: revision)
                else { throw damaged("the row of \(entry.key) is not what was written there") }
                total.count += 1
                total.checksum ^= UInt32(truncatingIfNeeded: checksum)
                table.set(entry.key, to: entry)
            }
            guard total.count == count, Int64(total.checksum) == checksum else {
                throw damaged(
                    "it has \(total.count) rows, and not those \(count) that were written")
            }
            table.set(revision: UInt64(bitPattern: revision))
        }

        /// The entry of a row, and the checksum that it has there; nil if it is none.
        private static func entry(
            _ row: Row
        ) throws -> (ConfigurationEntry, checksum: Int64)? {
            guard case .string(let path) = (row[0] as DatabaseValue).storage,
                case .int64(let version) = (row[2] as DatabaseValue).storage,
                case .int64(let checksum) = (row[3] as DatabaseValue).storage,
                let key = try? ConfigurationKey(path: path)
            else { return nil }
            let value = try row.withUnsafeData(atIndex: 1) { $0.map(Array.init) ?? [] }
            return (
                ConfigurationEntry(
                    key: key, value: value, version: UInt64(bitPattern: version)), checksum
            )
        }

        /// Writes a batch in one transaction, and makes it durable.
        ///
        /// - Parameter old: the entry that a key has before the batch.
        func write(
            _ batch: ConfigurationBatch, revision: UInt64,
            old: (ConfigurationKey) -> ConfigurationEntry?
        ) throws(ConfigurationStoreError) {
            try total.withLock { total throws(ConfigurationStoreError) in
                if let failure = total.failure { throw .unusable(path: path, reason: failure) }
                var next = total
                do {
                    try queue.inTransaction(.immediate) { database in
                        for change in batch.changes {
                            try Self.write(
                                change, old: old(change.key), revision, database, &next)
                        }
                        try database.cachedStatement(
                            sql: "UPDATE state SET revision = ?, count = ?, checksum = ?"
                        ).execute(
                            arguments: [
                                Int64(bitPattern: revision), next.count, Int64(next.checksum),
                            ])
                        return .commit
                    }
                    total = next
                } catch {
                    let failure = ConfigurationStoreError(error, path: path)
                    if case .syncFailed = failure { total.failure = "a sync failed: \(error)" }
                    throw failure
                }
            }
        }

        private static func write(
            _ change: ConfigurationBatch.Change, old: ConfigurationEntry?, _ revision: UInt64,
            _ database: Database, _ total: inout Total
        ) throws {
            if let old {
                total.count -= 1
                total.checksum ^= StateSchema.checksum(old)
            }
            guard let value = change.value else {
                if old == nil { return }
                try database.cachedStatement(sql: "DELETE FROM entry WHERE key = ?")
                    .execute(arguments: [change.key.path])
                return
            }
            let entry = ConfigurationEntry(key: change.key, value: value, version: revision)
            let checksum = StateSchema.checksum(entry)
            total.count += 1
            total.checksum ^= checksum
            try database.cachedStatement(sql: "REPLACE INTO entry VALUES (?, ?, ?, ?)").execute(
                arguments: [
                    change.key.path, Data(value), Int64(bitPattern: revision), Int64(checksum),
                ])
        }
    }
#endif
