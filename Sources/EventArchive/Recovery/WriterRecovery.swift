internal import InternalSystem

/// What a writer does before its first event: takes the lock, finds out what is in the directory, and
/// finishes what the writer before it did not.
struct WriterRecovery: ~Copyable {
    let directory: ArchiveDirectory
    let archive: ArchiveID
    let report: ArchiveRecoveryReport
    let tail: ArchiveTail
    /// The segment to go on in, if there is one.
    let continued: SegmentDescription?
    /// The number that the next record gets, and the id that the next segment gets.
    let nextSequence: UInt64
    let nextID: UInt64
    /// The segments before it, all sealed by now.
    let sealed: [SegmentDescription]
    /// Files that new segments can be made of.
    let spares: [String]
    /// Whether the first segment's name alone tells the next sequence number, so that it must stay even
    /// if it gets no record: the one before it has lost its end, or is gone.
    let carriesNumbering: Bool
    private let neverUsed: [SegmentName]
    private let lock: ArchiveLock

    init(
        directory path: String, configuration: ArchiveConfiguration, clock: any TimeSource,
        calls: FileSystemCalls
    ) throws(ArchiveError) {
        let directory = try ArchiveDirectory.creating(path, calls: calls, clock: clock)
        // Before the lock, so that not even that is left in somebody else's directory.
        do throws(ArchiveError) { _ = try directory.identity() } catch .noArchive {}
        let lock = try directory.lock()
        let archive = try directory.identityOrNew().id
        let tail = try ArchiveTail(writingIn: directory)
        try directory.removeRemains()
        try directory.finishRing(of: archive)
        try directory.finishPreparation()

        let survey = try ArchiveSurvey(directory, of: archive)
        if let file = survey.unreadableEnd { throw .unreadableSegment(file: file.fileName) }
        let last = try Self.finish(
            survey, directory, rewriting: tail.hasFailedSync,
            syncing: configuration.durability != .none)
        let before = last == nil ? survey.segments : survey.segments.dropLast()
        let carriesNumbering =
            survey.nextSequence
            != before.last?.summary.endSequence ?? ArchiveFormat.firstSequence
        // An empty file that alone tells the next number goes only when another one tells it.
        if !carriesNumbering {
            for unused in survey.neverUsed { try directory.remove(unused.fileName) }
        }
        let spares = try directory.names().filter { SegmentName.spareID($0) != nil }
        self.carriesNumbering = carriesNumbering
        self.directory = directory
        self.archive = archive
        self.report = survey.report
        self.tail = tail
        self.continued = last
        self.sealed = Array(before)
        self.nextSequence = survey.nextSequence
        self.nextID = survey.lastID &+ 1
        self.neverUsed = survey.neverUsed
        self.spares = spares
        self.lock = lock
    }

    /// Rows B4 and D1: completes the sealing of open segments. Returns the one to continue, if any.
    private static func finish(
        _ survey: ArchiveSurvey, _ directory: ArchiveDirectory, rewriting: Bool, syncing: Bool
    ) throws(ArchiveError) -> SegmentDescription? {
        for (index, segment) in survey.segments.enumerated() where !segment.name.isSealed {
            let isLast =
                index == survey.segments.count - 1
                && segment.summary.endSequence == survey.nextSequence
            let file = try directory.openFile(segment.name.fileName, writable: true)
            if rewriting { try rewrite(file, upTo: segment.fileBytes) }
            if segment.hasFooter {
                try file.sync()
                try directory.rename(segment.name.fileName, to: segment.name.sealed.fileName)
                try directory.sync()
            } else if !isLast {
                try seal(segment, file, directory)
            } else {
                try zero(segment.tornBytes, of: file, from: segment.recordsEnd)
                if syncing || rewriting { try file.sync() }
                return segment
            }
        }
        return nil
    }

    /// Seals a segment that another writer left open, where its records end.
    private static func seal(
        _ segment: SegmentDescription, _ file: consuming ArchiveFile, _ directory: ArchiveDirectory
    ) throws(ArchiveError) {
        let whole = SegmentFile(
            file, in: directory, byteCount: segment.fileBytes, isDurable: true, isRecycled: false,
            recordsEnd: segment.recordsEnd, readyEnd: segment.fileBytes)
        let open = OpenSegment(continuing: segment, in: whole, directory)
        try open.takeInFile(upTo: segment.recordsEnd)
        try open.seal(segment.summary, recordsEnd: segment.recordsEnd)
    }

    /// After a failed sync the kernel takes pages for clean that never reached the disk; what a recovery
    /// finds in memory is only durable once it has been written again.
    private static func rewrite(
        _ file: borrowing ArchiveFile, upTo end: Int
    ) throws(ArchiveError) {
        let pieceBytes = 1 << 20
        for begin in stride(from: 0, to: end, by: pieceBytes) {
            try file.write(try file.read(begin..<min(end, begin + pieceBytes)), at: begin)
        }
    }

    /// Row B2: what a torn record leaves behind a shorter new one must not look like anything.
    private static func zero(
        _ byteCount: Int, of file: borrowing ArchiveFile, from begin: Int
    ) throws(ArchiveError) {
        let pieceBytes = 1 << 20
        for offset in stride(from: 0, to: byteCount, by: pieceBytes) {
            let count = min(pieceBytes, byteCount - offset)
            try file.write(Array(repeating: 0, count: count), at: begin + offset)
        }
    }

    /// The file of the segment to go on in, allocated to its capacity again.
    func reopen(
        _ segment: SegmentDescription, isDurable: Bool
    ) throws(ArchiveError) -> SegmentFile {
        let file = try directory.openFile(segment.name.fileName, writable: true)
        // Whole pages, whatever a damaged or foreign writer made of it.
        let size = (max(Int(segment.header.capacity), segment.recordsEnd) + 4095) & ~4095
        try file.allocate(size)
        return SegmentFile(
            file, in: directory, byteCount: size, isDurable: isDurable,
            isRecycled: segment.header.isRecycled, recordsEnd: segment.recordsEnd,
            readyEnd: segment.header.isRecycled ? size : segment.recordsEnd)
    }

    /// Row B6, what is left of it.
    func removeNeverUsed(but name: SegmentName?) throws(ArchiveError) {
        for unused in neverUsed where unused != name { try directory.remove(unused.fileName) }
    }

    /// Hands the lock over to the writer.
    consuming func takeLock() -> ArchiveLock { lock }
}

extension ArchiveDirectory {
    /// Gives prepared files that have become segments their names, and removes the others.
    fileprivate func finishPreparation() throws(ArchiveError) {
        let begun = try segmentNames().filter { $0.state == .prepared }
        for name in try names() where SegmentName.preparedID(name) != nil {
            guard let segment = begun.first(where: { $0.fileName == name }) else {
                try remove(name)
                continue
            }
            // The header first, as in `OpenSegment.giveName`.
            try openFile(name, writable: true).sync()
            try rename(name, to: segment.open.fileName)
            try sync()
        }
    }
}
