import Foundation
import TestSupport
import Testing

@testable import EventArchive

@Suite("Damage", .onThreadsOfItsOwn)
struct DamageTests {
    let fixture = Fixture()
    let map = SegmentMap(eventBytes: 50)

    /// Whether there is time for every bit (a minute), or for one of each byte.
    static let isWhole = ProcessInfo.processInfo.environment["SWITCHYARD_EXHAUSTIVE"] != nil

    /// What one reading gave, and whether anything said that something is wrong.
    private func readAll() throws -> (sequences: [UInt64], isReported: Bool) {
        do {
            let reader = try fixture.reader()
            let reading = try reader.read(bytes: 50)
            let isReported =
                try !reader.recoveryReport.isClean || !reading.gaps.isEmpty
                || !reader.verify().isSound
            return (reading.sequences, isReported)
        } catch is ArchiveError {
            return ([], true)
        }
    }

    @Test(
        "a flipped bit anywhere in a sealed segment never gives a wrong event and is always reported"
    )
    func flipsInSealed() throws {
        try fixture.write(0..<5, bytes: 50)
        let file = SegmentName.firstSealed
        let whole = try fixture.content(file)
        // Everything but the header's zeros, of which there are some, or all on request.
        let records = ArchiveFormat.segmentHeaderBytes
        let zeros = stride(from: 128, to: records - 4, by: Self.isWhole ? 1 : 251)
        let header = Array(0..<128) + Array(zeros) + Array(records - 4..<records)
        try flip(header + Array(records..<whole.count), of: whole, in: file)
    }

    @Test(
        "a flipped bit anywhere in an open segment never gives a wrong event and is always reported"
    )
    func flipsInOpen() throws {
        try fixture.write(0..<5, closing: false, bytes: 50)
        let file = SegmentName.firstOpen
        let whole = try fixture.content(file)
        let records = Array(map.record(0).lowerBound..<map.record(4).upperBound)
        let tail = stride(
            from: map.record(5).lowerBound, to: whole.count, by: Self.isWhole ? 101 : 9_973)
        try flip(Array(0..<96) + records + Array(tail), of: whole, in: file)
    }

    @Test("a cursor lists so many gaps, says that there are more, and gives all that is good")
    func manyGaps() throws {
        try fixture.write(0..<40, bytes: 200)
        let map = SegmentMap(eventBytes: 200)
        try fixture.edit(SegmentName.firstSealed) { bytes in
            for number in stride(from: 1, to: 40, by: 2) {
                bytes[map.record(number).lowerBound + 60] ^= 1
            }
        }
        for (limit, listed) in [(20, 20), (19, 19), (3, 3), (0, 0)] {
            var cursor = ArchiveCursor(
                try fixture.reader(), .all, isFollowing: false, gapsMax: limit)
            var sequences: [UInt64] = []
            while let record = try cursor.next() { sequences.append(record.sequence) }
            #expect(sequences == (0..<20).map { $0 * 2 })
            let (gaps, hasMore) = (cursor.gaps, cursor.hasMoreGaps)
            #expect(gaps.map(\.sequences.lowerBound) == (0..<UInt64(listed)).map { $0 * 2 + 1 })
            #expect(hasMore == (limit < 20))
        }
    }

