internal import InternalSystem

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that is, or can become, an open segment: allocated to its capacity, and made ready for
/// appending some way ahead.
///
/// There are two kinds, for the two write paths. A *mapped* one is appended to by stores; making it
/// ready maps its pages for writing. A *written* one is appended to by writes past the page cache, where
/// the file system can do that; making it ready writes zeros, once, so that a later write changes no
/// metadata and waits for no journal. A recycled file has been written before.
///
/// Any thread may make it ready while another appends.
final class SegmentFile: @unchecked Sendable {
    /// Zeros are written in pieces of this size, so that a write of records never waits long.
    private static let pieceBytes = 1 << 20

    let byteCount: Int
    let isRecycled: Bool
    let calls: FileSystemCalls
    private let mapped: WritableMapping?
    private let plain: ArchiveFile
    /// For writes of whole pages at offsets that are multiples of them; nil if there is no such thing.
    private let direct: UncachedFile?

    private let monitor = Monitor()
    /// What lies below is ready. Guarded by the monitor.
    private var readyEnd: Int
    /// What lies below has been, or is being, written with records. Guarded by the monitor.
    private var recordsEnd: Int
    /// Where zeros are being written. Guarded by the monitor.
    private var zeroing = 0..<0

    /// Takes a file of at least `byteCount` bytes. `readyEnd`: up to where it has been written before.
    init(
        _ file: consuming ArchiveFile, in directory: ArchiveDirectory, byteCount: Int,
        isMapped: Bool,
        isRecycled: Bool, recordsEnd: Int = 0, readyEnd: Int, flag: WriterFlag
    ) throws(ArchiveError) {
        self.byteCount = byteCount
        self.isRecycled = isRecycled
        self.readyEnd = readyEnd
        self.recordsEnd = recordsEnd
        calls = directory.calls
        if isMapped {
            let again = try directory.openFile(file.name, writable: true)
            mapped = try WritableMapping(again, byteCount: byteCount, flag: flag)
            direct = nil
        } else {
            mapped = nil
            direct = UncachedFile(file.name, in: directory)
        }
        plain = file
    }

    /// Where a mapped file is in memory.
    var base: UnsafeMutableRawPointer? { mapped?.file.base }

    /// Makes the file ready up to an offset, for appending from another on: a promise about speed
    /// alone. O(bytes).
    func makeReady(from begin: Int, upTo end: Int) throws(ArchiveError) {
        let end = min(end, byteCount)
        guard let mapped else {
            while try writeZeros(upTo: end) {}
            return
        }
        // Also what was ready before: the kernel may have written pages back, and taken the right to
        // store to them away.
        let range = begin & ~4095..<max(begin & ~4095, end)
        if !range.isEmpty { try mapped.file.populate(range) }
    }

    /// Writes one piece of zeros where no record is; false if there is nothing to write.
    private func writeZeros(upTo end: Int) throws(ArchiveError) -> Bool {
        let piece = monitor.withLock { () -> Range<Int> in
            monitor.wait { zeroing.isEmpty }
            let begin = (max(readyEnd, recordsEnd) + 4095) & ~4095
            zeroing = begin..<max(begin, min(end & ~4095, begin + Self.pieceBytes))
            return zeroing
        }
        defer {
            monitor.withLock {
                readyEnd = max(readyEnd, zeroing.upperBound)
                zeroing = 0..<0
                monitor.wakeAll()
            }
        }
        guard !piece.isEmpty else { return false }
        let error = Zeros.shared.withBytes(piece.count) { zeros in
            writePages(zeros, at: piece.lowerBound, durably: false)
        }
        guard error == 0 else {
            throw ArchiveError(
                FileError("pwrite", plain.name, code: error, byteCount: piece.count), plain.name)
        }
        return true
    }

    /// Writes whole pages of records and makes them durable, in two pieces one behind the other.
    /// Returns 0 or an error number.
    func writeRecords(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at offset: Int
    ) -> Int32 {
        let end = offset + first.count + second.count
        monitor.withLock {
            recordsEnd = max(recordsEnd, end)
            monitor.wait { !zeroing.overlaps(offset..<end) }
        }
        if let direct = direct?.file.descriptor {
            let error = calls.writeDurably(direct, first, second, offset)
            guard error == EINVAL else { return error }
            stopWritingDirectly()
        }
        return calls.writeDurably(plain.file.descriptor, first, second, offset)
    }

    private func writePages(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, durably: Bool
    ) -> Int32 {
        if let direct = direct?.file.descriptor {
            let error = calls.write(direct, bytes, offset)
            guard error == EINVAL else { return error }
        }
        return calls.write(plain.file.descriptor, bytes, offset)
    }

    /// Some file systems open a file for it and then refuse.
    private func stopWritingDirectly() {
        // It stays open: zeros may be on their way through it.
        direct?.file.stopPassingCache()
    }

    /// Makes stores below an offset durable. Returns 0 or an error number.
    func syncStores(_ range: Range<Int>) -> Int32 {
        guard let mapped else { return 0 }
        let begin = range.lowerBound & ~(pageBytes - 1)
        return calls.syncPages(
            mapped.file.file.file.descriptor,
            UnsafeMutableRawBufferPointer(
                start: mapped.file.base + begin, count: range.upperBound - begin), begin)
    }

    /// Has the kernel begin to write back the stores of a range, without waiting for it.
    func startWritingBack(_ range: Range<Int>) {
        plain.file.startWritingBack(range)
    }

    /// The file opened once more, for reading what is in it.
    func reopened() throws(ArchiveError) -> ArchiveFile {
        try plain.duplicate()
    }

    /// The file, for everything that is not a record.
    func withFile<Result>(
        _ body: (borrowing ArchiveFile) throws(ArchiveError) -> Result
    ) throws(ArchiveError) -> Result {
        try body(plain)
    }
}

/// A mapping that is shared by reference.
final class WritableMapping: Sendable {
    let file: MappedFile
    /// Kept for the mapping, whose guard stores to it.
    private let flag: WriterFlag

    init(
        _ file: consuming ArchiveFile, byteCount: Int, flag: WriterFlag
    ) throws(ArchiveError) {
        self.file = try MappedFile(file, byteCount: byteCount, writable: true, flag: flag.word)
        self.file.mapping.adviseStoring()
        self.flag = flag
    }
}

/// A file that is written past the page cache.
private final class UncachedFile: Sendable {
    let file: OpenFile

    /// Nil where that cannot be done.
    init?(_ name: String, in directory: ArchiveDirectory) {
        guard let file = directory.openDirectly(name) else { return nil }
        self.file = file
    }
}

/// The zeros that files are written with: whole pages, at an address that is a multiple of a page.
private final class Zeros: Sendable {
    static let shared = Zeros()
    private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    init() {
        bytes = .allocate(byteCount: 1 << 20, alignment: 4096)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    func withBytes<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
}

/// The processor's page size, which `msync` wants its start to be a multiple of.
private let pageBytes = sysconf(Int32(_SC_PAGESIZE))
