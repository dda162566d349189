import Foundation
import InternalSystem
import StoreConformance
import Synchronization
import TestSupport
import Testing

@testable import Switchyard

/// System calls that are counted, and fail when a test says so.
private final class Disk: Sendable {
    let syncs = Atomic(0)
    let writes = Atomic(0)
    /// The error number of each call from now on; 0 for none.
    let syncError = Atomic<Int32>(0)
    let writeError = Atomic<Int32>(0)
    let truncateError = Atomic<Int32>(0)

    var calls: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls()
        calls.syncFile = { file in
            self.syncs.add(1, ordering: .relaxed)
            let error = self.syncError.load(ordering: .relaxed)
            return error == 0 ? real.syncFile(file) : error
        }
        calls.write = { file, bytes, offset in
            self.writes.add(1, ordering: .relaxed)
            let error = self.writeError.load(ordering: .relaxed)
            guard error != 0 else { return real.write(file, bytes, offset) }
            // What fits is written: half of it.
            _ = real.write(
                file, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), offset)
            return error
        }
        calls.truncate = { file, size in
            let error = self.truncateError.load(ordering: .relaxed)
            return error == 0 ? real.truncate(file, size) : error
        }
        return calls
    }
}

@Suite struct FileConfigurationStoreTests {
    @Test("a store that is opened again has its values, versions and revision")
    func survives() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        try store.apply(ConfigurationBatch(["a": "1", "b": "2"]))
        var batch = ConfigurationBatch()
        batch.remove(try key("b"))
        try store.apply(batch)
        store.close()
        let again = try FileConfigurationStore(directory: folder.path)
        #expect(again.revision == 2)
        #expect(try again.texts() == ["a=1"])
        #expect(try again.entry(key("a"))?.version == 1)
        #expect(again.recovery == ConfigurationRecovery())
        #expect(try again.apply(ConfigurationBatch(["c": "3"])) == 3)
    }

    @Test("a batch of a thousand changes costs one write and one sync")
    func groupsChanges() throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
        let (writes, syncs) = (
            disk.writes.load(ordering: .relaxed), disk.syncs.load(ordering: .relaxed)
        )
        var batch = ConfigurationBatch()
        for number in 0..<1_000 { batch.put(try key("rule/\(number)"), Array("{}".utf8)) }
        try store.apply(batch)
        #expect(disk.writes.load(ordering: .relaxed) == writes + 1)
        #expect(disk.syncs.load(ordering: .relaxed) == syncs + 1)
        #expect(try store.entries(key("rule")).count == 1_000)
    }

    @Test("a second store on the same folder is refused until the first one is closed")
    func locks() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        #expect(throws: ConfigurationStoreError.locked(path: folder.path("configuration"))) {
            try FileConfigurationStore(directory: folder.path)
        }
        store.close()
        try FileConfigurationStore(directory: folder.path).close()
    }

    @Test("a folder that does not exist is an error that names it")
    func needsFolder() throws {
        let folder = try TemporaryFolder()
        #expect(
            throws: ConfigurationStoreError.system(
                call: "open", path: folder.path("none"), errno: ENOENT)
        ) {
            try FileConfigurationStore(directory: folder.path("none"))
        }
    }

    @Test("a file of values that change often stays in proportion to what it holds")
    func rewrites() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        try store.apply(ConfigurationBatch(["kept": "from the beginning"]))
        let value = [UInt8](repeating: 0x7A, count: 2_000)
        for number in 0..<300 {
            var batch = ConfigurationBatch()
            batch.put(try key("busy/\(number % 3)"), value + Array("\(number)".utf8))
            if number % 5 == 0 {
                batch.remove(try key("gone"))
            } else {
                batch.put(try key("gone"), [])
            }
            try store.apply(batch)
            #expect(store.fileBytes < 100_000)
        }
        #expect(store.fileBytes == readFile(folder.path("configuration"))?.count)
        let entries = try store.entries(nil)
        store.close()
        let again = try FileConfigurationStore(directory: folder.path)
        #expect(try again.entries(nil) == entries)
        #expect(again.revision == 301)
        #expect(try again.entry(key("kept"))?.version == 1)
        #expect(try again.apply(ConfigurationBatch(["next": ""])) == 302)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["configuration", "configuration.lock"])
    }

    @Test("what a crash left of a file that was being written anew is not missed")
    func removesLeftovers() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        try store.apply(ConfigurationBatch(["a": "1"]))
        store.close()
        try folder.write("half a file", to: "configuration.new")
        let again = try FileConfigurationStore(directory: folder.path)
        #expect(try again.texts() == ["a=1"])
        #expect(readFile(folder.path("configuration.new")) == nil)
    }

    @Test("a full disk is an error, after which the store goes on when there is room again")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
        try store.apply(ConfigurationBatch(["a": "1"]))
        let bytes = readFile(folder.path("configuration"))
        disk.writeError.store(ENOSPC, ordering: .relaxed)
        let path = folder.path("configuration")
        #expect(throws: ConfigurationStoreError.diskFull(path: path, errno: ENOSPC)) {
            try store.apply(ConfigurationBatch(["b": "2"]))
        }
        #expect(try store.texts() == ["a=1"] && store.revision == 1)
        #expect(readFile(path) == bytes)
        disk.writeError.store(0, ordering: .relaxed)
        #expect(try store.apply(ConfigurationBatch(["c": "3"])) == 2)
        store.close()
        #expect(try FileConfigurationStore(directory: folder.path).texts() == ["a=1", "c=3"])
    }

    @Test(
        "a batch that can't be taken back ends all changes, and is dropped when it is opened again")
    func stuckBatch() throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
        try store.apply(ConfigurationBatch(["a": "1"]))
        disk.writeError.store(EIO, ordering: .relaxed)
        disk.truncateError.store(EIO, ordering: .relaxed)
        #expect(throws: ConfigurationStoreError.self) {
            try store.apply(ConfigurationBatch(["b": "2"]))
        }
        disk.writeError.store(0, ordering: .relaxed)
        let error = #expect(throws: ConfigurationStoreError.self) {
            try store.apply(ConfigurationBatch(["b": "2"]))
        }
        guard case .unusable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.texts() == ["a=1"])
        store.close()
        let again = try FileConfigurationStore(directory: folder.path)
        #expect(again.recovery.droppedBytes > 0)
        #expect(try again.texts() == ["a=1"])
    }

    @Test(
        "after a sync that failed nothing is written or synced any more, and what was there can be read"
    )
    func failedSync() throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
        try store.apply(ConfigurationBatch(["a": "1"]))
        disk.syncError.store(EIO, ordering: .relaxed)
        let path = folder.path("configuration")
        #expect(throws: ConfigurationStoreError.syncFailed(path: path, errno: EIO)) {
            try store.apply(ConfigurationBatch(["b": "2"]))
        }
        disk.syncError.store(0, ordering: .relaxed)
        let calls = disk.syncs.load(ordering: .relaxed) + disk.writes.load(ordering: .relaxed)
        #expect(throws: ConfigurationStoreError.self) {
            try store.apply(ConfigurationBatch(["c": "3"]))
        }
        #expect(
            disk.syncs.load(ordering: .relaxed) + disk.writes.load(ordering: .relaxed) == calls)
        #expect(try store.texts() == ["a=1"])
    }
}

