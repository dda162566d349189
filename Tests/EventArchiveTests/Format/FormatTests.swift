import Testing

@testable import EventArchive

/// What the article Format promises, checked against bytes written by hand.
@Suite("The format")
struct FormatTests {
    @Test("names have twenty digits each and parse back")
    func names() {
        let name = SegmentName(id: 1, firstSequence: .max, isSealed: true)
        #expect(name.fileName == "00000000000000000001-18446744073709551615.segment")
        #expect(SegmentName(parsing: name.fileName) == name)
        let open = "00000000000000000002-00000000000000004096.open"
        #expect(SegmentName(parsing: open)?.fileName == open)
    }

    @Test(
        "other names are nobody's",
        arguments: [
            "", "-.", "1-2.segment", "00000000000000000001-00000000000000000000",
            "00000000000000000001-00000000000000000000.segment.new",
            "00000000000000000001-00000000000000000000.index",
            "+0000000000000000001-00000000000000000000.open",
            "00000000000000000001.00000000000000000000-open",
            "00000000000000000001-99999999999999999999.open",
        ])
    func otherNames(name: String) {
        #expect(SegmentName(parsing: name) == nil)
    }

    @Test("what a footer says is told in times that people read")
    func summaryInWords() {
        var summary = SegmentSummary(firstSequence: 7)
        #expect(summary.words == "no records")
        summary.add(
            sequence: 7, eventBytes: 10, ingestTime: 1_769_860_800_000_000_000, eventTime: -1)
        summary.add(
            sequence: 8, eventBytes: 5, ingestTime: 1_769_860_801_500_000_000, eventTime: 0)
        #expect(
            summary.words == "2 records up to event 8, 15 bytes of events, ingest times "
                + "2026-01-31T12:00:00Z to 2026-01-31T12:00:01.5Z, event times "
                + "1969-12-31T23:59:59.999999999Z to 1970-01-01T00:00:00Z")
        #expect(TimeSpan(first: .min, last: .max).words.hasPrefix("1677-09-21T00:12:43.145224192Z"))
    }

    @Test("a record's bytes are where the table says")
    func record() throws {
        let fixture = Fixture()
        let writer = try fixture.writer()
        let event = Array("abc".utf8)
        try writer.append(
            event.span.bytes,
            keys: ArchiveKeys(source: 0x0102_0304, detailType: 0x0506_0708, account: 0x090A_0B0C),
            eventTime: -2, ingestTime: 0x1122_3344_5566_7788)
        try writer.commit()
        let bytes = Array(try fixture.content(SegmentName.firstOpen)[4_096..<4_096 + 64])
        #expect(Array(bytes[4..<16]) == [3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[16..<24]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        #expect(Array(bytes[24..<32]) == [0xFE, 255, 255, 255, 255, 255, 255, 255])
        #expect(Array(bytes[32..<44]) == [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9])
        #expect(Array(bytes[44..<56]) == [0, 0, 0, 0, 0x61, 0x62, 0x63, 0, 0, 0, 0, 0])
        #expect(bytes[56...].allSatisfy { $0 == 0 })

        // The checksum, bit by bit from the seed.
        let page = try fixture.content(SegmentName.firstOpen)
        let header = try #require(try SegmentHeader.decode(Array(page[..<4_096]), file: ""))
        let checksum = slowCRC32C(seed(header.generation, offset: 4_096), Array(bytes[4..<51]))
        #expect(
            Array(bytes[..<4]) == (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) })
    }

    @Test("header and footer begin with magic and version, and have their documented sizes")
    func structures() throws {
        let fixture = Fixture()
        try fixture.write(0..<3)
        let bytes = try fixture.content(SegmentName.firstSealed)
        let identity = try fixture.content(ArchiveIdentity.fileName)
        #expect(identity.count == 64)
        #expect(Array(identity[..<12]) == Array("SWYDARCH".utf8) + [1, 0, 1, 0])
        #expect(Array(bytes[..<12]) == Array("SWYDSEGM".utf8) + [1, 0, 1, 0])
        #expect(Array(bytes[16..<32]) == Array(identity[16..<32]))
        let trailer = Array(bytes.suffix(16))
        #expect(Array(trailer[..<12]) == Array("SWYDSEAL".utf8) + [1, 0, 1, 0])
        #expect(slowCRC32C(0, Array(bytes[..<4_092])) == word(bytes, 4_092))
        #expect(slowCRC32C(0, Array(trailer[..<12])) == word(trailer, 12))
        // One block and a filter of one block: 176 + (16 + 12, padded) + (16 + 40) + 32.
        let footer = Array(bytes.suffix(Int(word(bytes, bytes.count - 32))))
        #expect(footer.count == 296)
        #expect(Array(footer[..<12]) == Array("SWYDFOOT".utf8) + [1, 0, 1, 0])
        #expect(Array(footer[16..<96]) == Array(bytes[16..<96]))
        #expect(Int(word(footer, 160)) == bytes.count - 296)
        #expect(slowCRC32C(0, Array(footer[..<276])) == word(footer, 276))
        #expect(word(footer, 192 + 4) == 1)
        #expect(word(footer, 200) == slowCRC32C(0, Array(bytes[..<(bytes.count - 296)])))
    }

    @Test("a footer section of an unknown kind or version is skipped")
    func unknownSections() throws {
        let fixture = Fixture()
        try fixture.write(0..<3)
        let file = SegmentName.firstSealed
        try fixture.edit(file) { bytes in
            let begin = bytes.count - 296
            var footer = LittleEndianWriter()
            footer.put(Array(bytes[begin..<begin + 168]))
            footer.put(UInt32(3))
            footer.put(zeros: 4)
            for (kind, version) in [(77, 1), (1, 9)] as [(UInt32, UInt32)] {
                footer.put(kind)
                footer.put(version)
                footer.put(UInt64(3))
                footer.put([1, 2, 3, 0, 0, 0, 0, 0])
            }
            footer.put(Array(bytes[begin + 176..<begin + 208]))
            footer.put(UInt64(footer.bytes.count + 32))
            footer.put(zeros: 4)
            footer.put(Checksum.crc32c(footer.bytes, 0..<footer.bytes.count))
            bytes = bytes[..<begin] + footer.bytes + bytes.suffix(16)
        }
        #expect(try fixture.reader().recoveryReport.isClean)
        #expect(try fixture.reader().verify().isSound)
        #expect(try fixture.reader().read().sequences == [0, 1, 2])
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        var reader = LittleEndianReader(bytes, from: offset)
        return reader.take()
    }

    private func seed(_ generation: UInt64, offset: Int) -> UInt32 {
        var mixed = UInt32(offset / 8) &+ UInt32(generation >> 32)
        mixed = (mixed ^ mixed >> 16) &* 0x85EB_CA6B
        mixed = (mixed ^ mixed >> 13) &* 0xC2B2_AE35
        return (mixed ^ mixed >> 16) ^ UInt32(truncatingIfNeeded: generation)
    }

    private func slowCRC32C(_ crc: UInt32, _ bytes: [UInt8]) -> UInt32 {
        var state = ~crc
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = state & 1
                state >>= 1
                if carry == 1 { state ^= 0x82F6_3B78 }
            }
        }
        return ~state
    }
}
