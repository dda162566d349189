internal import Dispatch
internal import EventArchive
internal import EventEnvelope
internal import EventMatching
internal import EventPipeline
internal import InternalSystem
internal import JSONScan
internal import RoutingInterface
internal import Synchronization

/// Reads for one target, from the log of its bus, the events that it was not offered: because its
/// queue was full, or because the process ended before they were delivered.
///
/// On a queue of its own, as fast as the target takes them. When it is near the log's end, the
/// bus begins to offer again (`TargetEngine.rejoin`), and the catch-up ends with the last event before
/// that; some events may then come in another order than they were published in. What the log does
/// not have any more, or what is longer than events may be now, is passed over, and counted as missed.
///
/// `@unchecked Sendable`: what changes is touched on its queue alone.
final class CatchUp: @unchecked Sendable {
    /// How near to the end of the log a target has to be to be offered events again.
    private static let rejoinDistance: UInt64 = 4_096
    /// How many events are read between two looks at anything else.
    private static let stepEvents = 4_096
    /// How long to wait for the target when its queue is full.
    private static let fullMilliseconds = 2

    /// After how many of the longest waits another reader is opened.
    private static let longestWaitsPerReader = 30

    private unowned let engine: TargetEngine
    // The engine's, for each event: what is unowned is retained to be looked at.
    private let counters: TargetCounters
    private let clock: any TimeSource
    private let target: TargetQueue
    private let lane: LaneQueue
    private let log: any EventLog
    private let queue: DispatchQueue
    private let isCancelled = Atomic<Bool>(false)

    /// Kept between steps: to open one may read much of the log.
    private var reading: Reading?
    /// What is waited when there is nothing to be read yet, though there should be: in real time, since
    /// it is other threads that are waited for. And when the log can't be read: by the router's clock.
    private var idle = Backoff(first: 2, last: 1_000)
    private var broken = Backoff(first: 500, last: 30_000)
    private var longestWaits = 0
    private var retry: TimedWork?
    private var scanner = StructuralScanner()
    private var matcher: Matcher?
    private var publisher: Publisher<MPSCRing>?
    /// The first event that was not read yet.
    private var position: UInt64
    /// The first event that the bus offers again, once it does.
    private var end: UInt64?
    /// An event that was read when the target's queue was full: it goes first.
    private var held: HeldEvent?
    /// How many events the publisher took.
    private var acceptedCount = 0
    /// Up to where all was read when the publisher had taken so many: the target's next checkpoint.
    private var mark: (position: UInt64, acceptedCount: Int)?
    /// The last checkpoint that the target's worker was told.
    private var toldPosition: UInt64?
    private var isSendingRest = false
    /// Whether all that was offered before this began has reached the target's queue.
    private var isLaneFlushed = false

    init(
        from first: UInt64, _ engine: TargetEngine, _ target: TargetQueue, _ log: any EventLog
    ) {
        position = first
        self.engine = engine
        counters = engine.counters
        clock = engine.clock
        self.target = target
        lane = engine.lane
        self.log = log
        queue = DispatchQueue(label: "switchyard.catch-up")
    }

    /// Begins to read, after the moment that a target needs to handle what it has.
    func start() { schedule(afterMilliseconds: Self.fullMilliseconds) }

