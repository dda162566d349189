#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Why input could not be read.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What went wrong.
    public let message: String

    init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    init(path: String, errno: Int32) {
        self.init(path: path, message: String(cString: strerror(errno)))
    }

    init(path: String, line: Int) {
        self.init(
            path: path, message: "line \(line) is longer than \(JSONLimits.textBytes) bytes")
    }

    /// The file and what went wrong.
    public var description: String { "can't read \(path): \(message)" }
}
