#if Server
    internal import GRDB
    internal import Glibc
    internal import Switchyard

    extension ConfigurationStoreError {
        /// What an error of SQLite means for a store.
        init(_ error: any Error, path: String) {
            if let error = error as? ConfigurationStoreError {
                self = error
                return
            }
            if let error = error as? RowDecodingError {
                // A value of another kind than we ever write.
                self = .damaged(path: path, offset: 0, reason: "\(error)")
                return
            }
            guard let error = error as? DatabaseError else {
                self = .unusable(path: path, reason: "\(error)")
                return
            }
            switch error.resultCode {
            case .SQLITE_FULL: self = .diskFull(path: path, errno: ENOSPC)
            case .SQLITE_NOTADB:
                self = .foreignFile(path: path, reason: "it is no SQLite database")
            // All that we ask is fixed: where SQLite does not understand it, the tables are not
            // those that we made.
            case .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_CONSTRAINT,
                .SQLITE_MISMATCH, .SQLITE_TOOBIG:
                self = .damaged(path: path, offset: 0, reason: error.message ?? "SQLite says so")
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
            case .SQLITE_CANTOPEN: self = .system(call: "open", path: path, errno: ENOENT)
            case .SQLITE_READONLY, .SQLITE_PERM:
                self = .system(call: "write", path: path, errno: EACCES)
            case .SQLITE_NOMEM: self = .system(call: "malloc", path: path, errno: ENOMEM)
            case .SQLITE_IOERR: self = Self.failedInput(error, path)
            default: self = .unusable(path: path, reason: "\(error)")
            }
        }

        private static func failedInput(
            _ error: DatabaseError, _ path: String
        ) -> ConfigurationStoreError {
            switch error.extendedResultCode {
            case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC:
                .syncFailed(path: path, errno: EIO)
            case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ:
                .system(call: "read", path: path, errno: EIO)
            case .SQLITE_IOERR_TRUNCATE: .system(call: "ftruncate", path: path, errno: EIO)
            default: .system(call: "write", path: path, errno: EIO)
            }
        }
    }
#endif