    /// Ends without reading on. What was read already is delivered.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        queue.sync {
            retry?.cancel()
            retry = nil
            publisher?.close()
            publisher = nil
            closeReader()
        }
    }

    /// Counts what could not be read up to here: the next reader begins here.
    private func closeReader() {
        guard let reading else { return }
        counters.missed.add(Int(clamping: reading.missing(below: position)))
        self.reading = nil
    }

    private func schedule(afterMilliseconds delay: Int = 0) {
        queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { [weak self] in self?.step() }
    }

    private func step() {
        if isCancelled.load(ordering: .relaxed) { return }
        do {
            if publisher == nil { publisher = target.makePublisher() }
            guard let publisher else { return schedule(afterMilliseconds: Self.fullMilliseconds) }
            let progress = try read(publisher)
            let isSent = send(publisher)
            switch progress {
            case .more where isSent: schedule()
            case .end where isSent: moveOn()
            case .full, .more, .end: schedule(afterMilliseconds: Self.fullMilliseconds)
            }
        } catch {
            // The log can't be read now: its disk may come back.
            counters.catchUpError.set("\(error)")
            let delay = broken.next()
            if broken.isLongest { closeReader() }
            sendRest()
            retry = clock.run(on: queue, after: UInt64(delay) * 1_000_000) { [weak self] in
                self?.step()
            }
        }
    }

    /// Something was read: all is well.
    private func noteProgress() {
        if broken.isWaiting || idle.isLongest { counters.catchUpError.set(nil) }
        idle.reset()
        broken.reset()
        longestWaits = 0
    }

    /// Waits for what should be there and can't be read yet: longer and longer. Where it does not come, it
    /// is looked at anew, now and then, what there is: a reader need not pass what is damaged at its end.
    private func waitForMore() {
        let delay = idle.next()
        if idle.isLongest {
            longestWaits += 1
            counters.catchUpError.set(
                "the events from \(position) on can't be read from the log yet")
            if longestWaits % Self.longestWaitsPerReader == 0 { closeReader() }
        }
        schedule(afterMilliseconds: delay)
    }

    /// How far some reading came.
    private enum Progress {
        /// The target has no room.
        case full
        /// There may be more to be read.
        case more
        /// To the end of what is needed, or of what there is by now.
        case end
    }

    /// Reads some events on.
    private func read(_ publisher: Publisher<MPSCRing>) throws -> Progress {
        if let held {
            guard held.withEvent({ offer($0, publisher) }) else { return .full }
            position = held.sequence + 1
            self.held = nil
        }
        if let end, position >= end { return .end }
        if matcher == nil { matcher = Matcher(try engine.makeRules()) }
        let reading = try openReading()
        if target.worker.isSaturated { return .full }
        var progress = Progress.more
        let isAtEnd = try reading.reader.read(upTo: Self.stepEvents) { event in
            progress = take(event, publisher)
            return progress == .more
        }
        guard isAtEnd else { return progress }
        // All that could be read before this was given; the rest is missing.
        if position < reading.knownEnd {
            position = min(reading.knownEnd, end ?? .max)
            noteProgress()
        }
        return .end
    }

    /// Takes one event that was read.
    private func take(_ event: LoggedEvent, _ publisher: Publisher<MPSCRing>) -> Progress {
        if let end, event.sequence >= end {
            position = end
            return .end
        }
        noteProgress()
        guard offer(event, publisher) else {
            held = HeldEvent(event)
            return .full
        }
        position = event.sequence + 1
        return target.worker.isSaturated ? .full : .more
    }

    /// The reader that is open, or one over all that the log has.
    private func openReading() throws(ArchiveError) -> Reading {
        if let reading { return reading }
        let opened = try Reading(log, from: position)
        reading = opened
        return opened
    }

    /// Sends on what was read, as far as the target has room; whether it had for all.
    ///
    /// Tells the target's worker how far it will have come when it has handled what is in its queue by
    /// then. A target that is slower than its log is read has room for a part of a batch at a time: so
    /// a place is marked, and told when all that was read before it is in the queue.
    private func send(_ publisher: Publisher<MPSCRing>) -> Bool {
        let unsent = publisher.flush()
        if mark == nil, position != toldPosition { mark = (position, acceptedCount) }
        guard let mark, acceptedCount - unsent >= mark.acceptedCount else { return unsent == 0 }
        if !isLaneFlushed { isLaneFlushed = lane.perform { engine.flushPublisher() } }
        if isLaneFlushed {
            target.worker.note(checkpoint: (mark.position, target.stage.pushedCount))
            toldPosition = mark.position
            self.mark = nil
        } else if target.worker.isSaturated {
            // The lane is not bothered again before the target takes something.
            self.mark = (mark.position, acceptedCount + 1)
        }
        return unsent == 0
    }

    /// Sends on what was read before the log failed, which may take its time.
    private func sendRest() {
        guard !isSendingRest, let publisher, !send(publisher) else { return }
        isSendingRest = true
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.fullMilliseconds)) { [weak self] in
            self?.isSendingRest = false
            self?.sendRest()
        }
    }

    /// Passes an event on if the rule wants it. False if there is no room.
    private func offer(_ event: LoggedEvent, _ publisher: Publisher<MPSCRing>) -> Bool {
        // What no bus wrote is passed over.
        guard let index = try? scanner.scan(event.bytes),
            matcher?.matchUnborrowed(index).isEmpty == false
        else { return true }
        if engine.cutsLoop(event.bytes, event.sequence, hops: event.hops) { return true }
        let age = clock.wallTime &- event.ingestTime
        let outcome = publisher.publish(
            event.bytes,
            key: UInt32(event.hops) | (isLaneFlushed ? PendingDeliveries.inOrderFlag : 0),
            tag: event.sequence,
            publishTime: monotonicNanoseconds() &- UInt64(bitPattern: max(0, age)))
        switch outcome {
        case .accepted:
            acceptedCount &+= 1
            counters.caughtUp.add(1)
        // From a time when longer events were allowed.
        case .tooLarge: counters.missed.add(1)
        case .full, .dropped, .closed: return false
        }
        return true
    }

    /// At the end of what could be read, and all of it in the target's queue: reads on, rejoins, or
    /// ends.
    private func moveOn() {
        guard let end else {
            self.end = lane.perform {
                engine.rejoin(
                    at: position, nextSequence: log.nextSequence,
                    within: Self.rejoinDistance)
            }
            return self.end == nil ? waitForMore() : schedule()
        }
        guard position >= end else { return waitForMore() }
        closeReader()
        self.end = nil
        if let again = lane.perform({ engine.endCatchUp() }) {
            position = again
            isLaneFlushed = false
            return schedule()
        }
        publisher?.close()
        publisher = nil
    }
}
