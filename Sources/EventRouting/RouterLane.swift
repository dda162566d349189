package import Dispatch
internal import EventArchive
internal import EventEnvelope
package import EventMatching
package import EventPipeline
package import InternalSystem
internal import JSONScan
package import RoutingInterface
internal import Synchronization

/// The worker of some buses: what happens to each event between the ring and the targets' queues.
///
/// A router has a lane for each processor it may use; a bus belongs to one lane, so that its events
/// keep their order. All that follows runs on the lane's queue, one run of events or one piece of
/// control work at a time. On the way of an event nothing is allocated, retained or locked.
///
/// `@unchecked Sendable`: everything that changes is touched on that queue alone.
package final class RouterLane: @unchecked Sendable {
    /// How long events take; nil where nobody asks.
    let timings: RouteTimings?
    package let pool: SlabPool
    private let clock: any TimeSource
    /// Who is told of events that are traced.
    private let observer: (any RouteObserver)?
    /// Asked whenever something was routed: what follows from it by the clock has then something to do.
    private let ticker: Ticker?
    /// What the buses' matchers share.
    package let scratch = MatcherScratch()
    /// What all of this runs on.
    package let queue = LaneQueue()

    @exclusivity(unchecked) private var buses = BusTable()
    @exclusivity(unchecked) private var touchedBuses = TouchedList<BusEngine>()
    @exclusivity(unchecked) private var touchedTargets = TouchedList<MatchSink>()
    @exclusivity(unchecked) private var scanner = StructuralScanner()
    @exclusivity(unchecked) private var envelopes = EnvelopeReader()
    @exclusivity(unchecked) private var sampling: RouteSampling

    /// Creates a lane without buses.
    package init(
        pool: SlabPool, clock: any TimeSource = SystemClock.shared,
        observer: (any RouteObserver)? = nil, timings: RouteTimings? = nil, ticker: Ticker? = nil
    ) {
        self.timings = timings
        sampling = RouteSampling(isOn: timings != nil)
        self.pool = pool
        self.observer = observer
        self.ticker = ticker
        self.clock = clock
    }

    /// Gives it the queue that it runs on. Called once, before anything is published.
    package func attach(to queue: DispatchQueue) { self.queue.attach(to: queue) }

    /// Runs `body` on the lane's queue and returns then. Must not be called there.
    package func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
        try queue.perform(body)
    }

    /// Puts a bus in its place, or takes it away. On the lane's queue.
    package func set(_ bus: BusEngine?, at key: UInt32) { buses.set(bus, at: key) }

    /// Routes a run of events, then sends on what the targets got, and commits the archives.
    package func route(_ events: UnsafeBufferPointer<EventDescriptor>) {
        var batch = RouteBatch()
        let canRetain = pool.canRetain
        // One look at the wall clock a run: ingest times are no finer than that.
        let ingestTime = clock.wallTime
        let buses = buses.lookup
        for (position, event) in events.enumerated() {
            if buses.areMany { lookAhead(from: position, in: events, buses) }
            // A bus that was removed while its events were on their way gets none.
            guard let bus = buses[event.key] else { continue }
            bus._withUnsafeGuaranteedRef { bus in
                touch(bus)
                if bus.holds || !route(event, to: bus, ingestTime, canRetain, &batch) {
                    holdSlow(event, for: bus)
                }
            }
        }
        finishRun()
        timings?.add(batch, events)
        pool.release(events)
    }

    /// Asks for what the next events' buses need. With thousands of buses nothing of an event's bus is
    /// in a near cache, and to wait for one thing after the other takes longer than to match.
    @inline(__always)
    private func lookAhead(
        from position: Int, in events: UnsafeBufferPointer<EventDescriptor>,
        _ buses: BusTable.Lookup
    ) {
        let last = events.count &- 1
        if let bus = buses[events[min(position &+ 9, last)].key] { BusEngine.prefetch(bus) }
        buses[events[min(position &+ 6, last)].key]?._withUnsafeGuaranteedRef {
            $0.prefetchMatcher()
        }
        buses[events[min(position &+ 3, last)].key]?._withUnsafeGuaranteedRef {
            $0.prefetchRules()
        }
    }

    private func finishRun() {
        touchedTargets.drain { $0.flush() }
        touchedBuses.drain { $0.finishRun() }
        ticker?.ask()
    }

    @inline(__always)
    private func touch(_ bus: BusEngine) {
        // Only an archive has anything done at the end of a run.
        guard bus.archiveOfLane != nil, !bus.isTouched else { return }
        bus.isTouched = true
        touchedBuses.append(bus)
    }

    /// Archives and matches an event, and offers it to targets. False if there is no room in its
    /// archive; then nothing was done.
    @inline(__always)
    private func route(
        _ event: EventDescriptor, to bus: BusEngine, _ ingestTime: Int64, _ canRetain: Bool,
        _ batch: inout RouteBatch
    ) -> Bool {
        var watch = RouteWatch.off
        let hops = UInt8(truncatingIfNeeded: event.tag)
        let assigned: EventNumber?
        let matches: RouteMatches
        if let prepared = PreparedEvent(event, edition: bus.newestEdition()) {
            assigned = bus.take(
                event.bytes, prepared.keys, time: prepared.time ?? ingestTime,
                ingestTime: ingestTime, hops: hops)
            matches = prepared.matches
        } else {
            watch = batch.beginEvent(byteCount: event.bytes.count, &sampling)
            let index = scan(event.bytes)
            watch.lap(.scan, &batch)
            // Nobody else wants to know.
            let envelope = bus.archiveOfLane == nil ? EnvelopeFields() : envelopes.read(index)
            assigned = bus.take(
                event.bytes, envelope.keys, time: envelope.time ?? ingestTime,
                ingestTime: ingestTime, hops: hops)
            watch.lap(.append, &batch)
            matches = assigned == nil ? .none : bus.match(index)
        }
        guard let assigned else { return false }
        watch.lap(.match, &batch)
        if event.tag & EventTag.traced != 0 { traceSlow(event, assigned, matches) }
        if let handler = bus.handlerOfLane {
            if assigned.isArchived || bus.archiveOfLane == nil {
                bus.count(matches)
                handler._withUnsafeGuaranteedRef {
                    $0.call(event.bytes, matches, assigned.sequence)
                }
            }
        } else if !matches.isEmpty {
            bus.count(matches)
            let offered = OfferedEvent(
                bytes: event.bytes, sequence: assigned.sequence, publishTime: event.publishTime,
                hops: hops, isArchived: assigned.isArchived, canBeRetained: canRetain)
            bus.noteMatch(offer(offered, to: matches, of: bus))
        }
        watch.lap(.deliver, &batch)
        return true
    }

    @inline(__always)
    private func scan(_ bytes: UnsafeRawBufferPointer) -> StructuralIndex {
        do throws(JSONError) {
            return try scanner.scan(bytes)
        } catch {
            // The publisher checked these bytes, and nobody has written to them since.
            preconditionFailure("a published event is not JSON: \(error)")
        }
    }

    /// Offers an event to the targets of the rules that it matches.
    ///
    /// - Returns: where the last match went.
    @inline(__always)
    private func offer(
        _ event: OfferedEvent, to matches: RouteMatches, of bus: BusEngine
    ) -> MatchTrace {
        var trace = MatchTrace()
        matches.forEach { route in
            route.count()
            trace.targets = UnsafeRawPointer(route.targets.baseAddress)
            trace.target = route.targets.first.map { UnsafeRawPointer($0.toOpaque()) }
            for target in route.targets {
                target._withUnsafeGuaranteedRef { target in
                    target.offer(event)
                    if target.isQueued, !target.isTouched.load(ordering: .relaxed) {
                        target.isTouched.store(true, ordering: .relaxed)
                        touchedTargets.append(target)
                    }
                }
            }
        }
        trace.route = matches.attachments.last ?? nil
        return trace
    }
}

