public import EventArchive
public import EventMatching
public import EventPipeline
internal import Dispatch
internal import JSONScan

/// A bus: what is published to it is checked, queued, archived, matched and delivered.
///
/// This is the place to begin reading `Switchyard`. The way of an event:
///
/// 1. ``EventPublisher/publish(_:)`` checks its JSON, copies it into a slab, and pushes it, batch by
///    batch, into a bounded lock-free ring;
/// 2. one worker on a Dispatch queue, woken only when it sleeps, takes batches out of the ring
///    (`EventRoute`): it appends each event to the archive, matches it against the rules, and calls
///    the delivery; after a batch it commits what the archive's durability asks for;
/// 3. whoever wants it again reads the archive with a ``Replay``.
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
/// Events of one publisher keep their order; those of several come in some order that the archive
/// then fixes. Nothing is dropped unless ``BackPressure/dropNewest`` was asked for, and that is
/// counted; memory is bounded by ``Configuration``.
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
    public typealias Delivery = @Sendable (borrowing RoutedEvent) -> Void

    /// The rules that events are matched against.
    public let rules: RuleSet
    /// How far the archive has come; nil without one.
    public let watermark: ArchiveWatermark?
    /// What opening the archive found and repaired; nil without one.
    public let recoveryReport: ArchiveRecoveryReport?

    let configuration: Configuration
    let stage: Stage<MPSCRing>
    let pool: SlabPool
    let route: EventRoute
    let port: PublishPort
    /// Serialises ``publish(_:)-(String)``, which shares one publisher between its callers.
    private let sharedPublisherQueue = DispatchQueue(label: "switchyard.publish")
    /// Only touched on `sharedPublisherQueue`.
    nonisolated(unsafe) private var sharedPublisher: EventPublisher?

    /// Opens the archive, recovers it if its last writer died, and starts.
    ///
    /// - Throws: ``ArchiveError`` where the archive can't be opened.
    public init(
        rules: RuleSet, configuration: Configuration = Configuration(),
        deliver: @escaping Delivery = { _ in }
    ) throws(ArchiveError) {
        var writer: ArchiveWriter?
        if let archive = configuration.archive {
            writer = try ArchiveWriter(
                directory: archive.directory, configuration: archive.configuration)
        }
        self.rules = rules
        self.configuration = configuration
        watermark = writer?.watermark
        recoveryReport = writer?.recoveryReport
        let pool = SlabPool(
            slabCount: PipelineLimit.slabCount(configuration.slabCount),
            slabBytes: PipelineLimit.slabBytes(configuration.slabBytes))
        let route = EventRoute(rules: rules, archive: writer, pool: pool, deliver: deliver)
        self.pool = pool
        self.route = route
        let stage = Stage(
            label: "switchyard.route",
            ring: MPSCRing(
                minimumCapacity: PipelineLimit.ringCapacity(configuration.waitingEventsMax))
        ) { route.route($0) }
        self.stage = stage
        port = PublishPort(
            stage: stage, pool: pool, key: 0, backPressure: configuration.backPressure,
            archiveFailure: route.archiveFailure)
    }

    /// Makes a publisher, for one thread at a time.
    ///
    /// - Throws: ``PublishError/tooManyPublishers(limit:)``
    public func makePublisher() throws(PublishError) -> EventPublisher {
        try EventPublisher(to: port)
    }

    /// Publishes one event, from any thread. Whoever publishes many makes an ``EventPublisher``.
    ///
    /// - Throws: ``PublishError``; nothing was queued then.
    public func publish(_ event: String) throws(PublishError) {
        try publish(event.utf8Span.span.bytes)
    }

    /// Publishes one event, from any thread. Whoever publishes many makes an ``EventPublisher``.
    ///
    /// - Throws: ``PublishError``; nothing was queued then.
    public func publish(_ event: borrowing RawSpan) throws(PublishError) {
        let result = event.withUnsafeBytes { bytes in
            sharedPublisherQueue.sync {
                Result { () throws(PublishError) in
                    let publisher = try sharedPublisherOnQueue()
                    try publisher.publish(bytes)
                    // With `.fail`, what finds no room now is sent by the next call or `drain`.
                    if publisher.flush() > 0, stage.isClosed { throw .closed }
                }
            }
        }
        try result.get()
    }

    private func sharedPublisherOnQueue() throws(PublishError) -> EventPublisher {
        if let sharedPublisher { return sharedPublisher }
        let made = try EventPublisher(to: port)
        sharedPublisher = made
        return made
    }

    /// Waits until everything that was published before has been delivered, and is durable if the
    /// archive's durability is `batch`. What other publishers hold back because they were not flushed
    /// is not waited for.
    public func drain() {
        repeat {
            let unsent = sharedPublisherQueue.sync { sharedPublisher?.flush() ?? 0 }
            stage.waitUntilIdle()
            if unsent == 0 { break }
        } while !stage.isClosed
        guard configuration.archive?.configuration.durability == .batch, let watermark,
            case let end = watermark.appended, end > 0
        else { return }
        // An archive that failed says so elsewhere.
        try? watermark.waitUntilDurable(end - 1)
    }

    /// Accepts nothing more, delivers what was accepted, and seals the archive.
    ///
    /// - Throws: the first error of the archive, also one that came while events were routed.
    public func close() throws(ArchiveError) {
        sharedPublisherQueue.sync {
            sharedPublisher?.close()
            sharedPublisher = nil
        }
        stage.stopAndWait()
        try route.finish()
    }
}
