import CSwitchyard

/// Where the fields of a record are, and how many bytes it takes. The article Format has the table.
///
/// Unsafe: every function here trusts that `record` points to a whole record, 8-byte aligned, which
/// `RecordCheck` establishes before anything else looks at it.
enum RecordLayout {
    /// Bit 31 of the length is always set: zeros are no record.
    static let presence: UInt32 = 1 << 31
    static let byteCountMask: UInt32 = (1 << 28) - 1

    /// The bytes that a record takes for an event of this size: header, event, padding.
    @inline(__always)
    static func recordBytes(eventBytes: Int) -> Int {
        (ArchiveFormat.recordHeaderBytes &+ eventBytes &+ 7) & ~7
    }

    @inline(__always)
    static func checksum(_ record: UnsafeRawPointer) -> UInt32 {
        UInt32(littleEndian: record.load(as: UInt32.self))
    }

    @inline(__always)
    static func length(_ record: UnsafeRawPointer) -> UInt32 {
        UInt32(littleEndian: record.load(fromByteOffset: 4, as: UInt32.self))
    }

    @inline(__always)
    static func byteCount(_ record: UnsafeRawPointer) -> Int {
        Int(length(record) & byteCountMask)
    }

    @inline(__always)
    static func sequence(_ record: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: record.load(fromByteOffset: 8, as: UInt64.self))
    }

    @inline(__always)
    static func ingestTime(_ record: UnsafeRawPointer) -> Int64 {
        Int64(littleEndian: record.load(fromByteOffset: 16, as: Int64.self))
    }

    @inline(__always)
    static func eventTime(_ record: UnsafeRawPointer) -> Int64 {
        Int64(littleEndian: record.load(fromByteOffset: 24, as: Int64.self))
    }

    static func hops(_ record: UnsafeRawPointer) -> UInt8 {
        record.load(fromByteOffset: 44, as: UInt8.self)
    }

    static func keys(_ record: UnsafeRawPointer) -> ArchiveKeys {
        ArchiveKeys(
            source: UInt32(littleEndian: record.load(fromByteOffset: 32, as: UInt32.self)),
            detailType: UInt32(littleEndian: record.load(fromByteOffset: 36, as: UInt32.self)),
            account: UInt32(littleEndian: record.load(fromByteOffset: 40, as: UInt32.self)))
    }
}

/// The seed of each record's checksum in one segment.
struct RecordSeed {
    private let low: UInt32
    private let high: UInt32

    init(generation: UInt64) {
        low = UInt32(truncatingIfNeeded: generation)
        high = UInt32(truncatingIfNeeded: generation >> 32)
    }

    /// The seed at an offset of the file: another one for each offset, since every step is a
    /// bijection (the mixing is the finalizer of MurmurHash3).
    @inline(__always)
    func callAsFunction(at offset: Int) -> UInt32 {
        var mixed = UInt32(truncatingIfNeeded: offset >> 3) &+ high
        mixed ^= mixed >> 16
        mixed = mixed &* 0x85EB_CA6B
        mixed ^= mixed >> 13
        mixed = mixed &* 0xC2B2_AE35
        mixed ^= mixed >> 16
        return low ^ mixed
    }
}

/// Tells whether some bytes are a record of a segment, at the offset where they stand.
///
/// Unsafe: `record ..< record + available` must be readable, and `record` 8-byte aligned. Then nothing
/// else is read, whatever the bytes are; if `available` is not positive, nothing at all.
struct RecordCheck {
    private let kernel: sw_kernel
    private let seed: RecordSeed
    /// No record of the segment has an event with more bytes.
    let eventBytesMax: Int

    /// Finds no record at all.
    init() {
        kernel = Checksum.kernel
        seed = RecordSeed(generation: 0)
        eventBytesMax = -1
    }

    init(_ header: SegmentHeader) {
        kernel = Checksum.kernel
        seed = RecordSeed(generation: header.generation)
        eventBytesMax = Int(header.eventBytesMax)
    }

    /// How many bytes a look at the record needs, of which so many are at hand; never more than the
    /// largest record of the segment has.
    func bytesNeeded(_ record: UnsafeRawPointer, available: Int) -> Int {
        guard available >= ArchiveFormat.recordHeaderBytes else {
            return ArchiveFormat.recordHeaderBytes
        }
        return RecordLayout.recordBytes(
            eventBytes: min(RecordLayout.byteCount(record), max(0, eventBytesMax)))
    }

    /// The bytes that the record takes, or 0 if there is no good record. `offset` is where it stands in
    /// its file. O(its bytes).
    ///
    /// - Parameter isStream: whether the next record is read next, so that its memory is worth fetching.
    @inline(__always)
    func recordBytes(
        _ record: UnsafeRawPointer, at offset: Int, available: Int, isStream: Bool = false
    ) -> Int {
        guard available >= ArchiveFormat.recordHeaderBytes else { return 0 }
        let length = RecordLayout.length(record)
        guard length & RecordLayout.presence != 0 else { return 0 }
        let eventBytes = Int(length & RecordLayout.byteCountMask)
        let recordBytes = RecordLayout.recordBytes(eventBytes: eventBytes)
        guard eventBytes <= eventBytesMax, recordBytes <= available else { return 0 }
        let checked = ArchiveFormat.recordHeaderBytes &- 4 &+ eventBytes
        let seed = seed(at: offset)
        let checksum =
            isStream
            ? sw_crc32c_ahead(kernel, seed, record + 4, checked)
            : sw_crc32c(kernel, seed, record + 4, checked)
        guard checksum == RecordLayout.checksum(record) else { return 0 }
        // The padding is the top of the last word; a shift by 64 gives 0, so no padding passes.
        let padding = recordBytes &- ArchiveFormat.recordHeaderBytes &- eventBytes
        let last = UInt64(
            littleEndian: record.load(fromByteOffset: recordBytes &- 8, as: UInt64.self))
        return last >> UInt64(64 &- 8 &* padding) == 0 ? recordBytes : 0
    }
}
