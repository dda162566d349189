/// A segment that can be read, and where its records are.
struct SegmentDescription: Sendable {
    var name: SegmentName
    var header: SegmentHeader
    /// Whether it ends with a good footer.
    var hasFooter: Bool
    var fileBytes: Int
    /// Where its records end, as far as they were there when this was found out.
    var recordsEnd: Int
    var summary: SegmentSummary
    var gaps: [ArchiveGap]
    /// Bytes behind the records of an open segment that are not zero.
    var tornBytes = 0
    /// Which keys its records have, as far as its footer tells.
    var keyFilter: KeyFilter?
    /// Whether its file is a compressed one.
    var isCompressed = false
    /// What is before this was in its file when this was found out; what is behind may be in the ring.
    var fileEnd = 0
}

extension SegmentDescription {
    /// A segment that is being written, as if it had no record.
    init(open header: SegmentHeader, named name: SegmentName, fileBytes: Int) {
        self.init(
            name: name, header: header, hasFooter: false, fileBytes: fileBytes,
            recordsEnd: Int(header.recordsBegin),
            summary: SegmentSummary(firstSequence: header.firstSequence), gaps: [])
    }
}

/// Finds out what a segment file is, without changing it.
///
/// This is every state in which a crash, a full disk or damage can leave an archive, and what is done
/// about it. Tests are named after the rows.
///
/// | row | file | header | behind it | readers | a writer, besides |
/// | --- | --- | --- | --- | --- | --- |
/// | A1 | `.segment` | good | good footer | believe the footer | |
/// | A2 | `.segment` | good | no good footer: cut off, damaged, of another segment | scan for records, report; if it is the last, `tail` tells how many are lost | leaves it, begins a new segment, behind the numbers that are lost |
/// | A3 | `.segment` | damaged | good footer | believe the footer, report | |
/// | A4 | `.segment` | damaged or none | no good footer | report a gap up to the next segment | refuses if it is the last |
/// | B1 | `.open` | good | records, zeros | scan | continues behind them |
/// | B2 | `.open` | good | records, then bytes that are none, and no record behind | as B1, report a torn tail | zeroes the tail, continues |
/// | B3 | `.open` | good | a record behind bytes that are none | report a gap, go on behind it | continues behind the last record |
/// | B4 | `.open` | any | good footer at the end: sealing was interrupted | as A1, A3 | renames it |
/// | B5 | `.open` | good | shorter than its capacity: sealing was interrupted, or cut | scan what is there, report | allocates it again, continues |
/// | B6 | `.open` | damaged or none | nothing but zeros: never held a record | skip, report | removes it |
/// | B7 | `.open` | damaged | something | as A4 | as A4 |
/// | B8 | `.open`, recycled | good | records, then anything | as B1; a header with the next number tells a torn record | as B1 |
/// | P1 | `.prepared` | good, with the id of the name | as an `.open` file | as an `.open` file | syncs and renames it first |
/// | P2 | `.prepared` | anything else | anything | ignore | removes it |
/// | P3 | `.spare` | any | anything | ignore | makes the next segment of it |
/// | R1 | `.open`, beside `ring` | good, there or in the ring | records, and more with the next numbers in the ring | give these too | writes them to the file, with the header, removes the ring |
/// | R2 | any, beside a `ring` of another archive, or none | | | ignore the ring | makes a new one in its place, if it wants one |
/// | C1 | any, or `ring` | newer major version | | refuse: `newerFormat` | refuses |
/// | C2 | any | newer minor version | | as the same minor version | |
/// | C3 | any | of another archive | | refuse: `foreignSegment` | refuses |
/// | C4 | any | id or first sequence is not the name's | | refuse: `misnamedSegment` | refuses |
///
/// Where readers refuse for the sake of one file (C3, C4, D3, D4), ``ArchiveReader/verify(directory:while:)``
/// and ``ArchiveRepair`` tell of it, look at everything else as if it were not there, and change nothing.
///
/// And between the files, which `ArchiveSurvey` decides:
///
/// | row | found | readers | a writer, besides |
/// | --- | --- | --- | --- |
/// | D1 | an `.open` file that is not the last segment | as alone | seals it where its records end |
/// | D2 | a segment begins after the one before it ends | report a gap | |
/// | D3 | a segment begins before the one before it ends | refuse: `overlappingSegments` | refuses |
/// | D4 | two files with one segment id | refuse: `duplicateSegment` | refuses |
/// | D5 | the oldest segments are gone | begin with the first there is | |
/// | D6 | no segment at all | an empty archive | begins one |
/// | D7 | names ending in `.new` | ignore | removes them |
/// | D8 | other names | ignore | |
/// | E1 | no `archive.identity`, other files | refuse: `foreignDirectory`; with segments `lostIdentity` | refuses |
/// | E2 | no `archive.identity`, nothing else | refuse: `noArchive` | makes one |
/// | E3 | `archive.identity` damaged | refuse: `damagedIdentity` | refuses |
/// | E4 | `archive.identity` of a newer major version | refuse: `newerFormat` | refuses |
/// | E5 | another writer holds the lock | read all the same | refuses: `locked` |
enum SegmentSurvey {
    enum Finding: Sendable {
        case readable(SegmentDescription)
        /// Rows A4 and B7: it may have held records.
        case unreadable(fileBytes: Int)
        /// Row B6.
        case neverUsed
    }

