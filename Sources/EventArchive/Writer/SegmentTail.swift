import CSwitchyard
import Synchronization

/// The end of the open segment, where records are appended: everything that an append touches.
///
/// Unsafe: the memory of the offsets from `position` to `stop` can be written to and belongs to this
/// alone; `position` is a multiple of 8. Once the segment is no longer appended to `stop` is 0, and the
/// memory is never touched again. The caller of `append` has seen that the record ends at or before
/// `stop`.
struct SegmentTail {
    private let memory: AppendMemory
    private let kernel: sw_kernel
    private let seed: RecordSeed
    /// Events with more bytes do not go into this segment.
    let eventBytesMax: Int
    /// Where the next record begins.
    private(set) var position: Int
    /// Where the next record must end at the latest, or else ask the write path first.
    var stop: Int
    private(set) var summary: SegmentSummary

    init(
        _ memory: AppendMemory, header: SegmentHeader, from position: Int,
        summary: SegmentSummary, eventBytesMax: Int
    ) {
        self.memory = memory
        kernel = Checksum.kernel
        seed = RecordSeed(generation: header.generation)
        self.eventBytesMax = min(eventBytesMax, Int(header.eventBytesMax))
        self.position = position
        stop = position
        self.summary = summary
    }

    /// Copies the event behind the last record and checksums it on the way; returns its number.
    /// O(bytes), no allocation, no system call.
    @inline(__always)
    mutating func append(
        _ event: UnsafeRawBufferPointer, recordBytes: Int, keys: ArchiveKeys, eventTime: Int64,
        ingestTime: Int64, hops: UInt8
    ) -> UInt64 {
        // Readers in other processes count on records being complete in order (SegmentScan).
        atomicMemoryFence(ordering: .releasing)
        let record = memory.base + ((position &+ memory.bias) & memory.mask)
        let sequence = summary.endSequence
        let header = HeaderWords(
            eventBytes: event.count, sequence: sequence, keys: keys, eventTime: eventTime,
            ingestTime: ingestTime, hops: hops)
        // The padding is part of the last word; the event then overwrites the rest of it.
        record.storeBytes(of: 0, toByteOffset: recordBytes &- 8, as: UInt64.self)
        header.store(to: record)
        var checksum = header.checksum(kernel, seed(at: position))
        if let bytes = event.baseAddress, event.count > 0 {
            checksum = sw_crc32c_copy(
                kernel, checksum, record + ArchiveFormat.recordHeaderBytes, bytes, event.count)
        }
        record.storeBytes(of: checksum.littleEndian, as: UInt32.self)
        position &+= recordBytes
        summary.add(
            sequence: sequence, eventBytes: event.count, ingestTime: ingestTime,
            eventTime: eventTime)
        return sequence
    }
}

/// A record's header from its length on, as the words that are stored and checksummed.
///
/// It goes to the record by words from registers, and to the checksum by equal words from the stack.
/// Reading bytes back in other pieces than they were stored in makes the processor wait until all
/// stores before have reached the cache, and those have to fetch their lines from memory first: nine
/// tenths of the samples in `append` stood at such a load (90 ns for 1 KB, 84 without).
private struct HeaderWords {
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt32)

    @inline(__always)
    init(
        eventBytes: Int, sequence: UInt64, keys: ArchiveKeys, eventTime: Int64, ingestTime: Int64,
        hops: UInt8
    ) {
        let length = UInt32(truncatingIfNeeded: eventBytes) | RecordLayout.presence
        let ingest = UInt64(bitPattern: ingestTime)
        let time = UInt64(bitPattern: eventTime)
        words = (
            (UInt64(length) | sequence << 32).littleEndian,
            (sequence >> 32 | ingest << 32).littleEndian,
            (ingest >> 32 | time << 32).littleEndian,
            (time >> 32 | UInt64(keys.source) << 32).littleEndian,
            (UInt64(keys.detailType) | UInt64(keys.account) << 32).littleEndian,
            UInt32(hops).littleEndian
        )
    }

    /// Unsafe: `record` has room for the header.
    @inline(__always)
    func store(to record: UnsafeMutableRawPointer) {
        record.storeBytes(of: words.0, toByteOffset: 4, as: UInt64.self)
        record.storeBytes(of: words.1, toByteOffset: 12, as: UInt64.self)
        record.storeBytes(of: words.2, toByteOffset: 20, as: UInt64.self)
        record.storeBytes(of: words.3, toByteOffset: 28, as: UInt64.self)
        record.storeBytes(of: words.4, toByteOffset: 36, as: UInt64.self)
        record.storeBytes(of: words.5, toByteOffset: 44, as: UInt32.self)
    }

    @inline(__always)
    func checksum(_ kernel: sw_kernel, _ seed: UInt32) -> UInt32 {
        withUnsafeBytes(of: words) { sw_crc32c(kernel, seed, $0.baseAddress, 44) }
    }
}
