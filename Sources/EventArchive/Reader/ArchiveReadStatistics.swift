/// What a cursor did, and what it was spared.
public struct ArchiveReadStatistics: Sendable, Hashable {
    /// Segments that it looked into.
    public internal(set) var segmentsOpened = 0
    /// Segments that it passed over by what their footers or indexes say.
    public internal(set) var segmentsSkipped = 0
    /// Segments in which an index told it where to look.
    public internal(set) var segmentsIndexed = 0
    /// Records with sequence numbers that were asked for that were read, and their checksums verified,
    /// selected or not.
    public internal(set) var recordsRead: UInt64 = 0
    /// Records with sequence numbers that were asked for that were passed over unread, in skipped
    /// segments and, counted when the cursor leaves the segment, by indexes.
    public internal(set) var recordsSkipped: UInt64 = 0
    /// Indexes that were damaged, or said something else than the segment; they were not used.
    public internal(set) var indexProblems: [ArchiveProblem] = []

    /// Creates statistics of nothing.
    public init() {}
}
