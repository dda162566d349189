/// What a writer does before its first event: takes the lock, finds out what is in the directory, and
/// finishes what the writer before it did not.
struct WriterRecovery: ~Copyable {
    let directory: ArchiveDirectory
    let archive: ArchiveID
    let report: ArchiveRecoveryReport
    /// The segment to append to, and from where.
    let segment: OpenSegment
    let recordsEnd: Int
    let summary: SegmentSummary
    /// Whether the segment's name alone tells the next sequence number, so that it must stay even if it
    /// gets no record: the one before it has lost its end, or is gone.
    let carriesNumbering: Bool
    private let lock: OpenFile

    init(
        directory path: String, configuration: ArchiveConfiguration, calls: FileSystemCalls
    ) throws(ArchiveError) {
        let directory = try ArchiveDirectory.creating(path)
        // Before the lock, so that not even that is left in somebody else's directory.
        do throws(ArchiveError) { _ = try directory.identity() } catch .noArchive {}
        let lock = try directory.lock()
        let archive = try directory.identityOrNew(calls).id
        try directory.removeRemains()

        let survey = try ArchiveSurvey(directory, of: archive)
        if let file = survey.unreadableEnd { throw .unreadableSegment(file: file.fileName) }
        let last = try Self.finish(survey, directory, calls)
        let before = last == nil ? survey.segments : survey.segments.dropLast()
        let carriesNumbering =
            survey.nextSequence
            != before.last?.summary.endSequence ?? ArchiveFormat.firstSequence
        if !carriesNumbering { try Self.remove(survey.neverUsed, directory) }

        let segment: OpenSegment
        if let last {
            segment = try OpenSegment.reopen(
                last, in: directory, prefaultBytes: configuration.prefaultBytes, calls: calls)
        } else {
            let header = SegmentHeader(
                archive: archive, id: survey.lastID &+ 1, firstSequence: survey.nextSequence,
                created: wallClockNanoseconds(), capacity: configuration.segmentBytes,
                eventBytesMax: configuration.effectiveEventBytesMax)
            segment = try OpenSegment.create(
                header, in: directory, prefaultBytes: configuration.prefaultBytes, calls: calls)
        }
        // An empty file that alone told the next number goes only now that another one tells it.
        if carriesNumbering {
            try Self.remove(survey.neverUsed.filter { $0 != segment.name }, directory)
        }
        self.directory = directory
        self.archive = archive
        self.report = survey.report
        self.segment = segment
        self.recordsEnd = last?.recordsEnd ?? Int(segment.header.recordsBegin)
        self.summary =
            last?.summary ?? SegmentSummary(firstSequence: segment.header.firstSequence)
        self.carriesNumbering = carriesNumbering
        self.lock = lock
    }

    /// Rows B4 and D1: completes the sealing of open segments. Returns the one to continue, if any.
    private static func finish(
        _ survey: ArchiveSurvey, _ directory: ArchiveDirectory, _ calls: FileSystemCalls
    ) throws(ArchiveError) -> SegmentDescription? {
        for (index, segment) in survey.segments.enumerated() where !segment.name.isSealed {
            let isLast =
                index == survey.segments.count - 1
                && segment.summary.endSequence == survey.nextSequence
            if segment.hasFooter {
                try directory.rename(segment.name.fileName, to: segment.name.sealed.fileName)
                try directory.sync(calls)
            } else if !isLast {
                let open = try OpenSegment.reopen(
                    segment, in: directory, prefaultBytes: 0, calls: calls)
                try open.seal(segment.summary, recordsEnd: segment.recordsEnd, in: directory)
            } else {
                return segment
            }
        }
        return nil
    }

    /// Row B6.
    private static func remove(
        _ neverUsed: [SegmentName], _ directory: ArchiveDirectory
    ) throws(ArchiveError) {
        for name in neverUsed { try directory.remove(name.fileName) }
    }

    /// Hands the lock over to the writer.
    consuming func takeLock() -> OpenFile { lock }
}
