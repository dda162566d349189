public import EventInput
internal import JSONScan

/// Where the events that a rule matches go.
///
/// This is the place to begin reading `EventDelivery`. The way of an event that matched:
///
/// 1. the bus's worker offers it to the `TargetEngine` of each target: an inline closure is called
///    there and then, for any other target the event is copied into the target's own bounded queue;
/// 2. a worker of the target (`TargetWorker`), on a Dispatch queue of its own, makes the input and
///    calls the target. What fails is kept (`PendingDeliveries`) and tried again as the
///    ``RetryPolicy`` says; what can't be delivered becomes a ``DeadLetter``;
/// 3. a target that does not keep up *falls behind*: its bus stops offering, and `CatchUp` reads the
///    events from the bus's log again as soon as there is room. So a dead target costs bounded
///    memory, holds up nobody, and loses nothing;
/// 4. how far each target has come is kept in a `WatermarkStore`: after a restart, or a crash, a target
///    goes on from there.
///
/// Where anything is kept, delivery does not know. It meets the disk behind three seams, each of which
/// tests have in memory: the bus's log (`EventLog`, of `RoutingInterface`; an archive), the watermarks
/// (`WatermarkStore`; `FileWatermarkStore`, a file) and the dead letters (`DeadLetterStore`;
/// `ArchiveDeadLetterStore`, an archive of its own, or `NoDeadLetters`). `DeliveryServices` has what all
/// targets of a router share of these, and the clock that tests move.
///
/// Everything is delivered at least once. Order is that of the bus as long as nothing fails and the
/// target does not fall behind.
public struct Target: Sendable {
    /// The target's name within its rule.
    public var id: String
    /// What it gets of each event.
    public var input: TargetInput
    /// What happens when a delivery fails.
    public var retryPolicy: RetryPolicy
    package let destination: Destination
    /// What the destination is, as far as data can say it.
    package let kind: Kind

    /// What a target is, as far as data can say it.
    package enum Kind: Sendable, Hashable {
        /// A closure, a task, a stream: only the program can make it.
        case code
        /// A file of this path.
        case file(path: String)
        /// The standard input of a process.
        case process(executable: String, arguments: [String])
        /// Another bus, by its name.
        case bus(String)
    }

    /// How a target is reached.
    package enum Destination: Sendable {
        case inline(InlineBody)
        /// Made anew for each rule, and each time that it is put: it is used on one queue alone.
        case immediate(@Sendable () -> any ImmediateTarget)
        case deferred(SharedTarget, concurrency: Int)
        case bus(String)
    }

    /// Whether what it gets waits in a queue of its own.
    package var isQueued: Bool {
        if case .inline = destination { false } else { true }
    }

    package init(
        id: String, _ destination: Destination, _ input: TargetInput, _ retry: RetryPolicy,
        kind: Kind = .code
    ) {
        self.kind = kind
        self.id = id
        self.input = input
        retryPolicy = retry
        self.destination = destination
    }

    /// A closure that the bus's own worker calls, before it goes on to the next event: the fastest
    /// way, and only for what is quick and can't fail. Nothing is queued, retried, or delivered again
    /// after a crash. It must not call the router.
    ///
    /// - Parameter isCalledByPublishers: whether a thread that publishes may call it as well, within its call
    ///   of the router, while there is so little to do that waking the worker up would take longer. It must
    ///   not wait then for anything that a publisher has, a lock for instance, nor publish to any bus that
    ///   may do the same. All such targets of a lane's buses have to allow it, or none is called so.
    public static func inline(
        _ id: String, input: TargetInput = .event, isCalledByPublishers: Bool = false,
        _ body: @escaping @Sendable (borrowing MatchedEvent) -> Void
    ) -> Target {
        let inline = InlineBody(isCalledByPublishers: isCalledByPublishers, body)
        return Target(id: id, .inline(inline), input, .never)
    }

    /// A closure that is called for one event after the other, on a queue of its own. It may take its
    /// time, and may throw: see ``DeliveryError``.
    public static func closure(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        _ body: @escaping @Sendable (borrowing MatchedEvent) throws -> Void
    ) -> Target {
        Target(id: id, .immediate { ClosureTarget(body) }, input, retry)
    }

