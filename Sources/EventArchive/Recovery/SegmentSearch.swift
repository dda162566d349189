/// A segment's bytes by their offsets in its file.
protocol SegmentBytes: ~Copyable {
    /// The bytes of a range, fewer if the file ends before.
    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8]

    /// Where data begins, from this offset on; nil if nothing but zeros follows.
    func nextData(from offset: Int) -> Int?
}

extension ArchiveFile: SegmentBytes {}

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
        in file: borrowing some SegmentBytes & ~Copyable, _ check: RecordCheck, behind damage: Int,
        expecting sequence: UInt64, end: Int
    ) throws(ArchiveError) -> Int? {
        var begin = damage + 8
        while begin < end, let data = file.nextData(from: begin) {
            begin = max(begin, data & ~7)
            // Chunks overlap by a record's header, so that each begins whole in one of them.
            let stop = min(end, begin + chunkBytes + ArchiveFormat.recordHeaderBytes)
            let chunk = try file.read(begin..<max(begin, stop))
            var index = 0
            while let candidate = nextCandidate(
                in: chunk, from: index, distance: begin - damage, expecting: sequence)
            {
                if try isRecord(in: file, check, at: begin + candidate, end: end) {
                    return begin + candidate
                }
                index = candidate + 8
            }
            begin += chunkBytes
        }
        return nil
    }

    /// Where something stands that could be a record with a number that the lost bytes can explain.
    private static func nextCandidate(
        in chunk: [UInt8], from begin: Int, distance: Int, expecting sequence: UInt64
    ) -> Int? {
        let headerBytes = ArchiveFormat.recordHeaderBytes
        return chunk.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = begin
            while index <= bytes.count - headerBytes {
                let record = base + index
                if RecordLayout.length(record) & RecordLayout.presence != 0 {
                    let found = RecordLayout.sequence(record)
                    let lostMax = UInt64((distance + index) / headerBytes)
                    if found >= sequence, found - sequence <= lostMax { return index }
                }
                index += 8
            }
            return nil
        }
    }

    private static func isRecord(
        in file: borrowing some SegmentBytes & ~Copyable, _ check: RecordCheck, at offset: Int,
        end: Int
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
        in file: borrowing some SegmentBytes & ~Copyable, from begin: Int, to end: Int
    ) throws(ArchiveError) -> Int {
        var found = begin
        var begin = begin
        while begin < end, let data = file.nextData(from: begin) {
            begin = max(begin, data & ~7)
            let chunk = try file.read(begin..<max(begin, min(end, begin + chunkBytes)))
            let used = usedBytes(chunk)
            if used > 0 { found = min(end, begin + ((used + 7) & ~7)) }
            begin += chunkBytes
        }
        return found
    }

    /// Up to and with the last byte that is not zero.
    private static func usedBytes(_ chunk: [UInt8]) -> Int {
        chunk.withUnsafeBytes { bytes in
            var count = bytes.count
            while count >= 8, bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) == 0 {
                count -= 8
            }
            while count > 0, bytes[count - 1] == 0 { count -= 1 }
            return count
        }
    }
}