    /// Flips bits of these bytes, one at a time.
    private func flip(_ offsets: [Int], of whole: [UInt8], in file: String) throws {
        var random = SeededGenerator(seed: seed)
        let flips = offsets.flatMap { offset in
            (Self.isWhole ? Array(0..<8) : [Int.random(in: 0..<8, using: &random)])
                .map { (offset, $0) }
        }
        for (offset, bit) in flips {
            try fixture.poke(file, at: offset, whole[offset] ^ 1 << bit)
            let (sequences, isReported) = try readAll()
            try #require(
                isReported && sequences == Array(Set(sequences)).sorted(),
                "bit \(bit) of byte \(offset), SWITCHYARD_SEED=\(seed)")
            // Only what the bit is in is lost.
            let touched = (0..<5).filter { map.record($0).contains(offset) }.map { UInt64($0) }
            let isRefused = sequences.isEmpty && offset < ArchiveFormat.segmentHeaderBytes
            try #require(
                isRefused || sequences == (0..<5).filter { !touched.contains($0) },
                "bit \(bit) of byte \(offset): \(sequences) are left")
            try fixture.poke(file, at: offset, whole[offset])
        }
        #expect(try readAll() == ([0, 1, 2, 3, 4], false))
    }

    @Test("random damage never gives a wrong event, and gaps account for every missing one")
    func randomDamage() throws {
        try fixture.write(0..<300, bytes: 50)
        var random = SeededGenerator(seed: seed)
        let file = SegmentName.firstSealed
        let whole = try fixture.content(file)
        for _ in 0..<40 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let begin = Int.random(in: 4_096..<map.record(299).upperBound, using: &random)
                let end = begin + Int.random(in: 1...2_000, using: &random)
                for offset in begin..<min(end, map.record(299).upperBound) {
                    damaged[offset] = .random(in: 0...255, using: &random)
                }
            }
            try fixture.replace(file, damaged)
            let reading = try fixture.reader().read(bytes: 50)
            let missing = Set(0..<300 as Range<UInt64>).subtracting(reading.sequences)
            try #require(
                Set(reading.gaps.flatMap { Array($0.sequences) }) == missing && !missing.isEmpty,
                "SWITCHYARD_SEED=\(seed)")
        }
    }

    @Test("a record moved to another offset of its segment does not pass")
    func moved() throws {
        try fixture.write(0..<10, closing: false, bytes: 50)
        try fixture.edit(SegmentName.firstOpen) { bytes in
            // Behind the last record, where it would be the next to be read.
            bytes.replaceSubrange(map.record(10), with: bytes[map.record(3)])
        }
        let reader = try fixture.reader()
        #expect(try reader.read(bytes: 50) == Reading(gaps: [], count: 10))
        #expect(reader.recoveryReport.tornBytes == UInt64(map.recordBytes))
    }

    @Test("records of the file's earlier life do not pass, even at their old offsets")
    func anotherGeneration() throws {
        try fixture.write(0..<10, closing: false, bytes: 50)
        let old = try fixture.content(SegmentName.firstOpen)
        try fixture.edit(SegmentName.firstOpen) { bytes in
            var header = try #require(
                try SegmentHeader.decode(Array(bytes[..<4_096]), file: "segment"))
            header.generation &+= 1
            bytes.replaceSubrange(0..<4_096, with: header.encoded())
        }
        #expect(try fixture.reader().read(bytes: 50) == Reading())
        let writer = try fixture.writer()
        try writer.append(Event(0, bytes: 50))
        // Another writer's crash after one record: the old ones are put back behind it.
        try fixture.edit(SegmentName.firstOpen) { bytes in
            bytes.replaceSubrange(
                map.record(1).lowerBound..., with: old[map.record(1).lowerBound...])
        }
        #expect(try fixture.reader().read(bytes: 50) == Reading(gaps: [], count: 1))
    }

    @Test("an event that holds the bytes of a record is not taken for one")
    func nestedRecord() throws {
        try fixture.write(0..<3, closing: false, bytes: 50)
        let bytes = try fixture.content(SegmentName.firstOpen)
        let record = Array(bytes[map.record(1)])
        // It walks away, and leaves everything in the file.
        try fixture.writer().append(record.span.bytes, eventTime: 0, ingestTime: 0)
        try fixture.edit(SegmentName.firstOpen) { $0[map.record(3).lowerBound] ^= 1 }
        #expect(try fixture.reader().read(bytes: 50) == Reading(gaps: [], count: 3))
    }

    @Test("verify names file, offset, what was found and what was expected")
    func verification() throws {
        try fixture.write(0..<5, bytes: 50)
        let file = SegmentName.firstSealed
        try fixture.edit(file) { $0[map.record(2).lowerBound + 60] ^= 1 }
        let result = try fixture.reader().verify()
        #expect(result.records == 4)
        #expect(result.gaps.map(\.sequences) == [2..<3])
        let offsets = result.problems.map(\.offset)
        // The record, the footer's summary, and the block.
        #expect(
            offsets == [
                UInt64(map.record(2).lowerBound), UInt64(map.record(4).upperBound), 0,
            ])
        #expect(
            result.problems.first?.description == "\(file):\(map.record(2).lowerBound): "
                + "found \(map.recordBytes) bytes that are no good record, expected sequences 2 ..< 3"
        )
    }
}
