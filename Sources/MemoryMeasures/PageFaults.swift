#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How many page faults the threads of this process had.
package struct PageFaults: Sendable {
    /// Those that waited for a disk.
    package var major: Int
    /// The others: memory that was touched for the first time, or pages that others had brought in.
    package var minor: Int

    /// Creates counts.
    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Those until now, from `getrusage`.
    package static var now: PageFaults {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return PageFaults(major: usage.ru_majflt, minor: usage.ru_minflt)
    }
}
