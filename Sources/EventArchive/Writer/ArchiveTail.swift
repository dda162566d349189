import Synchronization

/// The file `tail`, mapped: how far the writer has come, for whoever follows it from another process.
///
/// What is published counts only while a writer holds the lock (`ArchiveDirectory.hasWriter()`): a machine
/// that crashed may leave any value. What is durable is stored after the sync that makes it so: it may be
/// too small then, never too large.
///
/// Unsafe: the words lie within the mapping, and are only touched as atomics.
final class ArchiveTail: @unchecked Sendable {
    static let fileName = "tail"
    static let magic: StaticString = "SWYDTAIL"
    static let byteCount = 4096
    /// Lines of their own: whoever polls one word does not slow the stores to the other.
    private static let publishedOffset = 128
    private static let durableOffset = 256
    private static let failedSyncOffset = 384

    private let mapped: MappedFile
    private var base: UnsafeMutableRawPointer { mapped.base }

    /// One more than the last sequence number of which every record can be read in the files.
    var published: UInt64 { publishedWord.pointee.load(ordering: .acquiring) }

    /// One more than the last sequence number that survives a power cut.
    var durable: UInt64 { durableWord.pointee.load(ordering: .acquiring) }

    /// Where the writer stores ``published`` with each record.
    var publishedWord: UnsafeMutablePointer<Atomic<UInt64>> {
        (base + Self.publishedOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Where the writer stores ``durable``.
    var durableWord: UnsafeMutablePointer<Atomic<UInt64>> {
        (base + Self.durableOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private var failedSyncWord: UnsafeMutablePointer<Atomic<UInt64>> {
        (base + Self.failedSyncOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Whether a sync of an earlier writer failed while this machine ran.
    var hasFailedSync: Bool { failedSyncWord.pointee.load(ordering: .acquiring) != 0 }

    func noteFailedSync() { failedSyncWord.pointee.store(1, ordering: .releasing) }

    /// Maps the file for following. Nil if there is none that belongs to this archive.
    init?(reading directory: ArchiveDirectory, of archive: ArchiveID) throws(ArchiveError) {
        let file: ArchiveFile
        do throws(ArchiveError) {
            file = try directory.openFile(Self.fileName)
        } catch {
            guard error.isMissingFile else { throw error }
            return nil
        }
        let bytes = try file.read(0..<Self.byteCount)
        guard bytes.count == Self.byteCount,
            Array(bytes[..<32]) == Self.header(of: archive)
        else { return nil }
        mapped = try MappedFile(file, byteCount: Self.byteCount, writable: false)
    }

    /// What the last writer left: one more than the last sequence number that was durable then; nil if
    /// there is no such file, or none that can be read. What is in the archive now can be less only if
    /// something was lost.
    static func lastDurable(in directory: ArchiveDirectory, of archive: ArchiveID) -> UInt64? {
        (try? ArchiveTail(reading: directory, of: archive))?.durable
    }

    /// Makes the file, or takes up the one that another writer left. The caller holds the lock, and
    /// calls ``begin(published:durable:of:)`` once it knows what is there.
    init(writingIn directory: ArchiveDirectory) throws(ArchiveError) {
        let file = try directory.openOrCreateFile(Self.fileName)
        try file.allocate(Self.byteCount)
        mapped = try MappedFile(file, byteCount: Self.byteCount, writable: true)
        // Until it is known what is there, readers believe what they find.
        publishedWord.pointee.store(.max, ordering: .releasing)
    }

    /// Sets all words and the header.
    func begin(published: UInt64, durable: UInt64, of archive: ArchiveID) {
        publishedWord.pointee.store(published, ordering: .releasing)
        durableWord.pointee.store(durable, ordering: .releasing)
        failedSyncWord.pointee.store(0, ordering: .releasing)
        Self.header(of: archive).withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: base, count: $0.count).copyMemory(from: $0)
        }
    }

    private static func header(of archive: ArchiveID) -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: magic, into: &writer)
        writer.put(archive.low)
        writer.put(archive.high)
        return writer.bytes
    }
}
