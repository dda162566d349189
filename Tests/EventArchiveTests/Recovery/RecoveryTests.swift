import Testing

@testable import EventArchive

/// The rows of the table at `SegmentSurvey`; B1, B2 and B5 are in `TornTailTests`.
@Suite("Recovery: one segment")
struct SegmentRecoveryTests {
    let map = SegmentMap(eventBytes: 64)
    let fixture = Fixture()
    let sealed = SegmentName.firstSealed
    let open = SegmentName.firstOpen

    /// Writes the first ten events, and optionally a second segment with ten more.
    private func write(closing: Bool = true, second: Bool = false) throws {
        try fixture.write(0..<10, closing: closing, bytes: 64)
        if second { try fixture.write(10..<20, bytes: 64) }
    }

    private func read() throws -> Reading { try fixture.reader().read(bytes: 64) }

    /// A writer opens, appends one event with this number, and closes; then all is read.
    private func continued(at sequence: UInt64) throws -> Reading {
        let writer = try fixture.writer()
        #expect(try writer.append(Event(sequence, bytes: 64)) == sequence)
        try writer.close()
        return try read()
    }

    @Test("A1: a sealed segment is believed by its footer, without a scan")
    func footer() throws {
        try write()
        let reader = try fixture.reader()
        #expect(reader.recoveryReport == ArchiveRecoveryReport())
        #expect(reader.info.segments.map(\.records) == [10])
        #expect(try continued(at: 10).sequences == Array(0..<11))
    }

