import CSwitchyard
import Synchronization

/// The end of the open segment, where records are appended: everything that an append touches.
///
/// Unsafe: `base ..< base + stop` is mapped for writing and belongs to this alone; `position` is a
/// multiple of 8. Once the segment is unmapped `stop` is 0, and `base` is never used again. The caller
/// of `append` has seen that the record ends at or before `stop`.
struct SegmentTail {
    private let base: UnsafeMutableRawPointer
    private let kernel: sw_kernel
    private let seed: RecordSeed
    /// Events with more bytes do not go into this segment.
    let eventBytesMax: Int
    /// Where the next record begins.
    private(set) var position: Int
    /// Where the next record must end at the latest, or else ask `OpenSegment.prepare` first.
    var stop: Int
    private(set) var summary: SegmentSummary

    init(
        _ segment: borrowing MappedFile, header: SegmentHeader, from position: Int,
        summary: SegmentSummary, eventBytesMax: Int
    ) {
        base = segment.base
        kernel = Checksum.kernel
        seed = RecordSeed(generation: header.generation)
        self.eventBytesMax = eventBytesMax
        self.position = position
        stop = position
        self.summary = summary
    }

    /// Copies the event behind the last record and checksums it on the way; returns its number.
    /// O(bytes), no allocation, no system call.
    @inline(__always)
    mutating func append(
        _ event: UnsafeRawBufferPointer, recordBytes: Int, keys: ArchiveKeys, eventTime: Int64,
        ingestTime: Int64
    ) -> UInt64 {
        // Readers in other processes count on records being complete in order (SegmentScan).
        atomicMemoryFence(ordering: .releasing)
        let record = base + position
        let sequence = summary.endSequence
        let length = UInt32(truncatingIfNeeded: event.count) | RecordLayout.presence
        // The padding is part of the last word; the event then overwrites the rest of it.
        record.storeBytes(of: 0, toByteOffset: recordBytes &- 8, as: UInt64.self)
        record.storeBytes(of: length.littleEndian, toByteOffset: 4, as: UInt32.self)
        record.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
        record.storeBytes(of: ingestTime.littleEndian, toByteOffset: 16, as: Int64.self)
        record.storeBytes(of: eventTime.littleEndian, toByteOffset: 24, as: Int64.self)
        record.storeBytes(of: keys.source.littleEndian, toByteOffset: 32, as: UInt32.self)
        record.storeBytes(of: keys.detailType.littleEndian, toByteOffset: 36, as: UInt32.self)
        record.storeBytes(of: keys.account.littleEndian, toByteOffset: 40, as: UInt32.self)
        record.storeBytes(of: 0, toByteOffset: 44, as: UInt32.self)
        let headerBytes = ArchiveFormat.recordHeaderBytes
        var checksum = sw_crc32c(kernel, seed(at: position), record + 4, headerBytes &- 4)
        if let bytes = event.baseAddress, event.count > 0 {
            checksum = sw_crc32c_copy(kernel, checksum, record + headerBytes, bytes, event.count)
        }
        record.storeBytes(of: checksum.littleEndian, as: UInt32.self)
        position &+= recordBytes
        summary.add(
            sequence: sequence, eventBytes: event.count, ingestTime: ingestTime,
            eventTime: eventTime)
        return sequence
    }
}
