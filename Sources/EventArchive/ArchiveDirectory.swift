internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The directory of an archive: its names and its identity.
final class ArchiveDirectory: Sendable {
    static let lockName = "lock"
    /// Appended to the name of what is not complete yet.
    static let creationSuffix = ".new"

    let path: String
    let calls: FileSystemCalls
    private let descriptor: Int32

    /// Opens a directory. Throws `missingDirectory` if there is none.
    init(opening path: String, calls: FileSystemCalls = FileSystemCalls()) throws(ArchiveError) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else {
            if errno == ENOENT { throw .missingDirectory(directory: path) }
            throw .system(call: "open", file: path, errno: errno)
        }
        self.path = path
        self.calls = calls
        self.descriptor = opened
    }

    /// Makes the directory first if it is missing, durably; its parent must exist.
    static func creating(
        _ path: String, calls: FileSystemCalls = FileSystemCalls()
    ) throws(ArchiveError) -> ArchiveDirectory {
        if mkdir(path, 0o777) == 0 {
            let created = try ArchiveDirectory(opening: path, calls: calls)
            let parent = openat(created.descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard parent >= 0 else { throw .system(call: "open", file: "..", errno: errno) }
            defer { close(parent) }
            let error = calls.syncFile(parent)
            guard error == 0 else { throw .syncFailed(file: path, errno: error) }
            return created
        }
        guard errno == EEXIST else { throw .system(call: "mkdir", file: path, errno: errno) }
        return try ArchiveDirectory(opening: path, calls: calls)
    }

    deinit { close(descriptor) }

    /// All names but `.` and `..`, in order.
    func names() throws(ArchiveError) -> [String] {
        var names: [String] = []
        let error = calls.list(descriptor, &names)
        guard error == 0 else { throw .system(call: "readdir", file: path, errno: error) }
        return names.sorted()
    }

    /// Opens a file of the directory. Throws `system` with ENOENT if there is none.
    func openFile(_ name: String, writable: Bool = false) throws(ArchiveError) -> OpenFile {
        // Without O_NONBLOCK a pipe under a segment's name would make the open wait for ever.
        let access = writable ? O_RDWR : O_RDONLY
        let opened = openat(descriptor, name, access | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else { throw .system(call: "open", file: name, errno: errno) }
        return OpenFile(descriptor: opened, name: name, calls: calls)
    }

    /// Opens a file for writing whole pages past the page cache; -1 where that cannot be done.
    func openDirectly(_ name: String) -> Int32 {
        max(-1, sw_open_directly(descriptor, name))
    }

    /// Makes a new file, in place of one of the same name.
    func createFile(_ name: String) throws(ArchiveError) -> OpenFile {
        let flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC
        let opened = openat(descriptor, name, flags, 0o666)
        guard opened >= 0 else {
            throw .writing(name, bytes: 0, call: "open", errno: errno)
        }
        return OpenFile(descriptor: opened, name: name, calls: calls)
    }

    /// Opens a file for writing, and makes it if it is not there.
    func openOrCreateFile(_ name: String) throws(ArchiveError) -> OpenFile {
        let opened = openat(descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard opened >= 0 else { throw .writing(name, bytes: 0, call: "open", errno: errno) }
        return OpenFile(descriptor: opened, name: name, calls: calls)
    }

    func rename(_ name: String, to newName: String) throws(ArchiveError) {
        let error = calls.rename(descriptor, name, newName)
        guard error == 0 else { throw .system(call: "rename", file: name, errno: error) }
    }

    func remove(_ name: String) throws(ArchiveError) {
        let error = calls.remove(descriptor, name)
        guard error == 0 || error == ENOENT else {
            throw .system(call: "unlink", file: name, errno: error)
        }
    }

    /// Makes names durable. Throws `syncFailed`.
    func sync() throws(ArchiveError) {
        let error = calls.syncFile(descriptor)
        guard error == 0 else { throw .syncFailed(file: path, errno: error) }
    }
}

extension ArchiveDirectory {
    /// The archive's identity. Throws `noArchive` for a directory with nothing of an archive in it,
    /// `foreignDirectory` for one with files of others, `lostIdentity` for one with segments.
    func identity() throws(ArchiveError) -> ArchiveIdentity {
        let names = try names()
        guard names.contains(ArchiveIdentity.fileName) else {
            let isSegment = { (name: String) in
                SegmentName(parsing: name) != nil || SegmentName(parsingCompressed: name) != nil
            }
            if names.contains(where: isSegment) { throw .lostIdentity(directory: path) }
            let remains = [
                Self.lockName, ArchiveTail.fileName,
                ArchiveIdentity.fileName + Self.creationSuffix,
            ]
            throw names.allSatisfy(remains.contains)
                ? .noArchive(directory: path) : .foreignDirectory(directory: path)
        }
        let file = try openFile(ArchiveIdentity.fileName)
        let bytes = try file.read(0..<ArchiveIdentity.byteCount + 1)
        return try ArchiveIdentity(decoding: bytes, directory: path)
    }

    /// The same, made now in an empty directory. The caller holds the lock.
    func identityOrNew() throws(ArchiveError) -> ArchiveIdentity {
        do throws(ArchiveError) {
            return try identity()
        } catch .noArchive {
            let identity = ArchiveIdentity(id: .random(), created: wallClockNanoseconds())
            let name = ArchiveIdentity.fileName + Self.creationSuffix
            let file = try createFile(name)
            try file.write(identity.encoded(), at: 0)
            try file.sync()
            try rename(name, to: ArchiveIdentity.fileName)
            try sync()
            return identity
        }
    }

    /// Removes what an interrupted creation left. The caller holds the lock.
    func removeRemains() throws(ArchiveError) {
        for name in try names() where name.hasSuffix(Self.creationSuffix) {
            let complete = String(name.dropLast(Self.creationSuffix.count))
            if complete == ArchiveIdentity.fileName || SegmentName(parsing: complete) != nil
                || SegmentName.preparedID(complete) != nil
            {
                try remove(name)
            }
        }
    }

    /// The segments' names, by id; prepared files that have become segments among them. Throws
    /// `duplicateSegment`, unless duplicates are asked for too.
    func segmentNames(
        withDuplicates: Bool = false
    ) throws(ArchiveError) -> [SegmentName] {
        var found: [SegmentName] = []
        let all = try names()
        for name in all {
            if let segment = SegmentName(parsing: name) {
                found.append(segment)
            } else if let id = SegmentName.preparedID(name), let segment = try begun(name, id) {
                found.append(segment)
            }
        }
        found.sort { ($0.id, $0.fileName) < ($1.id, $1.fileName) }
        for (name, next) in zip(found, found.dropFirst())
        where name.id == next.id && !withDuplicates {
            throw .duplicateSegment(id: name.id, files: [name.fileName, next.fileName])
        }
        // A segment is compressed in place of its file: where both are there, that was interrupted.
        let known = Set(found.map(\.id))
        let compressed = all.compactMap(SegmentName.init(parsingCompressed:))
            .filter { !known.contains($0.id) }
        return compressed.isEmpty ? found : (found + compressed).sorted { $0.id < $1.id }
    }

    /// The segment that a prepared file has become; nil if it has not, or got its next name meanwhile.
    private func begun(_ name: String, _ id: UInt64) throws(ArchiveError) -> SegmentName? {
        let file: OpenFile
        do throws(ArchiveError) {
            file = try openFile(name)
        } catch {
            guard error.isMissingFile else { throw error }
            return nil
        }
        let page = try file.read(0..<ArchiveFormat.segmentHeaderBytes)
        guard let header = try SegmentHeader.decode(page, file: name), header.id == id else {
            return nil
        }
        return SegmentName(id: id, firstSequence: header.firstSequence, state: .prepared)
    }
}
