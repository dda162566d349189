internal import Dispatch
internal import InternalSystem

/// Gathers records in memory and writes them to the segments' files past the page cache.
///
/// Memory is a ring that all segments share: while one write runs, the next batch gathers behind it.
/// Offsets of the files are biased so that each segment follows the one before at the next page. Room
/// becomes free when it is written *and* taken in for the footer. No append touches memory that was not
/// touched before, once the ring has gone round; the page cache does not grow with the archive.
///
/// With a durability that commits, the ring is the process's own, and each write is durable when it
/// returns: far less work for the kernel than syncing a mapping. Without, the ring is the file `ring`: a
/// record is safe from a crash of the process, and seen by readers, as soon as it is stored; the writes
/// follow behind, a mebibyte at a time.
///
/// Why so: stores to a mapping of the segment itself, which need no writes at all, made the kernel find,
/// clear and later write each page for itself: 0.2 GB/s for 8.6 s of processor time a gigabyte, and
/// 0.4 GB/s for 4 s with pages given back once written, where writes of a mebibyte past the cache from
/// memory used again and again gave 1.0 to 1.2 GB/s (the disk's limit) for 0.6 s, and through the cache
/// 1.2 GB/s for 0.9 s.
final class BufferedLog: @unchecked Sendable {
    /// Records that are to be written behind those that were.
    struct Extent {
        let segment: OpenSegment
        let bias: Int
        /// Offsets in the segment's file.
        var range: Range<Int>
        var endSequence: UInt64
        /// Set on the segment's last one.
        var summary: SegmentSummary?
        var purpose: Purpose
    }

    /// What an extent is written for.
    enum Purpose: Comparable {
        /// To make room: a page that is not full yet can wait.
        case room
        /// To have everything in the file.
        case whole
        /// To be durable.
        case durability
    }

    let services: LogServices
    let ring: GatheringRing
    /// Whether each write is durable; else the ring is a file.
    let writesDurably: Bool
    private let queue = DispatchQueue(label: "switchyard.archive.sync", qos: .userInitiated)

    private let digesting = DispatchQueue(
        label: "switchyard.archive.digest", qos: .userInitiated)

    // Only for the writer's thread.
    private var segment: OpenSegment?
    private var bias = 0
    private var requestedEnd = 0
    /// Up to which biased offset everything was asked to be made durable.
    private var committedEnd = -1
    /// Where the segments that have a place in the ring's header end, as biased offsets.
    private var placeEnds = [Int](repeating: 0, count: RingLayout.placeCount)

    // Guarded by the monitor.
    let monitor = Monitor()
    var extents: [Extent] = []
    var isWriting = false
    /// Below these biased offsets, memory is free as far as writing and taking in are concerned.
    var writtenFloor = 0
    var takenFloor = 0
    /// Up to where taking in was asked for.
    var requestedTaken = 0

    init(
        _ services: LogServices, ring: GatheringRing, writesDurably: Bool
    ) {
        self.services = services
        self.ring = ring
        self.writesDurably = writesDurably
        let monitor = monitor
        services.fate.whenEnded { monitor.withLock { monitor.wakeAll() } }
    }

    /// How much is appended before the queues are told: with durable writes as much as is made ready,
    /// else what is written at once.
    private var stepBytes: Int {
        writesDurably
            ? max(64 << 10, min(ring.byteCount, services.readyBytes) / 4)
            : min(ring.byteCount / 16, 1 << 20)
    }

    /// How much memory is made ready at a time when everything up to a biased offset is used: a log that
    /// gets few records holds little.
    private func readyStep(at offset: Int) -> Int { min(stepBytes, max(16 << 10, offset)) }

    /// Makes this the segment to append to, and returns where in memory. A position behind the header
    /// means that records before it are in the file already.
    func begin(_ segment: OpenSegment, at position: Int) throws(ArchiveError) -> AppendMemory {
        let page = GatheringRing.pageBytes
        let isNew = position == Int(segment.header.recordsBegin)
        // A segment that goes on does so in mid-page.
        let pageBegin = isNew ? 0 : position & ~(page - 1)
        bias = ((bias + requestedEnd + page - 1) & ~(page - 1)) - pageBegin
        requestedEnd = isNew ? 0 : position
        self.segment = segment
        try waitForRoom(upTo: bias + position, beyond: placeEnds[place(of: segment)])
        // Only in a new ring, where nothing else is: readers look into it once it has the page.
        if !isNew { try takeUp(segment, pageBegin: pageBegin, position: position) }
        ring.begin(segment.header.id, bias: bias)
        ring.grant(bias + position)
        if isNew {
            ring.store(segment.header.encoded(), at: bias)
            // Its name is no hurry, but whoever reads files alone looks for the header.
            if !writesDurably {
                write(position, segment.header.firstSequence, for: .room)
            }
        }
        return ring.memory(bias: bias)
    }

    private func place(of segment: OpenSegment) -> Int {
        Int(segment.header.id % UInt64(RingLayout.placeCount))
    }

