import CommandOutput
import Foundation
import JSONScan
import Switchyard

/// CloudTrail's log files: gzip JSON in folders by account, region and day. One file for each run of
/// events of one folder, of at most 10,000 events.
final class CloudTrailExport: ExportTarget {
    private static let eventsPerFileMax = 10_000
    /// Files that are open at a time; the one used longest ago is completed first.
    private static let openMax = 64

    private let folder: String
    private var scanner = StructuralScanner()
    private var open: [String: GzipFile] = [:]
    private var order: [String] = []
    private var fileCount = 0
    private let run = String(UInt64.random(in: 0 ... .max), radix: 36)

    init(folder: String) throws {
        self.folder = folder
        try checkIsNoArchive(folder, folder)
        // Before anything is read: a file in its place, or a folder that can't be written.
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ExportError(folder, "can't be made: \(error.localizedDescription)")
        }
        guard access(folder, W_OK) == 0 else {
            throw ExportError(folder, String(cString: strerror(errno)))
        }
    }

    func write(_ event: UnsafeRawBufferPointer) throws -> Bool {
        guard let index = try? scanner.scan(event) else { return false }
        let value = JSONValue(index)
        guard let type = value["detail-type"]?.string?.description,
            type.hasSuffix("via CloudTrail"), let detail = value["detail"],
            let account = name(value["account"]), let region = name(value["region"]),
            let time = value["time"]?.string.flatMap({ EventTime($0.description) })
        else { return false }
        let stamp = time.description
        let day = stamp.prefix(10).split(separator: "-").joined(separator: "/")
        let place = "AWSLogs/\(account)/CloudTrail/\(region)/\(day)"
        if open[place] == nil {
            let minute = stamp.prefix(16).filter { $0 != "-" && $0 != ":" }
            try begin(place, "\(account)_CloudTrail_\(region)_\(minute)Z")
        }
        guard let file = open[place] else { return false }
        try file.write(file.events == 0 ? "{\"Records\":[" : ",")
        try file.write(UnsafeRawBufferPointer(detail.text))
        file.events += 1
        if file.events == Self.eventsPerFileMax { try end(place) }
        return true
    }

    /// A value that can be the name of a folder.
    private func name(_ value: JSONValue?) -> String? {
        guard let text = value?.string?.description, !text.isEmpty,
            text.utf8.allSatisfy({
                $0 == 0x2D || $0 == 0x5F || isalnum(Int32($0)) != 0 && $0 < 0x80
            })
        else { return nil }
        return text
    }

    private func begin(_ place: String, _ name: String) throws {
        if open.count == Self.openMax, let oldest = order.first { try end(oldest) }
        let directory = "\(folder)/\(place)"
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        open[place] = try GzipFile(path: "\(directory)/\(name)_\(run)\(fileCount).json.gz")
        order.append(place)
        fileCount += 1
    }

    private func end(_ place: String) throws {
        guard let file = open[place] else { return }
        try file.write("]}")
        try file.close()
        open[place] = nil
        order.removeAll { $0 == place }
    }

    func abandon() {
        for file in open.values { file.abandon() }
        open = [:]
    }

    func finish() throws -> Int {
        for place in order { try end(place) }
        return fileCount
    }
}

/// A gzip file, by the system's zlib, looked up when it is first needed. Under its name once it is
/// complete.
final class GzipFile {
    private typealias Open =
        @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
    private typealias Write = @convention(c) (OpaquePointer?, UnsafeRawPointer?, UInt32) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    /// The signatures are those of zlib.h.
    private static let library: (open: Open, write: Write, close: Close)? = {
        guard let handle = dlopen("libz.so.1", RTLD_NOW), let open = dlsym(handle, "gzopen"),
            let write = dlsym(handle, "gzwrite"), let close = dlsym(handle, "gzclose")
        else { return nil }
        return (
            unsafeBitCast(open, to: Open.self), unsafeBitCast(write, to: Write.self),
            unsafeBitCast(close, to: Close.self)
        )
    }()

    /// How many events it has.
    var events = 0
    private let path: String
    private var file: OpaquePointer?

    init(path: String) throws {
        self.path = path
        guard let library = Self.library else {
            throw ExportError(path, "no libz.so.1 on this system (Debian's package is zlib1g)")
        }
        file = library.open(path + ".part", "wb6")
        guard file != nil else { throw ExportError(path, String(cString: strerror(errno))) }
        Interrupt.cleanUp(path + ".part")
    }

    deinit { if let file { _ = Self.library?.close(file) } }

    func write(_ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try write($0) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let library = Self.library, !bytes.isEmpty else { return }
        let count = library.write(file, bytes.baseAddress, UInt32(bytes.count))
        guard count == Int32(bytes.count) else {
            throw ExportError(path, "can't be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Leaves nothing of it.
    func abandon() {
        if let file { _ = Self.library?.close(file) }
        file = nil
        unlink(path + ".part")
        Interrupt.forget(path + ".part")
    }

    func close() throws {
        let result = Self.library?.close(file)
        file = nil
        guard result == 0, rename(path + ".part", path) == 0 else {
            throw ExportError(path, "can't be completed: \(String(cString: strerror(errno)))")
        }
        Interrupt.forget(path + ".part")
    }
}
