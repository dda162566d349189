#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The lock that makes a writer the only one: an exclusive lock on the file `lock`, held by an open
/// file description. The kernel frees it at the latest when the process ends (a child that was
/// forked without `exec` keeps it). Others can ask for it without taking it, and so without getting
/// in a writer's way.
struct ArchiveLock: ~Copyable {
    private let file: OpenFile

    fileprivate init(_ file: consuming OpenFile) { self.file = file }

    deinit {
        // Closing alone would leave it with a child that another thread just forked, until its `exec`.
        var request = wholeFile(F_UNLCK)
        _ = fcntl(file.descriptor, OpenFileDescriptionLock.set, &request)
    }
}

extension ArchiveDirectory {
    /// Takes the lock, held for as long as what is returned lives. Throws `locked`.
    func lock() throws(ArchiveError) -> ArchiveLock {
        let file = try openOrCreateFile(Self.lockName)
        var request = wholeFile()
        guard fcntl(file.descriptor, OpenFileDescriptionLock.set, &request) == 0 else {
            if errno == EAGAIN || errno == EACCES { throw .locked(directory: path) }
            throw file.failure("fcntl")
        }
        return ArchiveLock(file)
    }

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

/// A lock from the first byte to whatever end, for `fcntl`.
private func wholeFile(_ type: some BinaryInteger = F_WRLCK) -> flock {
    var request = flock()
    request.l_type = Int16(type)
    request.l_whence = Int16(SEEK_SET)
    return request
}

/// Constants of the kernel's interface that the C library's module leaves out.
private enum OpenFileDescriptionLock {
    static let get: Int32 = 36
    static let set: Int32 = 37
}
