internal import InternalSystem

/// The directory of an archive: its names and its identity, and the system as this archive sees it.
final class ArchiveDirectory: Sendable {
    static let lockName = "lock"
    /// Appended to the name of what is not complete yet.
    static let creationSuffix = Folder.creationSuffix

    let path: String
    let calls: FileSystemCalls
    /// What time it is, for whatever is done in it.
    let clock: any TimeSource
    private let folder: Folder

    /// Opens a directory. Throws `missingDirectory` if there is none.
    init(
        opening path: String, calls: FileSystemCalls = FileSystemCalls(),
        clock: any TimeSource = SystemClock.shared
    ) throws(ArchiveError) {
        do throws(FileError) {
            folder = try Folder(path, calls: calls)
        } catch {
            throw error.isMissing ? .missingDirectory(directory: path) : ArchiveError(error, path)
        }
        self.path = path
        self.calls = calls
        self.clock = clock
    }

    /// Makes the directory first if it is missing, durably; its parent must exist.
    static func creating(
        _ path: String, calls: FileSystemCalls = FileSystemCalls(),
        clock: any TimeSource = SystemClock.shared
    ) throws(ArchiveError) -> ArchiveDirectory {
        let isNew: Bool
        do throws(FileError) {
            isNew = try Folder.makeOne(path)
        } catch { throw ArchiveError(error, path) }
        let directory = try ArchiveDirectory(opening: path, calls: calls, clock: clock)
        guard isNew else { return directory }
        do throws(FileError) {
            try directory.folder.syncParent()
        } catch { throw ArchiveError(error, path) }
        return directory
    }

    /// All names but `.` and `..`, in order.
    func names() throws(ArchiveError) -> [String] {
        do throws(FileError) { return try folder.names() } catch { throw ArchiveError(error, path) }
    }

    /// Opens a file of the directory. Throws `system` with ENOENT if there is none.
    func openFile(_ name: String, writable: Bool = false) throws(ArchiveError) -> ArchiveFile {
        try open(name, for: writable ? .changing : .reading)
    }

    /// Opens a file for writing whole pages past the page cache; nil where that cannot be done.
    func openDirectly(_ name: String) -> OpenFile? { folder.openDirectly(name) }

    /// Makes a new file, in place of one of the same name.
    func createFile(_ name: String) throws(ArchiveError) -> ArchiveFile {
        try open(name, for: .replacing)
    }

    /// Opens a file for writing, and makes it if it is not there.
    func openOrCreateFile(_ name: String) throws(ArchiveError) -> ArchiveFile {
        try open(name, for: .keeping)
    }

    private func open(
        _ name: String, for purpose: OpenFile.Purpose
    ) throws(ArchiveError) -> ArchiveFile {
        do throws(FileError) {
            return ArchiveFile(try folder.open(name, for: purpose), named: name)
        } catch { throw ArchiveError(error, name) }
    }

    func rename(_ name: String, to newName: String) throws(ArchiveError) {
        do throws(FileError) {
            try folder.rename(name, to: newName)
        } catch { throw ArchiveError(error, name) }
    }

    /// Gives a file one name more; false if that is taken.
    func link(_ name: String, as other: String) throws(ArchiveError) -> Bool {
        do throws(FileError) {
            return try folder.link(name, as: other)
        } catch { throw ArchiveError(error, name) }
    }

    func remove(_ name: String) throws(ArchiveError) {
        do throws(FileError) { try folder.remove(name) } catch { throw ArchiveError(error, name) }
    }

    /// Makes names durable. Throws `syncFailed`.
    func sync() throws(ArchiveError) {
        do throws(FileError) { try folder.sync() } catch { throw ArchiveError(error, path) }
    }

    /// Puts a small file in place of whatever has its name, durably.
    func replaceFile(_ name: String, with content: [UInt8]) throws(ArchiveError) {
        do throws(FileError) {
            try folder.replaceFile(name, with: content)
        } catch { throw ArchiveError(error, name) }
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
                Self.lockName, ArchiveTail.fileName, RingLayout.fileName,
                ArchiveIdentity.fileName + Self.creationSuffix,
            ]
            throw names.allSatisfy(remains.contains)
                ? .noArchive(directory: path) : .foreignDirectory(directory: path)
        }
        let file = try openFile(ArchiveIdentity.fileName)
        let bytes = try file.read(0..<ArchiveIdentity.byteCount + 1)
        return try ArchiveIdentity(decoding: bytes, directory: path)
    }

    /// The same where it is there and good; nil otherwise.
    private func knownIdentity() throws(ArchiveError) -> ArchiveIdentity? {
        guard let file = try openIfThere(ArchiveIdentity.fileName) else { return nil }
        let bytes = try file.read(0..<ArchiveIdentity.byteCount + 1)
        return try? ArchiveIdentity(decoding: bytes, directory: path)
    }

    /// The same, made now in an empty directory. The caller holds the lock.
    func identityOrNew() throws(ArchiveError) -> ArchiveIdentity {
        do throws(ArchiveError) {
            return try identity()
        } catch .noArchive {
            let identity = ArchiveIdentity(id: .random(), created: clock.wallTime)
            try replaceFile(ArchiveIdentity.fileName, with: identity.encoded())
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
        let file: ArchiveFile
        do throws(ArchiveError) {
            file = try openFile(name)
        } catch {
            guard error.isMissingFile else { throw error }
            return nil
        }
        var page = try file.read(0..<ArchiveFormat.segmentHeaderBytes)
        if try SegmentHeader.decode(page, file: name) == nil, let archive = try knownIdentity() {
            page = try headerPage(of: file, id, archive.id)
        }
        guard let header = try SegmentHeader.decode(page, file: name), header.id == id else {
            return nil
        }
        return SegmentName(id: id, firstSequence: header.firstSequence, state: .prepared)
    }
}
