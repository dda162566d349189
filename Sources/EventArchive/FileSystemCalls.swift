#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The system calls whose failure decides what the archive promises, so that tests can make them
/// fail. None of them is called for each event.
struct FileSystemCalls: Sendable {
    /// `fsync`: the whole file and its size. 0 or an error number.
    var syncFile: @Sendable (_ file: Int32) -> Int32 = { fsync($0) == 0 ? 0 : errno }

    /// `msync`: whole pages of a mapped file. 0 or an error number.
    var syncPages: @Sendable (_ start: UnsafeMutableRawPointer, _ count: Int) -> Int32 = {
        msync($0, $1, MS_SYNC) == 0 ? 0 : errno
    }

    /// Gives the file this size with every block of it allocated. 0 or an error number.
    var allocate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = allocateBlocks
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
    var offset = Int(status.st_size)
    while offset < size {
        let written = pwrite(file, zeros, min(zeros.count, size - offset), off_t(offset))
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return written < 0 ? errno : ENOSPC }
        offset += written
    }
    return 0
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
