internal import InternalSystem

/// A part of a segment in memory: what stands at an offset of the file is at `base + offset`, up to
/// and without `end`.
struct SegmentWindow {
    var base: UnsafeRawPointer
    var end: Int
}

/// The bytes of a segment, wherever they come from. One thread at a time.
///
/// Unsafe: what `window` gives stays in place until it is called again, or the content is released.
protocol SegmentContent: AnyObject, SegmentBytes {
    /// Where the records end, as far as they can be read.
    var recordsEnd: Int { get }

    /// Memory with `byteCount` bytes from an offset on, fewer if the records end before; more if
    /// they are at hand.
    func window(at offset: Int, byteCount: Int) throws(ArchiveError) -> SegmentWindow

    /// Says where the records end now.
    func extend(to recordsEnd: Int)

    /// Before which offset the records of a segment that is being written end, of which so many bytes
    /// are allocated.
    func growthLimit(_ capacity: Int) -> Int

    /// Says whether only some records will be read, far from each other.
    func expect(sparse: Bool)

    /// Looks, where nothing more was found, whether somebody else writes the segment by now.
    func lookForWriter() throws(ArchiveError)
}

extension SegmentContent {
    func lookForWriter() {}
    func growthLimit(_ capacity: Int) -> Int { recordsEnd }
}

/// A segment in a mapped file.
///
/// Whoever reads it from front to back has it in large pages, where the file system has those (ext4
/// from Linux 6.16 on): the kernel reads them as a whole, the next one meanwhile, and maps them with one
/// page fault each. A scan of what is in memory ran at 31 GB/s so, and at 7 in pages of 4 KiB; that is
/// why the kernel is left alone then.
///
/// Elsewhere it is given a window at a time, so that at each window's end there is an occasion to ask
/// the disk for what comes some windows later: the kernel alone reads 128 KiB ahead, far too little
/// for a disk that can take several requests at a time. What is in memory already costs one system
/// call a window (see `OpenFile.isCached`) and nothing else.
///
/// Whoever reads single records, far from each other, gets copies of them (``SparseWindow``): to
/// map a page for a record costs several times what copying the record does.
final class MappedSegment: SegmentContent {
    /// The bytes between two occasions, a power of two.
    private static let windowBytes = 1 << 20
    /// How much the disk is asked for ahead of a window's end.
    private static let aheadBytes = 8 << 20

    private(set) var recordsEnd: Int
    private let mapped: MappedFile
    private var sparse: SparseWindow?
    private var windowBegin = 0
    private var windowEnd = 0
    /// Up to here the disk was asked.
    private var requestedEnd = 0
    /// What large pages were asked for in; nil until somebody reads on.
    private var largePages: Range<Int>?
    /// Up to here they are in use, as far as can be seen.
    private var largePagesEnd = 0
    /// How often in a row there was none where there should have been.
    private var largePagesMissed = 0
    /// One may be missing where the kernel had read ahead before it was asked. After more, the disk is
    /// asked for all that comes.
    private static let largePagesMissedMax = 3

    /// Maps what the file has of its records.
    init(_ file: consuming ArchiveFile, recordsEnd: Int) throws(ArchiveError) {
        self.recordsEnd = min(try file.byteCount(), recordsEnd)
        mapped = try MappedFile(file, byteCount: self.recordsEnd, writable: false)
        mapped.mapping.adviseSequentialReading()
    }

    /// The bytes of a range that lies before the records' end.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer { mapped.bytes(range) }

    func expect(sparse: Bool) { self.sparse = sparse ? SparseWindow() : nil }

