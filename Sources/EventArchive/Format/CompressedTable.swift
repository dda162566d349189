/// What a compressed segment says of its frames, at its end. The article Compression has the bytes.
struct CompressedTable {
    static let magic: StaticString = "SWYDZTAB"
    static let trailerMagic: StaticString = "SWYDZEND"
    static let fixedBytes = 120
    static let trailerBytes = 32
    /// The bytes of the segment in each frame but the last.
    static let frameBytes = 256 << 10
    /// Of a frame that every decompressor skips: one of the sixteen that the Zstandard format leaves to
    /// its users (RFC 8878, 3.1.2).
    static let skippableMagic: UInt32 = 0x184D_2A53

    struct Frame {
        /// Where the frame begins in the compressed file.
        var begin: Int
        var byteCount: Int
        var checksum: UInt32
    }

    var header: SegmentHeader
    /// The size of the segment's file.
    var segmentBytes: Int
    var frames: [Frame]
    /// The segment's footer, so that opening decompresses nothing.
    var footer: [UInt8]

    /// The skippable frame that ends the file.
    func encoded() -> [UInt8] {
        var table = LittleEndianWriter()
        FormatPrefix.encode(magic: Self.magic, into: &table)
        header.encodeDescription(into: &table)
        table.put(UInt64(segmentBytes))
        table.put(UInt32(Self.frameBytes))
        table.put(UInt32(frames.count))
        table.put(UInt64(footer.count))
        for frame in frames {
            table.put(UInt32(frame.byteCount))
            table.put(frame.checksum)
        }
        table.put(footer)
        table.put(zeros: -footer.count & 7)
        table.put(UInt64(table.bytes.count + Self.trailerBytes))
        table.put(zeros: 4)
        table.put(Checksum.crc32c(table.bytes, 0..<table.bytes.count))
        FormatPrefix.encode(magic: Self.trailerMagic, into: &table)
        var writer = LittleEndianWriter()
        writer.put(Self.skippableMagic)
        writer.put(UInt32(table.bytes.count))
        writer.put(table.bytes)
        return writer.bytes
    }

    init(header: SegmentHeader, segmentBytes: Int, frames: [Frame], footer: [UInt8]) {
        self.header = header
        self.segmentBytes = segmentBytes
        self.frames = frames
        self.footer = footer
    }

    /// Reads the table at the end of a file; nil if there is no good one. Throws `newerFormat`.
    init?(_ file: borrowing ArchiveFile, fileBytes: Int) throws(ArchiveError) {
        let trailer = try file.read(max(0, fileBytes - Self.trailerBytes)..<fileBytes)
        switch FormatPrefix.judge(trailer, at: 16, magic: Self.trailerMagic) {
        case .readable: break
        case .newer(let major):
            throw .newerFormat(file: file.name, major: major, supported: ArchiveFormat.major)
        case .damaged: return nil
        }
        var end = LittleEndianReader(trailer)
        guard let count = Int(exactly: end.take(UInt64.self)), count % 8 == 0,
            count >= Self.fixedBytes + Self.trailerBytes, count <= fileBytes - 8
        else { return nil }
        let bytes = try file.read(fileBytes - count..<fileBytes)
        let checked = count - Self.trailerBytes + 12
        var stored = LittleEndianReader(bytes, from: checked)
        guard bytes.count == count, FormatPrefix.judge(bytes, magic: Self.magic) == .readable,
            stored.take() == Checksum.crc32c(bytes, 0..<checked)
        else { return nil }
        var reader = LittleEndianReader(bytes, from: FormatPrefix.byteCount)
        guard let header = SegmentHeader(decodingDescription: &reader),
            let segmentBytes = Int(exactly: reader.take(UInt64.self)),
            reader.take(UInt32.self) == UInt32(Self.frameBytes)
        else { return nil }
        let frameCount = Int(reader.take(UInt32.self))
        guard let footerBytes = Int(exactly: reader.take(UInt64.self)),
            frameCount == (segmentBytes + Self.frameBytes - 1) / Self.frameBytes,
            count == Self.fixedBytes + frameCount * 8 + (footerBytes + 7) & ~7 + Self.trailerBytes
        else { return nil }
        var begin = 0
        frames = (0..<frameCount).map { _ in
            let frame = Frame(
                begin: begin, byteCount: Int(reader.take(UInt32.self)), checksum: reader.take())
            begin += frame.byteCount
            return frame
        }
        guard begin == fileBytes - count - 8 else { return nil }
        let footerBegin = Self.fixedBytes + frameCount * 8
        footer = Array(bytes[footerBegin..<footerBegin + footerBytes])
        self.header = header
        self.segmentBytes = segmentBytes
    }

    /// The bytes of the segment that a frame holds.
    func range(of frame: Int) -> Range<Int> {
        let begin = frame * Self.frameBytes
        return begin..<min(begin + Self.frameBytes, segmentBytes)
    }
}
