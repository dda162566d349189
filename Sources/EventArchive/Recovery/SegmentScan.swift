import Synchronization

/// What reading a segment from its first record on finds.
struct SegmentScan: Sendable {
    var summary: SegmentSummary
    /// Where the last good record ends.
    var recordsEnd: Int
    var gaps: [ArchiveGap] = []

    /// Reads every record of some content. O(bytes of data).
    ///
    /// A writer may be appending meanwhile: a record that is half there looks bad until a look behind
    /// it finds a good one. Records are completed in order, so the first look is then repeated; only
    /// what is bad still is damage.
    ///
    /// With the tail of a writer at work, what is not published counts as the end, whatever it is.
    init(
        _ content: any SegmentContent, header: SegmentHeader, file: String,
        tail: ArchiveTail? = nil
    ) throws(ArchiveError) {
        let check = RecordCheck(header)
        summary = SegmentSummary(firstSequence: header.firstSequence)
        recordsEnd = Int(header.recordsBegin)
        var offset = recordsEnd
        var isRepeated = false
        var window = try content.window(
            at: offset, byteCount: ArchiveFormat.recordHeaderBytes)
        while true {
            let record = window.base + offset
            let expected = summary.endSequence
            let available = window.end - offset
            let recordBytes = check.recordBytes(record, at: offset, available: available)
            if recordBytes > 0, RecordLayout.sequence(record) >= expected {
                addRecord(record, at: offset, in: file)
                offset += recordBytes
                recordsEnd = offset
                isRepeated = false
                continue
            }
            if window.end < content.recordsEnd {
                let needed = check.bytesNeeded(record, available: available)
                window = try content.window(at: offset, byteCount: needed)
                if window.end - offset > available { continue }
            }
            if let tail, tail.published <= expected { return }
            let next = try SegmentSearch.nextRecord(
                in: content, check, behind: offset, expecting: expected, end: content.recordsEnd)
            guard let next else { return }
            if isRepeated {
                offset = next
            } else {
                isRepeated = true
                atomicMemoryFence(ordering: .acquiring)
            }
            window = try content.window(
                at: offset, byteCount: ArchiveFormat.recordHeaderBytes)
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
