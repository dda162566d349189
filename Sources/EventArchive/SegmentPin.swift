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

    private let file: OpenFile
    private var ids: ClosedRange<UInt64>

    private init(_ file: consuming OpenFile, _ ids: ClosedRange<UInt64>) {
        self.file = file
        self.ids = ids
    }

    /// Pins the segments with these ids, whether they exist yet or not.
    static func pin(
        _ ids: ClosedRange<UInt64>, in directory: ArchiveDirectory
    ) throws(ArchiveError) -> SegmentPin {
        let file = try directory.openFile(ArchiveIdentity.fileName)
        guard set(Int16(F_RDLCK), file.descriptor, ids) else { throw file.failure("fcntl") }
        return SegmentPin(file, ids)
    }

    /// Lets go of all segments before this one.
    mutating func release(before id: UInt64) {
        guard id > ids.lowerBound else { return }
        let passed = ids.lowerBound...min(id - 1, ids.upperBound)
        _ = Self.set(Int16(F_UNLCK), file.descriptor, passed)
        if id <= ids.upperBound { ids = id...ids.upperBound }
    }

    /// Calls `body` while nobody can pin a segment, or returns nil if somebody has pinned it.
    static func withoutPins<Result>(
        on id: UInt64, in directory: ArchiveDirectory,
        _ body: () throws(ArchiveError) -> Result
    ) throws(ArchiveError) -> Result? {
        let file = try directory.openFile(ArchiveIdentity.fileName, writable: true)
        guard set(Int16(F_WRLCK), file.descriptor, id...id) else {
            guard errno == EAGAIN || errno == EACCES else { throw file.failure("fcntl") }
            return nil
        }
        defer { _ = set(Int16(F_UNLCK), file.descriptor, id...id) }
        return try body()
    }

    private static func set(_ kind: Int16, _ file: Int32, _ ids: ClosedRange<UInt64>) -> Bool {
        // Ids beyond this are not reached in a million years.
        let limit = UInt64(Int64.max) - origin
        let first = min(ids.lowerBound, limit)
        let last = min(ids.upperBound, limit)
        var lock = flock()
        lock.l_type = kind
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(origin + first)
        // Length 0 reaches to the end of all offsets.
        lock.l_len = last == limit ? 0 : off_t(last - first + 1)
        return fcntl(file, openFileDescriptionSetLock, &lock) == 0
    }

    /// `F_OFD_SETLK`, which the C library's module leaves out.
    private static let openFileDescriptionSetLock: Int32 = 37
}
