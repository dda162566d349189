import Foundation
import InternalSystem
import TestSupport
import Testing

@Suite("Open files")
struct OpenFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("what is written at an offset is read there, and fewer bytes where the file ends")
    func readingAndWriting() throws {
        let file = try OpenFile(folder.path("f"), for: .creating)
        try file.write(Array("hello world".utf8), at: 0)
        try file.write(Array("WORLD".utf8), at: 6)
        #expect(try file.byteCount() == 11)
        #expect(try file.read(6..<20) == Array("WORLD".utf8))
        #expect(try file.read(20..<30).isEmpty)
        #expect(try file.readAll() == Array("hello WORLD".utf8))
        try file.truncate(to: 5)
        #expect(try file.readAll() == Array("hello".utf8))
        try file.sync()
    }

    @Test("a file of many pieces, and one that does not tell its size, are read whole")
    func readingAll() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = try folder.file("large", bytes)
        #expect(try OpenFile(path, for: .reading).readAll() == bytes)
        let status = try OpenFile("/proc/self/status", for: .reading)
        #expect(try status.byteCount() == 0)
        #expect(try status.readAll().starts(with: Array("Name:".utf8)))
    }

    @Test("what is appended follows what others have appended")
    func appending() throws {
        let one = try OpenFile(folder.path("log"), for: .appending)
        let other = try OpenFile(folder.path("log"), for: .appending)
        try one.append(Array("a\n".utf8))
        try other.append(Array("b\n".utf8))
        try one.append(Array("c\n".utf8))
        #expect(try WholeFile.read(folder.path("log")) == Array("a\nb\nc\n".utf8))
    }

    @Test("what could not be appended as a whole goes again, unless others put something behind it")
    func appendingFails() throws {
        let real = FileSystemCalls()
        for isFollowed in [false, true] {
            let path = folder.path("log \(isFollowed)")
            let other = try OpenFile(path, for: .appending)
            var calls = FileSystemCalls()
            calls.append = { file, bytes, count in
                _ = real.append(file, UnsafeRawBufferPointer(rebasing: bytes[..<2]), &count)
                if isFollowed { try? other.append(Array("other\n".utf8)) }
                return ENOSPC
            }
            let file = try OpenFile(path, for: .appending, calls: calls)
            let error = #expect(throws: FileError.self) { try file.append(Array("line\n".utf8)) }
            #expect(error?.isNoRoom == true && error?.byteCount == 5)
            let left = try WholeFile.read(path)
            #expect(left == Array((isFollowed ? "liother\n" : "").utf8))
        }
    }

    @Test("a file tells how many names it has, and a call that fails is told by its name")
    func namesAndFailures() throws {
        let path = folder.path("f")
        var calls = FileSystemCalls()
        calls.read = { _, _, _, _ in EIO }
        let file = try OpenFile(path, for: .creating, calls: calls)
        #expect(try file.nameCount() == 1)
        try FileManager.default.removeItem(atPath: path)
        #expect(try file.nameCount() == 0)
        let error = #expect(throws: FileError.self) { try file.readAll() }
        #expect(error?.call == "pread" && error?.code == EIO && error?.path == path)
    }

    @Test("an allocated file has its size and its blocks")
    func allocating() throws {
        let file = try OpenFile(folder.path("f"), for: .creating)
        try file.allocate(1 << 20)
        #expect(try file.byteCount() == 1 << 20)
        #expect(try file.read(0..<4) == [0, 0, 0, 0])
        var status = stat()
        #expect(fstat(file.descriptor, &status) == 0)
        #expect(status.st_blocks * 512 >= 1 << 20)
    }

    @Test(
        "each purpose makes, keeps or refuses what is there as it says",
        arguments: [
            (OpenFile.Purpose.reading, "old", nil), (.changing, "old", nil),
            (.keeping, "old", ""), (.replacing, "", ""), (.creating, nil, ""),
            (.appending, "old", ""),
        ] as [(OpenFile.Purpose, String?, String?)])
    func purposes(purpose: OpenFile.Purpose, present: String?, absent: String?) throws {
        for (name, expected) in [("present", present), ("absent", absent)] {
            let path = folder.path(name)
            if name == "present" { try folder.file(name, Array("old".utf8)) }
            guard let expected else {
                let code = name == "present" ? EEXIST : ENOENT
                let error = #expect(throws: FileError.self) {
                    _ = try OpenFile(path, for: purpose)
                }
                #expect(error == FileError("open", path, code: code))
                continue
            }
            _ = try OpenFile(path, for: purpose)
            #expect(try WholeFile.read(path) == Array(expected.utf8))
        }
    }

    @Test("a file keeps its identity when it is renamed, and another has another")
    func identity() throws {
        let path = folder.path("log")
        let file = try OpenFile(path, for: .appending)
        #expect(try FileIdentity(of: path) == file.identity())
        #expect(rename(path, folder.path("log.1")) == 0)
        #expect(try FileIdentity(of: path) == nil)
        #expect(try FileIdentity(of: folder.path("log.1")) == file.identity())
        _ = try OpenFile(path, for: .appending)
        #expect(try FileIdentity(of: path) != file.identity())
        #expect(try FileIdentity(of: path + "/in a file") == nil)
    }

    @Test("an error names the call, the path and the system's reason")
    func errors() throws {
        let path = folder.path("none/f")
        let error = try #require(
            #expect(throws: FileError.self) { _ = try OpenFile(path, for: .replacing) })
        #expect(error.description == "\(path): open failed (No such file or directory)")
        #expect(error.isMissing)
        let file = try OpenFile(folder.file("f", [1]), for: .reading)
        let refused = #expect(throws: FileError.self) { try file.write([1], at: 0) }
        #expect(refused?.call == "pwrite")
        #expect(refused?.path == folder.path("f"))
        #expect(refused?.code == EBADF)
        #expect(refused?.byteCount == 1)
    }

    @Test("a full disk is told from other errors")
    func fullDisk() throws {
        let file = try OpenFile("/dev/full", for: .changing)
        let error = #expect(throws: FileError.self) { try file.write([1], at: 0) }
        #expect(error?.isNoRoom == true)
        #expect(error?.isFailedSync == false)
    }

    @Test("an exclusive lock goes with no other, shared ones with each other, by ranges")
    func locks() throws {
        let path = try folder.file("lock", [])
        let one = try OpenFile(path, for: .changing)
        let other = try OpenFile(path, for: .changing)
        #expect(try one.lock(.exclusive))
        #expect(try !other.lock(.exclusive))
        #expect(try !other.lock(.shared))
        #expect(try other.isLockedByOthers())
        #expect(try !one.isLockedByOthers(), "its own lock is not in its way")
        one.unlock()
        #expect(try !other.isLockedByOthers())

        #expect(try one.lock(.shared, 10..<20))
        #expect(try other.lock(.shared, 15..<30))
        #expect(try !other.lock(.exclusive, 19..<20))
        #expect(try other.lock(.exclusive, 20..<Int.max))
        #expect(try !one.lock(.shared, 1_000_000..<1_000_001))
        one.unlock(15..<20)
        #expect(try other.lock(.exclusive, 15..<20))
        #expect(try !other.lock(.exclusive, 14..<20))
    }

    @Test("a lock ends with the last duplicate of its open file")
    func lockOfDuplicate() throws {
        let path = try folder.file("lock", [])
        let other = try OpenFile(path, for: .changing)
        func holdTwice() throws -> OpenFile {
            let one = try OpenFile(path, for: .changing)
            #expect(try one.lock(.exclusive))
            return try one.duplicate()
        }
        do {
            let duplicate = try holdTwice()
            #expect(try !other.lock(.exclusive))
            #expect(try duplicate.byteCount() == 0)
        }
        #expect(try other.lock(.exclusive))
    }

    @Test("a lock on the file as a whole can be taken by who only reads")
    func wholeLocks() throws {
        let path = try folder.file("f", [])
        let one = try OpenFile(path, for: .reading)
        let other = try OpenFile(path, for: .reading)
        #expect(try one.lockAsWhole(.shared))
        #expect(try other.lockAsWhole(.shared))
        #expect(try !other.lockAsWhole(.exclusive))
        one.unlockAsWhole()
        #expect(try other.lockAsWhole(.exclusive))
        #expect(try !one.lockAsWhole(.shared))
    }
}
