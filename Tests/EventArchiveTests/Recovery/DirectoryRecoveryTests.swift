import InternalSystem
import Testing

@testable import EventArchive

/// Rows D and E of the table at `SegmentSurvey`.
@Suite("Recovery: between the files")
struct DirectoryRecoveryTests {
    let fixture = Fixture()

    /// Three sealed segments of ten events.
    private func writeThree() throws -> [String] {
        for round in 0..<3 as Range<UInt64> {
            try fixture.write(round * 10..<round * 10 + 10)
        }
        return try fixture.segments()
    }

    /// The file as it was before it was sealed.
    private func unseal(_ file: String) throws {
        let name = try #require(SegmentName(parsing: file))
        let open = SegmentName(id: name.id, firstSequence: name.firstSequence, isSealed: false)
        try fixture.rename(file, to: open.fileName)
        try fixture.edit(open.fileName) { bytes in
            let footer = try #require(
                try SegmentFooter.byteCount(trailer: Array(bytes.suffix(32)), file: file))
            bytes.removeLast(footer)
            bytes.append(contentsOf: repeatElement(0, count: (64 << 10) - bytes.count))
        }
    }

    @Test("D1: open segments before the last are read, and sealed by the next writer")
    func severalOpen() throws {
        let files = try writeThree()
        for file in files { try unseal(file) }
        let reader = try fixture.reader()
        #expect(try reader.read().sequences == Array(0..<30))
        #expect(reader.recoveryReport.segmentsScanned == 3 && reader.recoveryReport.isClean)
        try fixture.write(30..<40)
        #expect(try fixture.segments() == files)
        #expect(try fixture.reader().read().sequences == Array(0..<40))
        #expect(try fixture.reader().verify().isSound)
    }

    @Test("D2: a deleted segment is a gap")
    func deleted() throws {
        let files = try writeThree()
        try fixture.remove(files[1])
        let reading = try fixture.reader().read()
        #expect(reading.sequences == Array(0..<10) + Array(20..<30))
        #expect(reading.gaps.map(\.sequences) == [10..<20])
        #expect(reading.gaps.map(\.reason) == [.missingSegment])
        #expect(try !fixture.reader().verify().isSound)
        try fixture.write(30..<31)
    }

    @Test("D2: a segment deleted under a reader is a gap")
    func deletedMeanwhile() throws {
        let files = try writeThree()
        let reader = try fixture.reader()
        try fixture.remove(files[1])
        let reading = try reader.read()
        #expect(reading.sequences == Array(0..<10) + Array(20..<30))
        #expect(reading.gaps.map(\.sequences) == [10..<20])
    }

    @Test("a segment cut under a reader is a gap")
    func cutMeanwhile() throws {
        let files = try writeThree()
        let reader = try fixture.reader()
        try fixture.edit(files[1]) { $0.removeSubrange(4_100...) }
        let reading = try reader.read()
        #expect(reading.sequences == Array(0..<10) + Array(20..<30))
        #expect(reading.gaps.map(\.sequences) == [10..<20])
        #expect(try !reader.verify().isSound)
    }

    @Test("a segment sealed under a reader is read under its new name")
    func sealedMeanwhile() throws {
        let writer = try fixture.writer()
        for sequence in 0..<5 as Range<UInt64> { try writer.append(Event(sequence)) }
        let reader = try fixture.reader()
        try writer.append(Event(5))
        try writer.close()
        #expect(try reader.read() == Reading(gaps: [], count: 5))
    }

    @Test("a segment sealed while a reader scans it, and so cut, is read to its last record")
    func sealedWhileScanned() throws {
        let writer = try fixture.writer()
        for sequence in 0..<5 as Range<UInt64> { try writer.append(Event(sequence)) }
        let directory = try ArchiveDirectory(opening: fixture.path)
        let file = try directory.openFile(SegmentName.firstOpen)
        let header = try #require(
            try SegmentHeader.decode(try file.read(0..<4_096), file: SegmentName.firstOpen))
        let size = try file.byteCount()
        let content = try GatheredSegment(
            file, (header.archive, header.id), in: directory, recordsEnd: size)
        try writer.close()
        // Most of what the file had is no longer there.
        let scan = try SegmentScan(content, header: header, file: SegmentName.firstOpen)
        #expect(scan.summary.endSequence == 5 && scan.gaps.isEmpty)
    }

    @Test("D3: segments whose numbers overlap are refused")
    func overlapping() throws {
        let files = try writeThree()
        // A second segment that claims to begin at 5, whole in itself.
        let name = SegmentName(id: 2, firstSequence: 5, isSealed: true).fileName
        try fixture.edit(files[1]) { bytes in
            let length = try #require(
                try SegmentFooter.byteCount(trailer: Array(bytes.suffix(32)), file: name))
            let begin = bytes.count - length
            var footer = try #require(
                SegmentFooter.decode(Array(bytes[begin...]), at: begin, file: name))
            footer.header.firstSequence = 5
            bytes.replaceSubrange(0..<4_096, with: footer.header.encoded())
            bytes.replaceSubrange(begin..., with: footer.encoded())
        }
        try fixture.rename(files[1], to: name)
        let error = ArchiveError.overlappingSegments(
            earlier: files[0], later: name, sequences: 5..<10)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
        let found = try ArchiveReader.verify(directory: fixture.path)
        #expect(found.records == 20 && found.problems.contains { $0.file == name })
    }

    @Test(
        "an empty segment that alone tells the next number stays, through crashes and full disks",
        arguments: [4, 7])
    func onlyNumbering(id: UInt64) throws {
        let last = try writeThree()[2]
        try fixture.edit(last) { $0.removeSubrange(4_200...) }
        let empty = SegmentName(id: id, firstSequence: 30, isSealed: false).fileName
        try fixture.replace(empty, [])
        #expect(try fixture.reader().sequences == 0..<30)
        let disk = FailingDisk()
        disk.fill()
        #expect(throws: ArchiveError.self) { try fixture.writer(calls: disk.calls) }
        _ = try fixture.writer()
        #expect(try fixture.segments().last?.hasPrefix("00000000000000000004-") == true)
        for _ in 0..<3 { try fixture.write(30..<30) }
        #expect(try fixture.segments().count == 4)
        try fixture.write(30..<31)
        let reading = try fixture.reader().read()
        #expect(reading.sequences == Array(0..<21) + [30])
        #expect(reading.gaps.map(\.sequences) == [21..<30])
    }

    @Test("D4: two files with one segment id are refused")
    func duplicate() throws {
        let files = try writeThree()
        let name = SegmentName(id: 2, firstSequence: 10, isSealed: false).fileName
        try fixture.copy(files[1], to: name)
        let error = ArchiveError.duplicateSegment(id: 2, files: [name, files[1]])
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
        let found = try ArchiveReader.verify(directory: fixture.path)
        #expect(found.records == 30 && found.problems.map(\.file) == [files[1]])
    }

    @Test("C4: verify goes on past a renamed segment, and says what to do with it; repair waits")
    func renamed() throws {
        let files = try writeThree()
        let name = SegmentName(id: 7, firstSequence: 70, isSealed: true).fileName
        try fixture.rename(files[1], to: name)
        try fixture.edit(files[2]) { $0.removeLast(9) }
        #expect(throws: ArchiveError.misnamedSegment(file: name, id: 2, firstSequence: 10)) {
            try fixture.reader()
        }
        let found = try ArchiveReader.verify(directory: fixture.path)
        #expect(found.records == 20 && found.segments == 2)
        let problem = try #require(found.problems.first { $0.file == name })
        #expect(problem.description.hasSuffix("; rename it back to \(files[1])"))
        #expect(found.problems.contains { $0.file == files[2] }, "the rest is looked at")
        #expect(found.gaps.map(\.sequences) == [10..<20])

        let repair = try ArchiveRepair(directory: fixture.path)
        #expect(repair.steps == [.rewriteSegment(file: files[2], lost: [])])
        #expect(repair.unrepairable.contains(problem))
        let before = try fixture.content(files[2])
        #expect(throws: ArchiveError.self) { try repair.perform() }
        #expect(try fixture.content(files[2]) == before)

        try fixture.rename(name, to: files[1])
        try ArchiveRepair(directory: fixture.path).perform()
        #expect(try ArchiveReader.verify(directory: fixture.path).isSound)
        try fixture.copy(files[0], to: name)
        let copied = try ArchiveReader.verify(directory: fixture.path)
        #expect(copied.records == 30)
        #expect(copied.problems.map(\.remedy) == ["move it away: \(files[0]) is there already"])
    }

    @Test("D5: without its oldest segments an archive begins later, without a gap")
    func oldestGone() throws {
        let files = try writeThree()
        try fixture.remove(files[0])
        let reader = try fixture.reader()
        #expect(reader.sequences == 10..<30)
        #expect(reader.recoveryReport.isClean)
        #expect(try reader.read().sequences == Array(10..<30))
    }

    @Test("D6: an archive without segments is empty")
    func empty() throws {
        try fixture.write(0..<0)
        #expect(try fixture.files() == [ArchiveIdentity.fileName])
        #expect(try fixture.reader().read() == Reading())
        #expect(try fixture.reader().sequences == 0..<0)
    }

    @Test("D7, D8: remains of a creation are removed by the next writer, other files are left")
    func otherFiles() throws {
        let files = try writeThree()
        let remains = SegmentName(id: 4, firstSequence: 30, isSealed: false).fileName + ".new"
        try fixture.replace(remains, [1, 2, 3])
        try fixture.replace("notes.txt", [1])
        try fixture.replace("1-0.segment", [1])
        #expect(try fixture.reader().read().sequences == Array(0..<30))
        try fixture.write(30..<30)
        #expect(try fixture.files() == files + ["1-0.segment", "archive.identity", "notes.txt"])
    }

    @Test("E1: a directory of somebody else is refused and left alone")
    func foreign() throws {
        _ = try ArchiveDirectory.creating(fixture.path)
        try fixture.replace("letters.txt", [1])
        #expect(throws: ArchiveError.foreignDirectory(directory: fixture.path)) {
            try fixture.writer()
        }
        #expect(throws: ArchiveError.foreignDirectory(directory: fixture.path)) {
            try fixture.reader()
        }
        #expect(try ArchiveDirectory(opening: fixture.path).names() == ["letters.txt"])
    }

    @Test("E1: an archive that has lost its identity is refused, and said to be one")
    func lostIdentity() throws {
        try fixture.write(0..<1)
        try fixture.remove(ArchiveIdentity.fileName)
        let files = try fixture.files()
        let error = ArchiveError.lostIdentity(directory: fixture.path)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
        #expect(try fixture.files() == files)
        #expect("\(error)".contains("switchyard archive repair"))
    }

    @Test("E2: a missing or empty directory has nothing to read, and becomes an archive")
    func missing() throws {
        let missing = ArchiveError.missingDirectory(directory: fixture.path)
        #expect(throws: missing) { try fixture.reader() }
        let directory = try ArchiveDirectory.creating(fixture.path)
        _ = try directory.lock()
        try fixture.replace("archive.identity.new", [1, 2])
        #expect(throws: ArchiveError.noArchive(directory: fixture.path)) { try fixture.reader() }
        try fixture.write(0..<1)
        #expect(try fixture.reader().read().sequences == [0])
    }

    @Test("E3: a damaged identity is refused", arguments: [0, 9, 17, 63])
    func damagedIdentity(offset: Int) throws {
        try fixture.write(0..<1)
        try fixture.edit(ArchiveIdentity.fileName) { $0[offset] ^= 1 }
        let error = ArchiveError.damagedIdentity(directory: fixture.path)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
    }

    @Test("E4: the identity of a newer major version is refused")
    func newerIdentity() throws {
        try fixture.write(0..<1)
        try fixture.edit(ArchiveIdentity.fileName) { bytes in
            bytes[8] = 2
            var writer = LittleEndianWriter()
            writer.put(Checksum.crc32c(bytes, 0..<12))
            bytes.replaceSubrange(12..<16, with: writer.bytes)
        }
        let error = ArchiveError.newerFormat(
            file: ArchiveIdentity.fileName, major: 2, supported: 1)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
    }

    @Test("E5: a second writer is refused until the first is closed or gone; readers are not")
    func twoWriters() throws {
        var writer: ArchiveWriter? = try fixture.writer()
        try writer?.append(Event(0))
        #expect(throws: ArchiveError.locked(directory: fixture.path)) { try fixture.writer() }
        #expect(try fixture.reader().read().sequences == [0])
        try writer?.close()
        writer = try fixture.writer()
        #expect(throws: ArchiveError.locked(directory: fixture.path)) { try fixture.writer() }
        writer = nil
        try fixture.write(1..<2)
    }
}
