import Foundation
import Testing

@testable import EventArchive

@Suite("The tail file and the lock")
struct TailFileTests {
    let fixture = Fixture()

    private func directory() throws -> ArchiveDirectory {
        try ArchiveDirectory(opening: fixture.path)
    }

    private func tail() throws -> ArchiveTail? {
        let directory = try directory()
        return try ArchiveTail(reading: directory, of: directory.identity().id)
    }

    @Test("who follows a writer sees how far it has come, appended and durable")
    func follow() throws {
        let writer = try fixture.writer()
        let tail = try #require(try tail())
        #expect(tail.published == 0 && tail.durable == 0)
        for sequence in 0..<3 as Range<UInt64> {
            try writer.append(Event(sequence))
            #expect(tail.published == sequence + 1 && tail.durable == 0)
        }
        try writer.commit()
        #expect(tail.durable == 3)
        try writer.close()
        // The next writer goes on in the same file.
        let next = try fixture.writer()
        try next.append(Event(3))
        #expect(tail.published == 4 && tail.durable == 3)
    }

    @Test("a writer that is closed gives its lock back, though a child that was forked has a copy")
    func unlocks() throws {
        let writer = try fixture.writer()
        // What the child would have of it until it begins another program.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let copies = open.compactMap { descriptor -> Int32? in
            let name = URL(fileURLWithPath: "/proc/self/fd/\(descriptor)")
                .resolvingSymlinksInPath().path
            return name == fixture.path + "/lock" ? Int32(descriptor).map(dup) : nil
        }
        defer { for copy in copies { close(copy) } }
        try #require(!copies.isEmpty)
        try writer.close()
        #expect(try directory().hasWriter() == false)
        try fixture.write(0..<1)
    }

    @Test("one can ask for the writer without getting in its way")
    func hasWriter() throws {
        try fixture.write(0..<1)
        #expect(try directory().hasWriter() == false)
        let writer = try fixture.writer()
        #expect(try directory().hasWriter())
        try writer.close()
        #expect(try directory().hasWriter() == false)
    }

    @Test("a tail of another archive, or one cut short, is none")
    func foreign() throws {
        try fixture.write(0..<1)
        #expect(try tail() != nil)
        let bytes = try fixture.content(ArchiveTail.fileName)
        #expect(bytes.count == 4_096)
        try fixture.replace(ArchiveTail.fileName, Array(bytes.dropLast()))
        #expect(try tail() == nil)
        try fixture.edit(ArchiveTail.fileName) {
            $0 = bytes; $0[17] ^= 1
        }
        #expect(try tail() == nil)
        try fixture.remove(ArchiveTail.fileName)
        #expect(try tail() == nil)
        try fixture.write(1..<2)
        #expect(try tail()?.published == 2)
    }
}