    /// As ``examine(_:in:of:tail:leavesOpen:report:)``, under the name that the file has by now: a writer at
    /// work may have opened or sealed it since it was listed, and may do so faster than anybody lists.
    ///
    /// - Parameter name: as it was listed; then the one that it was found under.
    static func examineUnderLaterNames(
        _ name: inout SegmentName, in directory: ArchiveDirectory, of archive: ArchiveID,
        tail: ArchiveTail?, leavesOpen: Bool, report: inout ArchiveRecoveryReport
    ) throws(ArchiveError) -> Finding {
        for candidate in name.laterNames.dropLast() {
            do throws(ArchiveError) {
                let finding = try examine(
                    candidate, in: directory, of: archive, tail: tail, leavesOpen: leavesOpen,
                    report: &report)
                name = candidate
                return finding
            } catch {
                guard error.isMissingFile else { throw error }
            }
        }
        let finding = try examine(
            name.sealed, in: directory, of: archive, tail: tail, leavesOpen: leavesOpen,
            report: &report)
        name = name.sealed
        return finding
    }

    /// Examines one file. O(1) with a good footer, else O(its data).
    ///
    /// - Parameters:
    ///   - tail: that of a writer at work.
    ///   - leavesOpen: whether a segment that it writes is described as if it had no record, which costs
    ///     O(1): for cursors that follow, and find what it has.
    static func examine(
        _ name: SegmentName, in directory: ArchiveDirectory, of archive: ArchiveID,
        tail: ArchiveTail? = nil, leavesOpen: Bool = false, report: inout ArchiveRecoveryReport
    ) throws(ArchiveError) -> Finding {
        let compressed = try examineCompressed(name, in: directory, of: archive, report: &report)
        if let compressed { return compressed }
        let fileName = name.fileName
        let file = try directory.openFile(fileName)
        let fileBytes = try file.byteCount()
        let page = try directory.headerPage(of: file, name.id, archive, isSealed: name.isSealed)
        let header = try SegmentHeader.decode(page, file: fileName)
        if header == nil {
            report.problems.append(
                ArchiveProblem(
                    file: fileName, offset: 0,
                    found: page.count < ArchiveFormat.segmentHeaderBytes
                        ? "a file of \(fileBytes) bytes" : "a damaged header",
                    expected: "a segment header of \(ArchiveFormat.segmentHeaderBytes) bytes"))
        }
        if let header { try check(header, against: name, of: archive) }

        let footer = try readFooter(file, fileBytes: fileBytes)
        if let footer, header == nil || footer.header == header {
            try check(footer.header, against: name, of: archive)
            return .readable(
                SegmentDescription(
                    name: name, header: footer.header, hasFooter: true, fileBytes: fileBytes,
                    recordsEnd: footer.recordsEnd, summary: footer.summary, gaps: footer.gaps,
                    keyFilter: footer.keyFilter))
        }
        if name.isSealed {
            report.problems.append(
                ArchiveProblem(
                    file: fileName, offset: UInt64(fileBytes),
                    found: footer == nil ? "no good footer" : "the footer of another segment",
                    expected: "this segment's footer at the end of the file"))
        }
        guard let header else {
            let begin = min(ArchiveFormat.segmentHeaderBytes, fileBytes)
            let end = try SegmentSearch.endOfData(in: file, from: begin, to: fileBytes)
            return !name.isSealed && end == begin
                ? .neverUsed : .unreadable(fileBytes: fileBytes)
        }
        if leavesOpen, tail != nil, !name.isSealed {
            return .readable(SegmentDescription(open: header, named: name, fileBytes: fileBytes))
        }
        let found = try scan(
            file, fileBytes, name: name, header: header, in: directory, tail: tail)
        report.segmentsScanned += 1
        guard !name.isSealed else { return .readable(found) }
        if UInt64(fileBytes) != header.capacity {
            report.problems.append(
                ArchiveProblem(
                    file: fileName, offset: UInt64(fileBytes), found: "the end of the file",
                    expected: "\(header.capacity) bytes"))
        }
        report.tornBytes += UInt64(found.tornBytes)
        return .readable(found)
    }

