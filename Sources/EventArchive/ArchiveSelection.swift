/// Which records a cursor gives: those that lie in all of its ranges. Ranges are half open; nil is
/// everything.
public struct ArchiveSelection: Sendable, Hashable {
    /// Sequence numbers.
    public var sequences: Range<UInt64>?
    /// Ingest times in nanoseconds since 1970.
    public var ingestTimes: Range<Int64>?
    /// Event times in nanoseconds since 1970.
    public var eventTimes: Range<Int64>?

    /// A selection by all that is given.
    public init(
        sequences: Range<UInt64>? = nil, ingestTimes: Range<Int64>? = nil,
        eventTimes: Range<Int64>? = nil
    ) {
        self.sequences = sequences
        self.ingestTimes = ingestTimes
        self.eventTimes = eventTimes
    }

    /// Every record.
    public static var all: ArchiveSelection { ArchiveSelection() }

    /// The record with this number and all behind it.
    public static func sequence(_ first: UInt64) -> ArchiveSelection {
        ArchiveSelection(sequences: first..<UInt64.max)
    }

    /// The records with these numbers.
    public static func sequences(_ range: Range<UInt64>) -> ArchiveSelection {
        ArchiveSelection(sequences: range)
    }

    /// The records that the archive got in this time.
    public static func ingestTime(_ range: Range<Int64>) -> ArchiveSelection {
        ArchiveSelection(ingestTimes: range)
    }

    /// The records of events that happened in this time.
    public static func eventTime(_ range: Range<Int64>) -> ArchiveSelection {
        ArchiveSelection(eventTimes: range)
    }
}

/// A selection as closed bounds: six comparisons a record, without a branch on what was asked for.
struct RecordFilter {
    let sequences: ClosedBounds<UInt64>
    private let ingestTimes: ClosedBounds<Int64>
    private let eventTimes: ClosedBounds<Int64>

    init(_ selection: ArchiveSelection) {
        sequences = ClosedBounds(selection.sequences)
        ingestTimes = ClosedBounds(selection.ingestTimes)
        eventTimes = ClosedBounds(selection.eventTimes)
    }

    @inline(__always)
    func accepts(_ record: UnsafeRawPointer, sequence: UInt64) -> Bool {
        sequences.contains(sequence) && ingestTimes.contains(RecordLayout.ingestTime(record))
            && eventTimes.contains(RecordLayout.eventTime(record))
    }

    /// Whether a segment can hold a record that is asked for. O(1).
    func mayAccept(_ segment: SegmentDescription) -> Bool {
        let (first, end) = (segment.header.firstSequence, segment.summary.endSequence)
        return first < end && first <= sequences.last && end > sequences.first
            && ingestTimes.overlaps(segment.summary.ingestTimes)
            && eventTimes.overlaps(segment.summary.eventTimes)
    }

    /// Whether a gap can hide a record that is asked for: of its times nobody knows.
    func mayConcern(_ gap: ArchiveGap) -> Bool {
        gap.sequences.lowerBound <= sequences.last
            && (gap.sequences.isEmpty || gap.sequences.upperBound > sequences.first)
    }
}

/// A range with both ends in it; none at all when `first` is greater than `last`.
struct ClosedBounds<Bound: FixedWidthInteger> {
    let first: Bound
    let last: Bound

    init(_ range: Range<Bound>?) {
        guard let range else {
            (first, last) = (.min, .max)
            return
        }
        (first, last) = range.isEmpty ? (.max, .min) : (range.lowerBound, range.upperBound - 1)
    }

    @inline(__always)
    func contains(_ value: Bound) -> Bool { first <= value && value <= last }
}

extension ClosedBounds<Int64> {
    func overlaps(_ span: TimeSpan) -> Bool { first <= span.last && span.first <= last }
}
