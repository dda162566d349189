#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

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

extension SegmentSummary {
    /// What it says, for people.
    var words: String {
        guard records > 0 else { return "no records" }
        return "\(records) records up to event \(endSequence &- 1), \(eventBytes) bytes of events, "
            + "ingest times \(ingestTimes.words), event times \(eventTimes.words)"
    }
}

extension TimeSpan {
    /// `2026-01-31T12:00:00Z to 2026-01-31T12:00:01.5Z`
    var words: String {
        first <= last ? "\(Self.utc(first)) to \(Self.utc(last))" : "none"
    }

    /// A time in nanoseconds since 1970, as ISO 8601 has it, in UTC, with what it has of a fraction.
    private static func utc(_ nanoseconds: Int64) -> String {
        func padded(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        var seconds = time_t(remainder < 0 ? quotient - 1 : quotient)
        var fraction = padded(remainder < 0 ? remainder + 1_000_000_000 : remainder, 9)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        while fraction.last == "0" { fraction.removeLast() }
        return padded(parts.tm_year + 1_900, 4) + "-" + padded(parts.tm_mon + 1, 2) + "-"
            + padded(parts.tm_mday, 2) + "T" + padded(parts.tm_hour, 2) + ":"
            + padded(parts.tm_min, 2) + ":" + padded(parts.tm_sec, 2)
            + (fraction.isEmpty ? "" : "." + fraction) + "Z"
    }
}
