/// The append-only archive of events, and the constants of its format.
///
/// An archive is a directory of *segments*, files of a fixed size that hold one *record* after the
/// other. The way of an event through this module:
///
/// 1. ``ArchiveWriter`` owns the directory (`ArchiveLock` makes it the only one) and one `OpenSegment`;
///    `SegmentTail` copies the event behind the last record in memory and checksums it on the way: no
///    system call, no allocation, no lock.
/// 2. `BufferedLog` gathers records in a ring of memory and writes them to the file while the next ones
///    gather: durably, or behind a ring that is a file itself, which a crash of the process leaves
///    (`finishRing(of:)`) and readers look into (`GatheredSegment`). ``ArchiveWatermark`` tells other threads how far, the file `tail` (`ArchiveTail`) other processes.
/// 3. `SegmentPreparation` has the next `SegmentFile`s ready before they are needed, on queues of its own,
///    so that going from one segment to the next waits for nothing.
/// 4. `SegmentCompletion` does the rest on another: a full segment is *sealed*, a `SegmentFooter` (made
///    of a `SegmentDigest`) says what is in it, and it never changes again. The first error anywhere is
///    the writer's end (`WriterFate`).
/// 5. Whoever opens the directory, writer or ``ArchiveReader``, first lets `ArchiveSurvey` find out
///    what is there; `SegmentSurvey` has the table of every state a crash or damage can leave.
/// 6. ``ArchiveCursor`` goes through the records in order, checks every one, skips the segments that
///    cannot hold what is asked for, and lists each gap.
///
/// Every byte on disk is described in the article <doc:Format>; names there and here are the same.
///
/// | folder | what is in it |
/// | --- | --- |
/// | `Format` | the layout of records, headers, footers, names: bytes to values and back |
/// | `Files` | the directory, its files, locks and pins, and what can go wrong with them |
/// | `Writer` | appending, committing, sealing, keeping limits |
/// | `Ring` | the file in which records gather, for those who read it |
/// | `Reader` | cursors, following, and reading what is compressed |
/// | `Recovery` | what a crash or damage left, and how a writer goes on |
/// | `Maintenance` | what is done to sealed segments: verify, repair, compress, remove |
/// | `Index` | finding records by their keys without reading them |
public enum ArchiveFormat {
    /// The version written; a file of another major version is refused.
    public static let major: UInt16 = 1

    /// The minor version written; a newer one is read, ignoring what it adds.
    public static let minor: UInt16 = 1

    /// The sequence number of an archive's first record.
    public static let firstSequence: UInt64 = 0

    /// The smallest segment: room for a header, a footer and a few records.
    public static let segmentBytesMin = 64 << 10

    /// The largest segment: a record's seed has 32 bits for its offset in units of 8 bytes.
    public static let segmentBytesMax = 32 << 30

    /// The largest event: a record has 28 bits for the byte count.
    public static let eventBytesMax = (1 << 28) - 1

    /// The bytes that a record takes beside its event and padding.
    public static let recordHeaderBytes = 48

    /// Where records begin in a segment: one page, so that they can be written past the page cache.
    static let segmentHeaderBytes = 4096

    /// A footer has one checksum for each block of this size.
    static let checksumBlockBytes = 64 << 10
}
