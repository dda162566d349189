/// Looks at what lies behind the good records of a segment: other records, or nothing.
///
/// It reads the file instead of a mapping, because a writer may be sealing the segment meanwhile, which
/// cuts off what lies behind the footer: reading there gives fewer bytes, where touching a mapped page
/// would kill the process. Memory: one chunk and one record. Parts never written are skipped.
enum SegmentSearch {
    /// Large enough for few system calls, small enough for the cache. A multiple of 8.
    private static let chunkBytes = 256 << 10

    /// The first good record behind damage that begins at `damage`, or nil: only one whose sequence
    /// number the lost bytes can explain. O(bytes up to it).
    @inline(never)
    static func nextRecord(
        in file: borrowing OpenFile, _ check: RecordCheck, behind damage: Int,
        expecting sequence: UInt64, end: Int
    ) throws(ArchiveError) -> Int? {
        let headerBytes = ArchiveFormat.recordHeaderBytes
        var begin = damage + 8
        while begin < end, let data = file.nextData(from: begin) {
            begin = max(begin, data & ~7)
            // Chunks overlap by a record's header, so that each begins whole in one of them.
            let chunk = try file.read(
                begin..<max(begin, min(end, begin + chunkBytes + headerBytes)))
            for index in stride(from: 0, to: chunk.count - headerBytes + 1, by: 8) {
                let lostMax = UInt64(begin + index - damage) / UInt64(headerBytes)
                let isCandidate = chunk.withUnsafeBytes { bytes in
                    guard let record = bytes.baseAddress.map({ $0 + index }),
                        RecordLayout.length(record) & RecordLayout.presence != 0
                    else { return false }
                    let found = RecordLayout.sequence(record)
                    return found >= sequence && found - sequence <= lostMax
                }
                if isCandidate, try isRecord(in: file, check, at: begin + index, end: end) {
                    return begin + index
                }
            }
            begin += chunkBytes
        }
        return nil
    }

    private static func isRecord(
        in file: borrowing OpenFile, _ check: RecordCheck, at offset: Int, end: Int
    ) throws(ArchiveError) -> Bool {
        let limit = RecordLayout.recordBytes(eventBytes: max(0, check.eventBytesMax))
        let bytes = try file.read(offset..<min(end, offset + limit))
        return bytes.withUnsafeBytes { bytes in
            guard let record = bytes.baseAddress else { return false }
            return check.recordBytes(record, at: offset, available: bytes.count) > 0
        }
    }

    /// Where the bytes that are not zero end: from a multiple of 8 on, rounded up to the next one, at
    /// least `begin` and at most `end`. O(data).
    static func endOfData(
        in file: borrowing OpenFile, from begin: Int, to end: Int
    ) throws(ArchiveError) -> Int {
        var found = begin
        var begin = begin
        while begin < end, let data = file.nextData(from: begin) {
            begin = max(begin, data & ~7)
            let chunk = try file.read(begin..<max(begin, min(end, begin + chunkBytes)))
            if let last = chunk.lastIndex(where: { $0 != 0 }) {
                found = min(end, begin + (last | 7) + 1)
            }
            begin += chunkBytes
        }
        return found
    }
}
