public import EventArchive
public import EventEnvelope

/// What a router is asked to replay, and where to.
public struct ReplayRequest: Sendable, Hashable {
    /// The name, which replayed events carry as `replay-name`: unlike that of every other replay of
    /// the router.
    public var name: String
    /// What is replayed.
    public var source: Source
    /// The bus to whose rules the events go; if it says nothing, the one that they came from.
    public var destination: String?
    /// Only events whose own time is this one or later.
    public var start: EventTime?
    /// Only events whose own time is before this one.
    public var end: EventTime?
    /// Only to these rules; to all that are enabled, if it says nothing.
    public var rules: Set<String>?
    /// How fast. It follows the events' own times, as ``start`` and ``end`` do (see ``ReplayTime``).
    public var pace: ReplayPace
    /// Whether replayed events are published anew: archived by the destination, its own archive or
    /// not, and offered to all of its rules. They are not unless asked for.
    public var isArchivedAgain: Bool

    /// What can be replayed.
    public enum Source: Sendable, Hashable {
        /// Every event of a bus, as far as its journal goes back.
        case bus(String)
        /// The events of an archive.
        case archive(String)
    }

    /// Creates a request to replay what an archive has.
    public init(
        name: String, ofArchive archive: String, to destination: String? = nil,
        from start: EventTime? = nil, until end: EventTime? = nil, rules: Set<String>? = nil,
        pace: ReplayPace = .fullSpeed, isArchivedAgain: Bool = false
    ) {
        self.init(
            name: name, to: destination, from: start, until: end, rules: rules, pace: pace,
            isArchivedAgain: isArchivedAgain)
        source = .archive(archive)
    }

    /// Creates a request to replay the journal of a bus.
    public init(
        name: String, of bus: String = "default", to destination: String? = nil,
        from start: EventTime? = nil, until end: EventTime? = nil, rules: Set<String>? = nil,
        pace: ReplayPace = .fullSpeed, isArchivedAgain: Bool = false
    ) {
        self.name = name
        source = .bus(bus)
        self.destination = destination
        self.start = start
        self.end = end
        self.rules = rules
        self.pace = pace
        self.isArchivedAgain = isArchivedAgain
    }
}

/// How far a replay is: EventBridge's states, and one more.
public enum ReplayState: String, Sendable, Hashable {
    /// It has read nothing yet.
    case starting = "STARTING"
    /// It reads and delivers.
    case running = "RUNNING"
    /// It waits to be resumed.
    case paused = "PAUSED"
    /// All that was asked for was handed to the targets.
    case completed = "COMPLETED"
    /// It could not go on.
    case failed = "FAILED"
    /// It was cancelled, and has not ended yet.
    case cancelling = "CANCELLING"
    /// It was cancelled.
    case cancelled = "CANCELLED"

    /// Whether nothing more comes of it.
    public var hasEnded: Bool { [.completed, .failed, .cancelled].contains(self) }
}

/// What a replay has done so far.
public struct ReplayProgress: Sendable, Hashable {
    /// How far it is.
    public var state = ReplayState.starting
    /// Events that were read and dealt with.
    public var events: UInt64 = 0
    /// Their bytes in the archive.
    public var bytes: UInt64 = 0
    /// Events that at least one rule matched. Not counted for events that are archived again, which
    /// the bus matches.
    public var matchedEvents: UInt64 = 0
    /// Events that were handed to targets, once for each; or published to the bus.
    public var deliveries: UInt64 = 0
    /// Events that no target could be given, because with the replay's name they are too large.
    public var refused: UInt64 = 0
    /// Records that are no events.
    public var invalid: UInt64 = 0
    /// Records that no rule can match, and that were passed over unread.
    public var skipped: UInt64 = 0
    /// The time of the last event that was dealt with, EventBridge's `EventLastReplayedTime`.
    public var lastEventTime: EventTime?
    /// How much of the archive lies behind it, from 0 to 1.
    public var fraction = 0.0
    /// What of the archive is damaged or missing, as far as is known.
    public var gaps: [ArchiveGap] = []
    /// Why it failed.
    public var error: ArchiveError?

    /// Creates the progress of a replay that has not begun.
    public init() {}
}
