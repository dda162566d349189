internal import EventEnvelope
internal import EventInput
package import EventMatching
package import EventPipeline
internal import InternalSystem
internal import JSONScan
package import RoutingInterface
package import Synchronization

/// A target as its bus's lane sees it: a sink for the matches of its rule.
///
/// `@unchecked Sendable`: what is marked as the lane's is only touched on the lane's queue, the rest
/// is immutable, atomic, or of the target's own queue (`TargetWorker`).
package final class TargetEngine: MatchSink, @unchecked Sendable {
    /// How much may wait for one target before it falls behind.
    package struct Limits: Sendable {
        /// Events in the ring.
        package var queueEvents: Int
        /// Slabs that their bytes lie in, the bytes of one, and those of the longest event.
        package var slabCount: Int
        package var slabBytes: Int
        package var eventBytesMax: Int
        /// Events that failed and wait to be tried again, or that wait for a free task.
        package var pendingEvents: Int
        /// How long a lane waits for room, in nanoseconds: to read half of a queue of 4,096 events from the
        /// log, and to match them, takes 2 to 4 ms, and the system may let a thread wait as long for a
        /// processor.
        package var patience: UInt64

        /// Creates limits.
        package init(
            queueEvents: Int, slabCount: Int, slabBytes: Int, eventBytesMax: Int,
            pendingEvents: Int, patience: UInt64 = 5_000_000
        ) {
            self.queueEvents = queueEvents
            self.slabCount = slabCount
            self.slabBytes = slabBytes
            self.eventBytesMax = eventBytesMax
            self.pendingEvents = pendingEvents
            self.patience = patience
        }
    }

    /// The bus that the target's rule is on.
    package struct Bus: Sendable {
        /// The queue of its lane.
        package var lane: LaneQueue
        /// Where its events can be found again; nil for nowhere.
        package var log: (any EventLog)?
        /// What its events lie in, as long as they are retained; nil where they can't be.
        package var slabs: SlabPool?
        /// How many buses an event can come through before it goes no further.
        package var hopsMax: UInt8

        /// Creates a description of a bus.
        package init(
            lane: LaneQueue, log: (any EventLog)?, slabs: SlabPool? = nil, hopsMax: UInt8
        ) {
            self.lane = lane
            self.log = log
            self.slabs = slabs
            self.hopsMax = hopsMax
        }
    }

    // What the way of an event looks at comes first: there may be more targets than caches hold.

    package let names: TargetNames
    /// An inline closure, in an object: to call it there counts no reference.
    private let inline: Unmanaged<InlineBody>?
    /// The queue's worker, for the way of an event, on which nothing is retained; `queue` keeps it
    /// alive.
    private let workerOfLane: Unmanaged<TargetWorker>?
    /// Whether the target gets events as they are.
    private let isWhole: Bool
    private let isBus: Bool
    /// Whether events that can be retained are.
    private let retains: Bool
    private let hopsMax: UInt8

    package let counters = TargetCounters()
    /// Whether events are read from the log for it.
    package let isCatchingUp = Atomic<Bool>(false)
    /// The queue and its worker; nil for an inline closure.
    package let queue: TargetQueue?
    let lane: LaneQueue
    /// Where the bus's events can be found again; nil for nowhere.
    let log: (any EventLog)?
    /// What time it is.
    var clock: any TimeSource { services.clock }
    private let input: TargetInput
    /// Compiles the target's rule as it is now.
    let makeRules: @Sendable () throws -> RuleSet
    private let services: DeliveryServices

    /// How long its lane waits for room in its queue, in nanoseconds.
    private let patience: UInt64
    // The lane's:
    @exclusivity(unchecked) private var publisher: Unmanaged<Publisher<MPSCRing>>?
    /// Where catching up has to begin; nil while the target keeps up.
    @exclusivity(unchecked) private(set) var behindFrom: UInt64?
    /// Whether events up to some number are still being caught up with.
    @exclusivity(unchecked) private(set) var catchUp: CatchUp?
    @exclusivity(unchecked) private var isFlushScheduled = false
    /// Until when the lane does not wait for it.
    @exclusivity(unchecked) private var impatientUntil: UInt64 = 0
    @exclusivity(unchecked) private var inlineOutput: [UInt8] = []
    @exclusivity(unchecked) private var inlineScanner: ScannerBox?

    /// - Parameters:
    ///   - bus: the bus of the target's rule.
    ///   - destination: what stands for the bus that the target names, if it names one.
    ///   - makeRules: compiles the target's rule as it is then.
    package init(
        _ target: Target, at names: TargetNames, of bus: Bus, limits: Limits,
        destination: (any ImmediateTarget)?, services: DeliveryServices,
        rules makeRules: @escaping @Sendable () throws -> RuleSet
    ) {
        self.names = names
        self.makeRules = makeRules
        self.services = services
        lane = bus.lane
        log = bus.log
        hopsMax = bus.hopsMax
        retains = bus.slabs != nil
        patience = limits.patience
        input = target.input
        if case .event = target.input { isWhole = true } else { isWhole = false }
        if case .bus = target.destination { isBus = true } else { isBus = false }
        let worker: TargetWorker
        switch target.destination {
        case .inline(let body):
            inline = Unmanaged.passRetained(body)
            queue = nil
            workerOfLane = nil
            super.init(isQueued: false)
            return
        case .immediate(let make):
            worker = TargetWorker(
                .immediate(make()), target, names, counters, limits, services)
        case .deferred(let deferred, let concurrency):
            deferred.open()
            worker = TargetWorker(
                .deferred(deferred, concurrency: concurrency), target, names, counters, limits,
                services)
        case .bus:
            worker = TargetWorker(
                .immediate(destination ?? NoTarget()), target, names, counters, limits, services)
        }
        inline = nil
        queue = TargetQueue(worker, limits, passingOn: bus.slabs)
        workerOfLane = Unmanaged.passUnretained(worker)
        super.init(isQueued: true)
    }

    /// Whether it calls the program's code on the lane's queue, and only the lane's worker may be there
    /// then.
    package var needsWorker: Bool {
        inline.map { !$0._withUnsafeGuaranteedRef { $0.isCalledByPublishers } } ?? false
    }

    deinit {
        inline?.release()
        publisher?.release()
    }

    /// Offers a match. Called on the lane's queue.
    package override func offer(_ event: OfferedEvent) {
        if let inline {
            inline._withUnsafeGuaranteedRef { offerInline(event, $0) }
        } else if behindFrom == nil {
            enqueue(event)
        } else if !event.isArchived {
            // Whoever catches up does not find it.
            overflowSlow(event)
        }
    }

    /// Sends what waits in the publisher on to the target's worker; asks for another time if there
    /// was no room.
    package override func flush() {
        isTouched.store(false, ordering: .relaxed)
        guard let publisher, publisher._withUnsafeGuaranteedRef({ $0.flush() }) > 0,
            !isFlushScheduled
        else { return }
        flushLaterSlow()
    }

    @inline(__always)
    private func offerInline(
        _ event: OfferedEvent, _ inline: InlineBody
    ) {
        if isWhole {
            inline.body(
                MatchedEvent(
                    bytes: event.bytes, sequence: event.sequence, attempt: 1,
                    publishTime: event.publishTime, hops: event.hops, names: names))
        } else {
            offerInlineSlow(event, inline.body)
        }
    }

    @inline(never)
    private func offerInlineSlow(
        _ event: OfferedEvent, _ inline: @Sendable (borrowing MatchedEvent) -> Void
    ) {
        if inlineScanner == nil { inlineScanner = ScannerBox() }
        inlineOutput.removeAll(keepingCapacity: true)
        let context = InputContext(
            ruleARN: names.ruleARN, ruleName: names.rule,
            ingestionTime: EventTime(services.clock.wallTime))
        do {
            guard let index = try inlineScanner?.scan(event.bytes) else { return }
            try input.write(index, context, to: &inlineOutput)
        } catch {
            counters.failed.add(1)
            refuse(event, DeliveryError(describing: error))
            return
        }
        inlineOutput.withUnsafeBytes {
            inline(
                MatchedEvent(
                    bytes: $0, sequence: event.sequence, attempt: 1,
                    publishTime: event.publishTime, hops: event.hops, names: names))
        }
    }

    /// Writes a dead letter from the lane.
    @inline(never)
    private func refuse(_ event: OfferedEvent, _ error: DeliveryError) {
        let letter = DeadLetter(
            names, event: Array(event.bytes), sequence: event.sequence, error: error, attempts: 0,
            condition: nil)
        write(letter)
    }

    private func write(_ letter: DeadLetter) {
        counters.count(services.deadLetters.write(letter))
        services.ended(letter)
    }
}

