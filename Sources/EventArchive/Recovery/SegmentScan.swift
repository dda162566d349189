import Synchronization

/// What reading a segment from its first record on finds.
struct SegmentScan: Sendable {
    var summary: SegmentSummary
    /// Where the last good record ends.
    var recordsEnd: Int
    var gaps: [ArchiveGap] = []

    /// Reads every record that ends at or before `end`. O(bytes of data).
    ///
    /// A writer may be appending meanwhile: a record that is half there looks bad until a look behind
    /// it finds a good one. Records are completed in order, so the first look is then repeated; only
    /// what is bad still is damage.
    ///
    /// With the tail of a writer at work, what is not published counts as the end, whatever it is.
    init(
        _ segment: borrowing MappedFile, header: SegmentHeader, end: Int, tail: ArchiveTail? = nil
    ) throws(ArchiveError) {
        let begin = Int(header.recordsBegin)
        let check = RecordCheck(header)
        summary = SegmentSummary(firstSequence: header.firstSequence)
        recordsEnd = begin
        var offset = begin
        var isRepeated = false
        while true {
            let record = segment.base + offset
            let expected = summary.endSequence
            let recordBytes = check.recordBytes(record, at: offset, available: end - offset)
            if recordBytes > 0, RecordLayout.sequence(record) >= expected {
                addRecord(record, at: offset, in: segment.file.name)
                offset += recordBytes
                recordsEnd = offset
                isRepeated = false
                continue
            }
            if let tail, tail.published <= expected { return }
            let next = try SegmentSearch.nextRecord(
                in: segment.file, check, behind: offset, expecting: expected, end: end)
            guard let next else { return }
            if isRepeated {
                offset = next
            } else {
                isRepeated = true
                atomicMemoryFence(ordering: .acquiring)
            }
        }
    }

    /// Counts the record, and the gap before it if there is one.
    private mutating func addRecord(_ record: UnsafeRawPointer, at offset: Int, in file: String) {
        let (expected, sequence) = (summary.endSequence, RecordLayout.sequence(record))
        if sequence > expected || offset > recordsEnd {
            gaps.append(
                ArchiveGap(
                    file: file, sequences: expected..<sequence,
                    bytes: UInt64(recordsEnd)..<UInt64(offset), reason: .damaged))
        }
        summary.add(
            sequence: sequence, eventBytes: RecordLayout.byteCount(record),
            ingestTime: RecordLayout.ingestTime(record), eventTime: RecordLayout.eventTime(record))
    }
}
