import Foundation
package import InternalSystem

/// Knows at every moment what a power cut could leave of a directory.
///
/// It stands between what is tested and the file system, lets every call through, and keeps for each file
/// what was made durable and, page by page, everything that was there since. A cut takes any of these
/// for each page, the old or the new size for each file, and for the names any prefix of the renames,
/// creations and removals since the directory was synced. (Journalling file systems keep the order of
/// names; nothing keeps that of data.)
package final class PowerCutDisk: @unchecked Sendable {
    // Unchecked: everything is touched under the lock.

    /// One file, whatever it is called.
    private final class Content {
        let pageBytes: Int
        var durable: [UInt8] = []
        var now: [UInt8] = []
        /// What each page has been since it was durable.
        var versions: [Int: [[UInt8]]] = [:]

        init(pageBytes: Int) { self.pageBytes = pageBytes }

        func page(_ index: Int, of bytes: [UInt8]) -> [UInt8] {
            let begin = index * pageBytes
            guard begin < bytes.count else { return Array(repeating: 0, count: pageBytes) }
            let page = bytes[begin..<min(bytes.count, begin + pageBytes)]
            return page + Array(repeating: 0, count: pageBytes - page.count)
        }

        /// Takes note of what the file has become.
        func see(_ bytes: [UInt8]) {
            for index in 0..<(max(bytes.count, now.count) + pageBytes - 1) / pageBytes {
                let page = page(index, of: bytes)
                if page != self.page(index, of: now) { versions[index, default: []].append(page) }
            }
            now = bytes
        }

        func sync(_ range: Range<Int>) {
            if durable.count < range.upperBound {
                durable += Array(repeating: 0, count: range.upperBound - durable.count)
            }
            durable.replaceSubrange(range, with: now[range])
            for index in range.lowerBound / pageBytes...max(0, range.upperBound - 1) / pageBytes {
                versions[index] = nil
            }
        }

        func syncAll() {
            durable = now
            versions = [:]
        }
    }

    private enum NameChange {
        case creation(String, Content)
        case rename(String, String)
        case removal(String)
    }

    private let path: String
    private let pageBytes: Int
    private let lock = NSRecursiveLock()
    private var contents: [UInt64: Content] = [:]
    private var names: [String: Content] = [:]
    private var durableNames: [String: Content] = [:]
    private var changes: [NameChange] = []

    /// Called before each call: a cut may come there.
    package var interruption: (() -> Void)?

    /// - Parameter pageBytes: what the disk writes as a whole: a page of the cache, or a sector.
    package init(_ path: String, pageBytes: Int = 4096) {
        self.path = path
        self.pageBytes = pageBytes
    }

    /// The calls to give to what is tested.
    package var calls: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls()
        calls.syncFile = { file in
            self.locked {
                if isDirectory(file) {
                    self.observe()
                    self.durableNames = self.names
                    self.changes = []
                } else {
                    self.content(of: file).syncAll()
                }
                return 0
            }
        }
        calls.writeDurably = { file, first, second, offset in
            self.locked {
                let error = real.write(file, first, offset)
                if error != 0 { return error }
                // Seen once in between: a cut may come while it is written.
                _ = self.content(of: file)
                let after = real.write(file, second, offset + first.count)
                let content = self.content(of: file)
                content.sync(offset..<offset + first.count + second.count)
                return after
            }
        }
        calls.write = { file, bytes, offset in
            self.changing(file) { real.write(file, bytes, offset) }
        }
        calls.append = { file, bytes, count in
            self.changing(file) { real.append(file, bytes, &count) }
        }
        calls.allocate = { file, size in self.changing(file) { real.allocate(file, size) } }
        calls.truncate = { file, size in self.changing(file) { real.truncate(file, size) } }
        calls.rename = { directory, name, newName in
            self.locked {
                self.observe()
                let error = real.rename(directory, name, newName)
                self.changes.append(.rename(name, newName))
                self.names[newName] = self.names.removeValue(forKey: name)
                return error
            }
        }
        calls.remove = { directory, name in
            self.locked {
                self.observe()
                let error = real.remove(directory, name)
                guard error == 0, let gone = self.names.removeValue(forKey: name) else {
                    return error
                }
                self.changes.append(.removal(name))
                self.contents = self.contents.filter { $0.value !== gone }
                return error
            }
        }
        return calls
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        interruption?()
        return body()
    }

    private func changing(_ file: Int32, _ body: () -> Int32) -> Int32 {
        locked {
            let error = body()
            _ = content(of: file)
            return error
        }
    }

    /// What a file is by now, noted.
    private func content(of file: Int32) -> Content {
        var status = stat()
        fstat(file, &status)
        let known = contents[UInt64(status.st_ino)] ?? Content(pageBytes: pageBytes)
        contents[UInt64(status.st_ino)] = known
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        // Opened anew: through a descriptor for writing past the page cache, only whole pages can be
        // read, to addresses that are multiples of one.
        let reading = open("/proc/self/fd/\(file)", O_RDONLY)
        defer { close(reading) }
        let count = bytes.withUnsafeMutableBytes { pread(reading, $0.baseAddress, $0.count, 0) }
        bytes.removeSubrange(max(0, count)...)
        known.see(bytes)
        return known
    }

    /// Takes note of stores to mappings, and of files that were made.
    package func observe() {
        lock.lock()
        defer { lock.unlock() }
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

    /// Cuts the power now, and makes another directory of what is left.
    package func cut(into target: String, using random: inout some RandomNumberGenerator) throws {
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
        for index in 0..<(size + pageBytes - 1) / pageBytes {
            let versions = content.versions[index] ?? []
            let chosen =
                Double.random(in: 0..<1, using: &random) < share
                ? versions.randomElement(using: &random) : nil
            bytes += chosen ?? content.page(index, of: content.durable)
        }
        return Array(bytes.prefix(size))
    }
}

private func isDirectory(_ file: Int32) -> Bool {
    var status = stat()
    fstat(file, &status)
    return status.st_mode & S_IFMT == S_IFDIR
}
