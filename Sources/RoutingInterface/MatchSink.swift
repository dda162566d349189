public import Synchronization

/// Something that a rule's matches are offered to: all that routing knows of delivery.
///
/// This is the place to begin reading `RoutingInterface`, the seams between the modules that route
/// events (`EventRouting`), deliver them (`EventDelivery`) and replay them (`EventReplay`), which do
/// not know each other:
///
/// - a ``MatchSink`` takes matches, on the queue of the lane that routes its bus (``LaneQueue``);
/// - an ``EventLog`` is the journal of a bus, in which whoever fell behind finds again what it was not
///   offered, by an ``EventLogReader``, wherever the journal is kept;
/// - a ``RouteObserver`` is told of events that are traced.
///
/// A class to be derived from rather than a protocol: a rule keeps its sinks unmanaged, and calls them
/// through a table without counting a reference; existentials of protocols can't be kept so. All that
/// is here is touched on the lane's queue alone.
open class MatchSink {
    /// Whether it has got something since it was flushed; the lane's. Atomic so that it can be a
    /// constant of the object: a variable would be checked for exclusive access from other modules.
    public final let isTouched = Atomic<Bool>(false)
    /// Whether what it is offered waits, to be flushed at the end of a run.
    public final let isQueued: Bool

    /// Creates a sink.
    public init(isQueued: Bool) { self.isQueued = isQueued }

    /// Offers a match, whose bytes are valid until this returns. Must not wait: it is on the way of
    /// every event of the lane.
    open func offer(_ event: OfferedEvent) {
        preconditionFailure("a sink has to say what it does with a match")
    }

    /// Sends on what waits, after a run of events.
    open func flush() {}
}

/// A matched event as the lane passes it around.
public struct OfferedEvent {
    /// The event's bytes, there until the call that got them returns.
    public var bytes: UnsafeRawBufferPointer
    /// Its sequence number in the bus's log; without one, its number on the bus.
    public var sequence: UInt64
    /// When it was published, in nanoseconds of the clock that never goes back.
    public var publishTime: UInt64
    /// How many buses it came through before this one.
    public var hops: UInt8
    /// Whether it can be found in the bus's log by its sequence number.
    public var isArchived: Bool
    /// Whether its bytes may be kept beyond the run where they are: they lie in a slab of the lane's, and
    /// there are slabs to spare.
    public var canBeRetained: Bool

    /// Creates an event on its way.
    public init(
        bytes: UnsafeRawBufferPointer, sequence: UInt64, publishTime: UInt64, hops: UInt8,
        isArchived: Bool, canBeRetained: Bool = false
    ) {
        self.bytes = bytes
        self.sequence = sequence
        self.publishTime = publishTime
        self.hops = hops
        self.isArchived = isArchived
        self.canBeRetained = canBeRetained
    }
}