    @Test(
        "A2: a sealed segment without a good footer is scanned and reported",
        arguments: ["missing", "damaged", "cut", "of another"])
    func noFooter(kind: String) throws {
        try write()
        let records = map.record(9).upperBound
        try fixture.edit(sealed) { bytes in
            switch kind {
            case "missing": bytes.removeSubrange(records...)
            case "damaged": bytes[records + 100] ^= 4
            case "cut": bytes.removeLast()
            default:
                // The footer of a segment with another generation, whole in itself.
                var footer = try #require(
                    SegmentFooter.decode(Array(bytes[records...]), at: records, file: sealed))
                footer.header.generation ^= 1
                bytes.replaceSubrange(records..., with: footer.encoded())
            }
        }
        #expect(try read() == Reading(gaps: [], count: 10))
        let report = try fixture.reader().recoveryReport
        #expect(report.problems.count == 1 && report.segmentsScanned == 1)
        let before = try fixture.content(sealed)
        #expect(try continued(at: 10).sequences == Array(0..<11))
        #expect(try fixture.content(sealed) == before)
    }

    @Test("A2: a sealed segment cut among its records loses what the next segment tells")
    func cutSealed() throws {
        try write(second: true)
        try fixture.edit(sealed) { $0.removeSubrange(map.record(7).lowerBound...) }
        let reading = try read()
        #expect(reading.sequences == Array(0..<7) + Array(10..<20))
        #expect(reading.gaps.map(\.sequences) == [7..<10])
        #expect(reading.gaps.map(\.reason) == [.lost])
    }

    @Test("A3: a sealed segment with a damaged header is read by its footer")
    func damagedHeader() throws {
        try write()
        try fixture.edit(sealed) { $0.replaceSubrange(0..<512, with: repeatElement(7, count: 512)) }
        #expect(try read() == Reading(gaps: [], count: 10))
        #expect(try fixture.reader().recoveryReport.problems.count == 1)
        #expect(try continued(at: 10).sequences == Array(0..<11))
    }

    @Test(
        "A4: a sealed segment without header and footer is a gap up to the next",
        arguments: [0, 1, 3])
    func unreadable(kilobytes: Int) throws {
        try write(second: true)
        try fixture.edit(sealed) { $0 = Array(repeating: 1, count: kilobytes << 10) }
        let reading = try read()
        #expect(reading.sequences == Array(10..<20))
        #expect(reading.gaps.map(\.sequences) == [0..<10])
        #expect(reading.gaps.map(\.reason) == [.unreadableSegment])
        #expect(try continued(at: 20).sequences == Array(10..<21))
    }

    @Test("A4, B7: a writer refuses if the last segment cannot be read", arguments: [true, false])
    func unreadableLast(closing: Bool) throws {
        try write()
        try fixture.write(10..<20, closing: closing, bytes: 64)
        let last = try #require(try fixture.segments().last)
        try fixture.edit(last) { bytes in
            bytes[20] ^= 1
            bytes[bytes.count - 1] ^= closing ? 1 : 0
        }
        #expect(throws: ArchiveError.unreadableSegment(file: last)) { try fixture.writer() }
        let reading = try read()
        #expect(reading.sequences == Array(0..<10))
        #expect(reading.gaps.map(\.sequences) == [10..<10])
    }

    @Test("B3: damage before a good record is a gap, and is never cut away", arguments: 0..<9)
    func damageInTheMiddle(index: Int) throws {
        try write(closing: false)
        try fixture.edit(open) { $0[map.record(index).lowerBound + 50] ^= 8 }
        let damaged = try fixture.content(open)[..<map.record(9).upperBound]
        let gap = ArchiveGap(
            file: open, sequences: UInt64(index)..<UInt64(index) + 1,
            bytes: UInt64(map.record(index).lowerBound)..<UInt64(map.record(index).upperBound),
            reason: .damaged)
        let rest = (0..<10).filter { $0 != UInt64(index) } as [UInt64]
        #expect(try read() == Reading(sequences: rest, gaps: [gap], segmentsOpened: 1))
        #expect(try fixture.reader().recoveryReport.gaps == [gap])

        let reading = try continued(at: 10)
        #expect(reading.sequences == rest + [10])
        #expect(reading.gaps.map(\.sequences) == [gap.sequences])
        // The sealed segment's footer remembers, so that no scan is needed to know.
        let report = try fixture.reader().recoveryReport
        #expect(report.gaps.map(\.sequences) == [gap.sequences] && report.segmentsScanned == 0)
        #expect(try fixture.content(sealed)[..<map.record(9).upperBound] == damaged)
        #expect(try fixture.reader().verify().gaps.count == 1)
    }

    @Test("B3: several damaged places are several gaps")
    func severalGaps() throws {
        try write(closing: false)
        try fixture.edit(open) { bytes in
            for index in [0, 3, 4, 8] { bytes[map.record(index).lowerBound + 4] ^= 1 }
        }
        let reading = try read()
        #expect(reading.sequences == [1, 2, 5, 6, 7, 9])
        #expect(reading.gaps.map(\.sequences) == [0..<1, 3..<5, 8..<9])
    }

    @Test("B4: an interrupted sealing is completed", arguments: [false, true])
    func interruptedSealing(damaged: Bool) throws {
        try write()
        try fixture.rename(sealed, to: open)
        if damaged { try fixture.edit(open) { $0[9] ^= 1 } }
        #expect(try read() == Reading(gaps: [], count: 10))
        #expect(try continued(at: 10).sequences == Array(0..<11))
        #expect(try fixture.segments().first == sealed)
    }

    @Test("B4: a footer in a file that was not cut yet is written over")
    func interruptedBeforeCut() throws {
        try write()
        try fixture.rename(sealed, to: open)
        try fixture.edit(open) { bytes in
            bytes.append(contentsOf: repeatElement(0, count: (64 << 10) - bytes.count))
        }
        #expect(try read() == Reading(gaps: [], count: 10))
        #expect(try continued(at: 10).sequences == Array(0..<11))
        #expect(try fixture.segments() == [sealed])
    }

    @Test(
        "B6: an open segment that never held a record is made again",
        arguments: [0, 16, 4_096, 65_536], [true, false])
    func neverUsed(bytes: Int, isSecond: Bool) throws {
        if isSecond { try write() }
        let end: UInt64 = isSecond ? 10 : 0
        if !isSecond { try fixture.write(0..<0) }
        let name = SegmentName(id: isSecond ? 2 : 1, firstSequence: end, isSealed: false).fileName
        // Half a header, then zeros.
        let half = Array("SWYDSEGM".utf8).prefix(bytes)
        try fixture.replace(name, half + Array(repeating: 0, count: bytes - half.count))
        #expect(try read().sequences == Array(0..<end))
        #expect(try fixture.reader().recoveryReport.problems.count == 1)
        #expect(try continued(at: end).sequences == Array(0...end))
        #expect(try fixture.reader().recoveryReport.isClean)
    }

    @Test(
        "C1: a newer major version is refused by writer and reader",
        arguments: ["header", "footer"])
    func newerMajor(place: String) throws {
        try write()
        try fixture.edit(sealed) { bytes in
            setVersion(&bytes, at: place == "header" ? 0 : bytes.count - 16, major: 2, minor: 0)
        }
        let error = ArchiveError.newerFormat(file: sealed, major: 2, supported: 1)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
    }

    @Test("C2: a newer minor version is read, and what it adds is ignored")
    func newerMinor() throws {
        try write(closing: false)
        try fixture.edit(ArchiveIdentity.fileName) { bytes in
            setVersion(&bytes, at: 0, major: 1, minor: 9)
            bytes[50] = 1
            setChecksum(&bytes, of: 0..<60)
        }
        try fixture.edit(open) { bytes in
            setVersion(&bytes, at: 0, major: 1, minor: 9)
            bytes[2_000] = 1
            setChecksum(&bytes, of: 0..<4_092)
        }
        #expect(try read() == Reading(gaps: [], count: 10))
        #expect(try continued(at: 10).sequences == Array(0..<11))
    }

    @Test("C3: a segment of another archive is refused")
    func foreignSegment() throws {
        try write()
        let other = Fixture()
        try other.write(0..<10, bytes: 64)
        try fixture.replace(sealed, try other.content(sealed))
        #expect(throws: ArchiveError.foreignSegment(file: sealed)) { try fixture.reader() }
        #expect(throws: ArchiveError.foreignSegment(file: sealed)) { try fixture.writer() }
        let found = try ArchiveReader.verify(directory: fixture.path)
        #expect(found.problems.map(\.file) == [sealed] && found.records == 0)
        #expect(found.problems.first?.remedy == "move it away")
    }

    @Test("C4: a segment under another segment's name is refused")
    func misnamed() throws {
        try write()
        let name = SegmentName(id: 2, firstSequence: 10, isSealed: true).fileName
        try fixture.copy(sealed, to: name)
        let error = ArchiveError.misnamedSegment(file: name, id: 1, firstSequence: 0)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
    }

    private func setVersion(_ bytes: inout [UInt8], at offset: Int, major: UInt8, minor: UInt8) {
        bytes.replaceSubrange(offset + 8..<offset + 12, with: [major, 0, minor, 0])
        setChecksum(&bytes, of: offset..<offset + 12)
    }

    private func setChecksum(_ bytes: inout [UInt8], of range: Range<Int>) {
        var writer = LittleEndianWriter()
        writer.put(Checksum.crc32c(bytes, range))
        bytes.replaceSubrange(range.upperBound..<range.upperBound + 4, with: writer.bytes)
    }
}
