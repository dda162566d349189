import Foundation

@testable import Switchyard

/// Knows at every moment what a power cut could leave of a folder with a configuration.
///
/// It stands between the store and the file system, lets every call through, and keeps for each file
/// what was made durable and everything that each sector was since. A cut takes any of these for each
/// sector, the old or the new size for each file, and any prefix of the names' changes since the
/// folder was synced.
final class PowerCutFolder: @unchecked Sendable {
    // Unchecked: everything is touched under the lock.
    private static let sectorBytes = 512

    /// One file, whatever it is called.
    private final class Content {
        var durable: [UInt8] = []
        var now: [UInt8] = []
        /// What each sector has been since it was durable.
        var versions: [Int: [[UInt8]]] = [:]

        func sector(_ index: Int, of bytes: [UInt8]) -> [UInt8] {
            let start = index * sectorBytes
            guard start < bytes.count else { return Array(repeating: 0, count: sectorBytes) }
            let part = bytes[start..<min(bytes.count, start + sectorBytes)]
            return part + Array(repeating: 0, count: sectorBytes - part.count)
        }

        func see(_ bytes: [UInt8]) {
            for index in 0..<(max(bytes.count, now.count) + sectorBytes - 1) / sectorBytes {
                let new = sector(index, of: bytes)
                if new != sector(index, of: now) { versions[index, default: []].append(new) }
            }
            now = bytes
        }
    }

    private enum NameChange {
        case creation(String, Content)
        case rename(String, String)
        case removal(String)
    }

    private let path: String
    private let lock = NSRecursiveLock()
    private var contents: [UInt64: Content] = [:]
    private var names: [String: Content] = [:]
    private var durableNames: [String: Content] = [:]
    private var changes: [NameChange] = []
    /// Called between any two calls: a cut may come there.
    var interruption: (() -> Void)?

    init(_ path: String) { self.path = path }

    /// The calls to give to a store.
    var calls: ConfigurationFileCalls {
        let real = ConfigurationFileCalls()
        var calls = ConfigurationFileCalls()
        calls.syncFile = { file in
            self.between {
                var status = stat()
                fstat(file, &status)
                if status.st_mode & S_IFMT == S_IFDIR {
                    self.observe()
                    self.durableNames = self.names
                    self.changes = []
                } else {
                    let content = self.content(of: file)
                    content.durable = content.now
                    content.versions = [:]
                }
                return 0
            }
        }
        calls.write = { file, bytes, offset in
            self.between {
                let error = real.write(file, bytes, offset)
                _ = self.content(of: file)
                return error
            }
        }
        calls.truncate = { file, size in
            self.between {
                let error = real.truncate(file, size)
                _ = self.content(of: file)
                return error
            }
        }
        calls.rename = { folder, name, newName in
            self.between {
                self.observe()
                let error = real.rename(folder, name, newName)
                self.changes.append(.rename(name, newName))
                self.names[newName] = self.names.removeValue(forKey: name)
                return error
            }
        }
        calls.remove = { folder, name in
            self.between {
                self.observe()
                let error = real.remove(folder, name)
                guard error == 0, self.names.removeValue(forKey: name) != nil else { return error }
                self.changes.append(.removal(name))
                return 0
            }
        }
        return calls
    }

    private func between(_ call: () -> Int32) -> Int32 {
        lock.lock()
        defer { lock.unlock() }
        interruption?()
        return call()
    }

    private func content(of file: Int32) -> Content {
        var status = stat()
        fstat(file, &status)
        let known = contents[UInt64(status.st_ino)] ?? Content()
        contents[UInt64(status.st_ino)] = known
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        bytes.removeSubrange(max(0, count)...)
        known.see(bytes)
        return known
    }

    /// Takes note of files that were made.
    private func observe() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let file = open("\(path)/\(name)", O_RDONLY)
            guard file >= 0 else { continue }
            defer { close(file) }
            let content = content(of: file)
            if names[name] !== content {
                names[name] = content
                changes.append(.creation(name, content))
            }
        }
    }

    /// Cuts the power now, and makes another folder of what is left.
    func cut(into target: String, using random: inout some RandomNumberGenerator) throws {
        lock.lock()
        defer { lock.unlock() }
        observe()
        var left = durableNames
        for change in changes.prefix(Int.random(in: 0...changes.count, using: &random)) {
            switch change {
            case .creation(let name, let content): left[name] = content
            case .rename(let name, let newName): left[newName] = left.removeValue(forKey: name)
            case .removal(let name): left[name] = nil
            }
        }
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: false)
        for (name, content) in left {
            let bytes = remains(of: content, using: &random)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(target)/\(name)"))
        }
    }

    private func remains(
        of content: Content, using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let isNew = Bool.random(using: &random)
        let size = isNew ? content.now.count : content.durable.count
        // Sometimes nothing reached the disk, or everything, more often some of it.
        let shares: [Double] = [0, 0.1, 0.5, 0.9, 1]
        let share = shares.randomElement(using: &random) ?? 0
        var bytes: [UInt8] = []
        for index in 0..<(size + Self.sectorBytes - 1) / Self.sectorBytes {
            let versions = content.versions[index] ?? []
            let chosen =
                Double.random(in: 0..<1, using: &random) < share
                ? versions.randomElement(using: &random) : nil
            bytes += chosen ?? content.sector(index, of: content.durable)
        }
        return Array(bytes.prefix(size))
    }
}

private let sectorBytes = 512
