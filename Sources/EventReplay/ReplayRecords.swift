internal import EventArchive

/// The records of a replay, each of them when it is due.
struct ReplayRecords: ~Copyable {
    /// A record, whose bytes stay where they are until the one after it is asked for.
    struct Record {
        var sequence: UInt64
        var ingestTime: Int64
        var eventTime: Int64
        var bytes: UnsafeRawBufferPointer
    }

    /// What comes next.
    enum Next {
        /// A record, which comes again until it is taken.
        case record(Record)
        /// Nothing for so many nanoseconds.
        case wait(UInt64)
        case end
    }

    private var cursor: ArchiveCursor
    private var schedule: ReplaySchedule
    private let time: ReplayTime
    private var held: Record?

    init(_ cursor: consuming ArchiveCursor, _ pace: ReplayPace, by time: ReplayTime) {
        self.cursor = cursor
        self.time = time
        schedule = ReplaySchedule(pace)
    }

    /// What is damaged or missing, as far as is known.
    var gaps: [ArchiveGap] { cursor.gaps }
    /// What was read, and passed over.
    var statistics: ArchiveReadStatistics { cursor.statistics }
    /// The number behind the last record that was taken, as far as is known: one that waits to be
    /// due is still to come.
    var position: UInt64 { held?.sequence ?? cursor.position }

    /// The next record if it is due. O(its bytes) and those of the records passed over.
    @inline(__always)
    mutating func next(now: UInt64) throws(ArchiveError) -> Next {
        if held == nil { try read() }
        guard let held else { return .end }
        let delay = schedule.delay(
            of: time == .ingest ? held.ingestTime : held.eventTime, now: now)
        return delay == 0 ? .record(held) : .wait(delay)
    }

    /// Goes on to the record after the one that ``next(now:)`` gave.
    mutating func take() { held = nil }

    mutating func pause(now: UInt64) { schedule.pause(now: now) }
    mutating func resume(now: UInt64) { schedule.resume(now: now) }

    @inline(__always)
    private mutating func read() throws(ArchiveError) {
        guard let record = try cursor.next() else { return }
        held = Record(
            sequence: record.sequence, ingestTime: record.ingestTime, eventTime: record.eventTime,
            bytes: record.bytes.withUnsafeBytes { $0 })
    }
}
