internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The system calls that change an archive's files or make changes durable, and the one that lists
/// them, so that tests can make them fail, and can know what a power cut would leave. Each returns 0 or
/// an error number. None of them is called for each event.
struct FileSystemCalls: Sendable {
    /// `readdir`, to the end. A file that gets another name meanwhile may be listed under both of its
    /// names, or under neither.
    var list: @Sendable (_ directory: Int32, _ names: inout [String]) -> Int32 = listNames

    /// `fsync`: the whole file and its size, or a directory's names.
    var syncFile: @Sendable (_ file: Int32) -> Int32 = { fsync($0) == 0 ? 0 : errno }

    /// `msync`: whole pages of a file that is mapped there, from this offset of the file on.
    var syncPages:
        @Sendable (_ file: Int32, _ pages: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int32 =
            {
                _, pages, _ in
                msync(pages.baseAddress, pages.count, MS_SYNC) == 0 ? 0 : errno
            }

    /// Gives the file this size with every block of it allocated.
    var allocate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = allocateBlocks

    /// `pwrite` of all bytes.
    var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int32 =
        writeAll

    /// `pwritev2` with RWF_DSYNC of all bytes of up to two pieces, one behind the other in the file:
    /// when it returns, they are durable.
    var writeDurably:
        @Sendable (
            _ file: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
            _ offset: Int
        ) -> Int32 = writeAllDurably

    /// `ftruncate`.
    var truncate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = {
        ftruncate($0, off_t($1)) == 0 ? 0 : errno
    }

    /// `renameat` within a directory.
    var rename: @Sendable (_ directory: Int32, _ name: String, _ newName: String) -> Int32 = {
        renameat($0, $1, $0, $2) == 0 ? 0 : errno
    }

    /// `unlinkat`.
    var remove: @Sendable (_ directory: Int32, _ name: String) -> Int32 = {
        unlinkat($0, $1, 0) == 0 ? 0 : errno
    }
}

@Sendable private func listNames(directory: Int32, names: inout [String]) -> Int32 {
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
@Sendable private func allocateBlocks(file: Int32, size: Int) -> Int32 {
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

@Sendable private func writeAll(
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

@Sendable private func writeAllDurably(
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

/// The text of an error number.
func describe(_ error: Int32) -> String {
    strerror(error).map { String(cString: $0) } ?? "error \(error)"
}

/// The time of day in nanoseconds since 1970.
func wallClockNanoseconds() -> Int64 {
    nanoseconds(of: CLOCK_REALTIME)
}

/// A clock that never goes back, in nanoseconds.
func monotonicNanoseconds() -> Int64 {
    nanoseconds(of: CLOCK_MONOTONIC)
}

private func nanoseconds(of clock: clockid_t) -> Int64 {
    var now = timespec()
    clock_gettime(clock, &now)
    return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
}
