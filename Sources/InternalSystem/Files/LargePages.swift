#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Pages that the kernel reads, maps and writes as a whole, in mappings of files whose file system has them
/// (ext4 from Linux 6.16 on).
package enum LargePages {
    /// The bytes of one.
    package static var byteCount: Int { 2 << 20 }

    /// Asks for them from one address to another, for what is not in memory yet. A promise about speed
    /// alone.
    static func advise(_ begin: UnsafeMutableRawPointer, byteCount: Int) {
        // MADV_HUGEPAGE, which the C library's module leaves out.
        if byteCount > 0 { madvise(begin, byteCount, 14) }
    }
}
