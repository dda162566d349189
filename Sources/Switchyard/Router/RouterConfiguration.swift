public import EventArchive
public import EventDelivery
public import EventEnvelope
public import EventPipeline
package import InternalSystem

/// How a router is built. The defaults suit events of some kilobytes, and EventBridge's limits; a number
/// out of range counts as the nearest one that can be.
public struct RouterConfiguration: Sendable {
    /// Where archives, dead letters and watermarks are kept; a folder that is made if it does not
    /// exist. Nil for nowhere: then nothing survives, a target that falls behind loses events, and
    /// dead letters are only counted, as lost.
    public var directory: String?
    /// How the buses' archives are written, and how much of them is kept; nil for no archives.
    ///
    /// What a target that fell behind is reading stays beyond these limits until it has got it. What
    /// went before it could read it is counted: ``/EventDelivery/TargetStatistics/missed``.
    public var archive: ArchiveConfiguration?
    /// How archives are written that are made by name (``Router/createArchive(_:)``). What is kept of
    /// each, and how large an event it takes, is said elsewhere: by its ``ArchiveDefinition``, and by the
    /// router. Without durability an archive can lack the last events after a power cut.
    public var namedArchives = ArchiveConfiguration(
        segmentBytes: 16 << 20, prefaultBytes: 2 << 20, preparedSegmentsMax: 1)
    /// The account in envelopes and resource names.
    public var account = "000000000000"
    /// The region in envelopes and resource names.
    public var region = "local"
    /// How many buses work side by side: each lane is a worker with a queue of its own.
    public var laneCount = 1
    /// How many events can wait for a lane: a power of two, or it is rounded up. To 16,777,216.
    public var waitingEventsMax = 16_384
    /// The bytes of a slab: a power of two, or it is rounded up. From 4 KiB to 256 MiB. The longest event
    /// has as many, or those of the largest entry that ``entryLimits`` allow and 64 KiB for its envelope.
    public var slabBytes = 1 << 20
    /// How many slabs a lane has: they bound the bytes that can wait, and there can be one publisher
    /// fewer. From 2 to 65,536. As many again are there to be used by events that wait in the queues of
    /// targets; what does not fit is copied to ``targetQueueBytes``.
    public var slabCount = 32
    /// What a publisher does when there is no room.
    public var backPressure = BackPressure.wait
    /// How many targets a rule can have.
    public var targetsPerRule = 5
    /// How many characters the names of rules, targets and replays can have.
    public var nameMax = 64
    /// How many rules a bus can have.
    public var rulesPerBus = 100_000
    /// How many buses there can be.
    public var busesMax = 100_000
    /// How many events can wait in the queue of one target: a power of two, or it is rounded up. To
    /// 16,777,216.
    ///
    /// Where it is full, the target's bus waits for up to 5 ms until half of it is free. Then the target
    /// falls behind: events are read for it from the archive, while the bus goes on. For a second after
    /// that the bus does not wait for it again.
    public var targetQueueEvents = 4_096
    /// How many bytes they can have: from four slabs to 65,536.
    public var targetQueueBytes = 4 << 20
    /// How many events of one target can wait to be tried again before it falls behind. One at least.
    public var pendingEventsMax = 1_000
    /// How many buses an event can come through before it goes no further.
    public var hopsMax: UInt8 = 1
    /// What bounds requests of entries.
    public var entryLimits = EntryLimits()
    /// How many bytes the dead letters' archive can have: beyond that the oldest go, also those that were
    /// not sent again, which are counted (``RouterSnapshot/removedDeadLetters``). Two of its segments at
    /// least, each of which holds four of the longest letters.
    public var deadLetterBytesMax = 1 << 30
    /// How often the targets' watermarks are written.
    public var watermarkInterval = Duration.seconds(1)

    /// Where buses, rules and targets are kept; if it says nothing, in a file of ``directory``, or
    /// nowhere without one. The router does not close one that it is given.
    public var store: (any ConfigurationStore)?
    /// What the keys begin with that others keep in ``store``, and of which the router knows nothing.
    public var otherKeys: Set<String> = []
    /// How targets are made that are put as data (``TargetDefinition``): those of other modules, besides
    /// the ones that are built in.
    public var adapters = TargetAdapters()
    /// Who says which buses events may go to as targets of others' rules; everybody's events may go
    /// everywhere, if it says nothing.
    package var busAccess: (any BusAccess)?
    /// Who is told of each event that was given up, besides the dead letters' archive.
    public var deadLetterObserver: (any DeadLetterObserver)?
    /// What time it is for everything that waits for a time: schedules, retries, replays, watermarks.
    package var clock: any TimeSource = SystemClock.shared

    /// Creates a configuration with the defaults.
    ///
    /// - Parameters:
    ///   - directory: see ``directory``.
    ///   - archive: see ``archive``; it means nothing without a directory.
    public init(
        directory: String? = nil, archive: ArchiveConfiguration? = ArchiveConfiguration()
    ) {
        self.directory = directory
        self.archive = archive
    }
    /// The longest event of any bus.
    var eventBytesMax: Int {
        let (entry, isTooLarge) = entryLimits.requestBytes.addingReportingOverflow(64 << 10)
        return isTooLarge
            ? PipelineLimit.slabBytes.upperBound
            : PipelineLimit.slabBytes(max(slabBytes, entry))
    }

    /// The same with each number in its range.
    var withinLimits: RouterConfiguration {
        var bounded = self
        bounded.laneCount = max(1, laneCount)
        bounded.waitingEventsMax = PipelineLimit.ringCapacity(waitingEventsMax)
        bounded.slabBytes = PipelineLimit.slabBytes(slabBytes)
        bounded.slabCount = PipelineLimit.slabCount(slabCount)
        bounded.targetQueueEvents = PipelineLimit.ringCapacity(targetQueueEvents)
        bounded.pendingEventsMax = max(1, pendingEventsMax)
        return bounded
    }
}
