/// What a segment says about itself; its footer repeats it.
struct SegmentHeader: Hashable, Sendable {
    static let magic: StaticString = "SWYDSEGM"

    var archive: ArchiveID
    var id: UInt64
    /// Random, new each time that a file becomes a segment: part of every record's seed.
    var generation: UInt64
    var firstSequence: UInt64
    var created: Int64
    /// The size of the file while it is open.
    var capacity: UInt64
    var recordsBegin = UInt32(ArchiveFormat.segmentHeaderBytes)
    /// No event in the segment has more bytes.
    var eventBytesMax: UInt32
    /// Whether the file was a segment before, so that anything can stand behind the records.
    var isRecycled = false

    private static let recycledFlag: UInt32 = 1

    func encoded() -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: Self.magic, into: &writer)
        encodeDescription(into: &writer)
        writer.put(zeros: ArchiveFormat.segmentHeaderBytes - 4 - writer.bytes.count)
        writer.put(Checksum.crc32c(writer.bytes, 0..<writer.bytes.count))
        return writer.bytes
    }

    func encodeDescription(into writer: inout LittleEndianWriter) {
        writer.put(archive.low)
        writer.put(archive.high)
        writer.put(id)
        writer.put(generation)
        writer.put(firstSequence)
        writer.put(created)
        writer.put(capacity)
        writer.put(recordsBegin)
        writer.put(eventBytesMax)
        writer.put(isRecycled ? Self.recycledFlag : 0)
        writer.put(zeros: 12)
    }

    /// Nil if the values contradict the format.
    init?(decodingDescription reader: inout LittleEndianReader) {
        archive = ArchiveID(low: reader.take(), high: reader.take())
        id = reader.take()
        generation = reader.take()
        firstSequence = reader.take()
        created = reader.take()
        capacity = reader.take()
        recordsBegin = reader.take()
        eventBytesMax = reader.take()
        isRecycled = reader.take(UInt32.self) & Self.recycledFlag != 0
        reader.skip(12)
        guard capacity <= UInt64(ArchiveFormat.segmentBytesMax),
            recordsBegin >= UInt32(ArchiveFormat.segmentHeaderBytes), recordsBegin % 8 == 0,
            eventBytesMax <= UInt32(ArchiveFormat.eventBytesMax)
        else { return nil }
    }

    /// The header of a segment that begins at this time in this file.
    init(
        archive: ArchiveID, id: UInt64, firstSequence: UInt64, created: Int64, file: SegmentFile,
        eventBytesMax: Int
    ) {
        self.init(
            archive: archive, id: id, firstSequence: firstSequence, created: created,
            capacity: file.byteCount, eventBytesMax: eventBytesMax)
        isRecycled = file.isRecycled
    }

    init(
        archive: ArchiveID, id: UInt64, firstSequence: UInt64, created: Int64, capacity: Int,
        eventBytesMax: Int
    ) {
        self.archive = archive
        self.id = id
        self.generation = .random(in: .min ... .max)
        self.firstSequence = firstSequence
        self.created = created
        self.capacity = UInt64(capacity)
        self.eventBytesMax = UInt32(eventBytesMax)
    }

    /// The header in a segment's first page, nil if it is damaged or cut off. Throws `newerFormat`.
    static func decode(_ bytes: [UInt8], file: String) throws(ArchiveError) -> SegmentHeader? {
        switch FormatPrefix.judge(bytes, magic: magic) {
        case .readable: break
        case .newer(let major):
            throw .newerFormat(file: file, major: major, supported: ArchiveFormat.major)
        case .damaged: return nil
        }
        let checked = ArchiveFormat.segmentHeaderBytes - 4
        var checksum = LittleEndianReader(bytes, from: checked)
        guard bytes.count == ArchiveFormat.segmentHeaderBytes,
            checksum.take() == Checksum.crc32c(bytes, 0..<checked)
        else { return nil }
        var reader = LittleEndianReader(bytes, from: FormatPrefix.byteCount)
        return SegmentHeader(decodingDescription: &reader)
    }
}

/// Sizes that follow from a segment's capacity.
enum SegmentLayout {
    /// Where the last record of a segment must end, so that the footer fits behind it.
    static func recordsLimit(capacity: Int) -> Int {
        (capacity - SegmentFooter.byteCountMax(capacity: capacity)) & ~7
    }
}
