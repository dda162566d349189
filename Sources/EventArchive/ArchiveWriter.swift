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
    // Unchecked: the watermark is atomic, everything else belongs to the one thread that uses the
    // writer; handing it to another thread is the caller's synchronization.

    /// How far the archive has come, for every thread.
    public let watermark: ArchiveWatermark

    /// What opening the archive found and repaired.
    public let recoveryReport: ArchiveRecoveryReport

    /// What the writer was opened with.
    public let configuration: ArchiveConfiguration

    // The checks for overlapping access would cost each append more than its bookkeeping.
    @exclusivity(unchecked) private var tail: SegmentTail
    private var segment: OpenSegment?
    /// Set once, by a failed sync or by `close`; thrown by every later call.
    private var failure: ArchiveError?
    private var lastCommit: Int64?
    private var lastID: UInt64
    private let keepsFirstSegment: Bool
    private let archive: ArchiveID
    private let directory: ArchiveDirectory
    private let calls: FileSystemCalls
    private var lock: OpenFile?

    /// Opens the archive in a directory, or makes one: the directory may be missing (not its parent) or
    /// empty. Recovers what another writer left, as the table at `SegmentSurvey` says, and makes it
    /// durable. O(segments + bytes in the open segment).
    ///
    /// Throws `invalidConfiguration`, `locked`, `foreignDirectory`, `diskFull`, and every error about
    /// the state of the files; then nothing was changed that another attempt could miss.
    public convenience init(
        directory path: String, configuration: ArchiveConfiguration = ArchiveConfiguration()
    ) throws(ArchiveError) {
        try self.init(directory: path, configuration: configuration, calls: FileSystemCalls())
    }

    init(
        directory path: String, configuration: ArchiveConfiguration, calls: FileSystemCalls
    ) throws(ArchiveError) {
        try configuration.validate()
        let recovery = try WriterRecovery(
            directory: path, configuration: configuration, calls: calls)
        self.configuration = configuration
        self.calls = calls
        directory = recovery.directory
        archive = recovery.archive
        recoveryReport = recovery.report
        lastID = recovery.segment.header.id
        keepsFirstSegment = recovery.carriesNumbering
        segment = recovery.segment
        tail = recovery.segment.tail(
            from: recovery.recordsEnd, summary: recovery.summary,
            eventBytesMax: configuration.effectiveEventBytesMax)
        watermark = ArchiveWatermark(
            try ArchiveTail(
                writingIn: recovery.directory, of: recovery.archive,
                end: recovery.summary.endSequence, calls))
        lock = recovery.takeLock()
    }

    /// Appends one event and returns its sequence number. O(bytes); no allocation and no system call,
    /// except for mapping pages ahead, and when a segment is full: then it is sealed and the next one
    /// made, which waits for the disk.
    ///
    /// Throws `eventTooLarge` (nothing happened), `diskFull` (nothing was appended; can be tried
    /// again), `syncFailed`, `closed`. The times are in nanoseconds since 1970 and need no order.
    @discardableResult
    public func append(
        _ event: UnsafeRawBufferPointer, keys: ArchiveKeys = ArchiveKeys(), eventTime: Int64,
        ingestTime: Int64
    ) throws(ArchiveError) -> UInt64 {
        let recordBytes = RecordLayout.recordBytes(eventBytes: event.count)
        if tail.position &+ recordBytes > tail.stop || event.count > tail.eventBytesMax {
            try makeRoomSlow(eventBytes: event.count)
        }
        let sequence = tail.append(
            event, recordBytes: recordBytes, keys: keys, eventTime: eventTime,
            ingestTime: ingestTime)
        watermark.advanceAppended(to: sequence &+ 1)
        return sequence
    }

    /// The same, for bytes that the compiler watches over.
    @discardableResult
    public func append(
        _ event: RawSpan, keys: ArchiveKeys = ArchiveKeys(), eventTime: Int64, ingestTime: Int64
    ) throws(ArchiveError) -> UInt64 {
        try event.withUnsafeBytes { bytes throws(ArchiveError) in
            try append(bytes, keys: keys, eventTime: eventTime, ingestTime: ingestTime)
        }
    }

    /// Makes everything appended so far durable, whatever the policy. One system call, which waits for
    /// the disk, or none if everything is. Throws `syncFailed`: then this writer is at its end.
    public func commit() throws(ArchiveError) {
        if let failure { throw failure }
        guard let segment else { return }
        do throws(ArchiveError) {
            try segment.commit(upTo: tail.position)
        } catch {
            throw fail(error)
        }
        watermark.advanceDurable(to: tail.summary.endSequence)
    }

    /// Commits if the policy of the configuration says so at this time; returns whether it did. The
    /// time is that of any clock in nanoseconds that does not go back. Nobody commits for you: call
    /// this after each batch, and while idle at least once in an interval.
    @discardableResult
    public func commitIfDue(now: Int64) throws(ArchiveError) -> Bool {
        if let failure { throw failure }
        switch configuration.durability {
        case .none: return false
        case .batch: break
        case .interval(let milliseconds):
            let last = lastCommit ?? now
            lastCommit = last
            guard now &- last >= Int64(milliseconds) &* 1_000_000 else { return false }
            lastCommit = now
        }
        guard watermark.durable < tail.summary.endSequence else { return false }
        try commit()
        return true
    }

    /// Seals the open segment, so that everything is durable, and gives the directory free. A segment
    /// without records is removed (unless its name alone tells the next sequence number). Every later call throws `closed`; closing again does nothing.
    ///
    /// After a failed sync it only gives the directory free, and throws that error.
    public func close() throws(ArchiveError) {
        if failure == .closed { return }
        defer {
            failure = .closed
            tail.stop = 0
            segment = nil
            lock = nil
        }
        if let failure { throw failure }
        try sealSegment()
    }

    /// Seals, and leaves the writer without a segment.
    private func sealSegment() throws(ArchiveError) {
        guard let segment else { return }
        tail.stop = 0
        do throws(ArchiveError) {
            let isEmpty = tail.position == Int(segment.header.recordsBegin)
            if isEmpty, !keepsFirstSegment {
                try directory.remove(segment.name.fileName)
            } else {
                try segment.seal(tail.summary, recordsEnd: tail.position, in: directory)
            }
        } catch {
            throw fail(error)
        }
        self.segment = nil
        watermark.advanceDurable(to: tail.summary.endSequence)
    }

    /// Ends in a state in which the record can be appended, or throws and has appended nothing.
    @inline(never)
    private func makeRoomSlow(eventBytes: Int) throws(ArchiveError) {
        if let failure { throw failure }
        let limit = configuration.effectiveEventBytesMax
        guard eventBytes <= limit else { throw .eventTooLarge(bytes: eventBytes, limit: limit) }
        let recordBytes = RecordLayout.recordBytes(eventBytes: eventBytes)
        if let segment,
            eventBytes > tail.eventBytesMax || !segment.hasRoom(upTo: tail.position + recordBytes)
        {
            try sealSegment()
        }
        if segment == nil { try beginSegment() }
        guard let segment else { return }
        do throws(ArchiveError) {
            tail.stop = try segment.prepare(
                position: tail.position, recordEnd: tail.position + recordBytes)
        } catch {
            throw fail(error)
        }
    }

    private func beginSegment() throws(ArchiveError) {
        let header = SegmentHeader(
            archive: archive, id: lastID &+ 1, firstSequence: tail.summary.endSequence,
            created: wallClockNanoseconds(), capacity: configuration.segmentBytes,
            eventBytesMax: configuration.effectiveEventBytesMax)
        let begun: OpenSegment
        do throws(ArchiveError) {
            begun = try OpenSegment.create(
                header, in: directory, prefaultBytes: configuration.prefaultBytes, calls: calls)
        } catch .syncFailed(let file, let errno) {
            throw fail(.syncFailed(file: file, errno: errno))
        }
        segment = begun
        lastID = header.id
        tail = begun.tail(
            from: Int(header.recordsBegin),
            summary: SegmentSummary(firstSequence: header.firstSequence),
            eventBytesMax: configuration.effectiveEventBytesMax)
    }

    /// The end: nothing is acknowledged any more.
    private func fail(_ error: ArchiveError) -> ArchiveError {
        failure = error
        tail.stop = 0
        return error
    }
}
