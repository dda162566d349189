#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// An open file descriptor, closed with its owner.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    /// The name within the archive's directory, for errors.
    let name: String

    deinit { close(descriptor) }

    /// The size of the file now.
    func byteCount() throws(ArchiveError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return Int(status.st_size)
    }

    /// The bytes of a range, fewer if the file ends before.
    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var count = 0
        while count < bytes.count {
            let result = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress.map { $0 + count }, $0.count - count,
                    off_t(range.lowerBound + count))
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw failure("pread") }
            if result == 0 { break }
            count += result
        }
        bytes.removeSubrange(count...)
        return bytes
    }

    /// Writes all bytes at an offset. Throws `diskFull` if there is no room.
    func write(_ bytes: [UInt8], at offset: Int) throws(ArchiveError) {
        var count = 0
        while count < bytes.count {
            let result = bytes.withUnsafeBytes {
                pwrite(
                    descriptor, $0.baseAddress.map { $0 + count }, $0.count - count,
                    off_t(offset + count))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else {
                throw .writing(name, bytes: bytes.count, call: "pwrite", errno: errno)
            }
            count += result
        }
    }

    func truncate(to byteCount: Int) throws(ArchiveError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw failure("ftruncate") }
    }

    /// Where data begins, from this offset on: pages that were never written can be skipped. Nil if
    /// there is none. A file system that cannot tell says: everywhere.
    func nextData(from offset: Int) -> Int? {
        let found = lseek(descriptor, off_t(offset), Linux.seekData)
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

/// A file mapped into memory, shared with the file; unmapped and closed with its owner.
///
/// What holds: `base ..< base + byteCount` is mapped as long as this lives. What cannot be promised:
/// if somebody else cuts the file while it is mapped, touching the missing pages kills the process by
/// SIGBUS. The archive itself cuts a file only behind the footer, and looks behind good records through
/// `SegmentSearch`, which does not use the mapping.
struct MappedFile: ~Copyable {
    let file: OpenFile
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Maps the first `byteCount` bytes, which the file must have: ask `byteCount()` just before.
    init(_ file: consuming OpenFile, byteCount: Int, writable: Bool) throws(ArchiveError) {
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        // Length 0 cannot be mapped; one page beyond the end of the file is legal and never read.
        let mapped = mmap(nil, max(1, byteCount), protection, MAP_SHARED, file.descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw file.failure("mmap") }
        self.base = mapped
        self.byteCount = byteCount
        self.file = file
    }

    deinit { munmap(base, max(1, byteCount)) }

    /// The bytes of a range that lies within the mapping.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// Tells the kernel that the file will be read from front to back.
    func adviseSequentialReading() {
        madvise(base, max(1, byteCount), MADV_SEQUENTIAL)
    }

    /// Maps the pages of a range for writing now, so that a store takes no page fault. A kernel
    /// without the call (before 5.14) maps them as they are touched.
    func populate(_ range: Range<Int>) throws(ArchiveError) {
        guard madvise(base + range.lowerBound, range.count, Linux.populateWrite) != 0 else {
            return
        }
        guard errno == EINVAL else { throw file.failure("madvise") }
    }

    /// Stores zeros over a range of a writable mapping.
    func zero(_ range: Range<Int>) {
        memset(base + range.lowerBound, 0, range.count)
    }

    /// Marks the pages of a range of a writable mapping as changed without changing them.
    ///
    /// After a failed sync the kernel takes pages for clean that never reached the disk; what a
    /// recovery finds in memory is only durable once it has been written again.
    func touch(_ range: Range<Int>) {
        let pages = stride(from: range.lowerBound, to: range.upperBound, by: 4096)
        for offset in pages {
            let byte = (base + offset).assumingMemoryBound(to: Atomic<UInt8>.self)
            _ = byte.pointee.bitwiseOr(0, ordering: .relaxed)
        }
    }
}

/// Constants of the kernel's interface that the C library's module leaves out.
private enum Linux {
    static let seekData: Int32 = 3
    static let populateWrite: Int32 = 23
}
