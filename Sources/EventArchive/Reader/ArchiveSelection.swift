/// Which records a cursor gives: those that lie in all of its ranges and have one of each of its keys.
/// Ranges are half open; nil is everything.
public struct ArchiveSelection: Sendable, Hashable {
    /// Sequence numbers.
    public var sequences: Range<UInt64>?
    /// Ingest times in nanoseconds since 1970.
    public var ingestTimes: Range<Int64>?
    /// Event times in nanoseconds since 1970.
    public var eventTimes: Range<Int64>?
    /// Hashes of sources, as they were given to the writer; 0 is "no source".
    ///
    /// Different strings can have the same hash: whoever looks for a string compares it in what it
    /// gets. The same goes for the other two.
    public var sources: Set<UInt32>?
    /// Hashes of detail-types.
    public var detailTypes: Set<UInt32>?
    /// Hashes of accounts.
    public var accounts: Set<UInt32>?

    /// A selection by all that is given.
    public init(
        sequences: Range<UInt64>? = nil, ingestTimes: Range<Int64>? = nil,
        eventTimes: Range<Int64>? = nil, sources: Set<UInt32>? = nil,
        detailTypes: Set<UInt32>? = nil, accounts: Set<UInt32>? = nil
    ) {
        self.sequences = sequences
        self.ingestTimes = ingestTimes
        self.eventTimes = eventTimes
        self.sources = sources
        self.detailTypes = detailTypes
        self.accounts = accounts
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
