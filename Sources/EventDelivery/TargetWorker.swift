internal import Dispatch
internal import EventEnvelope
internal import EventInput
internal import EventPipeline
internal import InternalSystem
internal import JSONScan
internal import Synchronization

/// Delivers to one target, on the target's own Dispatch queue: first attempts as events come out of
/// the ring, retries when they are due.
///
/// `@unchecked Sendable`: everything that changes is touched on that queue alone; what others look at
/// is atomic.
package final class TargetWorker: @unchecked Sendable {
    /// How the target is called.
    enum Kind {
        case immediate(any ImmediateTarget)
        case deferred(any DeferredTarget, concurrency: Int)
    }

    /// After so many failures in a row, a success means that the target is there again, and what
    /// waits to be tried again is tried at once.
    static let failuresOfDeadTarget = 16

    let kind: Kind
    let input: TargetInput
    let policy: RetryPolicy
    let names: TargetNames
    let counters: TargetCounters
    let services: DeliveryServices
    let pendingMax: Int
    /// 0 while there is room for what fails; else when the first of all that is pending is due.
    private let fullUntil = Atomic<UInt64>(0)
    private let busy = Atomic<Bool>(false)
    /// From when on no attempt is begun any more, on the clock of
    /// ``/InternalSystem/monotonicNanoseconds()``.
    private let lastBegin = Atomic<UInt64>(.max)
    // Set once, before anything is published.
    nonisolated(unsafe) private var dispatchQueue: DispatchQueue?
    nonisolated(unsafe) private var ring: MPSCRing?

    var pending = PendingDeliveries()
    var failuresInARow = 0
    var isClosed = false
    private var random = SystemRandomNumberGenerator()
    private var wakeDue: UInt64?
    private var scanner = StructuralScanner()
    private var output: [UInt8] = []
    private var checkpoint: (sequence: UInt64, count: UInt64)?
    /// The sequence number of the last checkpoint that came true.
    private var reached: UInt64?
    private var lastWatermark: UInt64?
    /// When the watermark is advanced without a checkpoint, and how often that is done: it takes a lock.
    private var nextAdvance: UInt64 = 0
    private static let advanceNanoseconds: UInt64 = 100_000_000

    init(
        _ kind: Kind, _ target: Target, _ names: TargetNames, _ counters: TargetCounters,
        _ limits: TargetEngine.Limits, _ services: DeliveryServices
    ) {
        self.kind = kind
        input = target.input
        policy = target.retryPolicy
        self.names = names
        self.counters = counters
        self.services = services
        var most = limits.pendingEvents
        if case .deferred(_, let concurrency) = kind { most = max(most, 2 * concurrency) }
        pendingMax = most
    }

    func attach(to queue: DispatchQueue, _ ring: MPSCRing) {
        dispatchQueue = queue
        self.ring = ring
    }

    /// Whether so much is pending that nothing should be added. From any thread.
    package var isSaturated: Bool { fullUntil.load(ordering: .relaxed) != 0 }

    /// Whether nothing more can be added before a deadline, one of
    /// ``/InternalSystem/monotonicNanoseconds()``: too much waits, and longer than that. From any
    /// thread.
    package func isStuck(until deadline: UInt64) -> Bool {
        let until = fullUntil.load(ordering: .relaxed)
        return until != 0 && until > onClock(deadline)
    }

    /// What the clock of retries shows at a deadline of
    /// ``/InternalSystem/monotonicNanoseconds()``.
    func onClock(_ deadline: UInt64) -> UInt64 {
        let now = monotonicNanoseconds()
        let (time, overflow) = services.clock.monotonicTime.addingReportingOverflow(
            deadline > now ? deadline - now : 0)
        return overflow ? .max : time
    }

    /// Has it begin nothing any more from a time on: what is left then is given back when it is closed. From
    /// any thread.
    package func stopBeginning(at deadline: UInt64) {
        lastBegin.store(deadline, ordering: .relaxed)
    }

    /// From when on no attempt is begun any more; `UInt64.max` for never.
    var endOfBeginning: UInt64 { lastBegin.load(ordering: .relaxed) }

    /// Whether that time has come.
    var isOverdue: Bool {
        let end = endOfBeginning
        return end != .max && monotonicNanoseconds() >= end
    }

    /// Whether nothing is on its way, or waits for its first attempt. From any thread.
    package var isQuiet: Bool { !busy.load(ordering: .relaxed) }

    /// Runs `body` on the target's queue.
    func onQueue(_ body: @escaping @Sendable () -> Void) { dispatchQueue?.async(execute: body) }

    /// Runs `body` on the target's queue, later.
    func onQueue(afterMilliseconds delay: Int, _ body: @escaping @Sendable () -> Void) {
        // Real time: it waits for other threads, not for anything to be due.
        dispatchQueue?.asyncAfter(deadline: .now() + .milliseconds(delay), execute: body)
    }

    /// Handles a run of events from the ring; their bytes are copied only if they don't arrive.
    func handle(_ events: UnsafeBufferPointer<EventDescriptor>) {
        switch kind {
        case .immediate(let target): handle(events, target)
        case .deferred:
            for event in events { pending.append(PendingDeliveries.Item(event)) }
            noteProgress(events)
            pump()
        }
        finishTurn()
    }

    /// Writes the input for an event and calls `body` with it.
    func withInput<Result>(
        _ bytes: UnsafeRawBufferPointer, acceptedAt: UInt64,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if case .event = input { return try body(bytes) }
        let age = services.clock.nanoseconds(since: acceptedAt)
        let context = InputContext(
            ruleARN: names.ruleARN, ruleName: names.rule,
            ingestionTime: EventTime(services.clock.wallTime &- Int64(bitPattern: age)))
        output.removeAll(keepingCapacity: true)
        // Checked when it was published.
        try input.write(scanner.scan(bytes), context, to: &output)
        return try output.withUnsafeBytes(body)
    }

    /// What is done after a failed attempt: another one later, or a dead letter.
    func failed(_ item: PendingDeliveries.Item, _ thrown: any Error) {
        let error = DeliveryError(describing: thrown)
        var item = item
        failuresInARow += 1
        counters.failed.add(1)
        if error.code == .throttling { counters.throttled.add(1) }
        services.observer?.attempted(names, item.sequence, item.attempts, error)
        let now = services.clock.monotonicTime
        guard error.isRetriable else { return giveUp(item, error, nil) }
        let decision = policy.decision(
            attempts: item.attempts,
            ageNanoseconds: services.clock.nanoseconds(since: item.acceptedAt),
            atLeast: error.retryAfter?.wholeNanoseconds ?? 0, using: &random)
        switch decision {
        case .giveUp(let condition): giveUp(item, error, condition)
        case .retry(let delay):
            item.due = now &+ delay
            pending.addRetry(item)
        }
    }

    /// Makes a dead letter of an event.
    package func giveUp(
        _ item: PendingDeliveries.Item, _ error: DeliveryError,
        _ condition: ExhaustedRetryCondition?
    ) {
        let letter = DeadLetter(
            names, event: item.bytes, sequence: item.sequence, error: error,
            attempts: item.attempts, condition: condition)
        let fate = services.deadLetters.write(letter)
        if let whenSettled = item.whenSettled {
            // What was sent again is a dead letter still, unless there is a new one.
            guard case .written = fate else { return whenSettled(.unsettled) }
            whenSettled(.lettered)
        }
        if case .failed = fate, !isClosed {
            // Rather tried again than lost: the disk may be full for now.
            var item = item
            item.due = services.clock.monotonicTime &+ 1_000_000_000
            return pending.addRetry(item)
        }
        counters.count(fate)
        services.ended(letter)
    }

    /// Counts deliveries, and if the target seemed dead, wakes what waits for it.
    func succeeded(_ count: Int) {
        counters.delivered.add(count)
        if failuresInARow >= Self.failuresOfDeadTarget {
            pending.makeAllDue(services.clock.monotonicTime)
        }
        failuresInARow = 0
    }

    /// Called at the end of all that happens on the queue.
    func finishTurn() {
        counters.pending.store(pending.count, ordering: .relaxed)
        busy.store(pending.underwayCount > 0 || pending.hasWaiting, ordering: .relaxed)
        // What is underway without being due ends soon.
        fullUntil.store(
            pending.count >= pendingMax ? max(1, pending.nextDue ?? 1) : 0, ordering: .relaxed)
        evaluateCheckpoint()
        services.ticker?.ask()
        guard let due = pending.nextDue, !isClosed else { return }
        // A wake-up that comes too early finds nothing due, and makes another.
        if let wakeDue, wakeDue <= due { return }
        wakeDue = due
        guard let dispatchQueue else { return }
        services.clock.run(on: dispatchQueue, at: .monotonic(due)) { [self] in
            wakeDue = nil
            retryDue()
        }
    }

    private func retryDue() {
        switch kind {
        case .immediate(let target): retryDue(target)
        case .deferred: pump()
        }
        finishTurn()
    }
}