    /// An asynchronous closure, called for up to `concurrency` events at a time.
    ///
    /// - Parameter timeout: when a call counts as failed, with ``DeliveryError/Code/timeout``; its
    ///   task is then cancelled.
    public static func task(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        concurrency: Int = 1, timeout: Duration = .seconds(30),
        _ body: @escaping @Sendable (EventMatch) async throws -> Void
    ) -> Target {
        let target = SharedTarget(TaskTarget(timeout: timeout, body: body))
        return Target(id: id, .deferred(target, concurrency: max(1, concurrency)), input, retry)
    }

    /// A sequence of matches that a task iterates over; see ``MatchStream``.
    public static func stream(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        _ stream: MatchStream
    ) -> Target {
        Target(
            id: id,
            .deferred(
                SharedTarget(stream, uses: stream.uses), concurrency: stream.bufferMax), input,
            retry)
    }

    /// A file that gets a line for each event; see ``FileTarget``.
    public static func file(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        path: String
    ) -> Target {
        Target(
            id: id, .immediate { FileTarget(path: path) }, input, retry, kind: .file(path: path))
    }

    /// The standard input of a process that is started when the first event comes, and again when it
    /// has ended; it gets a line for each event.
    ///
    /// An event is delivered when the process has read it. What it ends without having read failed, and
    /// goes again to the next process, with all that was written together with it; what it does with
    /// what it has read is its own affair. A process that reads slowly makes the target fall behind. Its
    /// input ends when the router is closed, or with the program; one that goes on then is left alone.
    public static func process(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        executable: String, arguments: [String] = []
    ) -> Target {
        Target(
            id: id, .immediate { ProcessTarget(executable: executable, arguments: arguments) },
            input, retry, kind: .process(executable: executable, arguments: arguments))
    }

    /// Another bus of the same router, or the one that has its name later: where it is removed and made
    /// anew, deliveries fail in between and are tried again, as the ``RetryPolicy`` says. An event that has come from a bus already goes no further, so
    /// that there are no loops: it becomes a dead letter, with
    /// ``DeliveryError/Code/thirdAccountHopDetected``.
    public static func bus(
        _ id: String, named bus: String, retry: RetryPolicy = RetryPolicy()
    ) -> Target {
        Target(id: id, .bus(bus), .event, retry, kind: .bus(bus))
    }

    /// A target of one's own kind, asynchronous: how other modules add some.
    public static func custom(
        _ id: String, input: TargetInput = .event, retry: RetryPolicy = RetryPolicy(),
        concurrency: Int = 1, _ target: any DeferredTarget
    ) -> Target {
        Target(
            id: id, .deferred(SharedTarget(target), concurrency: max(1, concurrency)), input, retry)
    }
}

/// Something that events are delivered to within a call, one after the other, on the target's queue.
package protocol ImmediateTarget: Sendable {
    /// Delivers one event, or throws.
    func deliver(_ event: borrowing MatchedEvent) throws
    /// Called after each run of events. Where this throws, all of the run count as failed.
    func finishRun() throws
    /// Called once, after the last run.
    func close()
}

extension ImmediateTarget {
    package func finishRun() {}
    package func close() {}
}

/// Something that events are delivered to without waiting for the outcome.
public protocol DeferredTarget: Sendable {
    /// Begins a delivery and returns at once. `settle` is called when its outcome is known, from
    /// anywhere, exactly once: with nil if it was delivered.
    func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void)
    /// Called once, when nothing more will be delivered.
    func close()
}

extension DeferredTarget {
    /// Does nothing.
    public func close() {}
}

/// A synchronous closure, in an object: to call it there counts no reference.
private final class ClosureTarget: ImmediateTarget {
    private let body: @Sendable (borrowing MatchedEvent) throws -> Void
    init(_ body: @escaping @Sendable (borrowing MatchedEvent) throws -> Void) { self.body = body }
    func deliver(_ event: borrowing MatchedEvent) throws { try body(event) }
}
