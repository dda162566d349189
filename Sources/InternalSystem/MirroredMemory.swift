internal import CSwitchyard
package import Synchronization

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Memory that is mapped twice, the copy right behind the original: what wraps around its end is
/// contiguous all the same.
///
/// Unsafe: `base ..< base + 2 * byteCount` is mapped as long as this lives; who may touch which part is
/// for the owner to say.
package struct MirroredMemory: ~Copyable, @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// That of a file's mapping; -1 where there is no file.
    private let guardNumber: Int32

    /// Zeros; `byteCount` must be a multiple of the page size.
    package init(byteCount: Int) throws(FileError) {
        guard let base = sw_mirrored_buffer(byteCount) else {
            throw FileError("mmap", "a buffer of \(byteCount) bytes", code: errno)
        }
        self.base = base
        self.byteCount = byteCount
        guardNumber = -1
    }

    /// A part of a file, shared with it, which the file must have; `offset` and `byteCount` must be
    /// multiples of the page size. If somebody cuts the file meanwhile, missing pages turn into zeros
    /// when they are touched, and the flag is raised; it must outlive this.
    package init(
        _ file: borrowing OpenFile, at offset: Int, byteCount: Int,
        flag: UnsafeMutablePointer<Atomic<UInt32>>
    ) throws(FileError) {
        guard let base = sw_mirrored_mapping(file.descriptor, Int64(offset), byteCount) else {
            throw file.failure("mmap")
        }
        let guardNumber = sw_mapping_guard(
            base, 2 * byteCount,
            UnsafeMutableRawPointer(flag).assumingMemoryBound(to: UInt32.self))
        guard guardNumber >= 0 else {
            munmap(base, 2 * byteCount)
            throw FileError("mmap", file.path, code: ENOMEM)
        }
        self.base = base
        self.byteCount = byteCount
        self.guardNumber = guardNumber
        preferLargePages(of: offset)
    }

    /// Asks for the file's large pages behind its first two: what is seldom used takes up few small ones,
    /// and what is written to a disk again and again is in few pieces. With those of ext4 (Linux 6.16),
    /// writes past the page cache from here took 0.6 of the time.
    private func preferLargePages(of offset: Int) {
        let begin = max(0, 2 * LargePages.byteCount - offset)
        for half in [base, base + byteCount] {
            LargePages.advise(half + begin, byteCount: byteCount - begin)
        }
    }

    deinit {
        sw_mapping_release(guardNumber)
        munmap(base, 2 * byteCount)
    }

    /// Maps the pages of a range of both halves for writing now, so that a store takes no page fault:
    /// a promise about speed alone. O(pages).
    package func populate(_ range: Range<Int>) {
        let begin = range.lowerBound & ~4095
        madvise(base + begin, range.upperBound - begin, populateWrite)
    }
}

/// MADV_POPULATE_WRITE, which the C library's module leaves out. A kernel without it (before 5.14) maps
/// pages as they are touched.
private let populateWrite: Int32 = 23