extension RouterLane {
    @inline(never)
    private func traceSlow(
        _ event: EventDescriptor, _ assigned: EventNumber, _ matches: RouteMatches
    ) {
        var routes: Set<ObjectIdentifier> = []
        matches.forEach { routes.insert(ObjectIdentifier($0)) }
        observer?.routed(EventTag.traceNumber(event.tag), assigned, routes)
    }
}

// A bus whose archive's disk is full: its events wait, the lane's other buses do not.
extension RouterLane {
    @inline(never)
    private func holdSlow(_ event: EventDescriptor, for bus: BusEngine) {
        bus.held.append(event)
        scheduleRelease(of: bus)
    }

    /// Forgets what a bus holds, which is removed: nothing of it comes to its archive or targets any more.
    /// On the lane's queue.
    package func discardHeld(of bus: BusEngine) { bus.held.removeAll() }

    private func scheduleRelease(of bus: BusEngine) {
        guard !bus.held.isRetryScheduled else { return }
        bus.held.isRetryScheduled = true
        queue.schedule(afterMilliseconds: BusArchive.waitMilliseconds) { [self, bus] in
            bus.held.isRetryScheduled = false
            release(bus)
        }
    }

    /// Routes what a bus holds, as far as there is room. On the lane's queue.
    package func release(_ bus: BusEngine) {
        guard !bus.held.isEmpty else { return }
        var batch = RouteBatch()
        let ingestTime = clock.wallTime
        touch(bus)
        while let event = bus.held.next {
            let isRouted = event.bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return true }
                let descriptor = EventDescriptor(
                    base: base, byteCount: UInt32(bytes.count), tag: event.tag,
                    publishTime: event.publishTime)
                return route(descriptor, to: bus, ingestTime, false, &batch)
            }
            guard isRouted else { break }
            bus.held.removeFirst()
        }
        finishRun()
        timings?.add(batch, UnsafeBufferPointer(start: nil, count: 0))
        if bus.held.isEmpty {
            bus.archive?.endWaiting()
        } else {
            scheduleRelease(of: bus)
        }
    }
}
