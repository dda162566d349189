import Synchronization

/// What reading a segment from its first record on finds.
struct SegmentScan: Sendable {
    var summary: SegmentSummary
    /// Where the last good record ends.
    var recordsEnd: Int
    var gaps: [ArchiveGap] = []

    /// Reads every record that ends at or before `end`. O(bytes of data), pages that were never written are not touched.
    ///
    /// A writer may be appending meanwhile: a record that is half there looks bad until a look behind
    /// it finds a good one. Records are completed in order, so the first look is then repeated; only
    /// what is bad still is damage.
    init(_ segment: borrowing MappedFile, header: SegmentHeader, end: Int) {
        summary = SegmentSummary(firstSequence: header.firstSequence)
        let begin = min(Int(header.recordsBegin), end)
        recordsEnd = begin
        let check = RecordCheck(header)
        var offset = begin
        var isRepeated = false
        while true {
            let recordBytes = check.recordBytes(in: segment.base, at: offset, end: end)
            let record = segment.base + offset
            let expected = summary.endSequence
            if recordBytes > 0, RecordLayout.sequence(record) >= expected {
                let sequence = RecordLayout.sequence(record)
                if sequence > expected || offset > recordsEnd {
                    gaps.append(
                        ArchiveGap(
                            file: segment.file.name, sequences: expected..<sequence,
                            bytes: UInt64(recordsEnd)..<UInt64(offset), reason: .damaged))
                }
                summary.add(
                    sequence: sequence, eventBytes: RecordLayout.byteCount(record),
                    ingestTime: RecordLayout.ingestTime(record),
                    eventTime: RecordLayout.eventTime(record))
                offset += recordBytes
                recordsEnd = offset
                isRepeated = false
                continue
            }
            guard
                let next = check.nextRecord(
                    in: segment, behind: offset, expecting: expected, end: end)
            else { return }
            if isRepeated {
                offset = next
            } else {
                isRepeated = true
                atomicMemoryFence(ordering: .acquiring)
            }
        }
    }
}
