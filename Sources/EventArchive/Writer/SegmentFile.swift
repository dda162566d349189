internal import InternalSystem

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that is, or can become, an open segment: allocated to its capacity, and written past the page
/// cache, where the file system can do that.
///
/// For small durable writes it is made ready some way ahead, by writing zeros, once, so that a later
/// write changes no metadata and waits for no journal. A recycled file has been written before. Any
/// thread may make it ready while another writes.
final class SegmentFile: @unchecked Sendable {
    /// Zeros are written in pieces of this size, so that a write of records never waits long.
    private static let pieceBytes = 1 << 20

    let byteCount: Int
    let isRecycled: Bool
    /// Whether every write of records is durable.
    let isDurable: Bool
    let calls: FileSystemCalls
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
        isDurable: Bool, isRecycled: Bool, recordsEnd: Int = 0, readyEnd: Int
    ) {
        self.byteCount = byteCount
        self.isDurable = isDurable
        self.isRecycled = isRecycled
        self.readyEnd = readyEnd
        self.recordsEnd = recordsEnd
        calls = directory.calls
        direct = UncachedFile(file.name, in: directory)
        plain = file
    }

    /// Makes the file ready up to an offset: a promise about speed alone. O(bytes).
    func makeReady(upTo end: Int) throws(ArchiveError) {
        while try writeZeros(upTo: min(end, byteCount)) {}
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
            writePages(zeros, at: piece.lowerBound)
        }
        guard error == 0 else {
            throw ArchiveError(
                FileError("pwrite", plain.name, code: error, byteCount: piece.count), plain.name)
        }
        return true
    }

    /// Writes whole pages of records, in two pieces one behind the other, of which the second can be
    /// empty, and makes them durable if that is what the file is for. Returns 0 or an error number.
    func writeRecords(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at offset: Int
    ) -> Int32 {
        let end = offset + first.count + second.count
        if end == offset { return 0 }
        guard isDurable else {
            let error = first.isEmpty ? 0 : writePages(first, at: offset)
            if error != 0 || second.isEmpty { return error }
            return writePages(second, at: offset + first.count)
        }
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

    private func writePages(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
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