// The way into the queue. All of it on the lane's queue.
extension TargetEngine {
    @inline(__always)
    private func enqueue(_ event: OfferedEvent) {
        guard let workerOfLane else { return }
        if isBus, event.hops >= hopsMax { return cutLoopSlow(event) }
        if publisher == nil { openQueueSlow() }
        if !workerOfLane._withUnsafeGuaranteedRef({ $0.isSaturated }), let publisher {
            if case .accepted = send(event, to: publisher) { return }
            if waitForRoomSlow(), case .accepted = send(event, to: publisher) { return }
        }
        overflowSlow(event)
    }

    /// Queues an event: in place if it can be retained, else a copy.
    @inline(__always)
    private func send(
        _ event: OfferedEvent, to publisher: Unmanaged<Publisher<MPSCRing>>
    ) -> PublishOutcome {
        // While somebody catches up, earlier events may follow.
        let flag =
            event.isArchived
            ? (catchUp == nil ? PendingDeliveries.inOrderFlag : 0)
            : PendingDeliveries.unarchivedFlag
        let key = UInt32(event.hops) | flag
        guard retains, event.canBeRetained, let base = event.bytes.baseAddress else {
            return publisher._withUnsafeGuaranteedRef {
                $0.publish(
                    event.bytes, key: key, tag: event.sequence, publishTime: event.publishTime)
            }
        }
        return publisher._withUnsafeGuaranteedRef {
            $0.passOn(
                EventDescriptor(
                    base: base, byteCount: UInt32(truncatingIfNeeded: event.bytes.count),
                    key: key, tag: event.sequence, publishTime: event.publishTime))
        }
    }

