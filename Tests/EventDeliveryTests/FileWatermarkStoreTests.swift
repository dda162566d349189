import Dispatch
import Foundation
import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery

@Suite struct FileWatermarkStoreTests {
    private func key(_ target: String) -> TargetID {
        TargetID(bus: "default", rule: "all", target: target)
    }

    /// A disk on which this is what a sync does; it returns an error number.
    private func syncing(_ body: @escaping @Sendable () -> Int32) -> FileSystemCalls {
        var calls = FileSystemCalls()
        calls.syncFile = { _ in body() }
        return calls
    }

    @Test("who raises a watermark does not wait for the disk, and the next save has it")
    func advancesWhileSaving() throws {
        let folder = try TemporaryFolder()
        let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isSlow = Switch(false)
        let watermarks = try FileWatermarkStore(
            directory: folder.path,
            calls: syncing {
                guard isSlow.isOn else { return 0 }
                begun.signal()
                goOn.wait()
                return 0
            })
        try watermarks.begin([key("a")], at: 1)
        isSlow.isOn = true
        watermarks.advance(key("a"), to: 2)
        watermarks.saveSoon()
        begun.wait()
        // The disk is at it: were this to wait for it, it would wait for ever.
        watermarks.advance(key("a"), to: 3)
        #expect(watermarks[key("a")] == 3)
        goOn.signal()
        goOn.signal()
        try watermarks.save()
        #expect(try FileWatermarkStore(directory: folder.path)[key("a")] == 3)
    }

    @Test("what could not be saved is saved with the next change, but for what was removed")
    func savesLater() throws {
        let folder = try TemporaryFolder()
        let fails = Switch(false)
        let watermarks = try FileWatermarkStore(
            directory: folder.path,
            calls: syncing { fails.isOn ? EIO : 0 })
        try watermarks.begin([key("a"), key("b")], at: 1)
        fails.isOn = true
        for target in ["a", "b"] { watermarks.advance(key(target), to: 2) }
        #expect(throws: FileError.self) { try watermarks.save() }
        try watermarks.remove(key("b"))
        fails.isOn = false
        let path = folder.path + "/delivery.watermarks"
        let before = readFile(path)?.count ?? 0
        try watermarks.save()
        #expect(readFile(path)?.count ?? 0 > before)
        let again = try FileWatermarkStore(directory: folder.path)
        #expect(again[key("a")] == 2 && again[key("b")] == nil)
    }

    private func lines(_ folder: TemporaryFolder) -> [String] {
        (readFile(folder.path + "/delivery.watermarks") ?? []).split(separator: 0x0A).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test("targets have their first watermarks when these are durable, by one sync for all")
    func beginsDurably() throws {
        let folder = try TemporaryFolder()
        let (syncs, seen) = (Inbox(), Inbox())
        let watermarks = try FileWatermarkStore(
            directory: folder.path,
            calls: syncing {
                syncs.take("")
                for line in self.lines(folder) { seen.take(line) }
                return 0
            })
        let before = syncs.count
        try watermarks.begin([key("a"), key("b")], at: 7)
        #expect(syncs.count == before + 1)
        // Whatever is made durable is in the file by then.
        #expect(seen.texts.suffix(2).allSatisfy { $0.contains(#""sequence":7"#) })
        #expect(watermarks[key("a")] == 7 && watermarks[key("b")] == 7)
    }

    @Test("a first watermark that can't be made durable is none, neither here nor in the file")
    func beginsOrNot() throws {
        let folder = try TemporaryFolder()
        let fails = Switch(false)
        let watermarks = try FileWatermarkStore(
            directory: folder.path,
            calls: syncing { fails.isOn ? EIO : 0 })
        try watermarks.begin([key("a")], at: 1)
        fails.isOn = true
        #expect(throws: FileError.self) { try watermarks.begin([key("b")], at: 2) }
        #expect(watermarks[key("b")] == nil && lines(folder).count == 1)
        fails.isOn = false
        try watermarks.begin([key("b")], at: 3)
        let again = try FileWatermarkStore(directory: folder.path)
        #expect(again[key("a")] == 1 && again[key("b")] == 3 && again.unreadableLines == 0)
    }

    @Test(
        "a first watermark is in the file of the name also where that was shortened with an error")
    func beginsAfterShortening() throws {
        let folder = try TemporaryFolder()
        let fails = Switch(false)
        var calls = FileSystemCalls()
        calls.syncFile = { file in
            var status = stat()
            fstat(file, &status)
            return fails.isOn && status.st_mode & S_IFMT == S_IFDIR ? EIO : 0
        }
        let watermarks = try FileWatermarkStore(directory: folder.path, calls: calls)
        let keys = (0..<1_000).map { key("\($0)") }
        try watermarks.begin(keys, at: 0)
        fails.isOn = true
        var sequence: UInt64 = 0
        var failures = 0
        while failures == 0, sequence < 20 {
            sequence += 1
            for key in keys { watermarks.advance(key, to: sequence) }
            do { try watermarks.save() } catch { failures += 1 }
        }
        #expect(failures == 1)
        try watermarks.begin([key("new")], at: 7)
        let again = try FileWatermarkStore(directory: folder.path)
        #expect(again[key("new")] == 7 && again[key("0")] == sequence)
    }

    @Test("a file that can't be read is an error, and stays as it is")
    func keepsUnreadableFile() throws {
        let folder = try TemporaryFolder()
        try FileWatermarkStore(directory: folder.path).begin([key("a")], at: 5)
        var calls = FileSystemCalls()
        calls.read = { _, _, _, _ in EIO }
        #expect(throws: FileError.self) {
            try FileWatermarkStore(directory: folder.path, calls: calls)
        }
        #expect(try FileWatermarkStore(directory: folder.path)[key("a")] == 5)
        // The system's own errors are errors too.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/x/delivery.watermarks", withIntermediateDirectories: true)
        #expect(throws: (any Error).self) {
            try FileWatermarkStore(directory: folder.path + "/x")
        }
    }

    @Test("lines that make no sense are counted and stay, but for one that was cut short")
    func keepsUnreadableLines() throws {
        let folder = try TemporaryFolder()
        try FileWatermarkStore(directory: folder.path).begin([key("a")], at: 5)
        let path = folder.path + "/delivery.watermarks"
        let odd = [
            #"{"bus":"default","rule":"all","target":"a","sequence":"x"}"#, "nothing",
            #"{"bus":"default","rule":"all","target":"a"}"#,
        ]
        let text = (lines(folder) + odd + [#"{"bus":"defa"#]).joined(separator: "\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        for _ in 0..<2 {
            let watermarks = try FileWatermarkStore(directory: folder.path)
            #expect(watermarks[key("a")] == 5 && watermarks.unreadableLines == 3)
            #expect(odd.allSatisfy(lines(folder).contains))
            #expect(lines(folder).count == 4)
        }
    }

    @Test("the file stays short however long targets go on")
    func staysShort() throws {
        let folder = try TemporaryFolder()
        let watermarks = try FileWatermarkStore(
            directory: folder.path, calls: syncing { 0 })
        let keys = (0..<100).map { key("\($0)") }
        try watermarks.begin(keys, at: 0)
        for sequence in 1...500 as ClosedRange<UInt64> {
            for key in keys { watermarks.advance(key, to: sequence) }
            try watermarks.save()
        }
        #expect(lines(folder).count < 12_000)
        let again = try FileWatermarkStore(directory: folder.path)
        #expect(keys.allSatisfy { again[$0] == 500 })
    }
}
