internal import InternalSystem

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Keeps segments from being removed while somebody means to read them.
///
/// A pin is a shared lock on a range of bytes of `archive.identity`, one byte for each segment id, far
/// behind its end: it writes nothing, costs one open file however many segments it covers, works across
/// threads and processes (`F_OFD_SETLK`: the lock belongs to the open file, not to the process), and the
/// kernel drops it when its holder dies. Whoever removes a segment first gets the byte for itself.
struct SegmentPin: ~Copyable {
    /// The byte of segment id 0.
    private static let origin: UInt64 = 1 << 32

    private let file: ArchiveFile
    private var ids: ClosedRange<UInt64>

    private init(_ file: consuming ArchiveFile, _ ids: ClosedRange<UInt64>) {
        self.file = file
        self.ids = ids
    }

    /// Pins the segments with these ids, whether they exist yet or not.
    static func pin(
        _ ids: ClosedRange<UInt64>, in directory: ArchiveDirectory
    ) throws(ArchiveError) -> SegmentPin {
        let file = try directory.openFile(ArchiveIdentity.fileName)
        guard try lock(.shared, ids, of: file) else {
            // Whoever removes a segment has it for a moment; it is then found to be gone.
            throw .system(call: "fcntl", file: file.name, errno: EAGAIN)
        }
        return SegmentPin(file, ids)
    }

    /// Lets go of all segments before this one.
    mutating func release(before id: UInt64) {
        guard id > ids.lowerBound else { return }
        file.file.unlock(Self.bytes(ids.lowerBound...min(id - 1, ids.upperBound)))
        if id <= ids.upperBound { ids = id...ids.upperBound }
    }

    /// Calls `body` while nobody can pin a segment, or returns nil if somebody has pinned it.
    static func withoutPins<Result>(
        on id: UInt64, in directory: ArchiveDirectory,
        _ body: () throws(ArchiveError) -> Result
    ) throws(ArchiveError) -> Result? {
        let file = try directory.openFile(ArchiveIdentity.fileName, writable: true)
        guard try lock(.exclusive, id...id, of: file) else { return nil }
        defer { file.file.unlock(bytes(id...id)) }
        return try body()
    }

    private static func lock(
        _ kind: OpenFile.LockKind, _ ids: ClosedRange<UInt64>, of file: borrowing ArchiveFile
    ) throws(ArchiveError) -> Bool {
        do throws(FileError) {
            return try file.file.lock(kind, bytes(ids))
        } catch { throw ArchiveError(error, file.name) }
    }

    private static func bytes(_ ids: ClosedRange<UInt64>) -> Range<Int> {
        // Ids beyond this are not reached in a million years.
        let limit = UInt64(Int64.max) - origin
        let first = min(ids.lowerBound, limit - 1)
        let last = min(ids.upperBound, limit - 1)
        return Int(origin + first)..<Int(origin + last + 1)
    }
}
