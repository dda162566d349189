internal import Foundation

/// The system calls that change the files of a ``FileConfigurationStore`` or make changes durable, so
/// that tests can make them fail, and can know what a power cut would leave. Each returns 0 or an
/// error number.
struct ConfigurationFileCalls: Sendable {
    /// `pwrite` of all bytes.
    var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int32 =
        {
            file, bytes, offset in
            var count = 0
            while count < bytes.count {
                let written = pwrite(
                    file, bytes.baseAddress.map { $0 + count }, bytes.count - count,
                    off_t(offset + count))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return written < 0 ? errno : ENOSPC }
                count += written
            }
            return 0
        }

    /// `fsync` of a file or a folder.
    var syncFile: @Sendable (_ file: Int32) -> Int32 = { fsync($0) == 0 ? 0 : errno }

    /// `ftruncate`.
    var truncate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = {
        ftruncate($0, off_t($1)) == 0 ? 0 : errno
    }

    /// `renameat` within a folder.
    var rename: @Sendable (_ folder: Int32, _ name: String, _ newName: String) -> Int32 = {
        renameat($0, $1, $0, $2) == 0 ? 0 : errno
    }

    /// `unlinkat`.
    var remove: @Sendable (_ folder: Int32, _ name: String) -> Int32 = {
        unlinkat($0, $1, 0) == 0 ? 0 : errno
    }
}

/// An open file or folder, closed with its owner.
struct ConfigurationFile: ~Copyable {
    let descriptor: Int32
    /// For errors; changes with the file's name.
    var path: String

    /// - Returns: nil if there is no such file.
    init?(_ name: String, in folder: borrowing ConfigurationFile, _ flags: Int32)
        throws(ConfigurationStoreError)
    {
        let path = "\(folder.path)/\(name)"
        let descriptor = openat(folder.descriptor, name, flags | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw .system(call: "open", path: path, errno: errno)
        }
        self.descriptor = descriptor
        self.path = path
    }

    init(folder path: String) throws(ConfigurationStoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(call: "open", path: path, errno: errno) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// All that the file holds.
    func readAll() throws(ConfigurationStoreError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(call: "fstat", path: path, errno: errno)
        }
        // With no capacity the length would be written into the empty array that all share.
        guard status.st_size > 0 else { return [] }
        var error: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let result = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                    off_t(count))
                if result < 0, errno == EINTR { continue }
                if result < 0 { error = errno }
                if result <= 0 { break }
                count += result
            }
        }
        guard error == 0 else { throw .system(call: "pread", path: path, errno: error) }
        return bytes
    }
}

/// The lock that makes a store the only one, of all processes: of an open file, so that the kernel frees
/// it at the latest when the process ends.
struct ConfigurationLock: ~Copyable {
    private let file: ConfigurationFile
    /// F_OFD_SETLK, which the C library's module leaves out.
    private static let call: Int32 = 37

    /// - Parameter owner: what is locked, for errors.
    init(
        _ name: String, in folder: borrowing ConfigurationFile, owner: String
    ) throws(ConfigurationStoreError) {
        guard let file = try ConfigurationFile(name, in: folder, O_RDWR | O_CREAT) else {
            throw .system(call: "open", path: "\(folder.path)/\(name)", errno: ENOENT)
        }
        guard Self.set(F_WRLCK, on: file.descriptor) else {
            if errno == EAGAIN || errno == EACCES { throw .locked(path: owner) }
            throw .system(call: "fcntl", path: file.path, errno: errno)
        }
        self.file = file
    }

    deinit {
        // Closing alone would leave it with a child that another thread just forked, until its `exec`.
        _ = Self.set(F_UNLCK, on: file.descriptor)
    }

    private static func set(_ type: some BinaryInteger, on descriptor: Int32) -> Bool {
        var request = flock()
        request.l_type = Int16(type)
        request.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, call, &request) == 0
    }
}

extension ConfigurationStoreError {
    /// What the error number of a write means.
    static func writing(_ path: String, errno: Int32) -> ConfigurationStoreError {
        [ENOSPC, EDQUOT, EFBIG].contains(errno)
            ? .diskFull(path: path, errno: errno)
            : .system(call: "pwrite", path: path, errno: errno)
    }
}
