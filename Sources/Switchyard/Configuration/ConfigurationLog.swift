internal import InternalSystem

/// The open file of a ``FileConfigurationStore``: read once, appended to, and written anew when most
/// of it is dead. Not for several threads at once.
///
/// Every batch is durable before the next is begun, so that a crash can only leave the last one
/// incomplete. A batch that could not be written is taken back. After a sync that failed nothing is
/// written any more: what the disk has then, nobody knows, and a second sync would say nothing of it.
struct ConfigurationLog: ~Copyable {
    private typealias Format = ConfigurationFileFormat

    static let fileName = "configuration"
    static let lockName = "configuration.lock"
    /// How many bytes may be dead however few are alive: so a small file is not written all the time.
    static let deadBytesMin = 64 << 10
    /// The bytes of a batch of a snapshot, if no value has more.
    private static let snapshotBatchBytes = 1 << 20

    private let folder: Folder
    private let lock: ConfigurationLock
    private var written: Written
    /// Below this size the file is not written anew.
    private var rewriteFrom = 0
    /// What makes the file one that nothing is written to any more.
    private var failure: String?

    /// The file and how far it is written.
    private struct Written: ~Copyable {
        let file: OpenFile
        let header: Format.Header
        var end: Int
    }

    /// Opens the file of a folder, or makes one, and reads it into a table.
    static func open(
        folder path: String, calls: FileSystemCalls, into table: inout ConfigurationTable,
        _ recovery: inout ConfigurationRecovery
    ) throws(ConfigurationStoreError) -> ConfigurationLog {
        let folder = try Self.folder(path, calls)
        let lock = try ConfigurationLock(lockName, in: folder, owner: "\(path)/\(fileName)")
        // What a crash left over is not missed.
        try? folder.remove(fileName + Folder.creationSuffix)
        guard let file = try existingFile(in: folder) else {
            let written = try make(from: table, folder)
            return ConfigurationLog(folder: folder, lock: lock, written: written)
        }
        let written = try recover(file, in: folder, into: &table, &recovery)
        return ConfigurationLog(folder: folder, lock: lock, written: written)
    }

    private static func folder(
        _ path: String, _ calls: FileSystemCalls
    ) throws(ConfigurationStoreError) -> Folder {
        do throws(FileError) { return try Folder(path, calls: calls) } catch {
            throw ConfigurationStoreError(error)
        }
    }

    /// The file that there is; nil for none.
    private static func existingFile(
        in folder: borrowing Folder
    ) throws(ConfigurationStoreError) -> OpenFile? {
        do throws(FileError) { return try folder.open(fileName, for: .changing) } catch {
            guard error.isMissing else { throw ConfigurationStoreError(error) }
            return nil
        }
    }

    private init(
        folder: consuming Folder, lock: consuming ConfigurationLock, written: consuming Written
    ) {
        self.folder = folder
        self.lock = lock
        self.written = written
    }

