#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A system call on a file that failed.
package struct FileError: Error, Hashable, Sendable {
    /// The call, as its manual page is called.
    package let call: String
    /// The file, as whoever opened it named it.
    package let path: String
    /// The error number.
    package let code: Int32
    /// How many bytes were to be written, or to be given room; 0 for other calls.
    package let byteCount: Int

    package init(_ call: String, _ path: String, code: Int32, byteCount: Int = 0) {
        self.call = call
        self.path = path
        self.code = code
        self.byteCount = byteCount
    }

    /// Whether there is no room on the disk, or a quota or file size limit says so: it may work later.
    package var isNoRoom: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

    /// Whether nothing is there under this name.
    package var isMissing: Bool { code == ENOENT }

    /// Whether a sync failed: what was not durable before may be lost, and no later sync could tell.
    package var isFailedSync: Bool { call == Self.syncCall }

    static let syncCall = "fsync"
}

extension FileError: CustomStringConvertible {
    /// Where, what, and what the system says.
    package var description: String { "\(path): \(call) failed (\(reason))" }

    /// The system's own words: "No such file or directory".
    package var reason: String { describe(errorNumber: code) }
}

/// The system's text for an error number.
package func describe(errorNumber: Int32) -> String {
    strerror(errorNumber).map { String(cString: $0) } ?? "error \(errorNumber)"
}
