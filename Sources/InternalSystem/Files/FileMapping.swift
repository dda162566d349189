internal import CSwitchyard
package import Synchronization

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The beginning of a file in memory, shared with the file; unmapped with its owner.
///
/// What holds: `base ..< base + byteCount` is mapped as long as this lives, whether or not the file is
/// still open. If somebody else cuts the file meanwhile, the missing pages turn into zeros when they
/// are touched, and ``isCut`` says so; the process goes on.
package struct FileMapping: ~Copyable, @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// Becomes 1 when a page was missing.
    private let cutFlag: UnsafeMutablePointer<Atomic<UInt32>>
    private let ownsFlag: Bool
    private let guardNumber: Int32
    private let path: String

    /// Maps the first `byteCount` bytes, which the file must have: ask `byteCount()` just before. A flag
    /// that is given is raised if the file is cut; it must outlive this. Throws with ENOMEM if the
    /// process has as many mappings as it may have.
    package init(
        _ file: borrowing OpenFile, byteCount: Int, writable: Bool,
        flag: UnsafeMutablePointer<Atomic<UInt32>>? = nil
    ) throws(FileError) {
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        // Length 0 cannot be mapped; one page beyond the end of the file is legal and never read.
        guard let mapped = sw_file_mapping(file.descriptor, max(1, byteCount), protection) else {
            throw file.failure("mmap")
        }
        let cutFlag = flag ?? .allocate(capacity: 1)
        if flag == nil { cutFlag.initialize(to: Atomic(0)) }
        // The C side knows the same word as a plain one, and stores to it atomically.
        let guardNumber = sw_mapping_guard(
            mapped, max(1, byteCount),
            UnsafeMutableRawPointer(cutFlag).assumingMemoryBound(to: UInt32.self))
        guard guardNumber >= 0 else {
            // Unguarded, it would be a way to end the process.
            munmap(mapped, max(1, byteCount))
            if flag == nil { cutFlag.deallocate() }
            throw FileError("mmap", file.path, code: ENOMEM)
        }
        base = mapped
        path = file.path
        self.byteCount = byteCount
        self.cutFlag = cutFlag
        ownsFlag = flag == nil
        self.guardNumber = guardNumber
    }

    deinit {
        sw_mapping_release(guardNumber)
        munmap(base, max(1, byteCount))
        if ownsFlag { cutFlag.deallocate() }
    }

    /// Whether a page that was touched was missing, because somebody cut the file.
    package var isCut: Bool { cutFlag.pointee.load(ordering: .acquiring) != 0 }

    /// The bytes of a range that lies within the mapping.
    @inlinable
    package func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }
}

// What the kernel is told of how the pages will be used.
extension FileMapping {
    /// The file will be read from front to back.
    package func adviseSequentialReading() { madvise(base, max(1, byteCount), MADV_SEQUENTIAL) }

    /// Asks for large pages, as far as they lie in a range as a whole.
    package func adviseLargePages(_ range: Range<Int>) {
        let size = LargePages.byteCount
        let begin = (range.lowerBound + size - 1) & ~(size - 1)
        let end = range.upperBound & ~(size - 1)
        LargePages.advise(base + begin, byteCount: end - begin)
    }

    /// Touches a byte within the mapping, so that its page is there.
    package func touch(_ offset: Int) { sw_touch(base + offset) }

    /// Asks the disk for a range, without waiting for it.
    package func prefetch(_ range: Range<Int>) {
        let begin = range.lowerBound & ~4095
        madvise(base + begin, range.upperBound - begin, MADV_WILLNEED)
    }
}
