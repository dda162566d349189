public import EventArchive
public import EventMatching
public import EventPipeline
public import EventRouting

/// A bus: what is published to it is checked, queued, archived, matched and delivered.
///
/// This is the place to begin reading `Switchyard`. The way of an event:
///
/// 1. ``/EventRouting/EventPublisher/publish(_:)-(RawSpan)`` checks its JSON, copies it into a slab,
///    and pushes it, batch by batch, into a bounded lock-free ring;
/// 2. one worker on a Dispatch queue, woken only when it sleeps, takes batches out of the ring: it
///    appends each event to the archive, matches it against the rules, and calls the delivery; after
///    a batch it commits what the archive's durability asks for. While it is busy, publishers match;
/// 3. whoever wants it again reads the archive with a ``/EventReplay/Replay``.
///
/// ```swift
/// let rules = try RuleSet([Rule(name: "stopped", pattern: #"{"detail": {"state": ["stopped"]}}"#)])
/// let bus = try EventBus(rules: rules) { event in
///     for position in event.matches.indices { print(rules.names[Int(event.matches[position])]) }
/// }
/// try bus.publish(#"{"detail": {"state": "stopped"}}"#)
/// try bus.close()
/// ```
///
/// It is a ``Router`` with one bus, a closure instead of targets, and rules that stay as they are: the
/// same `RouterLane` and `BusEngine` do the work. Only here nothing is delivered that could not be
/// archived: where the archive fails, events are refused.
///
/// Events of one publisher keep their order; those of several come in some order that the archive
/// then fixes. Nothing is dropped unless ``/EventPipeline/BackPressure/dropNewest`` was asked for, and
/// that is counted; memory is bounded by ``Configuration``.
public final class EventBus: Sendable {
    /// How a bus is built. The defaults suit events of some kilobytes; a number out of range counts as
    /// the nearest one that can be.
    public struct Configuration: Sendable {
        /// How many events can wait for the worker: a power of two, or it is rounded up. To 16,777,216.
        public var waitingEventsMax = 16_384
        /// The bytes of a slab, and so of the longest event: a power of two, or it is rounded up. From
        /// 4 KiB to 256 MiB.
        public var slabBytes = 1 << 20
        /// How many slabs there are: they bound the bytes that can wait, and there can be one
        /// publisher fewer. From 2 to 65,536.
        public var slabCount = 32
        /// What a publisher does when there is no room.
        public var backPressure = BackPressure.wait
        /// Whether a thread that publishes may call the delivery too, within its call of the bus, while
        /// there is so little to do that waking the worker up would take longer. The delivery must not wait
        /// then for anything that a publisher has, a lock for instance, nor publish to the bus.
        public var deliversOnPublishers = false
        /// Where events are archived; nil for nowhere.
        public var archive: Archive?

        /// An archive's place and the way it is written.
        public struct Archive: Sendable {
            /// The directory, which is made if it does not exist.
            public var directory: String
            /// Segment size and durability.
            public var configuration: ArchiveConfiguration

            /// Creates a description of an archive.
            public init(
                directory: String, configuration: ArchiveConfiguration = ArchiveConfiguration()
            ) {
                self.directory = directory
                self.configuration = configuration
            }
        }

        /// Creates a configuration with the defaults, and an archive if one is named.
        public init(archive: Archive? = nil) { self.archive = archive }
    }

    /// Called by the worker for each event, one after the other, archived before. It has to be
    /// quick: while it runs, nothing else of the bus moves.
    public typealias Handler = @Sendable (borrowing RoutedEvent) -> Void

    /// The rules that events are matched against.
    public let rules: RuleSet
    /// How far the archive has come; nil without one.
    public let watermark: ArchiveWatermark?
    /// What opening the archive found and repaired; nil without one.
    public let recoveryReport: ArchiveRecoveryReport?

    let stage: Stage<MPSCRing>
    let engine: BusEngine
    let port: PublishPort
    let timings = RouteTimings()
    private let lane: RouterLane
    private let archive: BusArchive?
    /// Of ``publish(_:)-(String)``.
    private let shared: SharedPublisher

    /// Opens the archive, recovers it if its last writer died, and starts.
    ///
    /// - Throws: ``/EventArchive/ArchiveError`` where the archive can't be opened.
    public init(
        rules: RuleSet, configuration: Configuration = Configuration(),
        deliver: @escaping Handler = { _ in }
    ) throws(ArchiveError) {
        var archive: BusArchive?
        if let place = configuration.archive {
            archive = try BusArchive(
                directory: place.directory, configuration: place.configuration)
        }
        self.rules = rules
        self.archive = archive
        watermark = archive?.watermark
        recoveryReport = archive?.recoveryReport
        let pool = SlabPool(
            slabCount: PipelineLimit.slabCount(configuration.slabCount),
            slabBytes: PipelineLimit.slabBytes(configuration.slabBytes))
        let lane = RouterLane(pool: pool, timings: timings)
        self.lane = lane
        let book = RuleBook(fixed: rules)
        engine = BusEngine(
            archive: archive, book: book,
            handler: BusHandler(ruleCount: rules.count, deliver), scratch: lane.scratch)
        lane.set(engine, at: 0)
        stage = Stage(
            label: "switchyard.route",
            ring: MPSCRing(
                minimumCapacity: PipelineLimit.ringCapacity(configuration.waitingEventsMax))
        ) { lane.route($0) }
        lane.attach(to: stage.dispatchQueue)
        stage.lendsTurns = configuration.deliversOnPublishers
        port = PublishPort(
            stage: stage, pool: pool, key: 0, backPressure: configuration.backPressure,
            archive: archive, book: book)
        shared = SharedPublisher(stage)
    }

    /// Makes a publisher, for one thread at a time.
    ///
    /// - Throws: ``/EventRouting/PublishError/tooManyPublishers(limit:)``
    public func makePublisher() throws(PublishError) -> EventPublisher {
        try EventPublisher(to: port)
    }

    /// Publishes one event, from any thread. Whoever publishes many makes an
    /// ``/EventRouting/EventPublisher``.
    ///
    /// - Throws: ``/EventRouting/PublishError``; nothing was queued then.
    public func publish(_ event: String) throws(PublishError) {
        try publish(event.utf8Span.span.bytes)
    }

    /// Publishes one event, from any thread. Whoever publishes many makes an
    /// ``/EventRouting/EventPublisher``.
    ///
    /// - Throws: ``/EventRouting/PublishError``; nothing was queued then.
    public func publish(_ event: borrowing RawSpan) throws(PublishError) {
        let error = event.withUnsafeBytes { shared.publish(CollectionOfOne($0), to: port).error }
        if let error { throw error }
    }

    /// Waits until everything that was published before has been delivered, and is durable if the
    /// archive's durability is `batch`. What other publishers hold back because they were not flushed
    /// is not waited for, nor what waits for room on the archive's disk.
    public func drain() {
        shared.waitForCallers()
        stage.waitUntilIdle()
        // An archive that failed says so elsewhere.
        try? port.waitUntilDurable()
    }

    /// Accepts nothing more, delivers what was accepted, and seals the archive. What waits for room on
    /// the archive's disk, and still finds none, is refused.
    ///
    /// - Throws: the first error of the archive, also one that came while events were routed.
    public func close() throws(ArchiveError) {
        archive?.beginClosing()
        shared.close()
        stage.stopAndWait()
        lane.perform { lane.release(engine) }
        try archive?.close()
    }
}
