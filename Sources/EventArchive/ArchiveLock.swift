#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The lock that makes a writer the only one: an exclusive lock on the file `lock`, held by an open
/// file description. The kernel frees it when the last descriptor is closed, at the latest when the
/// process ends (a child that was forked without `exec` keeps it). Others can ask for it without
/// taking it, and so without getting in a writer's way.
extension ArchiveDirectory {
    /// Takes the lock, held until the file is closed. Throws `locked`.
    func lock() throws(ArchiveError) -> OpenFile {
        let file = try openOrCreateFile(Self.lockName)
        for attempt in 1... {
            var request = wholeFile()
            if fcntl(file.descriptor, OpenFileDescriptionLock.set, &request) == 0 { break }
            guard errno == EAGAIN || errno == EACCES else { throw file.failure("fcntl") }
            // A child of the writer before that is on its way from `fork` to `exec` has it for a moment.
            guard attempt < Self.lockAttempts else { throw .locked(directory: path) }
            usleep(Self.lockPauseMicroseconds)
        }
        return file
    }

    private static var lockAttempts: Int { 20 }
    private static var lockPauseMicroseconds: UInt32 { 5_000 }

    /// Whether a writer has the archive open now.
    func hasWriter() throws(ArchiveError) -> Bool {
        let file: OpenFile
        do throws(ArchiveError) {
            file = try openFile(Self.lockName)
        } catch {
            guard error.isMissingFile else { throw error }
            return false
        }
        var request = wholeFile()
        guard fcntl(file.descriptor, OpenFileDescriptionLock.get, &request) == 0 else {
            throw file.failure("fcntl")
        }
        return Int32(request.l_type) != Int32(F_UNLCK)
    }
}

/// A write lock from the first byte to whatever end, for `fcntl`.
private func wholeFile() -> flock {
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    return request
}

/// Constants of the kernel's interface that the C library's module leaves out.
private enum OpenFileDescriptionLock {
    static let get: Int32 = 36
    static let set: Int32 = 37
}