    /// Reads a file, and cuts off what a crash left behind the last batch.
    private static func recover(
        _ file: consuming OpenFile, in folder: borrowing Folder,
        into table: inout ConfigurationTable, _ recovery: inout ConfigurationRecovery
    ) throws(ConfigurationStoreError) -> Written {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try file.readAll() } catch {
            throw ConfigurationStoreError(error)
        }
        let path = file.path
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(ConfigurationStoreError) in
                try read(bytes, path: path, into: &table)
            }
        }
        let (header, end) = try result.get()
        if end < bytes.count {
            recovery.droppedBytes = bytes.count - end
            recovery.offset = end
        }
        do throws(FileError) {
            if end < bytes.count { try file.truncate(to: end) }
            // Also where nothing was cut: a crash may have kept the file, or its name, from being
            // durable, and what is appended from now on relies on both.
            try file.sync()
            try folder.sync()
        } catch { throw ConfigurationStoreError(error) }
        return Written(file: file, header: header, end: end)
    }

    var byteCount: Int { written.end }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, path: String, into table: inout ConfigurationTable
    ) throws(ConfigurationStoreError) -> (Format.Header, end: Int) {
        let header = try Format.Header(bytes, path: path)
        var offset = Format.headerBytes
        var revision = header.revision
        while offset < bytes.count {
            guard let batch = Format.batch(bytes, at: offset, header.generation) else {
                if Format.isTorn(bytes, at: offset, header) { break }
                throw .damaged(
                    path: path, offset: offset, reason: "the batch there has a wrong checksum")
            }
            if offset >= header.snapshotEnd { revision += 1 }
            guard batch.revision == revision else {
                throw .damaged(
                    path: path, offset: offset,
                    reason: "the batch there has revision \(batch.revision), not \(revision)")
            }
            for change in batch.changes {
                let key = try ConfigurationKey(path: change.key)
                let entry = change.value.map {
                    ConfigurationEntry(key: key, value: $0, version: change.version)
                }
                table.set(key, to: entry)
            }
            offset = batch.end
        }
        table.set(revision: revision)
        return (header, offset)
    }

    /// Makes a file of all that a table holds, and gives it its name.
    private static func make(
        from table: ConfigurationTable, _ folder: borrowing Folder
    ) throws(ConfigurationStoreError) -> Written {
        var table = table
        let entries = table.entries(nil)
        let generation = UInt64.random(in: .min ... .max)
        var bytes = [UInt8](repeating: 0, count: Format.headerBytes)
        bytes.reserveCapacity(table.byteCount + table.byteCount / 8 + 4_096)
        var next = 0
        while next < entries.count {
            var batchBytes = 0
            let first = next
            repeat {
                batchBytes += entries[next].value.count
                next += 1
            } while next < entries.count && batchBytes < snapshotBatchBytes
            let changes = entries[first..<next].lazy.map {
                Format.Change(key: $0.key.path, value: $0.value, version: $0.version)
            }
            Format.append(
                changes, revision: table.revision, generation: generation, at: bytes.count,
                to: &bytes)
        }
        let header = Format.Header(
            generation: generation, snapshotEnd: bytes.count, revision: table.revision)
        bytes.replaceSubrange(..<Format.headerBytes, with: header.bytes)

        do throws(FileError) {
            let file = try folder.replaceFile(fileName, with: bytes, permissions: 0o644)
            return Written(file: file, header: header, end: bytes.count)
        } catch { throw ConfigurationStoreError(error) }
    }

    /// Writes a batch and makes it durable.
    mutating func append(
        _ batch: ConfigurationBatch, revision: UInt64
    ) throws(ConfigurationStoreError) {
        if let failure { throw .unusable(path: written.file.path, reason: failure) }
        var bytes: [UInt8] = []
        let changes = batch.changes.lazy.map {
            Format.Change(key: $0.key.path, value: $0.value, version: revision)
        }
        Format.append(
            changes, revision: revision, generation: written.header.generation, at: written.end,
            to: &bytes)
        do throws(FileError) { try written.file.write(bytes, at: written.end) } catch {
            takeBack()
            throw ConfigurationStoreError(error)
        }
        do throws(FileError) { try written.file.sync() } catch {
            failure = "a sync failed: \(error.reason)"
            throw ConfigurationStoreError(error)
        }
        written.end += bytes.count
    }

    /// Cuts off what is there of a batch, which would else stand before the next.
    private mutating func takeBack() {
        do throws(FileError) { try written.file.truncate(to: written.end) } catch {
            failure = "a batch could not be taken back: \(error.reason)"
        }
    }

    /// Whether most of the file is dead, if so many bytes are alive.
    func isDead(aliveBytes: Int) -> Bool {
        failure == nil && written.end > max(2 * aliveBytes + Self.deadBytesMin, rewriteFrom)
    }

    /// Writes the file anew, without what is dead. O(table), and that seldom enough to cost each
    /// change no more than its own bytes once more.
    ///
    /// Where it can't be done the old file is as good as before, and it is tried again when that has
    /// grown by half; only if nobody can know which of the two a power cut would leave, nothing is
    /// written any more.
    mutating func rewrite(_ table: ConfigurationTable) {
        do throws(ConfigurationStoreError) {
            written = try Self.make(from: table, folder)
            rewriteFrom = 0
        } catch {
            if case .syncFailed(let path, _) = error, path == folder.path {
                failure = error.description
            }
            rewriteFrom = written.end + written.end / 2
        }
    }
}
