import CommandOutput
import Foundation

/// JSON Lines on standard output.
final class LinesOutput: ExportTarget {
    func write(_ event: UnsafeRawBufferPointer) -> Bool {
        Output.standard.write(event)
        Output.standard.write("\n")
        return true
    }

    func finish() -> Int {
        Output.standard.flush()
        return 1
    }

    func abandon() { Output.standard.flush() }
}

/// One file of JSON Lines, under its name once it is complete.
final class LinesExport: ExportTarget {
    private static let bufferBytes = 1 << 20

    /// Where it goes, links followed.
    private let path: String
    private let partPath: String
    private let file: FileHandle
    private var buffer: [UInt8] = []

    init(path: String, overwrites: Bool) throws {
        self.path = try Self.place(path, overwrites: overwrites)
        partPath = "\(self.path).\(getpid()).part"
        var present = stat()
        let permissions = stat(self.path, &present) == 0 ? present.st_mode & 0o777 : 0o666
        // Whatever is there under that name stays: it is none of ours.
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(partPath, flags, permissions)
        guard descriptor >= 0 else { throw ExportError(path, String(cString: strerror(errno))) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        Interrupt.cleanUp(partPath)
    }

    /// Where a file is to go: a new name, or that of a regular file if it may be replaced.
    private static func place(_ path: String, overwrites: Bool) throws -> String {
        var found = stat()
        guard lstat(path, &found) == 0 else {
            guard errno == ENOENT else { throw ExportError(path, String(cString: strerror(errno))) }
            try checkIsNoArchive(path, folder(of: path))
            return path
        }
        guard let resolved = resolve(path), stat(resolved, &found) == 0 else {
            throw ExportError(path, "a link to nothing; name the file itself")
        }
        switch found.st_mode & S_IFMT {
        case S_IFDIR: throw ExportError(path, "a folder; name a file in it")
        case S_IFREG: break
        default: throw ExportError(path, "no regular file; --to - writes to standard output")
        }
        guard overwrites else {
            throw ExportError(path, "exists; choose another name, or --overwrite")
        }
        try checkIsNoArchive(path, folder(of: resolved))
        return resolved
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    func write(_ event: UnsafeRawBufferPointer) throws -> Bool {
        buffer += event
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > Self.bufferBytes { try flush() }
        return true
    }

    private func flush() throws {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Foundation.write(
                    file.fileDescriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            guard count >= 0 || errno == EINTR else {
                throw ExportError(path, "can't be written: \(String(cString: strerror(errno)))")
            }
            start += max(count, 0)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func abandon() {
        unlink(partPath)
        Interrupt.forget(partPath)
    }

    func finish() throws -> Int {
        try flush()
        try file.close()
        guard rename(partPath, path) == 0 else {
            throw ExportError(path, String(cString: strerror(errno)))
        }
        Interrupt.forget(partPath)
        return 1
    }
}

/// Sees to it that no export goes into the folder of an archive, whose files it could replace.
///
/// - Parameters:
///   - path: what was asked for, for the error.
///   - folder: where it would go.
func checkIsNoArchive(_ path: String, _ folder: String) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let isArchive = names.contains { name in
        name == "archive.identity"
            || [".segment", ".segment.zst"].contains(where: name.hasSuffix)
    }
    if isArchive { throw ExportError(path, "inside an archive; choose another place") }
}
