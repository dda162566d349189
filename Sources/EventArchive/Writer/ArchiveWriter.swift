package import InternalSystem
import Synchronization

/// Appends events to an archive. One exists at a time for a directory; one thread at a time uses it.
///
/// ```swift
/// let writer = try ArchiveWriter(directory: "/var/lib/orders.archive")
/// let sequence = try writer.append(bytes, eventTime: time, ingestTime: now)
/// try writer.commit()  // now writer.watermark.durable > sequence
/// try writer.close()
/// ```
///
/// A writer that goes away without `close` leaves its segment open, as a crash would: the next one
/// scans it and continues there.
public final class ArchiveWriter: @unchecked Sendable {
    // Unchecked: the watermark and the fate have their own locks, everything else belongs to the one
    // thread that uses the writer; handing it to another thread is the caller's synchronization.

    /// How far the archive has come, for every thread.
    public let watermark: ArchiveWatermark

    /// What opening the archive found and repaired.
    public let recoveryReport: ArchiveRecoveryReport

    /// What the writer was opened with.
    public let configuration: ArchiveConfiguration

    // The checks for overlapping access would cost each append more than its bookkeeping.
    @exclusivity(unchecked) private var tail: SegmentTail
    private let flag: WriterFlag
    private let fate: WriterFate
    private let log: BufferedLog
    private let preparation: SegmentPreparation
    private let completion: SegmentCompletion
    private let retention: WriterRetention
    private let archive: ArchiveID
    private let directory: ArchiveDirectory
    /// The directory's, here once more: to ask it counts no reference.
    private let clock: any TimeSource
    private let keepsFirstSegment: Bool
    private var segment: OpenSegment?
    private var isClosed = false
    private var lastCommit: Int64?
    private var lock: ArchiveLock?

    /// Opens the archive in a directory, or makes one: the directory may be missing (not its parent) or
    /// empty. Recovers what another writer left, as the table at `SegmentSurvey` says, and makes it
    /// durable. O(segments + bytes in the open segment).
    ///
    /// Throws `invalidConfiguration`, `locked`, `foreignDirectory`, `diskFull`, and every error about
    /// the state of the files; then nothing was changed that another attempt could miss.
    public convenience init(
        directory path: String, configuration: ArchiveConfiguration = ArchiveConfiguration()
    ) throws(ArchiveError) {
        try self.init(
            directory: path, configuration: configuration, clock: SystemClock.shared,
            calls: FileSystemCalls())
    }

    /// The same with another clock and other system calls than the machine's: whatever the writer does
    /// because of the time, it does by that clock.
    package init(
        directory path: String, configuration: ArchiveConfiguration, clock: any TimeSource,
        calls: FileSystemCalls = FileSystemCalls()
    ) throws(ArchiveError) {
        try configuration.validate()
        let recovery = try WriterRecovery(
            directory: path, configuration: configuration, clock: clock, calls: calls)
        let parts = try WriterParts(recovery, configuration)
        self.configuration = configuration
        directory = recovery.directory
        self.clock = clock
        archive = recovery.archive
        recoveryReport = recovery.report
        keepsFirstSegment = recovery.carriesNumbering
        flag = parts.flag
        fate = parts.fate
        watermark = parts.fate.watermark
        preparation = parts.preparation
        completion = parts.completion
        retention = parts.retention
        log = parts.log
        (segment, tail) = try parts.firstSegment(recovery)
        try recovery.removeNeverUsed(but: segment?.name)
        preparation.prepareNext()
        keepLimits(configuration.retention)
        lock = recovery.takeLock()
    }

    deinit {
        // As a crash would leave it, but for the ring's file, which is written to the segments; and nothing
        // of this writer may go on once the lock is free.
        if isClosed { return }
        if fate.error == nil {
            log.leave(position: tail.position, endSequence: tail.summary.endSequence)
        }
        fate.end(.closed)
        endQueues()
    }

