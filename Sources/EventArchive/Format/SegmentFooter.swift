/// What a sealed segment says about its content.
struct SegmentFooter: Hashable, Sendable {
    static let magic: StaticString = "SWYDFOOT"
    static let trailerMagic: StaticString = "SWYDSEAL"
    static let fixedBytes = 176
    static let trailerBytes = 32

    /// The kinds of sections that this version writes.
    enum SectionKind {
        static let checksums: UInt32 = 1
        static let gaps: UInt32 = 2
        static let keyFilter: UInt32 = 3
    }

    var header: SegmentHeader
    var summary: SegmentSummary
    var sealed: Int64
    /// Where the records end and this footer begins.
    var recordsEnd: Int
    /// The CRC32C of each 64 KiB of the file up to `recordsEnd`.
    var blockChecksums: [UInt32]
    /// The damage that was known when the segment was sealed.
    var gaps: [ArchiveGap]
    /// Which keys the records have; nil if the footer does not tell.
    var keyFilter: KeyFilter?

    /// The size of the footer of a full segment without gaps.
    static func byteCountMax(capacity: Int) -> Int {
        let blocks = capacity / ArchiveFormat.checksumBlockBytes + 1
        let filterBytes = KeyFilter.headerBytes + KeyFilter.blocksMax(capacity: capacity) * 32
        return fixedBytes + 24 + ((4 * blocks + 7) & ~7) + 16 + filterBytes + trailerBytes
    }

    func encoded() -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: Self.magic, into: &writer)
        header.encodeDescription(into: &writer)
        writer.put(summary.endSequence)
        writer.put(summary.records)
        writer.put(summary.eventBytes)
        writer.put(summary.ingestTimes.first)
        writer.put(summary.ingestTimes.last)
        writer.put(summary.eventTimes.first)
        writer.put(summary.eventTimes.last)
        writer.put(sealed)
        writer.put(UInt64(recordsEnd))
        writer.put(UInt32(1 + (gaps.isEmpty ? 0 : 1) + (keyFilter == nil ? 0 : 1)))
        writer.put(zeros: 4)
        encodeSection(SectionKind.checksums, checksumSection, into: &writer)
        if !gaps.isEmpty { encodeSection(SectionKind.gaps, gapSection, into: &writer) }
        if let keyFilter {
            encodeSection(SectionKind.keyFilter, keyFilter.encoded(), into: &writer)
        }
        writer.put(UInt64(writer.bytes.count + Self.trailerBytes))
        writer.put(zeros: 4)
        writer.put(Checksum.crc32c(writer.bytes, 0..<writer.bytes.count))
        FormatPrefix.encode(magic: Self.trailerMagic, into: &writer)
        return writer.bytes
    }

    private var checksumSection: [UInt8] {
        var writer = LittleEndianWriter()
        writer.put(UInt32(ArchiveFormat.checksumBlockBytes))
        writer.put(UInt32(blockChecksums.count))
        for checksum in blockChecksums { writer.put(checksum) }
        return writer.bytes
    }

    private var gapSection: [UInt8] {
        var writer = LittleEndianWriter()
        for gap in gaps {
            writer.put(gap.sequences.lowerBound)
            writer.put(gap.sequences.upperBound)
            writer.put(gap.bytes.lowerBound)
            writer.put(gap.bytes.upperBound)
        }
        return writer.bytes
    }

    private func encodeSection(
        _ kind: UInt32, _ content: [UInt8], into writer: inout LittleEndianWriter
    ) {
        writer.put(kind)
        writer.put(UInt32(1))
        writer.put(UInt64(content.count))
        writer.put(content)
        writer.put(zeros: -content.count & 7)
    }
}

extension SegmentFooter {
    /// The length of the footer that ends with these 32 bytes, nil if they are no trailer. Throws
    /// `newerFormat`.
    static func byteCount(trailer: [UInt8], file: String) throws(ArchiveError) -> Int? {
        switch FormatPrefix.judge(trailer, at: 16, magic: trailerMagic) {
        case .readable: break
        case .newer(let major):
            throw .newerFormat(file: file, major: major, supported: ArchiveFormat.major)
        case .damaged: return nil
        }
        var reader = LittleEndianReader(trailer)
        return Int(exactly: reader.take(UInt64.self))
    }

    /// Nil unless the bytes are a whole footer that begins at `offset` of its file.
    static func decode(_ bytes: [UInt8], at offset: Int, file: String) -> SegmentFooter? {
        let checked = bytes.count - trailerBytes + 12
        guard bytes.count >= fixedBytes + trailerBytes,
            FormatPrefix.judge(bytes, magic: magic) == .readable
        else { return nil }
        var checksum = LittleEndianReader(bytes, from: checked)
        guard checksum.take() == Checksum.crc32c(bytes, 0..<checked) else { return nil }
        var reader = LittleEndianReader(bytes, from: FormatPrefix.byteCount)
        guard let header = SegmentHeader(decodingDescription: &reader) else { return nil }
        var summary = SegmentSummary(firstSequence: reader.take())
        summary.records = reader.take()
        summary.eventBytes = reader.take()
        summary.ingestTimes = TimeSpan(first: reader.take(), last: reader.take())
        summary.eventTimes = TimeSpan(first: reader.take(), last: reader.take())
        let sealed = reader.take(Int64.self)
        let recordsEnd = reader.take(UInt64.self)
        guard recordsEnd == UInt64(offset), offset % 8 == 0,
            summary.endSequence >= header.firstSequence
        else { return nil }
        var footer = SegmentFooter(
            header: header, summary: summary, sealed: sealed, recordsEnd: offset,
            blockChecksums: [], gaps: [])
        footer.decodeSections(count: reader.take(UInt32.self), &reader, file: file)
        return footer
    }

    /// The checksum has vouched for these bytes; the bounds are checked all the same.
    private mutating func decodeSections(
        count: UInt32, _ reader: inout LittleEndianReader, file: String
    ) {
        reader.skip(4)
        for _ in 0..<count {
            guard reader.remaining > Self.trailerBytes else { return }
            let (kind, version) = (reader.take(UInt32.self), reader.take(UInt32.self))
            guard let length = Int(exactly: reader.take(UInt64.self)), length <= reader.remaining
            else { return }
            var content = reader
            reader.skip((length + 7) & ~7)
            guard version == 1 else { continue }
            if kind == SectionKind.checksums, length >= 8 {
                content.skip(4)
                let blocks = min(Int(content.take(UInt32.self)), (length - 8) / 4)
                blockChecksums = (0..<blocks).map { _ in content.take() }
            } else if kind == SectionKind.keyFilter {
                keyFilter = KeyFilter(decoding: &content, byteCount: length)
            } else if kind == SectionKind.gaps {
                for _ in 0..<length / 32 {
                    let (first, end) = (content.take(UInt64.self), content.take(UInt64.self))
                    let (begin, stop) = (content.take(UInt64.self), content.take(UInt64.self))
                    guard first <= end, begin <= stop else { continue }
                    gaps.append(
                        ArchiveGap(
                            file: file, sequences: first..<end, bytes: begin..<stop,
                            reason: .damaged))
                }
            }
        }
    }
}
