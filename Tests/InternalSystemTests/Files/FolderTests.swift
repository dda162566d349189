import Foundation
import InternalSystem
import TestSupport
import Testing

@Suite("Folders")
struct FolderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a folder is made with those that it lies in, and made again without harm")
    func making() throws {
        let path = folder.path("a/b/c")
        try Folder.make(path)
        try Folder.make(path)
        #expect(try Folder(path).names().isEmpty)
        try folder.file("file", [])
        let error = #expect(throws: FileError.self) { try Folder.make(folder.path("file/d")) }
        #expect(error == FileError("mkdir", folder.path("file/d"), code: ENOTDIR))
    }

    @Test("each new folder is made durable in the one that it lies in")
    func makingDurably() throws {
        let trace = CallTrace()
        try Folder.make(folder.path("a/b"), calls: trace.calls)
        #expect(trace.noted == ["sync \(folder.path)", "sync \(folder.path("a"))"])
    }

    @Test("files are opened, listed, renamed and removed in it, also when it was renamed itself")
    func files() throws {
        try Folder.make(folder.path("old"))
        let opened = try Folder(folder.path("old"))
        #expect(rename(folder.path("old"), folder.path("new")) == 0)
        try opened.open("b", for: .creating).write([1], at: 0)
        _ = try opened.open("a", for: .creating)
        #expect(try opened.names() == ["a", "b"])
        try opened.rename("b", to: "c")
        try opened.remove("a")
        try opened.remove("a")
        try opened.sync()
        #expect(try opened.names() == ["c"])
        #expect(try WholeFile.read(folder.path("new/c")) == [1])
    }

    @Test("an error names the folder's path and the file's name")
    func errors() throws {
        let opened = try Folder(folder.path)
        let error = #expect(throws: FileError.self) { _ = try opened.open("f", for: .reading) }
        #expect(error == FileError("open", folder.path("f"), code: ENOENT))
        #expect(throws: FileError("rename", folder.path("f"), code: ENOENT)) {
            try opened.rename("f", to: "g")
        }
        #expect(throws: FileError("open", folder.path("none"), code: ENOENT)) {
            _ = try Folder(folder.path("none"))
        }
    }

    @Test("a file is read whole, and one that is not there is nil")
    func reading() throws {
        try folder.file("f", [1, 2, 3])
        #expect(try Folder(folder.path).readFile("f") == [1, 2, 3])
        #expect(try Folder(folder.path).readFile("g") == nil)
        #expect(try WholeFile.read(folder.path("f")) == [1, 2, 3])
        #expect(try WholeFile.read(folder.path("g")) == nil)
    }

    @Test("a file is replaced: written, synced, renamed, and its folder synced, in this order")
    func replacing() throws {
        let trace = CallTrace()
        try WholeFile.replace(folder.path("f"), with: [1, 2], calls: trace.calls)
        try WholeFile.replace(folder.path("f"), with: [3], calls: trace.calls)
        #expect(try WholeFile.read(folder.path("f")) == [3])
        #expect(try Folder(folder.path).names() == ["f"])
        let one = [
            "write", "sync \(folder.path("f.new"))", "rename f.new f", "sync \(folder.path)",
        ]
        #expect(trace.noted == one + one)
    }

    @Test(
        "a file that cannot be replaced stays as it was, with nothing left beside it",
        arguments: ["write", "sync", "rename"])
    func failedReplacing(call: String) throws {
        try WholeFile.replace(folder.path("f"), with: Array("old".utf8))
        let trace = CallTrace(failing: call)
        let error = #expect(throws: FileError.self) {
            try WholeFile.replace(folder.path("f"), with: Array("new".utf8), calls: trace.calls)
        }
        #expect(error?.code == ENOSPC)
        #expect(error?.path == folder.path("f.new"))
        #expect(try WholeFile.read(folder.path("f")) == Array("old".utf8))
        #expect(try Folder(folder.path).names() == ["f"])
    }

    @Test("a replacement that may not be durable is an error, though it is there")
    func unsyncedReplacing() throws {
        let trace = CallTrace(failing: "sync \(folder.path)")
        let error = #expect(throws: FileError.self) {
            try WholeFile.replace(folder.path("f"), with: [1], calls: trace.calls)
        }
        #expect(error?.isFailedSync == true)
        #expect(try WholeFile.read(folder.path("f")) == [1])
    }

    @Test("a path without a folder means the current one, and one below the root the root")
    func pathsWithoutFolder() throws {
        let error = #expect(throws: FileError.self) {
            try WholeFile.replace("/proc/no such folder/f", with: [])
        }
        #expect(error == FileError("open", "/proc/no such folder", code: ENOENT))
        let refused = #expect(throws: FileError.self) {
            try WholeFile.replace("f", with: [1], calls: CallTrace(failing: "write").calls)
        }
        #expect(refused?.path == "./f.new")
    }
}

/// Notes the calls that make things durable, and has one fail as on a full disk.
final class CallTrace: Sendable {
    private let log = Guarded<[String]>([])
    private let failing: String?

    init(failing: String? = nil) { self.failing = failing }

    var noted: [String] { log.withLock { $0 } }

    var calls: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls()
        calls.write = { file, bytes, offset in
            self.call("write") { real.write(file, bytes, offset) }
        }
        calls.syncFile = { file in
            self.call("sync \(nameOf(file))") { real.syncFile(file) }
        }
        calls.rename = { folder, name, newName in
            self.call("rename \(name) \(newName)") { real.rename(folder, name, newName) }
        }
        return calls
    }

    private func call(_ what: String, _ body: () -> Int32) -> Int32 {
        log.withLock { $0.append(what) }
        if let failing, what == failing || what.hasPrefix(failing + " ") { return ENOSPC }
        return body()
    }
}

private func nameOf(_ file: Int32) -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(file)")) ?? ""
}
