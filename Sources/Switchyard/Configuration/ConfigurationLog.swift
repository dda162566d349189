internal import Foundation

/// The open file of a ``FileConfigurationStore``: read once, appended to, and written anew when most
/// of it is dead. Not for several threads at once.
///
/// Every batch is durable before the next is begun, so that a crash can only leave the last one
/// incomplete. A batch that could not be written is taken back. After a sync that failed nothing is
/// written any more: what the disk has then, nobody knows, and a second sync would say nothing of it.
struct ConfigurationLog: ~Copyable {
    private typealias Format = ConfigurationFileFormat

    static let fileName = "configuration"
    /// What the file is made as, before it has its name. One that is left over is not missed.
    static let newFileName = "configuration.new"
    static let lockName = "configuration.lock"
    /// How many bytes may be dead however few are alive: so a small file is not written all the time.
    static let deadBytesMin = 64 << 10
    /// The bytes of a batch of a snapshot, if no value has more.
    private static let snapshotBatchBytes = 1 << 20

    private let calls: ConfigurationFileCalls
    private let folder: ConfigurationFile
    private let lock: ConfigurationLock
    private var written: Written
    /// Below this size the file is not written anew.
    private var rewriteFrom = 0
    /// What makes the file one that nothing is written to any more.
    private var failure: String?

    /// The file and how far it is written.
    private struct Written: ~Copyable {
        let file: ConfigurationFile
        let header: Format.Header
        var end: Int
    }

    /// Opens the file of a folder, or makes one, and reads it into a table.
    static func open(
        folder path: String, calls: ConfigurationFileCalls, into table: inout ConfigurationTable,
        _ recovery: inout ConfigurationRecovery
    ) throws(ConfigurationStoreError) -> ConfigurationLog {
        let folder = try ConfigurationFile(folder: path)
        let lock = try ConfigurationLock(lockName, in: folder, owner: "\(path)/\(fileName)")
        _ = calls.remove(folder.descriptor, newFileName)
        guard let file = try ConfigurationFile(fileName, in: folder, O_RDWR) else {
            let written = try make(from: table, folder, calls)
            return ConfigurationLog(calls: calls, folder: folder, lock: lock, written: written)
        }
        let written = try recover(file, in: folder, calls, into: &table, &recovery)
        return ConfigurationLog(calls: calls, folder: folder, lock: lock, written: written)
    }

    private init(
        calls: ConfigurationFileCalls, folder: consuming ConfigurationFile,
        lock: consuming ConfigurationLock, written: consuming Written
    ) {
        self.calls = calls
        self.folder = folder
        self.lock = lock
        self.written = written
    }

    /// Reads a file, and cuts off what a crash left behind the last batch.
    private static func recover(
        _ file: consuming ConfigurationFile, in folder: borrowing ConfigurationFile,
        _ calls: ConfigurationFileCalls, into table: inout ConfigurationTable,
        _ recovery: inout ConfigurationRecovery
    ) throws(ConfigurationStoreError) -> Written {
        let bytes = try file.readAll()
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
            let error = calls.truncate(file.descriptor, end)
            guard error == 0 else { throw .system(call: "ftruncate", path: path, errno: error) }
        }
        // Also where nothing was cut: a crash may have kept the file, or its name, from being durable,
        // and what is appended from now on relies on both.
        for (descriptor, path) in [(file.descriptor, path), (folder.descriptor, folder.path)] {
            let error = calls.syncFile(descriptor)
            guard error == 0 else { throw .syncFailed(path: path, errno: error) }
        }
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
        from table: ConfigurationTable, _ folder: borrowing ConfigurationFile,
        _ calls: ConfigurationFileCalls
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

        let flags = O_RDWR | O_CREAT | O_TRUNC
        guard var file = try ConfigurationFile(newFileName, in: folder, flags) else {
            throw .system(call: "open", path: "\(folder.path)/\(newFileName)", errno: ENOENT)
        }
        do throws(ConfigurationStoreError) {
            var error = bytes.withUnsafeBytes { calls.write(file.descriptor, $0, 0) }
            guard error == 0 else { throw .writing(file.path, errno: error) }
            error = calls.syncFile(file.descriptor)
            guard error == 0 else { throw .syncFailed(path: file.path, errno: error) }
            error = calls.rename(folder.descriptor, newFileName, fileName)
            guard error == 0 else {
                throw .system(call: "rename", path: file.path, errno: error)
            }
        } catch {
            _ = calls.remove(folder.descriptor, newFileName)
            throw error
        }
        file.path = "\(folder.path)/\(fileName)"
        let error = calls.syncFile(folder.descriptor)
        guard error == 0 else { throw .syncFailed(path: folder.path, errno: error) }
        return Written(file: file, header: header, end: bytes.count)
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
        let error = bytes.withUnsafeBytes { calls.write(written.file.descriptor, $0, written.end) }
        guard error == 0 else {
            // What is there of it would else stand before the next batch.
            let cut = calls.truncate(written.file.descriptor, written.end)
            if cut != 0 {
                failure =
                    "a batch could not be taken back: \(ConfigurationStoreError.text(of: cut))"
            }
            throw .writing(written.file.path, errno: error)
        }
        try sync()
        written.end += bytes.count
    }

    private mutating func sync() throws(ConfigurationStoreError) {
        let error = calls.syncFile(written.file.descriptor)
        guard error == 0 else {
            failure = "a sync failed: \(ConfigurationStoreError.text(of: error))"
            throw .syncFailed(path: written.file.path, errno: error)
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
            written = try Self.make(from: table, folder, calls)
            rewriteFrom = 0
        } catch {
            if case .syncFailed(let path, _) = error, path == folder.path {
                failure = error.description
            }
            rewriteFrom = written.end + written.end / 2
        }
    }
}
