extension SegmentWalk {
    /// Below this distance the walk goes on record by record.
    private static let nearBytes = 64 << 10

    /// Goes to the record with this number, or to one not far before it, from the segment's start.
    /// Returns how many records were passed over. O(log bytes) looks at a record each, needs no index.
    ///
    /// Halves the range of bytes in which the record has to be: from any offset, the next record tells
    /// by its number on which side that is.
    mutating func seek(_ sequence: UInt64) throws(ArchiveError) -> UInt64 {
        let first = expected
        var low = (offset: position, sequence: first)
        var high = contentEnd
        while high - low.offset > Self.nearBytes {
            let middle = (low.offset + (high - low.offset) / 2) & ~7
            if let found = try firstRecord(from: middle, to: high, above: low.sequence),
                found.sequence <= sequence
            {
                low = found
            } else {
                high = middle
            }
        }
        _ = try jump(to: low.offset, expecting: low.sequence)
        return low.sequence - first
    }

    /// The same beyond where the records of a segment that is being written are known to end: to a record
    /// below an end that its writer has published.
    mutating func seekAhead(_ sequence: UInt64, below published: UInt64) throws(ArchiveError) {
        guard let content, var segment, published > segment.summary.endSequence else {
            _ = try seek(sequence)
            return
        }
        let known = segment
        segment.summary.endSequence = published
        try extend(to: content.growthLimit(Int(segment.header.capacity)), segment)
        _ = try seek(min(sequence, published - 1))
        // As if it ended here: what follows is found as it is where somebody reads on.
        segment = known
        if position > known.recordsEnd {
            segment.recordsEnd = position
            segment.summary.endSequence = expected
        }
        try extend(to: segment.recordsEnd, segment)
    }

    /// The first good record that begins in a range, if there is one with a number that can be there.
    private func firstRecord(
        from begin: Int, to end: Int, above sequence: UInt64
    ) throws(ArchiveError) -> (offset: Int, sequence: UInt64)? {
        guard let content, let segment else { return nil }
        let headerBytes = ArchiveFormat.recordHeaderBytes
        let limit = min(end, begin + RecordLayout.recordBytes(eventBytes: check.eventBytesMax))
        var offset = begin
        var window = try content.window(at: offset, byteCount: headerBytes)
        while offset < limit, offset <= contentEnd - headerBytes {
            if offset + headerBytes > window.end {
                window = try content.window(at: offset, byteCount: headerBytes)
                guard offset + headerBytes <= window.end else { return nil }
            }
            let found = RecordLayout.sequence(window.base + offset)
            if RecordLayout.length(window.base + offset) & RecordLayout.presence != 0,
                found > sequence, found < segment.summary.endSequence
            {
                let eventBytes = RecordLayout.byteCount(window.base + offset)
                window = try content.window(
                    at: offset,
                    byteCount: RecordLayout.recordBytes(
                        eventBytes: min(eventBytes, check.eventBytesMax)))
                let available = window.end - offset
                if check.recordBytes(window.base + offset, at: offset, available: available) > 0 {
                    return (offset, found)
                }
            }
            offset += 8
        }
        return nil
    }
}
