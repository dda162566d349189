/// When what was appended is made durable, and so also how it is written.
public enum ArchiveDurability: Sendable, Hashable {
    /// Only when asked by `commit`, and when a segment is sealed. Events are stored into a mapped file,
    /// `ring`, and written from there a mebibyte at a time: a crash of the process loses nothing; a
    /// crash of the machine may lose what was not committed.
    case none

    /// `commitIfDue(now:)` begins to commit when this many milliseconds have passed since the last
    /// time. Events gather in memory until then: a crash of the process loses those that are not
    /// durable.
    case interval(milliseconds: Int)

    /// `commitIfDue(now:)` always commits, and waits for it: call it after each batch, and acknowledge
    /// afterwards. Or `startCommit()`, and acknowledge what the watermark tells. Events gather in memory
    /// as with `interval`.
    case batch
}

/// How an archive is written. Readers need none of this: files describe themselves.
public struct ArchiveConfiguration: Sendable, Hashable {
    /// The size of new segments, a multiple of 4,096 from ``ArchiveFormat/segmentBytesMin`` to
    /// ``ArchiveFormat/segmentBytesMax``. The disk must have room for one whenever one is begun.
    public var segmentBytes: Int

    /// The largest event accepted; recovery never looks at more bytes to judge one record.
    public var eventBytesMax: Int

    /// When what was appended is made durable.
    public var durability: ArchiveDurability

    /// How far ahead of the last record files are made ready for it by a queue of its own: blocks written
    /// once, so that a commit waits for no journal. Where nothing commits, whether the next pages of the
    /// ring are mapped in time, so that an append takes no page fault. 0 leaves both to whoever appends.
    public var prefaultBytes: Int

    /// How many files may be kept ready to become segments, each of ``segmentBytes`` on the disk: one
    /// when little is appended, more the faster segments fill, so that going on to the next one waits
    /// for nothing. Also how many segments that retention gives up are kept for this.
    public var preparedSegmentsMax: Int

    /// What the writer keeps of its archive. It removes the oldest segments when they are beyond a limit,
    /// not counting files that are being prepared, and makes new ones of their files where it can.
    public var retention: ArchiveRetention

    /// How many full segments may wait to be sealed; then appending waits for the disk.
    public var unsealedSegmentsMax: Int

    /// A configuration that differs from the defaults in what is given.
    public init(
        segmentBytes: Int = 256 << 20, eventBytesMax: Int = 1 << 20,
        durability: ArchiveDurability = .batch, prefaultBytes: Int = 32 << 20,
        preparedSegmentsMax: Int = 4, unsealedSegmentsMax: Int = 8,
        retention: ArchiveRetention = ArchiveRetention()
    ) {
        self.segmentBytes = segmentBytes
        self.eventBytesMax = eventBytesMax
        self.durability = durability
        self.prefaultBytes = prefaultBytes
        self.preparedSegmentsMax = preparedSegmentsMax
        self.unsealedSegmentsMax = unsealedSegmentsMax
        self.retention = retention
    }

    /// The largest event that both the configuration and a new segment allow.
    var effectiveEventBytesMax: Int {
        let room =
            SegmentLayout.recordsLimit(capacity: segmentBytes)
            - ArchiveFormat.segmentHeaderBytes - ArchiveFormat.recordHeaderBytes
        return min(eventBytesMax, room & ~7)
    }

    /// Throws `invalidConfiguration` if a value is out of its range.
    public func validate() throws(ArchiveError) {
        let range = ArchiveFormat.segmentBytesMin...ArchiveFormat.segmentBytesMax
        guard range.contains(segmentBytes), segmentBytes % 4096 == 0 else {
            throw .invalidConfiguration(
                "segmentBytes is \(segmentBytes): expected a multiple of 4096 from "
                    + "\(range.lowerBound) to \(range.upperBound)")
        }
        guard (0...ArchiveFormat.eventBytesMax).contains(eventBytesMax) else {
            throw .invalidConfiguration(
                "eventBytesMax is \(eventBytesMax): expected 0 to \(ArchiveFormat.eventBytesMax)")
        }
        guard prefaultBytes >= 0 else {
            throw .invalidConfiguration("prefaultBytes is \(prefaultBytes): expected 0 or more")
        }
        guard preparedSegmentsMax > 0 else {
            throw .invalidConfiguration(
                "preparedSegmentsMax is \(preparedSegmentsMax): expected 1 or more")
        }
        guard unsealedSegmentsMax > 0 else {
            throw .invalidConfiguration(
                "unsealedSegmentsMax is \(unsealedSegmentsMax): expected 1 or more")
        }
        if case .interval(let milliseconds) = durability, !(0...86_400_000).contains(milliseconds) {
            throw .invalidConfiguration(
                "the interval is \(milliseconds) ms: expected 0 to 86400000 (a day)")
        }
    }
}
