import Foundation
import Testing

@testable import EventArchive

/// Archives that earlier versions wrote stay readable. What is in them is in Golden/README.md.
@Suite("Golden files")
struct GoldenFilesTests {
    /// An archive of the repository.
    struct Golden: Sendable, CustomTestStringConvertible {
        var version: String
        var events: UInt64
        var segments: Int
        /// The CRC32C of each file.
        var checksums: [String: UInt32]

        var testDescription: String { version }

        var folder: URL {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Golden/\(version)")
        }

        /// A copy that may be changed.
        func copy() throws -> Fixture {
            let fixture = Fixture()
            try FileManager.default.copyItem(atPath: folder.path, toPath: fixture.path)
            return fixture
        }
    }

    static let all = [
        Golden(
            version: "1.0", events: 350, segments: 2,
            checksums: [
                "00000000000000000001-00000000000000000000.segment": 0xD32B_1F8C,
                "00000000000000000002-00000000000000000308.open": 0x3F4C_F6B6,
                "archive.identity": 0x4867_4BC7,
            ]),
        Golden(
            version: "1.1", events: 700, segments: 3,
            checksums: [
                "00000000000000000001-00000000000000000000.index": 0x84AD_6CE6,
                "00000000000000000001-00000000000000000000.segment.zst": 0x02A4_6A48,
                "00000000000000000002-00000000000000000307.index": 0xB31B_EB49,
                "00000000000000000002-00000000000000000307.segment": 0x682F_7DC3,
                "00000000000000000003-00000000000000000611.open": 0x2943_3334,
                "archive.identity": 0x4867_4BC7,
                "tail": 0xAA9A_255B,
            ]),
    ]

    static func event(_ sequence: UInt64) -> Event {
        Event(sequence, bytes: Int(sequence * 13 % 300))
    }

    private func expect(_ count: UInt64, in reader: ArchiveReader) throws {
        var cursor = reader.cursor()
        var next: UInt64 = 0
        while let record = try cursor.next() {
            let expected = Self.event(next)
            try #require(record.sequence == next)
            #expect(record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) })
            #expect(record.keys == expected.keys)
            #expect(record.eventTime == expected.eventTime)
            #expect(record.ingestTime == expected.ingestTime)
            next += 1
        }
        #expect(next == count && cursor.gaps.isEmpty)
    }

    @Test("nobody has made them anew", arguments: all)
    func untouched(golden: Golden) throws {
        var found: [String: UInt32] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: golden.folder.path) {
            let bytes = Array(try Data(contentsOf: golden.folder.appendingPathComponent(file)))
            found[file] = Checksum.crc32c(bytes, 0..<bytes.count)
        }
        #expect(found == golden.checksums)
    }

    @Test("every record is read, and everything is sound", arguments: all)
    func readable(golden: Golden) throws {
        let fixture = try golden.copy()
        let reader = try fixture.reader()
        #expect(reader.info.segments.count == golden.segments)
        try expect(golden.events, in: reader)
        let verification = try reader.verify()
        #expect(verification.isSound && verification.records == golden.events)
    }

    @Test("selections give what a filter over everything gives", arguments: all)
    func selections(golden: Golden) throws {
        let fixture = try golden.copy()
        defer { withExtendedLifetime(fixture) {} }
        let reader = try fixture.reader()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let first = UInt64.random(in: 0..<golden.events, using: &random)
            let keys = Set((0..<3).map { Self.event((first + $0 * 7) % golden.events).keys.source })
            let selection = ArchiveSelection(
                sequences: first..<first + 200, ingestTimes: 50_000..<600_000, sources: keys)
            var cursor = reader.cursor(over: selection)
            var found: [UInt64] = []
            while let record = try cursor.next() { found.append(record.sequence) }
            let expected = (first..<min(first + 200, golden.events)).filter {
                (50..<600).contains($0) && keys.contains(Self.event($0).keys.source)
            }
            #expect(cursor.gaps.isEmpty)
            #expect(found == expected, "SWITCHYARD_SEED=\(seed)")
        }
    }

    @Test("a writer goes on where they end", arguments: all)
    func continued(golden: Golden) throws {
        let fixture = try golden.copy()
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in golden.events..<golden.events + 300 {
            try #require(try writer.append(Self.event(sequence)) == sequence)
        }
        try writer.close()
        let reader = try fixture.reader()
        try expect(golden.events + 300, in: reader)
        #expect(try reader.verify().isSound)
    }
}
