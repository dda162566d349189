import Testing

@testable import EventArchive

@Suite("The footer's key filter")
struct KeyFilterTests {
    let fixture = Fixture()

    private func filter(_ file: String) throws -> KeyFilter {
        let bytes = try fixture.content(file)
        let length = try #require(
            try SegmentFooter.byteCount(trailer: Array(bytes.suffix(32)), file: file))
        let begin = bytes.count - length
        let footer = try #require(
            SegmentFooter.decode(Array(bytes[begin...]), at: begin, file: file))
        return try #require(footer.keyFilter)
    }

    @Test("every key of a segment may be there; most others are ruled out")
    func membership() throws {
        // Large enough that its footer has room for a filter of the full size.
        try fixture.write(0..<100, configuration: ArchiveConfiguration(segmentBytes: 1 << 20))
        let filter = try filter(SegmentName.firstSealed)
        for sequence in 0..<100 as Range<UInt64> {
            let keys = Event(sequence).keys
            #expect(filter.mayContain(.source, keys.source))
            #expect(filter.mayContain(.detailType, keys.detailType))
        }
        let absent = (1_000..<11_000 as Range<UInt32>).filter { filter.mayContain(.source, $0) }
        #expect(absent.count < 50, "\(absent.count) of 10,000 absent keys are let through")
        #expect(!filter.mayContain(.account, 7))
    }

    @Test("keys that come in turns, more than are remembered, are all in the filter")
    func turns() throws {
        var configuration = ArchiveConfiguration(segmentBytes: 8 << 20)
        configuration.durability = .none
        let writer = try fixture.writer(configuration, calls: .unsynced)
        for sequence in 0..<9_000 as Range<UInt64> {
            var event = KeyedEvent(sequence)
            // The same numbers as keys of different kinds.
            let number = UInt32(sequence % 3_000)
            event.keys = ArchiveKeys(source: number, detailType: number &<< 20, account: ~number)
            try writer.append(event)
        }
        try writer.close()
        let filter = try filter(SegmentName.firstSealed)
        for number in 0..<3_000 as Range<UInt32> {
            #expect(filter.mayContain(.source, number))
            #expect(filter.mayContain(.detailType, number &<< 20))
            #expect(filter.mayContain(.account, ~number))
        }
        let absent = (10_000..<20_000 as Range<UInt32>).filter { filter.mayContain(.source, $0) }
        #expect(absent.count < 200, "\(absent.count) of 10,000 absent keys are let through")
    }

    @Test("a hash counts only as the kind of key that it was given for")
    func kinds() {
        let filter = KeyFilter(
            [KeyFilter.mix(.source, 5)], covering: [.source, .account], blocksMax: 4)
        #expect(filter.mayContain(.source, 5))
        #expect(!filter.mayContain(.account, 5))
        #expect(filter.mayContain(.detailType, 5), "not covered")
        #expect(filter.mayContain(.source, 0), "no key")
    }

    @Test("records without a key are known of too")
    func none() throws {
        let filter = KeyFilter(
            [KeyFilter.mix(.source, 5), KeyFilter.mix(.account, 0)], covering: [.source, .account],
            coversNone: true, blocksMax: 4)
        #expect(!filter.mayContain(.source, 0) && filter.mayContain(.account, 0))
        #expect(filter.mayContain(.resource, 0))
        let bytes = filter.encoded()
        #expect(Array(bytes[..<4]) == [5, 1, 0, 0])
        var reader = LittleEndianReader(bytes)
        #expect(KeyFilter(decoding: &reader, byteCount: bytes.count) == filter)
        let fixture = Fixture()
        let writer = try fixture.writer(calls: .unsynced)
        for sequence in 0..<2_000 as Range<UInt64> {
            var event = KeyedEvent(sequence)
            event.keys = ArchiveKeys(source: sequence == 1_999 ? 0 : 1)
            try writer.append(event)
        }
        try writer.close()
        let found = try fixture.reader().readKeyed(ArchiveSelection(sources: [0, 9]))
        #expect(found.sequences == [1_999] && found.statistics.segmentsOpened == 1)
    }

    @Test("a filter is what its bytes say, and other lengths are refused")
    func coding() throws {
        let keys = (0..<500 as Range<UInt32>).map { KeyFilter.mix(.resource, $0) }
        let filter = KeyFilter(keys, covering: [.resource], blocksMax: 1_000)
        let bytes = filter.encoded()
        #expect(bytes.count == 8 + 32 * 32)
        #expect(Array(bytes[..<8]) == [8, 0, 0, 0, 32, 0, 0, 0])
        var reader = LittleEndianReader(bytes)
        #expect(KeyFilter(decoding: &reader, byteCount: bytes.count) == filter)
        for count in [0, 7, 8, bytes.count - 4, bytes.count + 32] {
            var reader = LittleEndianReader(bytes)
            #expect(KeyFilter(decoding: &reader, byteCount: count) == nil)
        }
    }

    @Test("one key's bits are where the article Format says")
    func example() {
        // Computed from the article's formulas by hand (Python): source, hash 1.
        let filter = KeyFilter([KeyFilter.mix(.source, 1)], covering: [.source], blocksMax: 1)
        #expect(KeyFilter.mix(.source, 1) == 0xB456_BCFC_34C2_CB2C)
        var reader = LittleEndianReader(filter.encoded(), from: 8)
        let bits = (0..<8).map { _ in reader.take(UInt32.self).trailingZeroBitCount }
        #expect(bits == [14, 0, 10, 27, 9, 21, 10, 26])
    }

    @Test("a segment taken over from a crashed writer does not claim to know resources")
    func recovered() throws {
        try fixture.write(0..<10, closing: false)
        try fixture.write(10..<20)
        let filter = try filter(SegmentName.firstSealed)
        #expect(filter.covered == [.source, .detailType, .account])
        #expect(
            (0..<20 as Range<UInt64>).allSatisfy {
                filter.mayContain(.source, Event($0).keys.source)
            })
    }

    @Test("a segment with gaps does not claim to know any keys")
    func damaged() throws {
        let map = SegmentMap(eventBytes: 64)
        try fixture.write(0..<10, closing: false, bytes: 64)
        try fixture.edit(SegmentName.firstOpen) { $0[map.record(3).lowerBound + 50] ^= 8 }
        try fixture.write(10..<11, bytes: 64)
        #expect(try filter(SegmentName.firstSealed).covered.isEmpty)
    }
}
