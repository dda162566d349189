import Foundation
import Testing

@testable import EventArchive

/// What others can do to an archive's files: cut them, swap them, bring old ones back.
@Suite("Foreign hands")
struct ForeignHandTests {
    let fixture = Fixture()
    let map = SegmentMap(eventBytes: 1_000)

    @Test("a ring cut under its writer is an error, not the end of the process")
    func cutUnderWriter() throws {
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none))
        for sequence in 0..<100 as Range<UInt64> {
            try writer.append(Event(sequence, bytes: 1_000))
        }
        try writer.commit()
        let path = "\(fixture.path)/\(RingLayout.fileName)"
        #expect(truncate(path, off_t(RingLayout.headerBytes + map.record(40).lowerBound)) == 0)
        #expect(throws: ArchiveError.fileCut) {
            for sequence in 100..<200 as Range<UInt64> {
                try writer.append(Event(sequence, bytes: 1_000))
            }
        }
        #expect(throws: ArchiveError.fileCut) { try writer.append(Event(100)) }
        #expect(throws: ArchiveError.fileCut) { try writer.commit() }
        #expect(throws: ArchiveError.fileCut) { try writer.close() }
        let reading = try fixture.reader().read(bytes: 1_000)
        #expect(reading.sequences == Array(0..<100))
        // The next writer goes on behind what is left.
        let next = try fixture.writer()
        let sequence = next.watermark.appended
        try next.append(Event(sequence, bytes: 1_000))
        #expect(try fixture.reader().read(bytes: 1_000).sequences.last == sequence)
    }

    @Test("a segment cut under a cursor that is inside it ends in a gap")
    func cutUnderCursor() throws {
        try fixture.write(0..<60, bytes: 1_000)
        var cursor = try fixture.reader().cursor()
        for _ in 0..<3 { _ = try cursor.next() }
        let path = "\(fixture.path)/\(SegmentName.firstSealed)"
        #expect(truncate(path, off_t(map.record(20).lowerBound)) == 0)
        var sequences: [UInt64] = []
        while let record = try cursor.next() { sequences.append(record.sequence) }
        // The next segment is whole.
        let next = try #require(SegmentName(parsing: try fixture.segments()[1])).firstSequence
        let cut = sequences.filter { $0 < next }
        #expect(cut.elementsEqual(3..<3 + UInt64(cut.count)) && cut.count <= 17)
        #expect(sequences.filter { $0 >= next }.elementsEqual(next..<60))
        #expect(!cursor.gaps.isEmpty)
    }

    @Test(
        "two records that changed places are both damage, and nothing else is lost",
        arguments: 0..<8)
    func swappedRecords(first: Int) throws {
        try fixture.write(0..<10, bytes: 1_000)
        try fixture.edit(SegmentName.firstSealed) { bytes in
            let (one, other) = (map.record(first), map.record(first + 1))
            let kept = Array(bytes[one])
            bytes.replaceSubrange(one, with: bytes[other])
            bytes.replaceSubrange(other, with: kept)
        }
        let reading = try fixture.reader().read(bytes: 1_000)
        let lost = UInt64(first)..<UInt64(first) + 2
        #expect(reading.sequences == (0..<10).filter { !lost.contains($0) })
        #expect(reading.gaps.map(\.sequences) == [lost])
        #expect(try !fixture.reader().verify().isSound)
    }

    @Test("two segments that changed names are refused")
    func swappedSegments() throws {
        try fixture.write(0..<10)
        try fixture.write(10..<20)
        let files = try fixture.segments()
        try fixture.rename(files[0], to: "kept")
        try fixture.rename(files[1], to: files[0])
        try fixture.rename("kept", to: files[1])
        let error = ArchiveError.misnamedSegment(file: files[0], id: 2, firstSequence: 10)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
    }

    @Test(
        "B8, P3: a recycled file never shows what it held before",
        arguments: [.none, .batch] as [ArchiveDurability])
    func recycled(durability: ArchiveDurability) throws {
        try fixture.write(0..<120, bytes: 1_000)
        let old = try #require(try fixture.segments().first)
        let first = try #require(SegmentName(parsing: try fixture.segments()[1])).firstSequence
        try fixture.rename(old, to: SegmentName.spareName(1))
        var writer: ArchiveWriter? = try fixture.writer(Fixture.configuration(durability))
        #expect(try fixture.files().allSatisfy { !$0.hasSuffix(".spare") })
        for sequence in 120..<125 as Range<UInt64> {
            try writer?.append(Event(sequence, bytes: 1_000))
        }
        try writer?.commit()
        let open = try #require(try fixture.segments().last)
        let header = try #require(
            try SegmentHeader.decode(Array(try fixture.content(open)[..<4_096]), file: open))
        #expect(header.isRecycled)
        #expect(try fixture.reader().read(bytes: 1_000).sequences == Array(first..<125))
        #expect(try fixture.reader().recoveryReport.isClean)
        // Crashed, taken up, sealed.
        writer = nil
        #expect(try fixture.writer(Fixture.configuration(durability)).recoveryReport.isClean)
        try fixture.write(125..<130, bytes: 1_000)
        let reader = try fixture.reader()
        #expect(try reader.read(bytes: 1_000).sequences == Array(first..<130))
        #expect(try reader.verify().isSound)
    }

    @Test("P1, P2: a prepared file that has begun is a segment, others are nothing")
    func prepared() throws {
        try fixture.write(0..<10, closing: false)
        try fixture.rename(SegmentName.firstOpen, to: SegmentName.preparedName(1))
        try fixture.replace(SegmentName.preparedName(7), [UInt8](repeating: 3, count: 9_000))
        #expect(try fixture.reader().read().sequences == Array(0..<10))
        try fixture.write(10..<20)
        #expect(try fixture.files() == [SegmentName.firstSealed, ArchiveIdentity.fileName])
        #expect(try fixture.reader().read().sequences == Array(0..<20))
    }

    @Test("a sealed segment cut at any byte gives no wrong event, and is reported")
    func cutAnywhere() throws {
        let small = SegmentMap(eventBytes: 60)
        try fixture.write(0..<3, bytes: 60)
        let whole = try fixture.content(SegmentName.firstSealed)
        for length in stride(from: 0, to: 4_000, by: 500) + (4_000..<whole.count) {
            try fixture.replace(SegmentName.firstSealed, Array(whole[..<length]))
            let reader = try fixture.reader()
            let whole = (0..<3).filter { small.record($0).upperBound <= length }.count
            try #require(try reader.read(bytes: 60).sequences.count == whole, "at \(length)")
            try #require(!reader.recoveryReport.isClean, "at \(length)")
        }
    }
}

/// Joined sequences of numbers.
private func + (_ first: StrideTo<Int>, _ second: Range<Int>) -> [Int] {
    Array(first) + Array(second)
}