// How far the target has come.
extension TargetWorker {
    /// Says that everything before `sequence` is done when the first `count` events of the ring are,
    /// except for what is pending then. From any thread.
    package func note(checkpoint: (sequence: UInt64, count: UInt64)) {
        onQueue { [self] in
            // An older one comes true first.
            if self.checkpoint == nil { self.checkpoint = checkpoint }
            evaluateCheckpoint()
        }
    }

    private func evaluateCheckpoint() {
        // Once it is closed, what was pending is somebody else's, and not done.
        if isClosed { return }
        if let checkpoint, let ring,
            Int64(bitPattern: ring.consumedCount &- checkpoint.count) >= 0
        {
            self.checkpoint = nil
            reached = max(reached ?? 0, checkpoint.sequence)
            return advanceWatermark()
        }
        // A turn may take long, and checkpoints wait for its end.
        let now = monotonicNanoseconds()
        if now >= nextAdvance {
            nextAdvance = now &+ Self.advanceNanoseconds
            advanceWatermark()
        }
    }

    /// Notes how far the target has come with events that are done, or pending.
    func noteProgress(_ events: UnsafeBufferPointer<EventDescriptor>) {
        guard
            let last = events.last(where: { $0.key & PendingDeliveries.inOrderFlag != 0 })?.tag
        else { return }
        reached = max(reached ?? 0, last &+ 1)
    }

    /// Everything before the last checkpoint that came true, or before an event that came in order and is
    /// done, is done, except for what is pending.
    func advanceWatermark() {
        guard let reached, let watermarks = services.watermarks else { return }
        let watermark = min(reached, pending.firstSequence ?? .max)
        guard watermark != lastWatermark else { return }
        lastWatermark = watermark
        watermarks.advance(names.key, to: watermark)
        services.ticker?.ask()
    }
}

extension PendingDeliveries.Item {
    /// A copy of an event in the ring.
    init(_ event: EventDescriptor) {
        self.init(
            bytes: Array(event.bytes), sequence: event.tag, acceptedAt: event.publishTime,
            hops: UInt8(truncatingIfNeeded: event.key),
            isReplayed: event.key & PendingDeliveries.replayedFlag != 0,
            isUnarchived: event.key & PendingDeliveries.unarchivedFlag != 0)
    }
}
