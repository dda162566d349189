import Foundation

/// A file system in memory of a given size, unmounted with its owner.
public final class SmallDisk {
    /// Where it is mounted.
    public let path: String

    /// Whether this process may mount one.
    public static var isPossible: Bool { (try? SmallDisk(kilobytes: 64)) != nil }

    /// Mounts one; throws where this process may not.
    public init(kilobytes: Int) throws {
        path = NSTemporaryDirectory() + "disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
            let error = errno
            rmdir(path)
            throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EPERM)
        }
    }

    deinit {
        // Lazily: the archive's files may still be mapped.
        umount2(path, 2)
        rmdir(path)
    }
}
