internal import Dispatch
internal import EventPipeline
internal import JSONScan

/// The worker of some buses: what happens to each event between the ring and the targets' queues.
///
/// A router has a lane for each processor it may use; a bus belongs to one lane, so that its events
/// keep their order. All that follows runs on the lane's queue, one run of events or one piece of
/// control work at a time. On the way of an event nothing is allocated, retained or locked.
///
/// `@unchecked Sendable`: everything that changes is touched on that queue alone.
final class RouterLane: @unchecked Sendable {
    let statistics = RouteStatistics()
    let pool: SlabPool
    /// How many buses an event may come through before it goes no further.
    let hopsMax: UInt8
    // Set once, before anything is published.
    nonisolated(unsafe) private var queue: DispatchQueue?

    @exclusivity(unchecked) private var buses: [Unmanaged<BusEngine>?] = []
    @exclusivity(unchecked) private var touchedBuses: [Unmanaged<BusEngine>] = []
    @exclusivity(unchecked) private var touchedTargets: [Unmanaged<TargetEngine>] = []
    @exclusivity(unchecked) private var scanner = StructuralScanner()
    @exclusivity(unchecked) private var sampling = RouteSampling()

    init(pool: SlabPool, hopsMax: UInt8) {
        self.pool = pool
        self.hopsMax = hopsMax
    }

    deinit { for bus in buses { bus?.release() } }

    func attach(to queue: DispatchQueue) { self.queue = queue }

    /// Runs `body` on the lane's queue and returns then. Must not be called there.
    func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let queue else { return try body() }
        return try queue.sync(execute: body)
    }

    /// Runs `body` on the lane's queue, later.
    func schedule(afterMilliseconds delay: Int, _ body: @escaping @Sendable () -> Void) {
        queue?.asyncAfter(deadline: .now() + .milliseconds(delay), execute: body)
    }

    /// Puts a bus in its place, or takes it away. On the lane's queue.
    func set(_ bus: BusEngine?, at key: UInt32) {
        while buses.count <= Int(key) { buses.append(nil) }
        buses[Int(key)]?.release()
        buses[Int(key)] = bus.map(Unmanaged.passRetained)
    }

    /// Routes a run of events, then sends on what the targets got, and commits the archives.
    func route(_ events: UnsafeBufferPointer<EventDescriptor>) {
        var batch = RouteBatch()
        // One look at the wall clock a run: ingest times are no finer than that.
        let ingestTime = Int64(bitPattern: wallClockNanoseconds())
        buses.withUnsafeBufferPointer { buses in
            for event in events {
                // A bus that was removed while its events were on their way gets none.
                guard Int(event.key) < buses.count, let bus = buses[Int(event.key)] else {
                    batch.refused += 1
                    continue
                }
                bus._withUnsafeGuaranteedRef { route(event, to: $0, ingestTime, &batch) }
            }
        }
        for target in touchedTargets { target._withUnsafeGuaranteedRef { $0.flush(self) } }
        touchedTargets.removeAll(keepingCapacity: true)
        for bus in touchedBuses { bus._withUnsafeGuaranteedRef { $0.finishRun() } }
        touchedBuses.removeAll(keepingCapacity: true)
        statistics.add(batch, events)
        pool.release(events)
    }

    @inline(__always)
    private func route(
        _ event: EventDescriptor, to bus: BusEngine, _ ingestTime: Int64, _ batch: inout RouteBatch
    ) {
        var watch = batch.beginEvent(byteCount: event.bytes.count, &sampling)
        let index: StructuralIndex
        do throws(JSONError) {
            index = try scanner.scan(event.bytes)
        } catch {
            // The publisher checked these bytes, and nobody has written to them since.
            preconditionFailure("a published event is not JSON: \(error)")
        }
        watch.lap(.scan, &batch)
        let place = bus.take(event.bytes, index, ingestTime)
        if !bus.isTouched {
            bus.isTouched = true
            touchedBuses.append(Unmanaged.passUnretained(bus))
        }
        watch.lap(.append, &batch)
        let matches = bus.match(index)
        batch.matches &+= UInt64(matches.count)
        batch.matchedEvents &+= matches.isEmpty ? 0 : 1
        watch.lap(.match, &batch)
        if !matches.isEmpty {
            let offered = OfferedEvent(
                bytes: event.bytes, sequence: place.sequence, publishTime: event.publishTime,
                hops: UInt8(truncatingIfNeeded: event.tag), isArchived: place.isArchived)
            offer(offered, to: matches, of: bus)
        }
        watch.lap(.deliver, &batch)
    }

    @inline(__always)
    private func offer(
        _ event: OfferedEvent, to matches: UnsafeBufferPointer<UInt32>, of bus: BusEngine
    ) {
        let plan = bus.routes
        for match in matches {
            let rule = plan.rules[Int(match)]
            if rule.pattern >= 0, matches.contains(UInt32(rule.pattern)) { continue }
            rule.count()
            for position in rule.targets {
                plan.targets[position]._withUnsafeGuaranteedRef { target in
                    target.offer(event, to: self, archive: bus.archive)
                    if !target.isTouched {
                        target.isTouched = true
                        touchedTargets.append(Unmanaged.passUnretained(target))
                    }
                }
            }
        }
    }
}
