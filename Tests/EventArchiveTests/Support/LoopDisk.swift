import Foundation
import TestSupport

/// An ext4 file system in a file, that can lose its power: the kernel then forgets whatever had not
/// reached the file. Wants root, and a kernel with loop devices. Unmounted with its owner.
final class LoopDisk {
    let path: String
    private let image: String
    private var isMounted = false

    /// Whether this process may make one here.
    static let isPossible: Bool = geteuid() == 0 && (try? LoopDisk(megabytes: 8)) != nil

    init(megabytes: Int) throws {
        path = NSTemporaryDirectory() + "loop-\(UUID().uuidString)"
        image = path + ".image"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard FileManager.default.createFile(atPath: image, contents: nil),
            truncate(image, off_t(megabytes << 20)) == 0
        else { throw POSIXError(.EIO) }
        try Self.run("mkfs.ext4", "-q", "-F", image)
        try mountAgain()
    }

    deinit {
        // Lazily: something may still be open.
        if isMounted { umount2(path, 2) }
        rmdir(path)
        unlink(image)
    }

    /// As if the power failed now. Every call on the file system fails from here on.
    func losePower() throws {
        let root = open(path, O_RDONLY | O_DIRECTORY)
        defer { close(root) }
        var withoutTheJournal: UInt32 = 2
        guard root >= 0, ioctl(root, Self.shutdown, &withoutTheJournal) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    /// As when the machine has started again. Nobody may have a file open any more.
    func restart() throws {
        try Self.run("umount", path)
        isMounted = false
        try mountAgain()
    }

    private func mountAgain() throws {
        try Self.run("mount", "-o", "loop", image, path)
        isMounted = true
    }

    /// EXT4_IOC_SHUTDOWN: `_IOR('X', 125, __u32)`.
    private static let shutdown: UInt = 0x8004_587D

    private static func run(_ command: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.EIO) }
    }
}
