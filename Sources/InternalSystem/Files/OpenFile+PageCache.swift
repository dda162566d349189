internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// What a file has to do with the system's page cache. All of it is about speed alone.
extension OpenFile {
    /// Whether the byte at an offset can be read without waiting for the disk. Where the system can't
    /// tell, it says no.
    package func isCached(at offset: Int) -> Bool { sw_is_cached(descriptor, Int64(offset)) }

    /// Has a file that was opened to go past the page cache (``Folder/openDirectly(_:)``) go through it:
    /// some file systems open one for that and then refuse.
    package func stopPassingCache() {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags & ~sw_direct_flag())
    }
}
