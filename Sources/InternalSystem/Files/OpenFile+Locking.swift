#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// Locks between open files, in one process or several; the system frees them at the latest when the
// process that holds them ends. There are two kinds, which do not see each other.
extension OpenFile {
    /// How a lock goes with others.
    package enum LockKind: Sendable {
        /// With others that are shared.
        case shared
        /// With no other.
        case exclusive
    }

    /// Takes a lock on bytes of the file, which need not exist (`F_OFD_SETLK`); it belongs to this
    /// open file, and ends with its last duplicate. The file must be open for writing where the lock
    /// is exclusive. A range up to `Int.max` has no end.
    ///
    /// - Returns: false if somebody else has one that does not go with it.
    package func lock(
        _ kind: LockKind, _ range: Range<Int> = OpenFile.wholeFile
    ) throws(FileError) -> Bool {
        var request = request(kind == .shared ? F_RDLCK : F_WRLCK, range)
        if fcntl(descriptor, OpenFileDescriptionLock.set, &request) == 0 { return true }
        guard errno == EAGAIN || errno == EACCES else { throw failure("fcntl") }
        return false
    }

    /// Gives it back, or a part of it. (A child that another thread has just forked keeps what is only
    /// closed, until its `exec`.)
    package func unlock(_ range: Range<Int> = OpenFile.wholeFile) {
        var request = request(F_UNLCK, range)
        _ = fcntl(descriptor, OpenFileDescriptionLock.set, &request)
    }

    /// Whether somebody else has a lock on any of these bytes that does not go with an exclusive one.
    package func isLockedByOthers(_ range: Range<Int> = OpenFile.wholeFile) throws(FileError)
        -> Bool
    {
        var request = request(F_WRLCK, range)
        guard fcntl(descriptor, OpenFileDescriptionLock.get, &request) == 0 else {
            throw failure("fcntl")
        }
        return Int32(request.l_type) != Int32(F_UNLCK)
    }

    /// Takes a lock on the file as such (`flock`), whatever it is open for; it ends with the last
    /// duplicate of this open file.
    ///
    /// - Returns: false if somebody else has one that does not go with it.
    package func lockAsWhole(_ kind: LockKind) throws(FileError) -> Bool {
        var result: Int32
        repeat {
            result = flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB)
        } while result != 0 && errno == EINTR
        if result == 0 { return true }
        guard errno == EWOULDBLOCK else { throw failure("flock") }
        return false
    }

    /// Gives that back.
    package func unlockAsWhole() { flock(descriptor, LOCK_UN) }

    /// From the first byte to whatever end.
    package static var wholeFile: Range<Int> { 0..<Int.max }

    private func request(_ type: some BinaryInteger, _ range: Range<Int>) -> flock {
        var request = flock()
        request.l_type = Int16(type)
        request.l_whence = Int16(SEEK_SET)
        request.l_start = off_t(range.lowerBound)
        // Length 0 reaches to the end of all offsets.
        request.l_len = range.upperBound == .max ? 0 : off_t(range.count)
        return request
    }
}

/// Constants of the kernel's interface that the C library's module leaves out.
private enum OpenFileDescriptionLock {
    static let get: Int32 = 36
    static let set: Int32 = 37
}
