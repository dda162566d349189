import Foundation
import TestSupport
import Testing

@testable import EventArchive

/// An archive that is written, followed, selected from, compressed and cut down, over and over. For
/// two seconds; for longer with SWITCHYARD_SOAK_SECONDS, and then, alone in its process, it also looks
/// at the process's memory.
@Suite("Soak", .onThreadsOfItsOwn)
struct SoakTests {
    private static let asked =
        ProcessInfo.processInfo.environment["SWITCHYARD_SOAK_SECONDS"].flatMap(Double.init)

    /// What the process holds of an archive.
    private struct Holdings: CustomStringConvertible {
        var mappings: Int
        var openFiles: Int
        var diskBytes: Int
        var memoryBytes: Int

        init(_ fixture: Fixture) throws {
            let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
            mappings = maps.split(separator: "\n").count { $0.contains(fixture.path) }
            let files = FileManager.default
            openFiles = try files.contentsOfDirectory(atPath: "/proc/self/fd").count {
                (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                    .contains(fixture.path) == true
            }
            diskBytes = try fixture.files().reduce(0) {
                let size = try? files.attributesOfItem(atPath: "\(fixture.path)/\($1)")[.size]
                return $0 + (size as? Int ?? 0)
            }
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            memoryBytes = (Int(pages.split(separator: " ")[1]) ?? 0) * 4_096
        }

        var description: String {
            "\(mappings) mappings, \(openFiles) files, \(diskBytes) bytes on disk, "
                + "\(memoryBytes >> 20) MiB"
        }
    }

    @Test("what it holds in memory, files and disk stays within bounds")
    func bounded() throws {
        let fixture = Fixture()
        let writer = try fixture.writer(calls: .unsynced)
        let end = Date(timeIntervalSinceNow: Self.asked ?? 2)
        var follower = try fixture.reader().cursor(following: true)
        var (written, followed, rounds): (UInt64, UInt64, Int) = (0, 0, 0)
        var early: Holdings?
        while rounds < 20 || Date() < end {
            for _ in 0..<500 {
                try writer.append(Event(written, bytes: 300))
                written += 1
            }
            while followed < written {
                if let record = try follower.next() {
                    try #require(record.sequence == followed)
                    followed += 1
                } else {
                    // Where one segment ends and the next begins, a look can come too early.
                    _ = try follower.waitForMore(nanoseconds: 1_000_000_000)
                }
            }
            try #require(follower.gaps.isEmpty)
            let reader = try fixture.reader()
            if rounds % 3 == 0 { try reader.makeIndexes() }
            if rounds % 5 == 0, ArchiveReader.canCompress { try reader.compress(level: 1) }
            let source = Event(written - 100).keys.source
            var found = 0
            var selected = try fixture.reader().cursor(over: ArchiveSelection(sources: [source]))
            while try selected.next() != nil { found += 1 }
            #expect(found > 0 && selected.gaps.isEmpty)
            try fixture.reader().retain(ArchiveRetention(bytes: 1 << 20), now: 0)
            rounds += 1
            if rounds == 20 { early = try Holdings(fixture) }
        }
        let late = try Holdings(fixture)
        let report = "after \(rounds) rounds: \(late); at first \(early.map { "\($0)" } ?? "")"
        if Self.asked != nil { print("soak: \(report)") }
        // The writer's segments, the follower's and, until they are collected, those just closed.
        #expect(late.mappings < 40 && late.openFiles < 40, "\(report)")
        #expect(late.diskBytes < 4 << 20, "\(report)")
        if Self.asked != nil, let early {
            #expect(late.memoryBytes < early.memoryBytes + 32 << 20, "\(report)")
        }
        try writer.close()
    }
}
