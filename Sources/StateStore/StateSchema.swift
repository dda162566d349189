#if Server
    internal import GRDB
    internal import Switchyard

    /// The database `state.db`, table by table.
    ///
    /// `entry` has a row for each key, in the order of the keys' bytes:
    ///
    /// | column | what |
    /// | --- | --- |
    /// | `key` | the path, as text |
    /// | `value` | any bytes |
    /// | `version` | the revision of the batch that put it |
    /// | `checksum` | CRC32C of version (8 bytes, little-endian), path and value |
    ///
    /// `state` has one row, for all of them:
    ///
    /// | column | what |
    /// | --- | --- |
    /// | `revision` | that of the last batch |
    /// | `count` | how many rows `entry` has |
    /// | `checksum` | the checksums of all rows, each added to the others (exclusive or) |
    ///
    /// `application_id` says that the file is ours. Versions of the format are migrations, whose
    /// names are their numbers; a program refuses a database that has one which it does not know.
    enum StateSchema {
        /// "SwYd", in the header of the file.
        static let applicationID = 0x5377_5964

        static var migrator: DatabaseMigrator {
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1") { database in
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(applicationID);
                        CREATE TABLE entry (
                            key TEXT NOT NULL PRIMARY KEY COLLATE BINARY,
                            value BLOB NOT NULL,
                            version INTEGER NOT NULL,
                            checksum INTEGER NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE state (
                            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 0),
                            revision INTEGER NOT NULL,
                            count INTEGER NOT NULL,
                            checksum INTEGER NOT NULL
                        ) STRICT;
                        INSERT INTO state VALUES (0, 0, 0, 0);
                        """)
            }
            return migrator
        }

        /// Whether a database is one of ours, or is still empty; else what it is.
        static func foreignReason(_ database: Database) throws -> String? {
            let found = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            if found == applicationID { return nil }
            if found != 0 {
                return "it is a database of another program, with the application_id \(found)"
            }
            let objects =
                try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            return objects == 0 ? nil : "it is a database of another program"
        }

        /// The highest version that a database has; nil if it has none that is unknown.
        static func newerVersion(_ database: Database) throws -> Int? {
            let migrator = migrator
            guard try migrator.hasBeenSuperseded(database) else { return nil }
            return try migrator.appliedIdentifiers(database).compactMap(Int.init).max()
                ?? version + 1
        }

        /// The version that this program writes.
        static var version: Int { migrator.migrations.count }

        /// The checksum of a row.
        static func checksum(_ entry: ConfigurationEntry) -> UInt32 {
            let version = withUnsafeBytes(of: entry.version.littleEndian) {
                ConfigurationFileFormat.checksum($0)
            }
            var path = entry.key.path
            let key = path.withUTF8 {
                ConfigurationFileFormat.checksum(UnsafeRawBufferPointer($0), seed: version)
            }
            return entry.value.withUnsafeBytes {
                ConfigurationFileFormat.checksum($0, seed: key)
            }
        }
    }
#endif