    /// Waits for a target whose queue is full, if that is likely to take less than to read what it is not
    /// offered from the log: as long as it works off half of its queue within ``Limits/patience``. One that does
    /// not falls behind, and is not waited for again for a while; nor is any other of the lane for a shorter
    /// one, so that slow targets take a tenth of the lane's time at most.
    ///
    /// - Returns: whether there is room.
    @inline(never)
    private func waitForRoomSlow() -> Bool {
        guard let queue else { return false }
        let now = monotonicNanoseconds()
        guard now >= impatientUntil, lane.mayWait(at: now) else { return false }
        if queue.stage.waitForRoom(nanoseconds: patience) { return true }
        let end = monotonicNanoseconds()
        impatientUntil = end &+ 1_000_000_000
        lane.noteVainWait(of: end &- now, until: end)
        return false
    }

    /// For the first event.
    @inline(never)
    private func openQueueSlow() {
        publisher = queue?.makePublisher().map(Unmanaged.passRetained)
    }

    @inline(never)
    private func cutLoopSlow(_ event: OfferedEvent) {
        _ = cutsLoop(event.bytes, event.sequence, hops: event.hops)
    }

    /// Makes a dead letter of an event that has come through too many buses to go to another one. From
    /// any thread.
    @inline(never)
    func cutsLoop(
        _ event: UnsafeRawBufferPointer, _ sequence: UInt64, hops: UInt8
    ) -> Bool {
        guard isBus, hops >= hopsMax else { return false }
        let error = DeliveryError(
            .thirdAccountHopDetected, "the event has come from another bus; it goes no further")
        write(
            DeadLetter(
                names, event: Array(event), sequence: sequence, error: error, attempts: 0,
                condition: nil))
        return true
    }

    @inline(never)
    private func overflowSlow(_ event: OfferedEvent) {
        if log != nil, event.isArchived {
            fallBehind(from: event.sequence)
        } else {
            let reason =
                log == nil
                ? "the bus has no archive to find this one in again"
                : "this one could not be archived, to be found again"
            refuse(event, DeliveryError(.queueFull, "more events wait than fit, and \(reason)"))
        }
    }

    /// From now on, nothing is offered: events from this one on are read from the log.
    package func fallBehind(from sequence: UInt64) {
        guard let queue, let log else { return }
        behindFrom = sequence
        isCatchingUp.store(true, ordering: .relaxed)
        counters.fellBehind.add(1)
        // One that still reads what came before finds out at its end.
        guard catchUp == nil else { return }
        let catchUp = CatchUp(from: sequence, self, queue, log)
        self.catchUp = catchUp
        catchUp.start()
    }