    func window(at offset: Int, byteCount: Int) throws(ArchiveError) -> SegmentWindow {
        if let sparse { return try sparse.move(to: offset, byteCount, in: mapped.file, recordsEnd) }
        let base = UnsafeRawPointer(mapped.base)
        let size = Self.windowBytes
        let end = min(recordsEnd, (offset + max(1, byteCount) + size - 1) & ~(size - 1))
        // A search for a sequence number goes here and there: only who goes on reads on.
        if windowBegin <= offset, offset <= windowEnd, end > windowEnd {
            readAhead(of: end)
        } else if windowEnd == 0, offset < size {
            askForLargePages(from: 0)
        }
        windowBegin = offset
        windowEnd = end
        return SegmentWindow(base: base, end: end)
    }

    /// Has what comes at a window's end, and behind it, come in time.
    private func readAhead(of end: Int) {
        if largePages == nil { askForLargePages(from: end) }
        if isInLargePage(windowEnd) { return }
        let begin = max(requestedEnd, end)
        let hasLargePages = largePagesMissed < Self.largePagesMissedMax
        let size = LargePages.byteCount
        let target = min(
            recordsEnd, hasLargePages ? (end + size - 1) & ~(size - 1) : end + Self.aheadBytes)
        guard begin < target else { return }
        requestedEnd = target
        if mapped.file.file.isCached(at: target - 1) { return }
        mapped.mapping.prefetch(begin..<target)
    }

    /// Asks for large pages in what nobody writes any more: a write would take the whole of a page away.
    private func askForLargePages(from begin: Int) {
        largePages = begin..<max(begin, recordsEnd & ~(LargePages.byteCount - 1))
        mapped.mapping.adviseLargePages(begin..<recordsEnd)
    }

    /// Whether an offset lies in a large page, or what was in memory before: with the page's first byte
    /// comes its last one. Brings it in.
    private func isInLargePage(_ offset: Int) -> Bool {
        if offset < largePagesEnd { return true }
        let size = LargePages.byteCount
        let begin = offset & ~(size - 1)
        guard largePagesMissed < Self.largePagesMissedMax, let largePages,
            begin + size <= largePages.upperBound
        else { return false }
        // The first one, before those that were asked for, is left to the kernel.
        if begin >= largePages.lowerBound {
            mapped.mapping.touch(begin)
            let isThere = mapped.file.file.isCached(at: begin + size - 1)
            largePagesMissed = isThere ? 0 : largePagesMissed + 1
            if !isThere { return false }
        }
        largePagesEnd = begin + size
        return true
    }

    func extend(to recordsEnd: Int) {
        self.recordsEnd = min(mapped.byteCount, recordsEnd)
    }

    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] { try mapped.file.read(range) }

    func nextData(from offset: Int) -> Int? { mapped.file.nextData(from: offset) }
}

/// A part of a file, copied: as much as is asked for, and more as long as the next piece lies near.
///
/// Unsafe: what it gives stays in place until it moves.
private final class SparseWindow {
    /// What is no farther than this behind the window's end is near: a piece of this size costs
    /// about as much as the system call that fetches it.
    private static let nearBytes = 4 << 10
    private static let bytesMax = 256 << 10

    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8 << 10, alignment: 8)
    private var range = 0..<0
    private var wanted = 0

    deinit { buffer.deallocate() }

    func move(
        to offset: Int, _ byteCount: Int, in file: borrowing ArchiveFile, _ recordsEnd: Int
    ) throws(ArchiveError) -> SegmentWindow {
        if offset < range.lowerBound || offset + byteCount > range.upperBound {
            let isNear = range.lowerBound <= offset && offset <= range.upperBound + Self.nearBytes
            wanted = isNear ? min(2 * max(wanted, byteCount), Self.bytesMax) : byteCount
            let end = max(offset, min(offset + max(wanted, byteCount), recordsEnd))
            if buffer.count < end - offset {
                buffer.deallocate()
                buffer = .allocate(byteCount: end - offset, alignment: 8)
            }
            let count = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - offset)]), at: offset
            )
            range = offset..<offset + count
        }
        guard let base = buffer.baseAddress else { throw .closed }
        return SegmentWindow(
            base: UnsafeRawPointer(base) - range.lowerBound, end: range.upperBound)
    }
}