    static func check(
        _ header: SegmentHeader, against name: SegmentName, of archive: ArchiveID,
        file: String? = nil
    ) throws(ArchiveError) {
        let file = file ?? name.fileName
        guard header.archive == archive else { throw .foreignSegment(file: file) }
        guard header.id == name.id, header.firstSequence == name.firstSequence else {
            throw .misnamedSegment(
                file: file, id: header.id, firstSequence: header.firstSequence)
        }
    }

    /// The footer at the end of a file, nil if there is no good one.
    static func readFooter(
        _ file: borrowing ArchiveFile, fileBytes: Int
    ) throws(ArchiveError) -> SegmentFooter? {
        let trailer = try file.read(max(0, fileBytes - SegmentFooter.trailerBytes)..<fileBytes)
        let room = fileBytes - ArchiveFormat.segmentHeaderBytes
        guard let count = try SegmentFooter.byteCount(trailer: trailer, file: file.name),
            count >= SegmentFooter.fixedBytes, count <= room
        else { return nil }
        let begin = fileBytes - count
        return SegmentFooter.decode(
            try file.read(begin..<fileBytes), at: begin, file: file.name)
    }

    /// Rows A2, B1, B2, B3, B5: what the records of a segment without footer are.
    static func scan(
        _ file: consuming ArchiveFile, _ fileBytes: Int, name: SegmentName, header: SegmentHeader,
        in directory: ArchiveDirectory, tail: ArchiveTail?
    ) throws(ArchiveError) -> SegmentDescription {
        let fileName = file.name
        func gathered(_ fileEnd: Int) throws(ArchiveError) -> GatheredSegment {
            try GatheredSegment(
                try file.duplicate(), (header.archive, header.id), in: directory,
                recordsEnd: fileBytes, fileEnd: fileEnd)
        }
        var scan = SegmentScan(header)
        var segment = SegmentDescription(
            name: name, header: header, hasFooter: false, fileBytes: fileBytes, recordsEnd: 0,
            summary: scan.summary, gaps: [])
        let content = try MappedSegment(try file.duplicate(), recordsEnd: fileBytes)
        // Not even a writer is believed that may still be looking what there is.
        if !name.isSealed, let tail, tail.published != .max {
            try scan.readNext(content, file: fileName)
            segment.fileEnd = scan.recordsEnd
            try scan.read(try gathered(segment.fileEnd), file: fileName, tail: tail)
        } else {
            try scan.read(content, file: fileName)
            if !name.isSealed {
                segment.fileEnd = scan.recordsEnd
                // No problem: whoever is killed while appending leaves it, and acknowledged none of
                // it. Where a writer is at work, it is not torn but on its way.
                segment.tornBytes = try tornBytes(content, header, scan)
                // Also where there is no ring: a writer may have taken it away just now.
                try scan.readNext(try gathered(scan.recordsEnd), file: fileName)
                if scan.recordsEnd > segment.fileEnd { segment.tornBytes = 0 }
            }
        }
        segment.recordsEnd = scan.recordsEnd
        segment.summary = scan.summary
        segment.gaps = scan.gaps
        return segment
    }

    /// How many bytes behind the records of an open segment are of a record that was begun.
    private static func tornBytes(
        _ content: any SegmentContent, _ header: SegmentHeader, _ scan: SegmentScan
    ) throws(ArchiveError) -> Int {
        let (begin, end) = (scan.recordsEnd, content.recordsEnd)
        guard header.isRecycled else {
            return try SegmentSearch.endOfData(in: content, from: begin, to: end) - begin
        }
        // Anything can stand there; only a header with the next number tells a torn record.
        let headerBytes = ArchiveFormat.recordHeaderBytes
        guard end - begin >= headerBytes else { return 0 }
        let bytes = try content.read(begin..<begin + headerBytes)
        return bytes.withUnsafeBytes { bytes in
            guard let record = bytes.baseAddress, bytes.count == headerBytes,
                RecordLayout.length(record) & RecordLayout.presence != 0,
                RecordLayout.sequence(record) == scan.summary.endSequence
            else { return 0 }
            return min(
                RecordLayout.recordBytes(eventBytes: RecordLayout.byteCount(record)), end - begin)
        }
    }
}