    @inline(never)
    private func flushLaterSlow() {
        isFlushScheduled = true
        lane.schedule(afterMilliseconds: 2) { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    /// How many events came in up to the sequence number `end`, all of them flushed, so that the
    /// target is done with everything below `end` when it is done with as many. Nil where that can't
    /// be told now.
    package func checkpoint(end: UInt64) -> (sequence: UInt64, count: UInt64)? {
        guard let queue, behindFrom == nil, catchUp == nil, flushPublisher() else { return nil }
        return (end, queue.stage.pushedCount)
    }

    /// Sends what waits in the publisher; whether all of it could be sent.
    package func flushPublisher() -> Bool { publisher?.takeUnretainedValue().flush() ?? 0 == 0 }

    /// Called by the catch-up, on the lane's queue, when it has read everything before `sequence`:
    /// offers begin again if it is near enough to the end of the log.
    ///
    /// - Returns: the first event that is offered again; nil if it has to read on.
    func rejoin(at sequence: UInt64, nextSequence: UInt64, within distance: UInt64) -> UInt64? {
        guard nextSequence &- sequence <= distance else { return nil }
        behindFrom = nil
        return nextSequence
    }

    /// Called on the lane's queue when the catch-up has read everything before the first event that
    /// was offered again. Gives where to go on if the target fell behind once more.
    func endCatchUp() -> UInt64? {
        if let behindFrom { return behindFrom }
        catchUp = nil
        isCatchingUp.store(false, ordering: .relaxed)
        return nil
    }

    /// Ends the catch-up and gives the slabs back; nothing is offered afterwards. Not called on the
    /// lane's queue, which the catch-up may be waiting for.
    ///
    /// - Returns: the events that found no room in the target's queue.
    package func closeLaneSide() -> [PendingDeliveries.Item] {
        lane.perform { catchUp }?.cancel()
        return lane.perform {
            var unsent: [PendingDeliveries.Item] = []
            guard let closing = publisher?.takeRetainedValue() else { return [] }
            publisher = nil
            if closing.flush() > 0 { closing.takeBack { unsent.append(.init($0)) } }
            closing.close()
            return unsent
        }
    }
}

/// What stands for a bus that nobody looked up: a target that is not there.
private struct NoTarget: ImmediateTarget {
    func deliver(_ event: borrowing MatchedEvent) throws {
        throw DeliveryError(.noResource, "the bus does not exist", isRetriable: true)
    }
}

/// An inline closure: one for all targets that it was made for.
package final class InlineBody: Sendable {
    let isCalledByPublishers: Bool
    let body: @Sendable (borrowing MatchedEvent) -> Void
    init(
        isCalledByPublishers: Bool, _ body: @escaping @Sendable (borrowing MatchedEvent) -> Void
    ) {
        self.isCalledByPublishers = isCalledByPublishers
        self.body = body
    }
}

/// The bounded queue of a target: a stage, the slabs its events lie in, and the worker.
package final class TargetQueue: Sendable {
    package let stage: Stage<MPSCRing>
    let pool: SlabPool
    /// Where events lie that are passed on in place.
    private let origin: SlabPool?
    package let worker: TargetWorker

    /// - Parameter origin: what the lane's events lie in.
    init(
        _ worker: TargetWorker, _ limits: TargetEngine.Limits, passingOn origin: SlabPool?
    ) {
        let ring = MPSCRing(minimumCapacity: limits.queueEvents)
        // One slab for the lane's publisher, one for the catch-up's, and room.
        let pool = SlabPool(
            slabCount: max(4, limits.slabCount), slabBytes: limits.slabBytes,
            eventBytesMax: limits.eventBytesMax)
        self.pool = pool
        self.origin = origin
        self.worker = worker
        stage = Stage(label: "switchyard.target", ring: ring) { events in
            worker.handle(events)
            pool.release(events)
            origin?.release(events)
        }
        worker.attach(to: stage.dispatchQueue, ring)
    }

    /// A publisher for the lane, or for the catch-up.
    package func makePublisher() -> Publisher<MPSCRing>? {
        // There are slabs for two; nil would mean that a third one was made.
        try? Publisher(to: stage, from: pool, passingOn: origin, onFull: .fail)
    }
}