    /// Appends one event and returns its sequence number. O(bytes); no allocation and no system call.
    /// Once a mebibyte it tells the queues how far it has come, in a block that is allocated; it waits
    /// for the disk only if that cannot keep up.
    ///
    /// Throws `eventTooLarge` (nothing happened), `diskFull` (nothing was appended; can be tried
    /// again), `syncFailed`, `fileCut`, `closed`. The times are in nanoseconds since 1970 and need no
    /// order.
    ///
    /// This is the form for callers that can't borrow; ``append(_:keys:eventTime:ingestTime:)`` is the
    /// same for all others.
    @discardableResult
    package func append(
        _ event: UnsafeRawBufferPointer, keys: ArchiveKeys = ArchiveKeys(), eventTime: Int64,
        ingestTime: Int64, hops: UInt8 = 0
    ) throws(ArchiveError) -> UInt64 {
        let recordBytes = RecordLayout.recordBytes(eventBytes: event.count)
        if tail.position &+ recordBytes > tail.stop || event.count > tail.eventBytesMax {
            try makeRoomSlow(eventBytes: event.count)
        }
        let sequence = tail.append(
            event, recordBytes: recordBytes, keys: keys, eventTime: eventTime,
            ingestTime: ingestTime, hops: hops)
        if flag.word.pointee.load(ordering: .relaxed) != 0 { throw failSlow() }
        watermark.advanceAppended(to: sequence &+ 1)
        return sequence
    }

    /// Appends one event and returns its sequence number. O(bytes); no allocation and no system call.
    /// Once a mebibyte it tells the queues how far it has come, in a block that is allocated; it waits
    /// for the disk only if that cannot keep up.
    ///
    /// Throws `eventTooLarge` (nothing happened), `diskFull` (nothing was appended; can be tried
    /// again), `syncFailed`, `fileCut`, `closed`. The times are in nanoseconds since 1970 and need no
    /// order.
    @discardableResult
    public func append(
        _ event: RawSpan, keys: ArchiveKeys = ArchiveKeys(), eventTime: Int64, ingestTime: Int64
    ) throws(ArchiveError) -> UInt64 {
        try event.withUnsafeBytes { bytes throws(ArchiveError) in
            try append(bytes, keys: keys, eventTime: eventTime, ingestTime: ingestTime)
        }
    }

    /// Ends in a state in which the record can be appended, or throws and has appended nothing.
    @inline(never)
    private func makeRoomSlow(eventBytes: Int) throws(ArchiveError) {
        try check()
        let limit = configuration.effectiveEventBytesMax
        guard eventBytes <= limit else { throw .eventTooLarge(bytes: eventBytes, limit: limit) }
        let recordBytes = RecordLayout.recordBytes(eventBytes: eventBytes)
        if let segment,
            eventBytes > tail.eventBytesMax || tail.position + recordBytes > segment.recordsLimit
        {
            try endSegment()
        }
        if segment == nil { try beginSegment() }
        tail.stop = try log.makeRoom(
            position: tail.position, recordEnd: tail.position + recordBytes,
            endSequence: tail.summary.endSequence)
    }

    /// Hands the segment over to be sealed.
    private func endSegment() throws(ArchiveError) {
        tail.stop = 0
        try log.end(tail.summary, position: tail.position)
        segment = nil
    }

    private func beginSegment() throws(ArchiveError) {
        let (file, id) = try takeFile()
        let header = SegmentHeader(
            archive: archive, id: id, firstSequence: tail.summary.endSequence,
            created: directory.clock.wallTime, file: file,
            eventBytesMax: configuration.effectiveEventBytesMax)
        let begun = OpenSegment(beginning: header, in: file, directory)
        segment = begun
        tail = SegmentTail(
            try log.begin(begun, at: Int(header.recordsBegin)), header: header,
            from: Int(header.recordsBegin),
            summary: SegmentSummary(firstSequence: header.firstSequence),
            eventBytesMax: configuration.effectiveEventBytesMax)
    }

    private func takeFile() throws(ArchiveError) -> (file: SegmentFile, id: UInt64) {
        do throws(ArchiveError) {
            return try preparation.take()
        } catch {
            // A disk that cannot sync is at its end; one that is full may have room again.
            if case .syncFailed = error { throw fate.end(error) }
            throw error
        }
    }

