import Foundation
import InternalSystem
import TestSupport
import Testing

@testable import EventArchive

/// Archives of events with few keys, so that a selection by key leaves most of them out.
@Suite("The index of a segment", .onThreadsOfItsOwn)
struct IndexTests {
    let fixture = Fixture()

    /// Six hundred events of 300 bytes in several segments, with keys out of a few.
    private func write(_ count: UInt64 = 600) throws {
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in 0..<count { try writer.append(KeyedEvent(sequence)) }
        try writer.close()
    }

    private func indexFiles() throws -> [String] {
        try fixture.files().filter { $0.hasSuffix(".index") }
    }

    @Test("every sealed segment gets an index, and one that has it keeps it")
    func making() throws {
        try write()
        let reader = try fixture.reader()
        let report = try reader.makeIndexes()
        #expect(report.segments == reader.info.segments.count && report.segments > 2)
        #expect(report.written == report.segments && report.problems.isEmpty)
        #expect(try indexFiles().count == report.segments)
        #expect(try reader.makeIndexes().written == 0)
        #expect(try fixture.files().allSatisfy { !$0.hasSuffix(".new") })
    }

    @Test("a selection by keys gives what a filter over everything gives, and reads nothing else")
    func keys() throws {
        try write()
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let selection = ArchiveSelection(sources: [3], detailTypes: [11, 12])
        let expected = (0..<600).filter { selection.selects(KeyedEvent($0)) }
        let found = try reader.readKeyed(selection)
        #expect(found.sequences == expected && found.sequences.count > 10)
        #expect(found.statistics.recordsRead == UInt64(expected.count))
        #expect(found.statistics.recordsSkipped == 600 - UInt64(expected.count))
        #expect(found.statistics.segmentsIndexed == found.statistics.segmentsOpened)
    }

    @Test("a segment without any of the keys is not opened", arguments: [true, false])
    func absentKey(hasIndexes: Bool) throws {
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in 0..<600 as Range<UInt64> {
            var event = KeyedEvent(sequence)
            event.keys.account = sequence == 333 ? 77 : 1
            try writer.append(event)
        }
        try writer.close()
        let reader = try fixture.reader()
        if hasIndexes { try reader.makeIndexes() }
        let found = try reader.readKeyed(ArchiveSelection(accounts: [77]))
        #expect(found.sequences == [333] && found.statistics.segmentsOpened == 1)
        #expect(found.statistics.segmentsSkipped == reader.info.segments.count - 1)
        #expect(hasIndexes == (found.statistics.recordsSkipped == 599))
    }

    @Test(
        "what was read and what was passed over are together what was asked for",
        arguments: [true, false],
        [0..<600, 0..<1, 7..<431, 250..<260, 599..<600, 600..<700] as [Range<UInt64>])
    func counts(hasIndexes: Bool, sequences: Range<UInt64>) throws {
        try write()
        let reader = try fixture.reader()
        if hasIndexes { try reader.makeIndexes() }
        for sources in [[3], [999], nil] as [Set<UInt32>?] {
            var selection = ArchiveSelection()
            selection.sequences = sequences
            selection.sources = sources
            let statistics = try reader.readKeyed(selection).statistics
            let asked = UInt64(sequences.clamped(to: 0..<600).count)
            #expect(statistics.recordsRead + statistics.recordsSkipped == asked, "\(sources ?? [])")
        }
    }

    @Test("a time range reads only the blocks of 64 KiB that can have it")
    func times() throws {
        let configuration = ArchiveConfiguration(segmentBytes: 1 << 20)
        let writer = try fixture.writer(configuration, calls: .unsynced)
        for sequence in 0..<2_000 as Range<UInt64> { try writer.append(KeyedEvent(sequence)) }
        try writer.close()
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let found = try reader.readKeyed(.ingestTime(1_000_000..<1_010_000))
        #expect(found.sequences == Array(1_000..<1_010))
        // A block has less than 200 of them.
        #expect(found.statistics.recordsRead < 400)
        #expect(found.statistics.recordsSkipped > 1_600)
    }

