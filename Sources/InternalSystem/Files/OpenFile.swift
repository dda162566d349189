#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An open file, closed with its owner. All errors name its path.
///
/// Any number of threads may use it: offsets are passed, none is kept. Unsafe: the descriptor is this
/// file's as long as this lives; who takes it from here must not close it, nor use it afterwards.
package struct OpenFile: ~Copyable, Sendable {
    package let descriptor: Int32
    /// What it is called in errors: what it was opened as. Its owner may change it with the name.
    package var path: String
    package let calls: FileSystemCalls

    /// What a file is opened for. None of them waits for anybody, not even where a pipe lies under the
    /// name of a file, and none is inherited by other programs.
    package enum Purpose: Sendable {
        /// To read what is there.
        case reading
        /// To read and write what is there.
        case changing
        /// To read and write; made if it is not there.
        case keeping
        /// To read and write from nothing: made, or emptied.
        case replacing
        /// To read and write one that must not be there yet.
        case creating
        /// To write behind whatever is there; made if it is not there.
        case appending

        var flags: Int32 {
            switch self {
            case .reading: O_RDONLY | O_NONBLOCK
            case .changing: O_RDWR | O_NONBLOCK
            case .keeping: O_RDWR | O_CREAT | O_NONBLOCK
            case .replacing: O_RDWR | O_CREAT | O_TRUNC
            case .creating: O_RDWR | O_CREAT | O_EXCL
            case .appending: O_WRONLY | O_CREAT | O_APPEND
            }
        }
    }

    /// Opens a file. What is made gets these permissions, less what the process masks.
    package init(
        _ path: String, for purpose: Purpose, permissions: UInt32 = 0o666,
        calls: FileSystemCalls = FileSystemCalls()
    ) throws(FileError) {
        try self.init(path, in: AT_FDCWD, named: path, for: purpose, permissions, calls)
    }

    /// Opens a file of a directory that is open.
    init(
        _ name: String, in directory: Int32, named path: String, for purpose: Purpose,
        _ permissions: UInt32, _ calls: FileSystemCalls
    ) throws(FileError) {
        let opened = openat(directory, name, purpose.flags | O_CLOEXEC, permissions)
        guard opened >= 0 else { throw FileError("open", path, code: errno) }
        self.init(owning: opened, path: path, calls: calls)
    }

    /// Takes over a descriptor, and closes it in the end.
    package init(
        owning descriptor: Int32, path: String, calls: FileSystemCalls = FileSystemCalls()
    ) {
        self.descriptor = descriptor
        self.path = path
        self.calls = calls
    }

    deinit { close(descriptor) }

    /// The same open file once more, closed for itself.
    package func duplicate() throws(FileError) -> OpenFile {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw failure("fcntl") }
        return OpenFile(owning: copy, path: path, calls: calls)
    }

    /// The size of the file now.
    package func byteCount() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return Int(status.st_size)
    }

    /// Which file it is, whatever it is called by now.
    package func identity() throws(FileError) -> FileIdentity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return FileIdentity(status)
    }

    /// How many names it has: none once it was deleted.
    package func nameCount() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return Int(status.st_nlink)
    }

    /// Where data begins, from this offset on: pages that were never written can be skipped. Nil if
    /// there is none. A file system that cannot tell says: everywhere.
    package func nextData(from offset: Int) -> Int? {
        let found = lseek(descriptor, off_t(offset), seekData)
        if found >= 0 { return Int(found) }
        return errno == ENXIO ? nil : offset
    }

    /// The error of a call on this file that has just set `errno`.
    package func failure(_ call: String) -> FileError { FileError(call, path, code: errno) }
}

/// SEEK_DATA, which the C library's module leaves out.
private let seekData: Int32 = 3

/// What tells a file from every other of the system, as long as it is open somewhere.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    fileprivate init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// That of the file that a path leads to now; nil if it leads nowhere.
    package init?(of path: String) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("stat", path, code: errno)
        }
        self.init(status)
    }
}
