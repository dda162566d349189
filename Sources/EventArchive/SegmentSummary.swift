/// What a segment's records amount to, kept while they are appended or scanned.
struct SegmentSummary: Hashable, Sendable {
    /// One more than the last sequence number.
    var endSequence: UInt64
    var records: UInt64 = 0
    /// The bytes of the events alone.
    var eventBytes: UInt64 = 0
    var ingestTimes = TimeSpan()
    var eventTimes = TimeSpan()

    init(firstSequence: UInt64) {
        endSequence = firstSequence
    }

    /// Counts one more record.
    @inline(__always)
    mutating func add(sequence: UInt64, eventBytes: Int, ingestTime: Int64, eventTime: Int64) {
        endSequence = sequence &+ 1
        records &+= 1
        self.eventBytes &+= UInt64(truncatingIfNeeded: eventBytes)
        ingestTimes.add(ingestTime)
        eventTimes.add(eventTime)
    }
}

/// The smallest and the largest of some times; none at all when `first` is greater than `last`.
struct TimeSpan: Hashable, Sendable {
    var first = Int64.max
    var last = Int64.min

    @inline(__always)
    mutating func add(_ time: Int64) {
        first = min(first, time)
        last = max(last, time)
    }

    mutating func add(_ other: TimeSpan) {
        first = min(first, other.first)
        last = max(last, other.last)
    }

    /// For the public interface: nil when there is none.
    var closedRange: ClosedRange<Int64>? {
        first <= last ? first...last : nil
    }
}