    /// Throws what ended the writer, if anything did.
    private func check() throws(ArchiveError) {
        if isClosed { throw .closed }
        if fate.error != nil { throw failSlow() }
    }

    /// What is thrown from now on. Nothing is acknowledged any more.
    @inline(never)
    private func failSlow() -> ArchiveError {
        tail.stop = 0
        return isClosed ? .closed : fate.error ?? .closed
    }

    /// What the archive had too much of, the writer has removed.
    public var upkeepReport: ArchiveUpkeepReport { retention.report }

    /// Has the archive keep to other limits than those of the configuration, from now on. From any
    /// thread. What is beyond them goes soon: ``upkeepReport`` tells.
    public func setRetention(_ limits: ArchiveRetention) { keepLimits(limits) }

    /// Now, and from time to time.
    private func keepLimits(_ limits: ArchiveRetention) {
        let retention = retention
        completion.submit { retention.keep(to: limits) }
        completion.setRepeated(every: limits.lookNanoseconds) { retention.enforce() }
    }

    private func endQueues() {
        completion.endRepeating()
        log.finish()
        try? completion.finish()
        try? preparation.end()
    }
}

extension ArchiveWriter {
    /// Makes everything appended so far durable, whatever the policy, and waits for it. Throws
    /// `syncFailed`: then this writer is at its end.
    public func commit() throws(ArchiveError) {
        try check()
        try log.commit(position: tail.position, endSequence: tail.summary.endSequence)
    }

    /// Begins to make everything appended so far durable. While that runs, more can be appended, which
    /// the next commit takes all together; ``watermark`` tells what has become durable, and can be
    /// waited for.
    public func startCommit() throws(ArchiveError) {
        try check()
        log.startCommit(position: tail.position, endSequence: tail.summary.endSequence)
    }

    /// Commits if the policy of the configuration says so now; returns whether it did. With `.batch`
    /// everything is durable then, with `.interval` it has begun. Nobody commits for you: call this
    /// after each batch, and while idle at least once in an interval.
    ///
    /// - Parameter now: the time by any clock in nanoseconds that does not go back, always the same
    ///   one; nil for the writer's own.
    @discardableResult
    public func commitIfDue(now: Int64? = nil) throws(ArchiveError) -> Bool {
        try check()
        if configuration.durability == .batch {
            guard watermark.durable < tail.summary.endSequence else { return false }
            try commit()
            return true
        }
        return try startCommitIfDue(now: now)
    }

    /// The same without ever waiting: with `.batch` too it has only begun. What is durable is told by
    /// ``watermark``.
    @discardableResult
    public func startCommitIfDue(now: Int64? = nil) throws(ArchiveError) -> Bool {
        try check()
        switch configuration.durability {
        case .none: return false
        case .batch: break
        case .interval(let milliseconds):
            let now = now ?? Int64(bitPattern: clock.monotonicTime)
            let last = lastCommit ?? now
            lastCommit = last
            guard now &- last >= Int64(milliseconds) &* 1_000_000 else { return false }
            lastCommit = now
        }
        guard watermark.durable < tail.summary.endSequence else { return false }
        try startCommitSlow()
        return true
    }

    /// Once for all that was appended since the last time.
    @inline(never)
    private func startCommitSlow() throws(ArchiveError) { try startCommit() }

    /// Seals the open segment, so that everything is durable, and gives the directory free. A segment
    /// without records is removed (unless its name alone tells the next sequence number). Every later
    /// call throws `closed`; closing again does nothing.
    ///
    /// After a failed sync it only gives the directory free, and throws that error.
    public func close() throws(ArchiveError) {
        if isClosed { return }
        defer {
            isClosed = true
            tail.stop = 0
            segment = nil
            fate.end(.closed)
            lock = nil
        }
        completion.endRepeating()
        guard fate.error == nil else {
            let error = failSlow()
            endQueues()
            throw error
        }
        if let segment {
            if tail.position == Int(segment.header.recordsBegin), !keepsFirstSegment {
                try completion.finish()
                try segment.remove()
            } else {
                try endSegment()
            }
        }
        log.finish()
        try completion.finish()
        watermark.advanceDurable(to: tail.summary.endSequence)
        try preparation.end()
    }
}
