/// Collects what a segment's index says, record by record in the order of the segment, and writes it.
///
/// Memory: 16 bytes for each record.
struct SegmentIndexBuilder {
    private let header: SegmentHeader
    private var offsets: [UInt32] = []
    private var runs: [SegmentIndex.Run] = []
    private var sources: [UInt32] = []
    private var detailTypes: [UInt32] = []
    private var accounts: [UInt32] = []
    private var blocks: [Block] = []
    private var expected: UInt64?

    private struct Block {
        var firstRecord: Int
        var ingestTimes = TimeSpan()
        var eventTimes = TimeSpan()
    }

    init(_ header: SegmentHeader) { self.header = header }

    /// How many records were added.
    var recordCount: UInt64 { UInt64(offsets.count) }

    /// Adds the next record, which begins at `offset` of its file. Amortized O(1).
    mutating func add(_ record: UnsafeRawPointer, at offset: Int) {
        let sequence = RecordLayout.sequence(record)
        if sequence != expected {
            runs.append(SegmentIndex.Run(record: offsets.count, sequence: sequence))
        }
        expected = sequence &+ 1
        let block = offset / ArchiveFormat.checksumBlockBytes
        fillBlocks(to: block + 1)
        blocks[block].ingestTimes.add(RecordLayout.ingestTime(record))
        blocks[block].eventTimes.add(RecordLayout.eventTime(record))
        offsets.append(UInt32(offset / 8))
        let keys = RecordLayout.keys(record)
        sources.append(keys.source)
        detailTypes.append(keys.detailType)
        accounts.append(keys.account)
    }

    /// A block in which no record begins starts where the next one does.
    private mutating func fillBlocks(to count: Int) {
        while blocks.count < count { blocks.append(Block(firstRecord: offsets.count)) }
    }

    /// The bytes of the index of a segment that is described by what its footer says. O(records *
    /// log keys).
    mutating func encoded(summary: SegmentSummary, recordsEnd: Int) -> [UInt8] {
        let blockBytes = ArchiveFormat.checksumBlockBytes
        fillBlocks(to: (recordsEnd + blockBytes - 1) / blockBytes)
        var body = LittleEndianWriter()
        encode(SegmentIndex.SectionKind.offsets, into: &body) { section in
            section.put(array: offsets)
        }
        encode(SegmentIndex.SectionKind.runs, into: &body) { section in
            for run in runs {
                section.put(UInt64(run.record))
                section.put(run.sequence)
            }
        }
        encodeColumn(SegmentIndex.SectionKind.source, sources, into: &body)
        encodeColumn(SegmentIndex.SectionKind.detailType, detailTypes, into: &body)
        encodeColumn(SegmentIndex.SectionKind.account, accounts, into: &body)
        encode(SegmentIndex.SectionKind.times, into: &body) { section in
            section.put(UInt32(blockBytes))
            section.put(UInt32(blocks.count))
            for block in blocks {
                section.put(UInt32(block.firstRecord))
                section.put(zeros: 4)
                section.put(block.ingestTimes.first)
                section.put(block.ingestTimes.last)
                section.put(block.eventTimes.first)
                section.put(block.eventTimes.last)
            }
        }
        let checksum = Checksum.crc32c(body.bytes, 0..<body.bytes.count)
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: SegmentIndex.magic, into: &writer)
        header.encodeDescription(into: &writer)
        writer.put(summary.endSequence)
        writer.put(recordCount)
        writer.put(UInt64(recordsEnd))
        writer.put(UInt32(6))
        writer.put(zeros: 4)
        writer.put(
            UInt64(SegmentIndex.headerBytes + body.bytes.count + SegmentIndex.trailerBytes))
        writer.put(zeros: 4)
        writer.put(Checksum.crc32c(writer.bytes, 0..<140))
        writer.put(body.bytes)
        writer.put(UInt64(checksum))
        return writer.bytes
    }

    private func encode(
        _ kind: UInt32, into writer: inout LittleEndianWriter,
        _ content: (inout LittleEndianWriter) -> Void
    ) {
        var section = LittleEndianWriter()
        content(&section)
        writer.put(kind)
        writer.put(UInt32(1))
        writer.put(UInt64(section.bytes.count))
        writer.put(section.bytes)
        writer.put(zeros: -section.bytes.count & 7)
    }

    private func encodeColumn(
        _ kind: UInt32, _ hashes: [UInt32], into writer: inout LittleEndianWriter
    ) {
        let dictionary = Set(hashes).sorted()
        encode(kind, into: &writer) { section in
            guard dictionary.count <= 65_536 else {
                section.put(UInt32(4))
                section.put(UInt32(0))
                section.put(array: hashes)
                return
            }
            let width = dictionary.count <= 256 ? 1 : 2
            section.put(UInt32(width))
            section.put(UInt32(dictionary.count))
            section.put(array: dictionary)
            section.put(zeros: dictionary.count % 2 * 4)
            var places: [UInt32: UInt16] = [:]
            for (place, hash) in dictionary.enumerated() {
                places[hash] = UInt16(truncatingIfNeeded: place)
            }
            if width == 1 {
                section.put(hashes.map { UInt8(truncatingIfNeeded: places[$0] ?? 0) })
            } else {
                section.put(array: hashes.map { places[$0] ?? 0 })
            }
        }
    }
}

extension LittleEndianWriter {
    /// Writes one integer after the other.
    mutating func put<Value: FixedWidthInteger>(array: [Value]) {
        array.map(\.littleEndian).withUnsafeBytes { put(Array($0)) }
    }
}