    /// Goes on in a segment that another writer left: the page in which its records end comes back into
    /// memory, and all before is taken in from the file.
    private func takeUp(
        _ segment: OpenSegment, pageBegin: Int, position: Int
    ) throws(ArchiveError) {
        let page = try segment.file.withFile { file throws(ArchiveError) in
            try file.read(pageBegin..<position)
        }
        ring.store(page, at: bias + pageBegin)
        monitor.withLock {
            writtenFloor = bias + pageBegin
            takenFloor = bias + position
            requestedTaken = bias + position
        }
        services.completion.submit { () throws(ArchiveError) in try segment.giveName() }
        digest { () throws(ArchiveError) in try segment.takeInFile(upTo: position) }
    }

    /// Does something with the digest of a segment, in order, unless the writer has ended by then. Not
    /// on the queue of `completion`, which waits for the disk: memory would not become free meanwhile.
    func digest(_ work: @escaping @Sendable () throws(ArchiveError) -> Void) {
        let fate = services.fate
        digesting.async {
            guard fate.error == nil else { return }
            do throws(ArchiveError) { try work() } catch { fate.end(error) }
        }
    }

    /// Makes way for a record from `position` to `recordEnd`, before the segment's limit. Returns up to
    /// where records may be appended before it has to be asked again, at least `recordEnd`.
    func makeRoom(
        position: Int, recordEnd: Int, endSequence: UInt64
    ) throws(ArchiveError) -> Int {
        guard let segment else { throw .closed }
        let offset = bias + position
        let step = readyStep(at: offset)
        if writesDurably {
            services.preparation.makeReady(
                segment.file, upTo: position + services.readyBytes)
        }
        // Memory of the process's own stays once it was touched; the kernel writes a file's pages.
        if services.readyBytes > 0, !writesDurably || offset < ring.byteCount {
            services.preparation.makeReady(ring, offset..<offset + 2 * step)
        }
        // Memory is written before it is full, whether anybody commits or not.
        let isDue = position - requestedEnd >= (writesDurably ? ring.byteCount / 4 : stepBytes)
        if isDue || !hasRoom(upTo: bias + recordEnd) {
            write(position, endSequence, for: .room)
            try waitForRoom(upTo: bias + recordEnd)
        }
        let free = monitor.withLock { min(writtenFloor, takenFloor) } + ring.byteCount - bias
        let stop = max(recordEnd, min(free, position + step, segment.recordsLimit))
        ring.grant(bias + stop)
        return stop
    }

    /// Begins to make durable what ends at a position, with the number behind it. Does not wait.
    func startCommit(position: Int, endSequence: UInt64) {
        write(position, endSequence, for: .durability)
    }

    /// The same, and waits for it.
    func commit(position: Int, endSequence: UInt64) throws(ArchiveError) {
        // Written by this thread if nobody else is at it: waking one up takes longer than most writes.
        if request(position, endSequence, nil, .durability) { writeAll() }
        monitor.withLock { monitor.wait { !isWriting } }
        if !writesDurably { try services.completion.finish() }
        if let error = services.fate.error { throw error }
    }

    /// Takes the segment out of use: what is in it becomes durable, and it is sealed, soon and in order.
    func end(_ summary: SegmentSummary, position: Int) throws(ArchiveError) {
        if let segment { placeEnds[place(of: segment)] = bias + position }
        if request(position, summary.endSequence, summary, .whole) {
            queue.async { self.writeAll() }
        }
        segment = nil
    }

    /// Has everything in the files that the ring's file has, and waits for it: that is needed no more.
    /// What is in the process's own memory alone is lost, as in a crash.
    func leave(position: Int, endSequence: UInt64) {
        if writesDurably { return }
        if request(position, endSequence, nil, .whole) { writeAll() }
        finish()
    }

    /// Waits until all that was asked for is written; if that is everything, the ring's file goes.
    func finish() {
        monitor.withLock { monitor.wait { !isWriting } }
        digesting.sync {}
        if services.fate.error == nil { ring.removeFile() }
    }

    private func write(_ position: Int, _ endSequence: UInt64, for purpose: Purpose) {
        if request(position, endSequence, nil, purpose) { queue.async { self.writeAll() } }
    }

    /// Adds what was appended since the last time to what is to be written. True if the caller has to
    /// see to `writeAll` being called.
    private func request(
        _ position: Int, _ endSequence: UInt64, _ summary: SegmentSummary?, _ purpose: Purpose
    ) -> Bool {
        // Where writes are not durable, what was written before is still to be made so.
        let hasMore =
            position > requestedEnd || summary != nil
            || (purpose == .durability && !writesDurably && bias + position > committedEnd)
        guard let segment, hasMore else { return false }
        if purpose == .durability { committedEnd = bias + position }
        let extent = Extent(
            segment: segment, bias: bias, range: requestedEnd..<position,
            endSequence: endSequence, summary: summary, purpose: purpose)
        requestedEnd = position
        return monitor.withLock {
            extents.append(extent)
            defer { isWriting = true }
            return !isWriting
        }
    }

    private func hasRoom(upTo end: Int) -> Bool {
        monitor.withLock { end - min(writtenFloor, takenFloor) <= ring.byteCount }
    }

    /// Waits until there is memory up to a biased offset, and what is before another one is written.
    private func waitForRoom(upTo end: Int, beyond written: Int = 0) throws(ArchiveError) {
        let fate = services.fate
        monitor.withLock {
            monitor.wait {
                end - min(writtenFloor, takenFloor) <= ring.byteCount && writtenFloor >= written
                    || fate.hasEnded
            }
        }
        if let error = fate.error { throw error }
    }
}