/// Files that are not as they were written.
@Suite struct ConfigurationDamageTests {
    /// A file of several batches, and where each begins.
    private static func file(snapshot: Bool) throws -> (bytes: [UInt8], batches: [Int]) {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        if snapshot {
            let value = [UInt8](repeating: 0x7A, count: 3_000)
            var before: Int
            // Until it was written anew.
            repeat {
                before = store.fileBytes
                var batch = ConfigurationBatch()
                batch.put(try key("old"), value)
                try store.apply(batch)
            } while store.fileBytes > before
        }
        var batches: [Int] = []
        for number in 0..<3 {
            batches.append(store.fileBytes)
            try store.apply(
                ConfigurationBatch([
                    "rule/\(number)": String(repeating: "\(number)", count: 300), "n": "\(number)",
                ]))
        }
        store.close()
        return (try #require(readFile(folder.path("configuration"))), batches)
    }

    private static func open(_ bytes: [UInt8]) throws -> (FileConfigurationStore, TemporaryFolder) {
        let folder = try TemporaryFolder()
        try folder.file("configuration", bytes)
        return (try FileConfigurationStore(directory: folder.path), folder)
    }

    @Test("a file that ends within its last batch is cut before it, wherever it ends")
    func tornTail() throws {
        let (bytes, batches) = try Self.file(snapshot: false)
        let last = try #require(batches.last)
        for end in stride(from: last, to: bytes.count, by: 5) {
            let (store, folder) = try Self.open(Array(bytes[..<end]))
            #expect(store.revision == 2)
            #expect(try store.texts().count == 3)
            #expect(store.recovery.droppedBytes == end - last)
            #expect(end == last || store.recovery.offset == last)
            try store.apply(ConfigurationBatch(["n": "again"]))
            store.close()
            let again = try FileConfigurationStore(directory: folder.path)
            #expect(again.revision == 3 && again.recovery.droppedBytes == 0)
        }
    }

    @Test("a last batch with a sector that was never written is dropped", arguments: [0, 1])
    func unwrittenSector(sector: Int) throws {
        let (file, batches) = try Self.file(snapshot: false)
        var bytes = file
        let last = try #require(batches.last)
        let bounds = [last, (last / 512 + 1) * 512, bytes.count]
        let range = bounds[sector]..<min(bounds[sector + 1], bytes.count)
        try #require(!range.isEmpty)
        bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
        let (store, _) = try Self.open(bytes)
        #expect(store.revision == 2)
        #expect(store.recovery == Self.recovery(bytes.count - last, at: last))
    }

    private static func recovery(_ bytes: Int, at offset: Int) -> ConfigurationRecovery {
        var recovery = ConfigurationRecovery()
        recovery.droppedBytes = bytes
        recovery.offset = offset
        return recovery
    }

    @Test(
        "a bit that flips anywhere is an error that says where, and the file stays as it is",
        arguments: [false, true])
    func flippedBits(snapshot: Bool) throws {
        let (good, batches) = try Self.file(snapshot: snapshot)
        let folder = try TemporaryFolder()
        var random = SeededGenerator(stream: 42)
        for offset in stride(from: 0, to: good.count, by: snapshot ? 3 : 1) {
            var bytes = good
            bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try folder.file("configuration", bytes)
            let error = #expect(throws: ConfigurationStoreError.self, "byte \(offset)") {
                try FileConfigurationStore(directory: folder.path).close()
            }
            switch error {
            case .foreignFile: #expect(offset < 8)
            case .damaged(_, let place, _):
                let batch = batches.last { $0 <= offset }
                #expect(batch == nil || place == batch, "byte \(offset)")
            default: Issue.record("byte \(offset): \(String(describing: error))")
            }
            #expect(readFile(folder.path("configuration")) == bytes)
        }
    }

