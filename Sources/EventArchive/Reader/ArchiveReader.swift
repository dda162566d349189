/// Reads an archive, without changing anything, also while a writer appends to it.
///
/// A reader sees what was there when it was opened; open another to see more. Any number of threads
/// can use it, each with cursors of its own.
///
/// ```swift
/// let reader = try ArchiveReader(directory: "/var/lib/orders.archive")
/// var cursor = reader.cursor(over: .ingestTime(yesterday))
/// while let record = try cursor.next() {
///     handle(record.bytes)
/// }
/// if !cursor.gaps.isEmpty { ... }  // what could not be read
/// ```
public final class ArchiveReader: Sendable {
    /// What opening the archive found out.
    public let recoveryReport: ArchiveRecoveryReport

    /// The sequence numbers from the first record that is there to the end; gaps lie within.
    public let sequences: Range<UInt64>

    let directory: ArchiveDirectory
    let identity: ArchiveIdentity
    let segments: [SegmentDescription]

    /// Opens the archive in a directory. O(segments) if all are sealed, else also O(bytes in the open
    /// one), which is read to find its end.
    ///
    /// Throws `missingDirectory`, `noArchive`, `foreignDirectory`, and every error about the state of the
    /// files.
    public convenience init(directory path: String) throws(ArchiveError) {
        let directory = try ArchiveDirectory(opening: path)
        let identity = try directory.identity()
        self.init(
            directory, identity, try ArchiveSurvey.whileWriting(directory, of: identity.id))
    }

    /// Opens it for cursors that follow a writer at work: what that appends to is not looked at, so that
    /// this is O(segments), and other cursors would not give it. Else as ``init(directory:)``.
    package convenience init(following path: String) throws(ArchiveError) {
        let directory = try ArchiveDirectory(opening: path)
        let identity = try directory.identity()
        self.init(
            directory, identity,
            try ArchiveSurvey.whileWriting(directory, of: identity.id, leavesOpen: true))
    }

    /// A reader of what a survey found.
    init(
        _ directory: ArchiveDirectory, _ identity: ArchiveIdentity, _ survey: ArchiveSurvey
    ) {
        self.directory = directory
        self.identity = identity
        segments = survey.segments
        recoveryReport = survey.report
        let first = survey.segments.first?.header.firstSequence ?? survey.nextSequence
        sequences = first..<max(first, survey.nextSequence)
    }

    /// A cursor over the selected records, in the order of their sequence numbers. O(segments), opens
    /// no file yet.
    ///
    /// The segments that it may read are pinned: retention leaves them until the cursor has passed them
    /// or is gone.
    ///
    /// - Parameters:
    ///   - selection: which records to give.
    ///   - following: whether to go on behind the end. `next` then gives nil whenever there is nothing
    ///     more yet, and ``ArchiveCursor/waitForMore(nanoseconds:isCancelled:)`` waits for more.
    public func cursor(
        over selection: ArchiveSelection = .all, following: Bool = false
    ) -> ArchiveCursor {
        ArchiveCursor(self, selection, isFollowing: following)
    }
}
