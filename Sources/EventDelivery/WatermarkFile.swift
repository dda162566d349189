internal import Foundation

/// The file that ``DeliveryWatermarks`` appends lines to: as a whole, or not at all.
///
/// One thread at a time.
final class WatermarkFile {
    let path: String
    let disk: DeliveryWatermarks.Disk
    /// How many lines it has.
    private(set) var lineCount: Int
    private let handle: FileHandle

    /// Goes on with a file that is there.
    init(continuing path: String, _ disk: DeliveryWatermarks.Disk, lineCount: Int) throws {
        self.path = path
        self.disk = disk
        self.lineCount = lineCount
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
    }

    /// Puts a file with these lines in the place of one that may be there, so that whenever the machine
    /// stops, one of the two is whole.
    init(
        replacing path: String, _ disk: DeliveryWatermarks.Disk, with lines: [[UInt8]]
    ) throws {
        self.path = path
        self.disk = disk
        lineCount = lines.count
        let fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.error(errno) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(lines.joined()))
        try disk.synchronize(handle)
        guard rename(fresh, path) == 0 else { throw Self.error(errno) }
        try Self.synchronizeFolder(of: path)
    }

    /// The bytes of a file; nil if there is none.
    ///
    /// - Throws: why it can't be read.
    static func read(_ path: String) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw error(errno)
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return try handle.readToEnd().map(Array.init) ?? []
    }

    /// Appends lines. Where that fails, or where they are to be durable and don't become so, none of them
    /// stays: half a line would take the next one with it.
    func append(_ lines: [[UInt8]], isDurable: Bool = false) throws {
        let end = try handle.seekToEnd()
        do {
            try handle.write(contentsOf: Data(lines.joined()))
            if isDurable { try disk.synchronize(handle) }
            lineCount += lines.count
        } catch {
            try? handle.truncate(atOffset: end)
            throw error
        }
    }

    private static func synchronizeFolder(of path: String) throws {
        let folder = open(
            (path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw error(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw error(errno) }
    }

    private static func error(_ number: Int32) -> any Error {
        NSError(domain: NSPOSIXErrorDomain, code: Int(number))
    }
}
