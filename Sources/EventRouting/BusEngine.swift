internal import CSwitchyard
internal import EventArchive
package import EventMatching
internal import EventPipeline
internal import JSONScan
internal import RoutingInterface
package import Synchronization

/// A bus as its lane sees it: an archive, and a matcher that follows the bus's rule book.
///
/// A router's bus has rules with targets, and delivers also what can't be archived. An `EventBus` is
/// such a bus with a `BusHandler` instead: that gets all events, but none that is not archived.
///
/// `@unchecked Sendable`: everything that changes is touched on the lane's queue alone, except for
/// what is atomic.
package final class BusEngine: @unchecked Sendable {
    // What the way of an event looks at comes first, in few cache lines: of ten thousand buses, each
    // event's is in no near cache.

    /// The archive, for the way of an event, on which nothing is retained; `archive` keeps it alive.
    let archiveOfLane: Unmanaged<BusArchive>?
    /// What gets all events; nil for the rules' targets.
    let handlerOfLane: Unmanaged<BusHandler>?
    /// Made for the first event: a bus without any costs no scratch memory.
    @exclusivity(unchecked) private var matcher: LiveMatcher?
    /// Whether something was archived in this run.
    @exclusivity(unchecked) var isTouched = false
    /// Whether any events wait for room on the archive's disk.
    @exclusivity(unchecked) private(set) var holds = false
    @exclusivity(unchecked) private var number: UInt64 = 0
    package let counters = BusCounters()
    /// Where the last match went, for the next one: see ``prefetchMatcher()``. Never read.
    @exclusivity(unchecked) private var lastMatch = MatchTrace()

    package let archive: BusArchive?
    package let book: RuleBook
    private let handler: BusHandler?
    private let scratch: MatcherScratch
    /// Events that wait for room on the archive's disk.
    @exclusivity(unchecked) var held = HeldEvents() {
        didSet {
            holds = !held.isEmpty
            counters.held.store(held.count, ordering: .relaxed)
        }
    }

    /// - Parameter scratch: the lane's.
    package init(
        archive: BusArchive?, book: RuleBook, handler: BusHandler? = nil, scratch: MatcherScratch
    ) {
        self.archive = archive
        archiveOfLane = archive.map(Unmanaged.passUnretained)
        self.handler = handler
        handlerOfLane = handler.map(Unmanaged.passUnretained)
        self.book = book
        self.scratch = scratch
    }

    /// One more than the last event's number.
    package var nextSequence: UInt64 { archive?.nextSequence ?? number }

    /// Goes over to the newest rules, and gives the number of their edition.
    @inline(__always)
    func newestEdition() -> UInt64 {
        if matcher == nil { makeMatcherSlow() }
        return matcher?.turnToNewestEdition() ?? 0
    }

    @inline(never)
    private func makeMatcherSlow() { matcher = book.makeMatcher(sharing: scratch) }

    /// Archives an event, where there is an archive, and gives it its number; nil where it has to be
    /// held until the disk has room.
    @inline(__always)
    func take(
        _ event: UnsafeRawBufferPointer, _ keys: ArchiveKeys, time: Int64, ingestTime: Int64,
        hops: UInt8
    ) -> EventNumber? {
        var given = EventNumber(sequence: number, isArchived: false)
        if let archiveOfLane {
            let outcome = archiveOfLane._withUnsafeGuaranteedRef {
                $0.append(event, keys, time, ingestTime, hops: hops)
            }
            switch outcome {
            case .appended(let sequence):
                given = EventNumber(sequence: sequence, isArchived: true)
            case .full: return nil
            case .failed:
                counters.unarchived.add(1)
                given.sequence = nextSequence
            }
        } else {
            number &+= 1
        }
        counters.events.add(1)
        counters.bytes.add(UInt64(event.count))
        return given
    }

    /// The rules that an event matches, of the edition that ``newestEdition()`` went over to. Valid
    /// until any bus of the lane matches another one.
    @inline(__always)
    func match(_ event: StructuralIndex) -> RouteMatches {
        (matcher?.matchAttachments(event)).map(RouteMatches.init(attachments:)) ?? .none
    }

    /// Counts what an event matched.
    @inline(__always)
    func count(_ matches: RouteMatches) {
        if matches.isEmpty { return }
        counters.matches.add(UInt64(truncatingIfNeeded: matches.count))
        counters.matchedEvents.add(1)
    }

    @inline(__always)
    func noteMatch(_ trace: MatchTrace) { lastMatch = trace }

    // The lane knows some events ahead whose turn it will be, and asks for what each will read, step
    // by step, as one thing leads to the next.

    /// Asks for the engine itself, as far as the way of an event looks at it.
    @inline(__always)
    static func prefetch(_ engine: Unmanaged<BusEngine>) {
        let start = UnsafeRawPointer(engine.toOpaque())
        for line in 0..<3 { sw_prefetch(start + 64 * line) }
    }

    /// Asks for what a match begins with, and for what the last one led to: most events of a bus are
    /// alike.
    @inline(__always)
    func prefetchMatcher() {
        matcher?.prefetch()
        sw_prefetch(lastMatch.route)
        sw_prefetch(lastMatch.targets)
        sw_prefetch(lastMatch.target)
    }

    /// Asks for the rules.
    @inline(__always)
    func prefetchRules() { matcher?.prefetchRules() }

    /// Begins to commit what the archive's durability asks for.
    func finishRun() {
        isTouched = false
        archiveOfLane?._withUnsafeGuaranteedRef { $0.startCommitIfDue() }
    }
}

/// Where a match went. Only addresses to be asked for: what was there may be gone.
struct MatchTrace: BitwiseCopyable {
    var route: UnsafeRawPointer?
    var targets: UnsafeRawPointer?
    var target: UnsafeRawPointer?
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
                bytes: Array(event.bytes), tag: event.tag & ~EventTag.prepared,
                publishTime: event.publishTime))
    }

    mutating func removeAll() { (events, first) = ([], 0) }

    mutating func removeFirst() {
        events[first].bytes = []
        first += 1
        if isEmpty { removeAll() }
    }
}

/// What a bus has done so far: added to by its lane, which alone does so, and read by anyone.
package struct BusCounters: ~Copyable, Sendable {
    /// A number that one thread adds to: that takes no locked instruction.
    struct Count: ~Copyable, Sendable {
        private let value = Atomic<UInt64>(0)

        @inline(__always)
        func add(_ amount: UInt64) {
            value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
        }
        var current: UInt64 { value.load(ordering: .relaxed) }
    }

    let events = Count()
    let bytes = Count()
    let matches = Count()
    let matchedEvents = Count()
    let unarchived = Count()
    /// How many events wait for room on the disk.
    package let held = Atomic<Int>(0)

    package func read(into statistics: inout BusStatistics) {
        statistics.routed = events.current
        statistics.bytes = bytes.current
        statistics.unarchived = unarchived.current
        statistics.matches = matches.current
        statistics.matchedEvents = matchedEvents.current
        statistics.held = held.load(ordering: .relaxed)
    }
}

/// What one bus of a router has done so far.
public struct BusStatistics: Sendable, Hashable {
    /// Events that publishers took on.
    public var accepted: UInt64 = 0
    /// Events that were archived, if there is an archive, matched, and offered to targets.
    public var routed: UInt64 = 0
    /// Their bytes.
    public var bytes: UInt64 = 0
    /// Events that could not be archived, and were only matched and offered.
    public var unarchived: UInt64 = 0
    /// How often a rule matched.
    public var matches: UInt64 = 0
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
