internal import EventArchive
internal import EventMatching
internal import EventPipeline
internal import JSONScan
internal import Synchronization

/// A bus as its lane sees it: an archive, and a matcher that follows the bus's rule book.
///
/// `@unchecked Sendable`: everything that changes is touched on the lane's queue alone, except for
/// what is atomic.
final class BusEngine: @unchecked Sendable {
    let archive: BusArchive?
    /// The same, for the way of an event, on which nothing is retained; `archive` keeps it alive.
    let archiveOfLane: Unmanaged<BusArchive>?
    let book: RuleBook
    let counters = BusCounters()
    /// Whether something was routed to it in this run.
    @exclusivity(unchecked) var isTouched = false
    /// Events that wait for room on the archive's disk.
    @exclusivity(unchecked) var held = HeldEvents() { didSet { holds = !held.isEmpty } }
    /// Whether there are any: what the way of an event looks at.
    @exclusivity(unchecked) private(set) var holds = false
    /// Made for the first event: a bus without any costs no scratch memory.
    @exclusivity(unchecked) private var matcher: LiveMatcher?
    @exclusivity(unchecked) private var number: UInt64 = 0
    @exclusivity(unchecked) private var events = 0
    @exclusivity(unchecked) private var bytes = 0
    @exclusivity(unchecked) private var unarchived = 0
    @exclusivity(unchecked) private var matchedEvents = 0

    init(archive: BusArchive?, book: RuleBook) {
        self.archive = archive
        archiveOfLane = archive.map(Unmanaged.passUnretained)
        self.book = book
    }

    /// One more than the last event's number.
    var nextSequence: UInt64 { archive?.nextSequence ?? number }

    /// Goes over to the newest rules, and gives the number of their edition.
    @inline(__always)
    func newestEdition() -> UInt64 {
        if matcher == nil { matcher = book.makeMatcher() }
        return matcher?.turnToNewestEdition() ?? 0
    }

    /// Archives an event, where there is an archive, and gives it its number; nil where it has to be
    /// held until the disk has room.
    @inline(__always)
    func take(
        _ event: UnsafeRawBufferPointer, _ keys: ArchiveKeys, time: Int64, ingestTime: Int64,
        hops: UInt8
    ) -> EventPlace? {
        var place = EventPlace(sequence: number, isArchived: false)
        if let archiveOfLane {
            let outcome = archiveOfLane._withUnsafeGuaranteedRef {
                $0.append(event, keys, time, ingestTime, hops: hops)
            }
            switch outcome {
            case .appended(let sequence):
                place = EventPlace(sequence: sequence, isArchived: true)
            case .full: return nil
            case .failed:
                unarchived &+= 1
                place.sequence = nextSequence
            }
        } else {
            number &+= 1
        }
        events &+= 1
        bytes &+= event.count
        return place
    }

    /// The rules that an event matches, of the edition that ``newestEdition()`` went over to.
    @inline(__always)
    func match(_ event: StructuralIndex) -> RouteMatches {
        (matcher?.matchAttachments(event)).map(RouteMatches.init(attachments:)) ?? .none
    }

    @inline(__always)
    func countMatchedEvent() { matchedEvents &+= 1 }

    /// Commits what the archive's durability asks for, and adds up the run.
    func finishRun() {
        isTouched = false
        archive?.commitIfDue()
        counters.add(
            events: events, bytes: bytes, unarchived: unarchived, matchedEvents: matchedEvents,
            held: held.count)
        (events, bytes, unarchived, matchedEvents) = (0, 0, 0, 0)
    }
}

/// Where an event was put.
struct EventPlace {
    /// Its number.
    var sequence: UInt64
    /// Whether it can be found in the archive by it.
    var isArchived: Bool
}

/// Events of a bus whose archive has no room, oldest first, in memory of their own, so that the slabs
/// that they came in are free for the lane's other buses.
///
/// Bounded by what publishers had sent when the disk became full: from then on they get the error.
struct HeldEvents {
    struct Event {
        var bytes: [UInt8]
        var tag: UInt64
        var publishTime: UInt64
    }

    private var events: [Event] = []
    private var first = 0
    /// Whether somebody is to look whether there is room again.
    var isRetryScheduled = false

    var count: Int { events.count - first }
    var isEmpty: Bool { first == events.count }
    var next: Event? { isEmpty ? nil : events[first] }

    mutating func append(_ event: EventDescriptor) {
        events.append(
            Event(
                bytes: Array(event.bytes), tag: event.tag & ~PreparedEvent.flag,
                publishTime: event.publishTime))
    }

    mutating func removeFirst() {
        events[first].bytes = []
        first += 1
        if isEmpty { (events, first) = ([], 0) }
    }
}

/// What a bus has done so far.
final class BusCounters: Sendable {
    private let events = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)
    private let unarchived = Atomic<UInt64>(0)
    private let matchedEvents = Atomic<UInt64>(0)
    /// How many events wait for room on the disk.
    let held = Atomic<Int>(0)

    func add(events: Int, bytes: Int, unarchived: Int, matchedEvents: Int, held: Int) {
        self.events.wrappingAdd(UInt64(events), ordering: .relaxed)
        self.bytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
        self.unarchived.wrappingAdd(UInt64(unarchived), ordering: .relaxed)
        self.matchedEvents.wrappingAdd(UInt64(matchedEvents), ordering: .relaxed)
        self.held.store(held, ordering: .relaxed)
    }

    func read(into statistics: inout RouterBusStatistics) {
        statistics.routed = events.load(ordering: .relaxed)
        statistics.bytes = bytes.load(ordering: .relaxed)
        statistics.unarchived = unarchived.load(ordering: .relaxed)
        statistics.matchedEvents = matchedEvents.load(ordering: .relaxed)
        statistics.held = held.load(ordering: .relaxed)
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
    /// Events that wait until the archive's disk has room.
    public var held = 0
    /// One more than the last sequence number in the archive; nil without one.
    public var archived: UInt64?
    /// One more than the last one that is durable; nil without an archive.
    public var durable: UInt64?
    /// Whether nothing can be archived at the moment: the disk is full.
    public var isArchiveBlocked = false

    /// Creates statistics of nothing.
    public init() {}
}
