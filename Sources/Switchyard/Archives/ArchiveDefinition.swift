public import EventArchive
public import EventEnvelope
public import EventPattern
internal import JSONScan

/// An archive as a program asks for it: a name under which events of a bus are kept, to be replayed.
///
/// ```swift
/// try router.createArchive(
///     ArchiveDefinition(name: "orders", of: "default", pattern: EventPattern(#"{"source": ["shop"]}"#),
///         retentionDays: 30))
/// ```
public struct ArchiveDefinition: Sendable, Hashable {
    /// The name, unlike that of every other archive of the bus's account and region.
    public var name: String
    /// The bus whose events are kept.
    public var bus: String
    /// Which of them; nil for all. Events of a replay are never kept, whatever it says.
    public var pattern: EventPattern?
    /// For how many days; 0 for ever. They are counted from the time at which an event was archived.
    /// Files go as a whole, some time after the last of their events is that old.
    public var retentionDays: Int
    /// What it is for.
    public var description: String

    /// Creates a definition.
    public init(
        name: String, of bus: String = Router.defaultBus, pattern: EventPattern? = nil,
        retentionDays: Int = 0, description: String = ""
    ) {
        self.name = name
        self.bus = bus
        self.pattern = pattern
        self.retentionDays = retentionDays
        self.description = description
    }
}

/// An archive as it is at one moment.
public struct ArchiveStatus: Sendable, Hashable {
    /// What was asked for.
    public var definition: ArchiveDefinition
    /// Its resource name.
    public var arn: String
    /// Whether it gets events: it does not when its bus or its rule was removed.
    public var isFed: Bool
    /// Why nothing can be written to it, if so.
    public var failure: ArchiveError?
    /// When it was made.
    public var creationTime: EventTime?
    /// How many events it has that are not older than they may be, but for some in the oldest file that
    /// holds younger ones too. An event is in it some moments after it was published.
    public var events: UInt64
    /// Their bytes, without what the files need besides.
    public var bytes: UInt64
    /// Where its files are: an archive like those of buses, which the tool reads too.
    public var directory: String
}

extension ArchiveDefinition {
    /// The most characters of a name: EventBridge's limit.
    static let nameMax = 48
    /// The most days that there can be: what fits into times of nanoseconds.
    static let retentionDaysMax = Int(Int64.max / nanosecondsPerDay)

    static let nanosecondsPerDay: Int64 = 86_400_000_000_000

    /// What is kept, in nanoseconds; nil for ever.
    static func ageNanoseconds(days: Int) -> Int64? {
        days == 0 ? nil : Int64(days) * nanosecondsPerDay
    }
}

extension EventPattern {
    /// The member that events of a replay have, and no others.
    private static let replayName: ExactString = "replay-name"

    /// What the rule of an archive matches: what the archive wants, and no event of a replay.
    ///
    /// - Throws: the archive wants events of replays alone.
    static func ofArchive(
        _ name: String, _ wanted: EventPattern?
    ) throws(RouterError) -> EventPattern {
        guard let wanted else { return EventPattern(replayName, [.exists(false)]) }
        let branches: [PatternBranch]
        do throws(PatternError) { branches = try wanted.branches() } catch {
            throw .invalidArchive(name, reason: error.description)
        }
        for condition in branches.lazy.flatMap(\.conditions)
        where condition.path == replayName && !condition.values.contains(.exists(false)) {
            throw .invalidArchive(
                name,
                reason:
                    "events of replays are never archived, so \"replay-name\" can't be asked for")
        }
        return wanted.requiring(replayName, [.exists(false)])
    }
}
