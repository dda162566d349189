/// The sidecar of a sealed segment: where each record is, by which keys it can be found, and which
/// times each 64 KiB holds.
///
/// It is a copy of what the segment says itself, made to be read without it: lost or wrong it costs
/// time, never an event. Whoever jumps to a record by it checks that record against the log, and goes
/// back to reading the log alone where the two disagree. The article Format has its bytes.
///
/// Unsafe: the pointers lie in `mapped`, whose checksum and counts the initializer has verified, and
/// live as long as this does. The numbers found there are not trusted further.
final class SegmentIndex {
    static let magic: StaticString = "SWYDINDX"
    static let headerBytes = 144
    static let trailerBytes = 8
    static let sectionHeaderBytes = 16
    static let blockEntryBytes = 40

    enum SectionKind {
        static let offsets: UInt32 = 1
        static let runs: UInt32 = 2
        static let source: UInt32 = 3
        static let detailType: UInt32 = 4
        static let account: UInt32 = 5
        static let times: UInt32 = 6
    }

    /// Consecutive records with consecutive numbers.
    struct Run: Equatable {
        var record: Int
        var sequence: UInt64
    }

    let recordCount: Int
    let runs: [Run]
    let source: KeyColumn
    let detailType: KeyColumn
    let account: KeyColumn
    let blockCount: Int

    private let offsets: UnsafeRawPointer
    private let blocks: UnsafeRawPointer
    private let mapped: MappedFile

    /// Takes an index over if it belongs to the segment, and nil otherwise: damaged, of another
    /// segment, or of one that has changed since. O(its bytes). Throws `newerFormat`.
    init?(_ mapped: consuming MappedFile, of segment: SegmentDescription) throws(ArchiveError) {
        guard let layout = try SegmentIndexLayout(mapped, of: segment) else { return nil }
        let base = UnsafeRawPointer(mapped.base)
        guard let offsets = layout.sections[SectionKind.offsets],
            offsets.count == layout.records * 4,
            let runs = layout.sections[SectionKind.runs], runs.count % 16 == 0,
            let times = layout.sections[SectionKind.times], times.count >= 8,
            let source = KeyColumn(base, layout, SectionKind.source),
            let detailType = KeyColumn(base, layout, SectionKind.detailType),
            let account = KeyColumn(base, layout, SectionKind.account)
        else { return nil }
        let blockCount = (times.count - 8) / Self.blockEntryBytes
        let blockBytes = UInt32(
            littleEndian: base.load(fromByteOffset: times.lowerBound, as: UInt32.self))
        let blocksExpected =
            (segment.recordsEnd + ArchiveFormat.checksumBlockBytes - 1)
            / ArchiveFormat.checksumBlockBytes
        guard blockBytes == UInt32(ArchiveFormat.checksumBlockBytes), blockCount == blocksExpected
        else { return nil }
        recordCount = layout.records
        self.runs = stride(from: runs.lowerBound, to: runs.upperBound, by: 16).map {
            Run(
                record: Int(
                    clamping: UInt64(littleEndian: base.load(fromByteOffset: $0, as: UInt64.self))),
                sequence: UInt64(littleEndian: base.load(fromByteOffset: $0 + 8, as: UInt64.self)))
        }
        self.source = source
        self.detailType = detailType
        self.account = account
        self.blockCount = blockCount
        self.offsets = base + offsets.lowerBound
        blocks = base + times.lowerBound + 8
        self.mapped = mapped
    }

    /// Where a record is said to begin. `record` is below ``recordCount``.
    @inline(__always)
    func offset(_ record: Int) -> Int {
        Int(UInt32(littleEndian: offsets.load(fromByteOffset: record &* 4, as: UInt32.self))) &* 8
    }

    /// Which records begin in a block, and which times they have.
    func block(_ block: Int) -> (records: Range<Int>, ingestTimes: TimeSpan, eventTimes: TimeSpan) {
        func firstRecord(_ block: Int) -> Int {
            guard block < blockCount else { return recordCount }
            let first = blocks.load(fromByteOffset: block * Self.blockEntryBytes, as: UInt32.self)
            return min(Int(UInt32(littleEndian: first)), recordCount)
        }
        func time(_ field: Int) -> Int64 {
            Int64(
                littleEndian: blocks.load(
                    fromByteOffset: block * Self.blockEntryBytes + field, as: Int64.self))
        }
        let first = firstRecord(block)
        return (
            first..<max(first, firstRecord(block + 1)),
            TimeSpan(first: time(8), last: time(16)), TimeSpan(first: time(24), last: time(32))
        )
    }
}

/// The header and sections of an index whose every byte is as it was written.
struct SegmentIndexLayout {
    let records: Int
    /// Where the content of each kind of section is, 8-byte aligned and within the file.
    private(set) var sections: [UInt32: Range<Int>] = [:]

    /// Nil unless the file is a whole index of this very segment.
    init?(_ mapped: borrowing MappedFile, of segment: SegmentDescription) throws(ArchiveError) {
        let byteCount = mapped.byteCount
        guard byteCount >= SegmentIndex.headerBytes + SegmentIndex.trailerBytes, byteCount % 8 == 0
        else { return nil }
        let header = Array(mapped.bytes(0..<SegmentIndex.headerBytes))
        switch FormatPrefix.judge(header, magic: SegmentIndex.magic) {
        case .readable: break
        case .newer(let major):
            throw .newerFormat(
                file: mapped.file.name, major: major, supported: ArchiveFormat.major)
        case .damaged: return nil
        }
        var reader = LittleEndianReader(header, from: FormatPrefix.byteCount)
        let description = SegmentHeader(decodingDescription: &reader)
        let end = reader.take(UInt64.self)
        let records = reader.take(UInt64.self)
        let recordsEnd = reader.take(UInt64.self)
        let sectionCount = reader.take(UInt32.self)
        reader.skip(4)
        let length = reader.take(UInt64.self)
        reader.skip(4)
        guard reader.take(UInt32.self) == Checksum.crc32c(header, 0..<140),
            description == segment.header, end == segment.summary.endSequence,
            records == segment.summary.records, recordsEnd == UInt64(segment.recordsEnd),
            length == UInt64(byteCount), let records = Int(exactly: records)
        else { return nil }
        let trailer = byteCount - SegmentIndex.trailerBytes
        let stored = mapped.base.load(fromByteOffset: trailer, as: UInt64.self)
        guard
            UInt64(littleEndian: stored)
                == UInt64(Checksum.crc32c(mapped.bytes(SegmentIndex.headerBytes..<trailer)))
        else { return nil }
        self.records = records
        var begin = SegmentIndex.headerBytes
        for _ in 0..<sectionCount {
            guard trailer - begin >= SegmentIndex.sectionHeaderBytes else { return nil }
            var section = LittleEndianReader(
                Array(mapped.bytes(begin..<begin + SegmentIndex.sectionHeaderBytes)))
            let (kind, version) = (section.take(UInt32.self), section.take(UInt32.self))
            begin += SegmentIndex.sectionHeaderBytes
            guard let count = Int(exactly: section.take(UInt64.self)), count <= trailer - begin
            else { return nil }
            if version == 1 { sections[kind] = begin..<begin + count }
            begin += (count + 7) & ~7
        }
    }
}
