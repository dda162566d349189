/// Where the words of the file `ring` are. The article Format has the table.
enum RingLayout {
    static let fileName = "ring"
    static let magic: StaticString = "SWYDRING"
    /// Before the records: the prefix, the words, and a place for each of the last segments.
    static let headerBytes = 16 << 10
    /// How many bytes the ring has, behind the header; in the prefix's line, and never changed.
    static let byteCountOffset = 32
    /// Up to where memory may be overwritten. In a line of its own: readers poll it.
    static let grantedOffset = 128
    static let placesOffset = 256
    /// For each segment its id and where the ring has its bytes: 16 bytes. A segment's is
    /// `id % placeCount`.
    static let placeBytes = 16
    static let placeCount = 512

    /// The beginning of the file.
    static func prefix(of archive: ArchiveID, byteCount: Int) -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: magic, into: &writer)
        writer.put(archive.low)
        writer.put(archive.high)
        writer.put(UInt64(byteCount))
        return writer.bytes
    }

    /// How many bytes the ring of a file with this beginning has; nil if it is not one of this archive.
    static func byteCount(prefix bytes: [UInt8], of archive: ArchiveID, fileBytes: Int) -> Int? {
        guard case .readable = FormatPrefix.judge(bytes, magic: magic) else { return nil }
        var reader = LittleEndianReader(bytes, from: FormatPrefix.byteCount)
        let found = ArchiveID(low: reader.take(), high: reader.take())
        let count = reader.take(UInt64.self)
        guard found == archive, count >= 4096, count & (count - 1) == 0,
            count == UInt64(max(0, fileBytes - headerBytes))
        else { return nil }
        return Int(count)
    }
}
