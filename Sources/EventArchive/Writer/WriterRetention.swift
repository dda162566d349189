internal import InternalSystem

/// What a writer has removed of its own archive, because of its configuration's limits.
public struct ArchiveUpkeepReport: Sendable, Hashable {
    /// How many segments went.
    public internal(set) var segments = 0
    /// The size that they had.
    public internal(set) var bytes: UInt64 = 0
    /// The number behind the last record that went; 0 if none did.
    public internal(set) var endSequence: UInt64 = 0
    /// How many of their files became, or will become, new segments.
    public internal(set) var recycled = 0
    /// Why the last attempt did not get as far as it should; nil if it did. A segment that a reader has
    /// pinned is no failure: it goes later.
    public internal(set) var failure: ArchiveError?

    /// A report of nothing.
    public init() {}
}

/// Keeps an archive within its limits while it is written: whenever a segment was sealed, and where
/// there is a limit of age, also in between. What goes is made into new segments where it can be.
///
/// Works on the queue of `SegmentCompletion` alone, so that no append waits for it. Removing fails
/// without ending the writer: the next attempt may succeed.
final class WriterRetention: @unchecked Sendable {
    // Unchecked: the segments and the limits belong to the queue, the report is guarded by the monitor.
    private let directory: ArchiveDirectory
    private var limits: ArchiveRetention
    private let preparation: SegmentPreparation
    /// What the open segment may take.
    private let openBytes: UInt64
    private var segments: [Kept]
    private let monitor = Monitor()
    private var done = ArchiveUpkeepReport()

    private struct Kept {
        let name: SegmentName
        let summary: SegmentSummary
        var bytes: UInt64
    }

    init(
        _ directory: ArchiveDirectory, _ configuration: ArchiveConfiguration,
        _ preparation: SegmentPreparation, sealed: [SegmentDescription]
    ) {
        self.directory = directory
        self.preparation = preparation
        limits = configuration.retention
        openBytes = UInt64(configuration.segmentBytes)
        segments = sealed.map {
            Kept(name: $0.name.sealed, summary: $0.summary, bytes: UInt64($0.fileBytes))
        }
    }

    /// What was done so far.
    var report: ArchiveUpkeepReport { monitor.withLock { done } }

    /// Has other limits from now on.
    func keep(to limits: ArchiveRetention) {
        self.limits = limits
        enforce()
    }

    /// Counts a segment that has just been sealed, and removes what is too much.
    func sealed(_ name: SegmentName, _ summary: SegmentSummary, fileBytes: Int) {
        segments.append(Kept(name: name.sealed, summary: summary, bytes: UInt64(fileBytes)))
        enforce()
    }

    /// Removes what is beyond a limit now, the oldest first; the newest segment that holds records
    /// stays. O(segments) if anything is.
    func enforce() {
        let now = directory.clock.wallTime
        guard firstExceeds(now: now) else { return }
        do throws(ArchiveError) {
            try directory.maintaining { () throws(ArchiveError) in
                // Somebody may have compressed or removed some.
                try lookAgain()
                var hasRemoved = false
                while firstExceeds(now: now), try removeFirst() { hasRemoved = true }
                if hasRemoved { try directory.sync() }
            }
            monitor.withLock { done.failure = nil }
        } catch .maintained {
            // Whoever is at it may take a while; there will be another occasion.
        } catch {
            monitor.withLock { done.failure = error }
        }
    }

    private func firstExceeds(now: Int64) -> Bool {
        guard let first = segments.first,
            segments.dropFirst().contains(where: { $0.summary.records > 0 })
        else { return false }
        let all = segments.reduce(openBytes) { $0 + $1.bytes }
        return limits.rejects(first.summary, bytes: all, now: now)
    }

    private func lookAgain() throws(ArchiveError) {
        var found: [Kept] = []
        for var segment in segments {
            let file = try directory.openIfThere(segment.name.fileName)
            if let file {
                segment.bytes = UInt64(try file.byteCount())
            } else if let file = try directory.openIfThere(segment.name.compressedFileName) {
                segment.bytes = UInt64(try file.byteCount())
            } else {
                continue
            }
            found.append(segment)
        }
        segments = found
    }

    /// False if a reader has the segment pinned.
    private func removeFirst() throws(ArchiveError) -> Bool {
        let first = segments[0]
        var isRecycled = false
        let isRemoved: Void? = try SegmentPin.withoutPins(on: first.name.id, in: directory) {
            () throws(ArchiveError) in
            isRecycled = try preparation.recycle(first.name)
            try directory.removeSegment(first.name)
        }
        guard isRemoved != nil else { return false }
        segments.removeFirst()
        monitor.withLock {
            done.segments += 1
            done.bytes += first.bytes
            done.endSequence = max(done.endSequence, first.summary.endSequence)
            done.recycled += isRecycled ? 1 : 0
        }
        return true
    }
}
