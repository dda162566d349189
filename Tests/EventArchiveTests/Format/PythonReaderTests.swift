import Foundation
import TestSupport
import Testing

@testable import EventArchive

/// The article Format is right if a program that was written from it alone reads the same.
@Suite(
    "A reader in Python, written from the description", .onThreadsOfItsOwn,
    .enabled(if: python != nil))
struct PythonReaderTests {
    let fixture = Fixture()

    private func read() throws -> [String] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Python/read_archive.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = [script, fixture.path]
        let output = Pipe()
        process.standardOutput = output
        try process.start()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func expected() throws -> [String] {
        var lines: [String] = []
        var cursor = try fixture.reader().cursor()
        while let record = try cursor.next() {
            let checksum = record.bytes.withUnsafeBytes { Checksum.crc32c($0) }
            lines.append(
                "\(record.sequence) \(record.ingestTime) \(record.eventTime) "
                    + "\(record.keys.source) \(record.keys.detailType) \(record.keys.account) "
                    + "\(hexadecimal(checksum)) \(record.byteCount)")
        }
        return lines
    }

    @Test("agrees on every record, of sealed and open segments, long events and empty ones")
    func agrees() throws {
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in 0..<200 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: Int(sequence * 13 % 900)))
            // The last ones are in the ring alone.
            if sequence == 190 { try writer.commit() }
        }
        let open = try read()
        #expect(open == (try expected()) && open.count == 200)
        try writer.close()
        #expect(try read() == open)
    }

    @Test("agrees on every record of the golden files", arguments: GoldenFilesTests.all)
    func golden(golden: GoldenFilesTests.Golden) throws {
        let copy = try golden.copy()
        try FileManager.default.moveItem(atPath: copy.path, toPath: fixture.path)
        let expected = try expected()
        #expect(expected.count == Int(golden.events))
        // Compressed segments are not what the article Format is about.
        let compressed = try fixture.reader().info.segments.filter(\.isCompressed)
        let first = compressed.last?.sequences.upperBound ?? 0
        #expect(try read() == Array(expected.dropFirst(Int(first))))
    }

    @Test("agrees on what is left of a damaged archive, and where the damage is")
    func damaged() throws {
        try fixture.write(0..<200, bytes: 500)
        let file = try #require(try fixture.segments().first)
        for index in [3, 4, 9] {
            let record = SegmentMap(eventBytes: 500).record(index)
            try fixture.edit(file) { $0[record.lowerBound + 77] ^= 8 }
        }
        let lines = try read()
        #expect(lines.filter { !$0.hasPrefix("gap") } == (try expected()))
        var cursor = try fixture.reader().cursor()
        while try cursor.next() != nil {}
        #expect(
            lines.filter { $0.hasPrefix("gap") }
                == cursor.gaps.map {
                    "gap \($0.file) \($0.bytes.lowerBound) \($0.bytes.upperBound)"
                })
        #expect(cursor.gaps.count == 2)
    }
}

/// Where Python is; nil on a machine without it.
private let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}