    /// Random archives and selections: keys, times and numbers, with damage in some.
    @Test("reading by indexes equals a filter over the full scan", arguments: 0..<12)
    func equalsScan(round: Int) throws {
        var random = SeededGenerator(seed: seed &+ UInt64(round))
        try write(UInt64.random(in: 1...600, using: &random))
        if Bool.random(using: &random) { try fixture.flipRandomBits(&random) }
        let plain = try fixture.reader()
        let all = try plain.readKeyed(.all)
        try plain.makeIndexes()
        for _ in 0..<12 {
            let selection = ArchiveSelection.random(&random)
            let found = try fixture.reader().readKeyed(selection)
            #expect(
                found.sequences == all.sequences.filter { selection.selects(KeyedEvent($0)) },
                "\(selection), SWITCHYARD_SEED=\(seed)")
            #expect(found.statistics.indexProblems.isEmpty)
        }
    }

    @Test("every single flipped bit of an index is noticed, and never gives a wrong event")
    func bitFlips() throws {
        try write(12)
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let file = try #require(try indexFiles().first)
        let good = try fixture.content(file)
        let selection = ArchiveSelection(sources: [2])
        let expected = (0..<12).filter { selection.selects(KeyedEvent($0)) }
        for bit in 0..<good.count * 8 {
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try fixture.replace(file, bad)
            let found = try reader.readKeyed(selection)
            try #require(found.sequences == expected, "bit \(bit)")
            try #require(found.statistics.indexProblems.map(\.file) == [file], "bit \(bit)")
        }
        #expect(try reader.makeIndexes().problems.map(\.file) == [file])
        #expect(try fixture.content(file) == good)
    }

    @Test("an index cut at any byte, or of another segment, is not used")
    func foreignIndex() throws {
        try write()
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let files = try indexFiles()
        let (good, other) = (try fixture.content(files[0]), try fixture.content(files[1]))
        let selection = ArchiveSelection(sources: [2])
        let expected = (0..<600).filter { selection.selects(KeyedEvent($0)) }
        let cuts = stride(from: 0, to: good.count, by: 7).map { Array(good[..<$0]) }
        for bad in cuts + [other, good + [0]] {
            try fixture.replace(files[0], bad)
            let found = try reader.readKeyed(selection)
            #expect(found.sequences == expected)
            #expect(found.statistics.indexProblems.map(\.file) == [files[0]])
        }
    }

    /// Whole by its checksum and yet wrong: as a broken program would write it.
    @Test("an index that lies about offsets or keys is caught by the records themselves")
    func lyingIndex() throws {
        try write(60)
        let reader = try fixture.reader()
        let segment = try #require(reader.segments.first)
        let expected = (0..<60).filter { ArchiveSelection(sources: [2]).selects(KeyedEvent($0)) }
        for lie in IndexLie.allCases {
            let bytes = try #require(try fixture.lyingIndex(of: segment, lie))
            try reader.directory.writeIndex(bytes, of: segment.name)
            let found = try reader.readKeyed(ArchiveSelection(sources: [2]))
            #expect(found.sequences == expected, "\(lie)")
            #expect(found.statistics.indexProblems.count == 1, "\(lie)")
            #expect(found.gaps.isEmpty, "\(lie)")
        }
    }

    @Test("damage where an index points is the log's gap, not the index's fault")
    func damagedRecord() throws {
        try write(60)
        let reader = try fixture.reader()
        try reader.makeIndexes()
        let expected = (0..<60).filter { ArchiveSelection(sources: [2]).selects(KeyedEvent($0)) }
        let victim = try #require(expected.dropFirst(3).first)
        let record = SegmentMap(eventBytes: 300).record(Int(victim))
        try fixture.edit(try #require(try fixture.segments().first)) {
            $0[record.lowerBound + 60] ^= 4
        }
        let found = try reader.readKeyed(ArchiveSelection(sources: [2]))
        #expect(found.sequences == expected.filter { $0 != victim })
        #expect(found.gaps.map(\.sequences) == [victim..<victim + 1])
        #expect(found.statistics.indexProblems.isEmpty)
    }

    @Test("from a sequence number, a segment is not read from its start, with or without an index")
    func seeking() throws {
        let configuration = ArchiveConfiguration(segmentBytes: 4 << 20, durability: .none)
        for closing in [true, false] {
            let fixture = Fixture()
            let writer = try fixture.writer(configuration, calls: .unsynced)
            for sequence in 0..<9_000 as Range<UInt64> { try writer.append(KeyedEvent(sequence)) }
            if closing { try writer.close() }
            let reader = try fixture.reader()
            try #require(reader.info.segments.count == 1)
            for first in [0, 1, 250, 4_500, 8_998, 8_999] as [UInt64] {
                let found = try reader.readKeyed(.sequences(first..<first + 2))
                #expect(found.sequences == Array(first..<min(first + 2, 9_000)))
                #expect(found.statistics.recordsRead < 250)
            }
        }
    }

    @Test("a million keys in a segment make a column of the hashes themselves")
    func wideColumn() throws {
        var builder = SegmentIndexBuilder(KeyedEvent.header)
        var summary = SegmentSummary(firstSequence: 0)
        let count = 70_000
        for sequence in 0..<UInt64(count) {
            KeyedEvent.withRecord(sequence, source: UInt32(sequence) &* 7 &+ 1) {
                builder.add($0, at: 4_096 + Int(sequence) * 48)
            }
            summary.add(sequence: sequence, eventBytes: 0, ingestTime: 0, eventTime: 0)
        }
        let end = 4_096 + count * 48
        try FileManager.default.createDirectory(
            atPath: fixture.path, withIntermediateDirectories: true)
        try fixture.replace("wide", builder.encoded(summary: summary, recordsEnd: end))
        let file = try ArchiveDirectory(opening: fixture.path).openFile("wide")
        let byteCount = try file.byteCount()
        let description = SegmentDescription(
            name: SegmentName(id: 1, firstSequence: 0, isSealed: true), header: KeyedEvent.header,
            hasFooter: true, fileBytes: end, recordsEnd: end, summary: summary, gaps: [])
        let index = try #require(
            try SegmentIndex(
                MappedFile(file, byteCount: byteCount, writable: false), of: description))
        #expect(index.source.width == 4 && index.account.width == 1)
        var plan = try #require(
            SegmentPlan(
                index, of: description,
                RecordFilter(ArchiveSelection(sources: [7 * 65_000 + 1, 8]))))
        #expect(plan.next()?.sequence == 1)
        let last = plan.next()
        #expect(last?.sequence == 65_000 && last?.offset == 4_096 + 65_000 * 48)
        #expect(plan.next() == nil)
    }
}
