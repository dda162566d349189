internal import InternalSystem

/// The lock that makes a writer the only one: an exclusive lock on the file `lock`, held by an open
/// file description. The kernel frees it at the latest when the process ends (a child that was
/// forked without `exec` keeps it). Others can ask for it without taking it, and so without getting
/// in a writer's way.
struct ArchiveLock: ~Copyable {
    private let file: ArchiveFile

    fileprivate init(_ file: consuming ArchiveFile) { self.file = file }

    // Closing alone would leave it with a child that another thread just forked, until its `exec`.
    deinit { file.file.unlock() }
}

extension ArchiveDirectory {
    /// Takes the lock, held for as long as what is returned lives. Throws `locked`.
    func lock() throws(ArchiveError) -> ArchiveLock {
        let file = try openOrCreateFile(Self.lockName)
        do throws(FileError) {
            if try file.file.lock(.exclusive) { return ArchiveLock(file) }
        } catch { throw ArchiveError(error, Self.lockName) }
        throw .locked(directory: path)
    }

    /// Whether a writer has the archive open now.
    func hasWriter() throws(ArchiveError) -> Bool {
        let file: ArchiveFile
        do throws(ArchiveError) {
            file = try openFile(Self.lockName)
        } catch {
            guard error.isMissingFile else { throw error }
            return false
        }
        do throws(FileError) {
            return try file.file.isLockedByOthers()
        } catch { throw ArchiveError(error, Self.lockName) }
    }
}
