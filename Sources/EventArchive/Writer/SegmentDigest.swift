/// What the footer of a segment needs to know of its bytes: a checksum for each 64 KiB and the keys.
///
/// It is fed with the segment's bytes in order, in pieces that end where a record ends, by whoever has
/// them at hand. O(bytes).
struct SegmentDigest: Sendable {
    /// Of the blocks that are complete.
    private(set) var blockChecksums: [UInt32] = []
    /// Up to where it was fed.
    private(set) var end = 0
    private let recordsBegin: Int
    /// Of the block that has begun.
    private var partialChecksum: UInt32 = 0
    private var keys: Set<UInt64> = []
    /// Keys that are in `keys`, each with its kind, by their hashes: a stream has few of them, and to ask
    /// the set for three took 63 ns an event, a third of what the archive did besides its appends.
    private var known = [UInt64](repeating: .max, count: 1 << Self.knownBits)
    /// The kinds whose keys are all known: those in the records' headers.
    private(set) var covered: Set<ArchiveKeyKind> = [.source, .detailType, .account]

    private static let knownBits: UInt32 = 10

    init(_ header: SegmentHeader) {
        recordsBegin = Int(header.recordsBegin)
    }

    /// Takes in the bytes behind those before: whole records, 8-byte aligned, the first time the header
    /// before them. Bytes that are no records end the knowledge of keys; whatever they are, nothing else
    /// is read.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        addChecksums(of: bytes)
        var offset = max(0, recordsBegin - end)
        end += bytes.count
        guard let base = bytes.baseAddress, !covered.isEmpty else { return }
        while offset + ArchiveFormat.recordHeaderBytes <= bytes.count {
            let record = base + offset
            guard RecordLayout.length(record) & RecordLayout.presence != 0 else { break }
            add(RecordLayout.keys(record))
            offset += RecordLayout.recordBytes(eventBytes: RecordLayout.byteCount(record))
        }
        if offset != bytes.count, end > recordsBegin { covered = [] }
    }

    private mutating func addChecksums(of bytes: UnsafeRawBufferPointer) {
        let size = ArchiveFormat.checksumBlockBytes
        var begin = 0
        while begin < bytes.count {
            let room = size - (end + begin) % size
            let stop = min(bytes.count, begin + room)
            partialChecksum = Checksum.crc32c(
                UnsafeRawBufferPointer(rebasing: bytes[begin..<stop]), continuing: partialChecksum)
            if stop - begin == room {
                blockChecksums.append(partialChecksum)
                partialChecksum = 0
            }
            begin = stop
        }
    }

    private mutating func add(_ new: ArchiveKeys) {
        insert(.source, new.source)
        insert(.detailType, new.detailType)
        insert(.account, new.account)
    }

    @inline(__always)
    private mutating func insert(_ kind: ArchiveKeyKind, _ hash: UInt32) {
        // The keys are hashes already; the factor (the golden ratio's) only brings their low bits in.
        let place = Int(((hash &+ kind.rawValue) &* 0x9E37_79B1) &>> (32 - Self.knownBits))
        let key = UInt64(kind.rawValue) << 32 | UInt64(hash)
        if known[place] != key { insertSlow(kind, hash, key, place) }
    }

    @inline(never)
    private mutating func insertSlow(
        _ kind: ArchiveKeyKind, _ hash: UInt32, _ key: UInt64, _ place: Int
    ) {
        keys.insert(KeyFilter.mix(kind, hash))
        known[place] = key
    }

    /// Counts a key that stands in no record's header.
    mutating func add(_ kind: ArchiveKeyKind, _ hash: UInt32) {
        if hash != 0 { keys.insert(KeyFilter.mix(kind, hash)) }
    }

    /// Says that nobody knows all keys: there may be damaged records.
    mutating func forgetKeys() { covered = [] }

    /// The checksums of all blocks, the last one shorter.
    func allChecksums() -> [UInt32] {
        end % ArchiveFormat.checksumBlockBytes == 0
            ? blockChecksums : blockChecksums + [partialChecksum]
    }

    /// The filter for the footer of a segment of this size.
    func keyFilter(capacity: Int) -> KeyFilter {
        KeyFilter(
            keys, covering: covered, coversNone: true,
            blocksMax: KeyFilter.blocksMax(capacity: capacity))
    }
}
