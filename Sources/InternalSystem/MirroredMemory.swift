internal import CSwitchyard

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

    /// Zeros; `byteCount` must be a multiple of the page size.
    package init(byteCount: Int) throws(FileError) {
        guard let base = sw_mirrored_buffer(byteCount) else {
            throw FileError("mmap", "a buffer of \(byteCount) bytes", code: errno)
        }
        self.base = base
        self.byteCount = byteCount
    }

    deinit { munmap(base, 2 * byteCount) }
}