    @Test("a hole before a good batch is damage, however it came about")
    func damageInTheMiddle() throws {
        let (good, batches) = try Self.file(snapshot: false)
        var bytes = good
        bytes.replaceSubrange(
            batches[1]..<batches[2], with: repeatElement(0, count: batches[2] - batches[1]))
        let folder = try TemporaryFolder()
        try folder.file("configuration", bytes)
        let error = #expect(throws: ConfigurationStoreError.self) {
            try FileConfigurationStore(directory: folder.path)
        }
        guard case .damaged(folder.path("configuration"), batches[1], _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(readFile(folder.path("configuration")) == bytes)
    }

    @Test("a snapshot that was cut short is damage, since it was durable before it had its name")
    func shortSnapshot() throws {
        let (good, batches) = try Self.file(snapshot: true)
        let folder = try TemporaryFolder()
        try #require(batches[0] > 3_000, "the snapshot ends where the batches begin")
        try folder.file("configuration", Array(good[..<100]))
        let error = #expect(throws: ConfigurationStoreError.self) {
            try FileConfigurationStore(directory: folder.path)
        }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a file of something else, an empty one too, is refused and left alone")
    func foreignFiles() throws {
        for bytes in [[], Array("{\"name\": \"orders\"}\n".utf8)] as [[UInt8]] {
            let folder = try TemporaryFolder()
            let path = try folder.file("configuration", bytes)
            let error = #expect(throws: ConfigurationStoreError.self) {
                try FileConfigurationStore(directory: folder.path)
            }
            guard case .foreignFile(path, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(readFile(path) == bytes)
        }
    }

    @Test("a file of a newer major version is refused, one of a newer minor version is read")
    func versions() throws {
        let (good, _) = try Self.file(snapshot: false)
        for (offset, isRead) in [(8, false), (10, true)] {
            var bytes = good
            bytes[offset] = 2
            let checksum = bytes.withUnsafeBytes {
                ConfigurationFileFormat.checksum(UnsafeRawBufferPointer(rebasing: $0[..<44]))
            }
            for place in 0..<4 {
                bytes[44 + place] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(place)))
            }
            let folder = try TemporaryFolder()
            let path = try folder.file("configuration", bytes)
            if isRead {
                #expect(try FileConfigurationStore(directory: folder.path).revision == 3)
            } else {
                let expected = ConfigurationStoreError.newerFormat(
                    path: path, version: 2, supported: 1)
                #expect(throws: expected) {
                    try FileConfigurationStore(directory: folder.path)
                }
            }
            #expect(readFile(path) == bytes)
        }
    }

    @Test("a batch at another place, or of another file, is none")
    func misplacedBatch() throws {
        let (good, batches) = try Self.file(snapshot: false)
        let (other, _) = try Self.file(snapshot: false)
        try #require(other.count == good.count)
        let range = batches[1]..<batches[2]
        for bytes in [
            Array(good[..<batches[2]] + good[range] + good[batches[2]...]),
            Array(good[..<batches[1]] + other[range] + good[batches[2]...]),
        ] {
            let folder = try TemporaryFolder()
            try folder.file("configuration", bytes)
            #expect(throws: ConfigurationStoreError.self) {
                try FileConfigurationStore(directory: folder.path)
            }
        }
    }
}
