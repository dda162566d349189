internal import Dispatch

/// Appends by stores to the mapped file: the fastest way, and a crash of the process loses nothing.
///
/// The kernel is asked to write what is complete as it comes, rather than when a fifth of the memory
/// waits to be written, and whoever touches a page waits with it; `commit` is for those who want to
/// know.
final class MappedLog: WritePath, @unchecked Sendable {
    // Unchecked: only the writer's thread uses it; what runs on queues gets what it needs.
    private let services: WritePathServices
    private let writingBack = DispatchQueue(label: "switchyard.archive.write-back", qos: .utility)
    /// How often the queues are told how far the writer has come.
    private let stepBytes: Int
    private var segment: OpenSegment?
    /// Bytes below this are durable.
    private var durableEnd = 0
    /// Writing back has begun below this.
    private var writingEnd = 0

    init(_ services: WritePathServices) {
        self.services = services
        // Small steps: what the queues do in one keeps a processor for some tenths of a millisecond. A
        // quarter of what is ready at most: the queue has three more to be woken up in.
        stepBytes = max(64 << 10, min(1 << 20, services.readyBytes / 4))
    }

    func begin(_ segment: OpenSegment, at position: Int) throws(ArchiveError) -> AppendMemory {
        guard let base = segment.file.base else { throw .closed }
        let begin = Int(segment.header.recordsBegin)
        if position == begin {
            // From here on the file is a segment, whatever its name.
            segment.header.encoded().withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: base, count: $0.count).copyMemory(from: $0)
            }
        }
        durableEnd = position == begin ? 0 : position
        writingEnd = position == begin ? 0 : position & ~(largePageBytes - 1)
        self.segment = segment
        services.completion.submit { () throws(ArchiveError) in try segment.giveName() }
        return AppendMemory(base: base)
    }

    func makeRoom(
        position: Int, recordEnd: Int, endSequence: UInt64
    ) throws(ArchiveError) -> Int {
        guard let segment else { throw .closed }
        let written = writingRange(upTo: position & ~(largePageBytes - 1))
        let (completion, writingBack) = (services.completion, writingBack)
        // One queue is woken up here and wakes the others: where all processors are busy, each that
        // wakes up takes the writer's for a while (stalls of 0.3 ms, three times as many with three).
        services.preparation.makeReady(
            segment.file, from: position, upTo: position + services.readyBytes
        ) {
            completion.submit { segment.takeInStores(upTo: position) }
            guard !written.isEmpty else { return }
            writingBack.async { segment.file.startWritingBack(written) }
        }
        return max(recordEnd, min(position + stepBytes, segment.recordsLimit))
    }

    /// What the kernel is to begin to write; not the page that is appended to, which it would write
    /// again.
    private func writingRange(upTo end: Int) -> Range<Int> {
        defer { writingEnd = max(writingEnd, end) }
        return writingEnd..<max(writingEnd, end)
    }

    func startCommit(position: Int, endSequence: UInt64) {
        guard let segment, position > durableEnd else { return }
        let begin = durableEnd
        durableEnd = position
        let fate = services.fate
        services.completion.submit { () throws(ArchiveError) in
            try segment.syncStores(begin..<position)
            fate.watermark.advanceDurable(to: endSequence)
        }
    }

    func commit(position: Int, endSequence: UInt64) throws(ArchiveError) {
        startCommit(position: position, endSequence: endSequence)
        try services.completion.finish()
        services.fate.watermark.advanceDurable(to: endSequence)
    }

    func end(_ summary: SegmentSummary, position: Int) throws(ArchiveError) {
        guard let segment else { return }
        self.segment = nil
        let written = writingRange(upTo: position)
        writingBack.async { segment.file.startWritingBack(written) }
        let (services, fate) = (services, services.fate)
        services.completion.submitSealing(limit: services.unsealedSegmentsMax) {
            () throws(ArchiveError) in
            segment.takeInStores(upTo: position)
            if let error = fate.error { throw error }
            try services.seal(segment, summary, recordsEnd: position)
            fate.watermark.advanceDurable(to: summary.endSequence)
        }
    }

    func finish() {
        services.preparation.finishMakingReady()
        writingBack.sync {}
    }
}

/// The kernel's large pages, which it writes as a whole.
private let largePageBytes = 2 << 20

extension OpenSegment {
    /// Takes in what was stored to the mapping up to where a record ends.
    fileprivate func takeInStores(upTo end: Int) {
        guard let base = file.base, end > takenEnd else { return }
        takeIn(UnsafeRawBufferPointer(start: base + takenEnd, count: end - takenEnd))
    }

    fileprivate func syncStores(_ range: Range<Int>) throws(ArchiveError) {
        let error = file.syncStores(range)
        guard error == 0 else { throw .syncFailed(file: name.fileName, errno: error) }
    }
}
