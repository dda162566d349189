internal import Dispatch
internal import InternalSystem

/// Gathers records in memory and writes them past the page cache, each time so that they are durable
/// when the write returns: far less work for the kernel than syncing a mapping.
///
/// Memory is a ring that all segments share: while one write runs, the next batch gathers behind it.
/// Offsets of the files are biased so that each segment follows the one before at the next page. Room
/// becomes free when it is written *and* taken in for the footer.
final class BufferedLog: WritePath, @unchecked Sendable {
    /// Records that are to be written behind those that were.
    struct Extent {
        let segment: OpenSegment
        let bias: Int
        /// Offsets in the segment's file.
        let range: Range<Int>
        let endSequence: UInt64
        /// Set on the segment's last one.
        let summary: SegmentSummary?
    }

    let services: WritePathServices
    let ring: GatheringRing
    private let queue = DispatchQueue(label: "switchyard.archive.sync", qos: .userInitiated)

    // Only for the writer's thread.
    private var segment: OpenSegment?
    private var bias = 0
    private var requestedEnd = 0

    // Guarded by the monitor.
    let monitor = Monitor()
    var extents: [Extent] = []
    var isWriting = false
    /// Below these biased offsets, memory is free as far as writing and taking in are concerned.
    var writtenFloor = 0
    var takenFloor = 0
    /// Up to where taking in was asked for.
    var requestedTaken = 0

    init(_ services: WritePathServices, eventBytesMax: Int) throws(ArchiveError) {
        self.services = services
        ring = try GatheringRing(eventBytesMax: eventBytesMax)
        let monitor = monitor
        services.fate.whenEnded { monitor.withLock { monitor.wakeAll() } }
    }

    func begin(_ segment: OpenSegment, at position: Int) throws(ArchiveError) -> AppendMemory {
        let page = GatheringRing.pageBytes
        let isNew = position == Int(segment.header.recordsBegin)
        // A segment that goes on does so in mid-page.
        let pageBegin = isNew ? 0 : position & ~(page - 1)
        bias = ((bias + requestedEnd + page - 1) & ~(page - 1)) - pageBegin
        requestedEnd = isNew ? 0 : position
        self.segment = segment
        try waitForRoom(upTo: bias + position)
        if isNew {
            ring.store(segment.header.encoded(), at: bias)
        } else {
            try takeUp(segment, pageBegin: pageBegin, position: position)
        }
        return ring.memory(bias: bias)
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
        services.completion.submit { () throws(ArchiveError) in
            try segment.giveName()
            try segment.takeInFile(upTo: position)
        }
    }

    func makeRoom(
        position: Int, recordEnd: Int, endSequence: UInt64
    ) throws(ArchiveError) -> Int {
        guard let segment else { throw .closed }
        services.preparation.makeReady(
            segment.file, from: position, upTo: position + services.readyBytes)
        // Memory is written before it is full, whether anybody commits or not.
        let step = max(64 << 10, min(ring.byteCount, services.readyBytes) / 4)
        if position - requestedEnd >= ring.byteCount / 4 || !hasRoom(upTo: bias + recordEnd) {
            startCommit(position: position, endSequence: endSequence)
            try waitForRoom(upTo: bias + recordEnd)
        }
        let free = monitor.withLock { min(writtenFloor, takenFloor) } + ring.byteCount - bias
        return max(recordEnd, min(free, position + step, segment.recordsLimit))
    }

    func startCommit(position: Int, endSequence: UInt64) {
        if request(position, endSequence, nil) { queue.async { self.writeAll() } }
    }

    func commit(position: Int, endSequence: UInt64) throws(ArchiveError) {
        // Written by this thread if nobody else is at it: waking one up takes longer than most writes.
        if request(position, endSequence, nil) { writeAll() }
        monitor.withLock { monitor.wait { !isWriting } }
        if let error = services.fate.error { throw error }
    }

    func end(_ summary: SegmentSummary, position: Int) throws(ArchiveError) {
        if request(position, summary.endSequence, summary) { queue.async { self.writeAll() } }
        segment = nil
    }

    /// Waits until all that was asked for is written.
    func finish() { monitor.withLock { monitor.wait { !isWriting } } }

    /// Adds what was appended since the last time to what is to be written. True if the caller has to
    /// see to `writeAll` being called.
    private func request(
        _ position: Int, _ endSequence: UInt64, _ summary: SegmentSummary?
    ) -> Bool {
        guard let segment, position > requestedEnd || summary != nil else { return false }
        let extent = Extent(
            segment: segment, bias: bias, range: requestedEnd..<position,
            endSequence: endSequence, summary: summary)
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

    private func waitForRoom(upTo end: Int) throws(ArchiveError) {
        let fate = services.fate
        monitor.withLock {
            monitor.wait {
                end - min(writtenFloor, takenFloor) <= ring.byteCount || fate.error != nil
            }
        }
        if let error = fate.error { throw error }
    }
}
