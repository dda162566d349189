internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// What FileSystemCalls does in earnest, where that is more than one call of the system: interrupted
// ones are made again, and what was done in part is finished.

@Sendable func listNames(directory: Int32, names: inout [String]) -> Int32 {
    let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return errno }
    guard let stream = fdopendir(copy) else {
        defer { close(copy) }
        return errno
    }
    defer { closedir(stream) }
    errno = 0
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
        errno = 0
    }
    return errno
}

/// `posix_fallocate`, or zeros written where there is no such call: never a sparse file, whose holes
/// would kill the process by SIGBUS when the disk is full.
@Sendable func allocateBlocks(file: Int32, size: Int) -> Int32 {
    var result: Int32
    repeat { result = posix_fallocate(file, 0, off_t(size)) } while result == EINTR
    guard result == EOPNOTSUPP || result == ENOSYS else { return result }
    var status = stat()
    guard fstat(file, &status) == 0 else { return errno }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    return zeros.withUnsafeBytes { zeros in
        for offset in stride(from: Int(status.st_size), to: size, by: zeros.count) {
            let part = UnsafeRawBufferPointer(rebasing: zeros[..<min(zeros.count, size - offset)])
            let error = writeAll(file: file, bytes: part, offset: offset)
            if error != 0 { return error }
        }
        return 0
    }
}

@Sendable func writeAll(
    file: Int32, bytes: UnsafeRawBufferPointer, offset: Int
) -> Int32 {
    var count = 0
    while count < bytes.count {
        let written = pwrite(
            file, bytes.baseAddress.map { $0 + count }, bytes.count - count, off_t(offset + count))
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return written < 0 ? errno : ENOSPC }
        count += written
    }
    return 0
}

@Sendable func readAll(
    file: Int32, buffer: UnsafeMutableRawBufferPointer, offset: Int, count: inout Int
) -> Int32 {
    count = 0
    while count < buffer.count {
        let result = pread(
            file, buffer.baseAddress.map { $0 + count }, buffer.count - count,
            off_t(offset + count))
        if result < 0, errno == EINTR { continue }
        guard result >= 0 else { return errno }
        if result == 0 { break }
        count += result
    }
    return 0
}

@Sendable func appendAll(
    file: Int32, bytes: UnsafeRawBufferPointer, count: inout Int
) -> Int32 {
    count = 0
    while count < bytes.count {
        let written = write(
            file, bytes.baseAddress.map { $0 + count }, bytes.count - count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return written < 0 ? errno : ENOSPC }
        count += written
    }
    return 0
}

@Sendable func writeAllDurably(
    file: Int32, first: UnsafeRawBufferPointer, second: UnsafeRawBufferPointer, offset: Int
) -> Int32 {
    var (first, second, offset) = (first, second, offset)
    while first.count + second.count > 0 {
        let pieces = [iovec(first), iovec(second)]
        let written = sw_write_durably(file, pieces, Int32(pieces.count), Int64(offset))
        if written == -Int(EINTR) { continue }
        if written == -Int(EOPNOTSUPP) {
            for (bytes, begin) in [(first, offset), (second, offset + first.count)] {
                let error = writeAll(file: file, bytes: bytes, offset: begin)
                if error != 0 { return error }
            }
            return fdatasync(file) == 0 ? 0 : errno
        }
        guard written > 0 else { return written < 0 ? Int32(-written) : ENOSPC }
        offset += written
        let ofFirst = min(written, first.count)
        first = UnsafeRawBufferPointer(rebasing: first[ofFirst...])
        second = UnsafeRawBufferPointer(rebasing: second[(written - ofFirst)...])
    }
    return 0
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
