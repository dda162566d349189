#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How much memory the process uses now.
package enum MemoryUse {
    /// The bytes that are allocated and not freed, as size classes; nil without jemalloc.
    package static func liveBytes() -> UInt64? {
        guard Jemalloc.isPresent else { return nil }
        Jemalloc.refresh()
        return Jemalloc.read("stats.allocated", as: Int.self).map { UInt64($0) }
    }

    /// Gives back to the kernel what was freed, as far as jemalloc can.
    package static func giveBackFreed() {
        guard Jemalloc.isPresent else { return }
        Jemalloc.perform("thread.tcache.flush")
        Jemalloc.perform("arena.4096.purge")
    }

    /// The bytes of the process that are in physical memory; nil where `/proc` does not tell.
    package static func residentBytes() -> UInt64? { pages().map { $0.resident * pageBytes } }

    /// The same, without the pages of files and of memory that is shared.
    package static func ownBytes() -> UInt64? {
        pages().map { ($0.resident - min($0.shared, $0.resident)) * pageBytes }
    }

    private static var pageBytes: UInt64 { UInt64(sysconf(Int32(_SC_PAGESIZE))) }

    private static func pages() -> (resident: UInt64, shared: UInt64)? {
        let file = open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { text in
            let count = read(file, text.baseAddress, text.count)
            guard count > 0 else { return nil }
            // Pages: the program's size, what of it is resident, what of that is shared.
            let fields = text[..<count].split(separator: UInt8(ascii: " "))
            guard fields.count > 2,
                let resident = UInt64(String(decoding: fields[1], as: UTF8.self)),
                let shared = UInt64(String(decoding: fields[2], as: UTF8.self))
            else { return nil }
            return (resident, shared)
        }
    }
}
