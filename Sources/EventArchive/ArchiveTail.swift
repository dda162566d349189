#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// The file `tail`, mapped: how far the writer has come, for whoever follows it from another process.
///
/// Its words count only while a writer holds the lock (`ArchiveDirectory.hasWriter()`): a machine that
/// crashed may leave any value.
///
/// Unsafe: `base ..< base + byteCount` is mapped as long as this lives, and the two words are only
/// touched as atomics.
final class ArchiveTail: @unchecked Sendable {
    static let fileName = "tail"
    static let magic: StaticString = "SWYDTAIL"
    static let byteCount = 4096
    /// Lines of their own: whoever polls one word does not slow the stores to the other.
    private static let publishedOffset = 128
    private static let durableOffset = 256

    private let base: UnsafeMutableRawPointer

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

    /// Maps the file for following. Nil if there is none that belongs to this archive.
    init?(reading directory: ArchiveDirectory, of archive: ArchiveID) throws(ArchiveError) {
        let file: OpenFile
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
        base = try Self.map(file, PROT_READ)
    }

    /// Makes the file, or takes up the one that another writer left, with both words at the end of what
    /// is there. The caller holds the lock.
    init(
        writingIn directory: ArchiveDirectory, of archive: ArchiveID, end: UInt64,
        _ calls: FileSystemCalls
    ) throws(ArchiveError) {
        let file = try directory.openOrCreateFile(Self.fileName)
        try file.allocate(Self.byteCount, calls)
        base = try Self.map(file, PROT_READ | PROT_WRITE)
        publishedWord.pointee.store(end, ordering: .releasing)
        durableWord.pointee.store(end, ordering: .releasing)
        try file.write(Self.header(of: archive), at: 0)
    }

    deinit { munmap(base, Self.byteCount) }

    private static func map(
        _ file: borrowing OpenFile, _ protection: Int32
    ) throws(ArchiveError) -> UnsafeMutableRawPointer {
        let mapped = mmap(nil, byteCount, protection, MAP_SHARED, file.descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw file.failure("mmap") }
        return mapped
    }

    private static func header(of archive: ArchiveID) -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: magic, into: &writer)
        writer.put(archive.low)
        writer.put(archive.high)
        return writer.bytes
    }
}
