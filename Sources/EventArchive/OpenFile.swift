#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An open file descriptor, closed with its owner.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    /// The name within the archive's directory when it was opened, for errors.
    let name: String
    let calls: FileSystemCalls

    deinit { close(descriptor) }

    /// The size of the file now.
    func byteCount() throws(ArchiveError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return Int(status.st_size)
    }

    /// What tells it from every other file of the system while it is open.
    func identity() throws(ArchiveError) -> [UInt64] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    /// The bytes of a range, fewer if the file ends before.
    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(ArchiveError) in try read(into: buffer, at: range.lowerBound) }
        }
        bytes.removeSubrange(try result.get()...)
        return bytes
    }

    /// Reads as many bytes as there is room for, fewer if the file ends before. Returns how many.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ArchiveError) -> Int {
        var count = 0
        while count < buffer.count {
            let result = pread(
                descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                off_t(offset + count))
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw failure("pread") }
            if result == 0 { break }
            count += result
        }
        return count
    }

    /// Writes all bytes at an offset. Throws `diskFull` if there is no room.
    func write(_ bytes: [UInt8], at offset: Int) throws(ArchiveError) {
        let error = bytes.withUnsafeBytes { calls.write(descriptor, $0, offset) }
        guard error == 0 else {
            throw .writing(name, bytes: bytes.count, call: "pwrite", errno: error)
        }
    }

    func truncate(to byteCount: Int) throws(ArchiveError) {
        let error = calls.truncate(descriptor, byteCount)
        guard error == 0 else { throw .system(call: "ftruncate", file: name, errno: error) }
    }

    /// Gives the file a size with every block allocated. Throws `diskFull`.
    func allocate(_ byteCount: Int) throws(ArchiveError) {
        let error = calls.allocate(descriptor, byteCount)
        guard error == 0 else {
            throw .writing(name, bytes: byteCount, call: "fallocate", errno: error)
        }
    }

    /// Makes content and size durable. Throws `syncFailed`.
    func sync() throws(ArchiveError) {
        let error = calls.syncFile(descriptor)
        guard error == 0 else { throw .syncFailed(file: name, errno: error) }
    }

    /// Where data begins, from this offset on: pages that were never written can be skipped. Nil if
    /// there is none. A file system that cannot tell says: everywhere.
    func nextData(from offset: Int) -> Int? {
        let found = lseek(descriptor, off_t(offset), seekData)
        if found >= 0 { return Int(found) }
        return errno == ENXIO ? nil : offset
    }

    func failure(_ call: String) -> ArchiveError {
        .system(call: call, file: name, errno: errno)
    }
}

extension ArchiveError {
    /// `diskFull` if the error number means that there is no room, else `system`.
    static func writing(_ file: String, bytes: Int, call: String, errno: Int32) -> ArchiveError {
        [ENOSPC, EDQUOT, EFBIG].contains(errno)
            ? .diskFull(file: file, bytes: bytes, errno: errno)
            : .system(call: call, file: file, errno: errno)
    }
}

/// SEEK_DATA, which the C library's module leaves out.
private let seekData: Int32 = 3
