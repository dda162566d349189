internal import EventArchive
internal import EventMatching
internal import EventPipeline
internal import JSONScan
internal import Synchronization

/// A bus as its lane sees it: an archive, a matcher, and where matches go.
///
/// `@unchecked Sendable`: everything that changes is touched on the lane's queue alone, except for
/// what is atomic.
final class BusEngine: @unchecked Sendable {
    let archive: BusArchive?
    let counters = BusCounters()
    /// Whether something was routed to it in this run.
    @exclusivity(unchecked) var isTouched = false
    /// Where matches go; kept alive by the plan.
    @exclusivity(unchecked) private(set) var routes: BusPlan.Routes
    @exclusivity(unchecked) private var plan: BusPlan
    @exclusivity(unchecked) private var matcher: MatcherBox
    @exclusivity(unchecked) private var number: UInt64 = 0
    @exclusivity(unchecked) private var events = 0
    @exclusivity(unchecked) private var bytes = 0
    @exclusivity(unchecked) private var unarchived = 0
    @exclusivity(unchecked) private var matchedEvents = 0

    init(archive: BusArchive?, plan: BusPlan) {
        self.archive = archive
        self.plan = plan
        routes = plan.routes
        matcher = MatcherBox(plan.rules)
    }

    /// Takes other rules and targets into use. On the lane's queue.
    func install(_ plan: BusPlan, _ matcher: MatcherBox) {
        self.plan = plan
        routes = plan.routes
        self.matcher = matcher
    }

    /// One more than the last event's number.
    var nextSequence: UInt64 { archive?.nextSequence ?? number }

    /// Archives an event, where there is an archive, and gives it its number.
    @inline(__always)
    func take(
        _ event: UnsafeRawBufferPointer, _ index: StructuralIndex, _ ingestTime: Int64
    ) -> (sequence: UInt64, isArchived: Bool) {
        events &+= 1
        bytes &+= event.count
        guard let archive else {
            number &+= 1
            return (number &- 1, false)
        }
        if let sequence = archive.append(event, index, ingestTime) { return (sequence, true) }
        unarchived &+= 1
        return (archive.nextSequence, false)
    }

    @inline(__always)
    func match(_ event: StructuralIndex) -> UnsafeBufferPointer<UInt32> {
        let matches = matcher.matcher.matchUnborrowed(event)
        if !matches.isEmpty { matchedEvents &+= 1 }
        return matches
    }

    /// Commits what the archive's durability asks for, and adds up the run.
    func finishRun() {
        isTouched = false
        archive?.commitIfDue()
        counters.add(
            events: events, bytes: bytes, unarchived: unarchived, matchedEvents: matchedEvents)
        (events, bytes, unarchived, matchedEvents) = (0, 0, 0, 0)
    }
}

/// A matcher that can be made elsewhere and handed to a lane.
final class MatcherBox: @unchecked Sendable {
    // Unchecked: used by one thread at a time, the lane's once it is installed.
    @exclusivity(unchecked) var matcher: Matcher

    init(_ rules: RuleSet) { matcher = Matcher(rules) }
}

/// What a bus has done so far.
final class BusCounters: Sendable {
    private let events = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)
    private let unarchived = Atomic<UInt64>(0)
    private let matchedEvents = Atomic<UInt64>(0)

    func add(events: Int, bytes: Int, unarchived: Int, matchedEvents: Int) {
        self.events.wrappingAdd(UInt64(events), ordering: .relaxed)
        self.bytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
        self.unarchived.wrappingAdd(UInt64(unarchived), ordering: .relaxed)
        self.matchedEvents.wrappingAdd(UInt64(matchedEvents), ordering: .relaxed)
    }

    func read(into statistics: inout RouterBusStatistics) {
        statistics.routed = events.load(ordering: .relaxed)
        statistics.bytes = bytes.load(ordering: .relaxed)
        statistics.unarchived = unarchived.load(ordering: .relaxed)
        statistics.matchedEvents = matchedEvents.load(ordering: .relaxed)
    }
}

/// What one bus of a router has done so far.
public struct RouterBusStatistics: Sendable, Hashable {
    /// Events that publishers took on.
    public var accepted: UInt64 = 0
    /// Events that were archived, if there is an archive, matched, and offered to targets.
    public var routed: UInt64 = 0
    /// Their bytes.
    public var bytes: UInt64 = 0
    /// Events that could not be archived, and were only matched and offered.
    public var unarchived: UInt64 = 0
    /// Events that at least one rule matched.
    public var matchedEvents: UInt64 = 0
    /// One more than the last sequence number in the archive; nil without one.
    public var archived: UInt64?
    /// One more than the last one that is durable; nil without an archive.
    public var durable: UInt64?
    /// Whether nothing can be archived at the moment: the disk is full.
    public var isArchiveBlocked = false

    /// Creates statistics of nothing.
    public init() {}
}
