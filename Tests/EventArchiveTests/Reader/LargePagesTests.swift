import Glibc
import Testing

@testable import EventArchive

/// Segments of several large pages (2 MiB), which are read out of the files and out of memory.
@Suite("Reading in large pages")
struct LargePagesTests {
    let fixture = Fixture()
    private static let eventBytes = 4_000
    private static let count: UInt64 = 2_500

    private func fill() throws {
        try fixture.write(
            0..<Self.count,
            configuration: ArchiveConfiguration(segmentBytes: 16 << 20, durability: .none),
            bytes: Self.eventBytes)
    }

    /// Has the kernel forget what it has of the files.
    private func forget() throws {
        for segment in try fixture.segments() {
            let file = open("\(fixture.path)/\(segment)", O_RDONLY)
            #expect(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0)
            close(file)
        }
    }

    @Test("gives what was written, from any place on, whether the disk has to be asked or not")
    func anyPlace() throws {
        try fill()
        for first in [0, 1, 300, 1_000, 1_700, Self.count - 1] {
            try forget()
            for _ in 0..<2 {
                var cursor = try fixture.reader().cursor(over: .sequences(first..<Self.count))
                var next = first
                while let record = try cursor.next() {
                    // What is in it, its checksum says.
                    try #require(record.sequence == next)
                    try #require(record.bytes.byteCount == Self.eventBytes)
                    next += 1
                }
                #expect(next == Self.count)
                #expect(cursor.gaps.isEmpty)
            }
        }
    }

    @Test("of a file that is cut meanwhile ends with what is there, and the process goes on")
    func cut() throws {
        try fill()
        try forget()
        var cursor = try fixture.reader().cursor()
        for expected in 0..<100 as Range<UInt64> {
            #expect(try cursor.next()?.sequence == expected)
        }
        let segment = try #require(try fixture.segments().first)
        #expect(truncate("\(fixture.path)/\(segment)", 5 << 20) == 0)
        var count: UInt64 = 100
        while let record = try cursor.next() {
            #expect(record.sequence == count)
            count += 1
        }
        // 5 MiB of records of some 4,000 bytes.
        #expect(count < 1_320)
        #expect(!cursor.gaps.isEmpty)
    }
}
