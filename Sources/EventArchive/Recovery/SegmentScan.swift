import Synchronization

/// What reading a segment from its first record on finds.
struct SegmentScan: Sendable {
    var summary: SegmentSummary
    /// Where the last good record ends.
    var recordsEnd: Int
    var gaps: [ArchiveGap] = []

    private let check: RecordCheck

    /// Nothing was read yet.
    init(_ header: SegmentHeader) {
        check = RecordCheck(header)
        summary = SegmentSummary(firstSequence: header.firstSequence)
        recordsEnd = Int(header.recordsBegin)
    }

    /// Reads every record of some content.
    init(
        _ content: any SegmentContent, header: SegmentHeader, file: String,
        tail: ArchiveTail? = nil
    ) throws(ArchiveError) {
        self.init(header)
        try read(content, file: file, tail: tail)
    }

    /// Reads every record behind the last one. O(bytes of data).
    ///
    /// A writer may be appending meanwhile: a record that is half there looks bad until a look behind
    /// it finds a good one. Records are completed in order, so the first look is then repeated; only
    /// what is bad still is damage.
    ///
    /// With the tail of a writer at work, what is not published counts as the end, whatever it is.
    mutating func read(
        _ content: any SegmentContent, file: String, tail: ArchiveTail? = nil
    ) throws(ArchiveError) {
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

    /// Reads the records that follow the last one without a gap.
    mutating func readNext(_ content: any SegmentContent, file: String) throws(ArchiveError) {
        while true {
            var window = try content.window(
                at: recordsEnd, byteCount: ArchiveFormat.recordHeaderBytes)
            let needed = check.bytesNeeded(
                window.base + recordsEnd, available: window.end - recordsEnd)
            if needed > window.end - recordsEnd {
                window = try content.window(at: recordsEnd, byteCount: needed)
            }
            let begin = recordsEnd
            while case let record = window.base + recordsEnd,
                case let recordBytes = check.recordBytes(
                    record, at: recordsEnd, available: window.end - recordsEnd),
                recordBytes > 0, RecordLayout.sequence(record) == summary.endSequence
            {
                addRecord(record, at: recordsEnd, in: file)
                recordsEnd += recordBytes
            }
            if recordsEnd == begin { return }
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
