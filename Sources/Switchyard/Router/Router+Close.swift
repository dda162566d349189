internal import EventArchive
internal import EventDelivery
internal import EventPipeline
internal import EventRouting
internal import Foundation
internal import InternalSystem
internal import Synchronization

extension Router {
    /// What was left when a router closed.
    public struct Remainder: Sendable, Hashable {
        /// Deliveries that were begun or queued, not made in time, and will be made after the next
        /// start, from the archive.
        public var kept = 0
        /// Targets that were behind: beside what is counted, they go on in the archive after the next
        /// start.
        public var targetsBehind: [String] = []
        /// Deliveries that were not made in time and will not be found in an archive, because the
        /// bus has none or it could not be written, or because they are of a replay: they became dead
        /// letters if there is a place for these.
        public var givenUp = 0
        /// Targets that did not return from a delivery.
        public var stuckTargets: [String] = []

        /// Nothing is left.
        public init() {}
    }

    /// Whether it was closed, or is being closed.
    package var isClosing: Bool { control.queue.sync { control.isClosed } }

    /// Accepts nothing more, routes and delivers what was accepted, and closes the archives.
    ///
    /// Deliveries go on until all are made, or the time is over; retries that are due later than that
    /// are not waited for. So while a target fails whose next retry is due within the limit, this can
    /// take all of the limit, and at most a fifth of a second more, for targets that do not return from
    /// a call; archives are sealed after that. `close(within: .zero)` routes what was accepted, and
    /// makes no delivery that has not begun.
    ///
    /// What can't be delivered in time is not lost: with an archive it is delivered after the next
    /// start; without one, and where a replay gave it to the target, it becomes a dead letter. A
    /// second call does nothing.
    ///
    /// - Parameter limit: how long deliveries may take at most; ten seconds, if nothing is said.
    /// - Returns: what could not be delivered in time, and where it is.
    /// - Throws: ``RouterError``: the first archive that could not be closed well. Everything else was
    ///   closed nevertheless.
    @discardableResult
    public func close(within limit: Duration = .seconds(10)) throws(RouterError) -> Remainder {
        let wasClosed = control.queue.sync {
            defer { control.isClosed = true }
            return control.isClosed
        }
        if wasClosed { return Remainder() }
        ticker.stop()
        schedules.stop()
        endReplays()
        let (end, overflow) = monotonicNanoseconds().addingReportingOverflow(limit.wholeNanoseconds)
        let deadline = overflow ? UInt64.max : end
        let buses = control.queue.sync { Array(control.buses.values) }
        for bus in buses { bus.engine.archive?.beginClosing() }
        for publisher in publishing.shared { publisher.close() }
        for engine in buses.flatMap({ $0.rules.values.flatMap(\.targets) }) {
            engine.queue?.worker.stopBeginning(at: deadline)
        }
        settle(buses, by: deadline)
        for bus in buses { bus.port.close() }
        for lane in lanes { lane.stage.stopAndWait() }
        // Nothing waits for room any more: what finds none is matched and offered.
        for bus in buses { bus.lane.lane.perform { bus.lane.lane.release(bus.engine) } }
        flushTargets(of: buses, by: deadline)
        control.queue.sync { noteCheckpoints() }
        let remainder = closeTargets(of: buses, by: deadline)
        return try closeFiles(of: buses, remainder)
    }

    /// Waits until nothing is on its way between buses and targets, or the time is over.
    private func settle(_ buses: [BusState], by deadline: UInt64) {
        func isQuiet() -> Bool {
            let targets = buses.flatMap { $0.rules.values.flatMap(\.targets) }
            return lanes.allSatisfy { $0.stage.isIdle }
                && buses.allSatisfy { $0.engine.counters.held.load(ordering: .relaxed) == 0 }
                && targets.allSatisfy { target in
                    guard let queue = target.queue else { return true }
                    // One that is behind and will take nothing in time is not waited for.
                    return queue.stage.isIdle && queue.worker.isQuiet
                        && (!target.isCatchingUp.load(ordering: .relaxed)
                            || queue.worker.isStuck(until: deadline))
                }
        }
        // Twice: what a target passed on to another bus in between is seen the second time.
        while !(isQuiet() && isQuiet()), monotonicNanoseconds() < deadline { usleep(500) }
    }

    private func flushTargets(of buses: [BusState], by deadline: UInt64) {
        for bus in buses {
            let engines = bus.rules.values.flatMap(\.targets)
            while !bus.lane.lane.perform({ engines.allSatisfy { $0.flushPublisher() } }),
                monotonicNanoseconds() < deadline
            {
                usleep(500)
            }
        }
    }

    private func closeTargets(of buses: [BusState], by deadline: UInt64) -> Remainder {
        let group = DispatchGroup()
        let box = RemainderBox()
        for bus in buses {
            let isArchived = bus.engine.archive != nil && services.watermarks != nil
            for engine in bus.rules.values.flatMap(\.targets) {
                let isBehind = engine.isCatchingUp.load(ordering: .relaxed)
                let unsent = engine.closeLaneSide()
                guard let queue = engine.queue else { continue }
                let name = "\(engine.names.bus)/\(engine.names.rule)/\(engine.names.target)"
                box.begin(name, isBehind: isBehind)
                group.enter()
                queue.stage.stop {
                    queue.worker.close(by: deadline, unsent: unsent) { items in
                        box.end(name, queue.worker, items, isArchived: isArchived)
                        group.leave()
                    }
                }
            }
        }
        // A target that does not return from a call is left alone.
        let now = monotonicNanoseconds()
        let left = deadline > now ? deadline - now : 0
        _ = group.wait(timeout: .now() + .nanoseconds(Int(clamping: left)) + .milliseconds(200))
        // But who writes letters of what is left is waited for: the letters' archive is closed next.
        box.letters.wait()
        return box.remainder
    }

    private func closeFiles(
        of buses: [BusState], _ remainder: Remainder
    ) throws(RouterError) -> Remainder {
        var failure: RouterError?
        func attempt(_ bus: String, _ body: () throws(ArchiveError) -> Void) {
            do throws(ArchiveError) { try body() } catch {
                failure = failure ?? .archive(bus: bus, error)
            }
        }
        do { try services.watermarks?.save() } catch {
            failure = .files("the targets' watermarks can't be written: \(error)")
        }
        for bus in buses {
            attempt(bus.name) { () throws(ArchiveError) in try bus.engine.archive?.close() }
        }
        failure = failure ?? archiveFailure()
        do throws(ArchiveError) { try services.deadLetters.close() } catch {
            failure = failure ?? .deadLetters(error)
        }
        if configuration.store == nil, let store {
            do throws(ConfigurationStoreError) { try store.close() } catch {
                failure = failure ?? .configuration(error)
            }
        }
        if let failure { throw failure }
        return remainder
    }
}

/// What targets leave, added up on their queues.
private final class RemainderBox: Sendable {
    private struct State {
        var current = Router.Remainder()
        var running: Set<String> = []

        mutating func count(isFoundAgain: Bool) {
            if isFoundAgain { current.kept += 1 } else { current.givenUp += 1 }
        }
    }

    private let state = Guarded(State())
    /// Those who write letters now.
    let letters = DispatchGroup()

    func begin(_ name: String, isBehind: Bool) {
        state.withLock { state in
            if isBehind { state.current.targetsBehind.append(name) }
            _ = state.running.insert(name)
        }
    }

    func end(
        _ name: String, _ worker: TargetWorker, _ items: [PendingDeliveries.Item], isArchived: Bool
    ) {
        state.withLock { state in
            state.running.remove(name)
            letters.enter()
            for item in items { state.count(isFoundAgain: isArchived && !item.isOnlyHere) }
        }
        defer { letters.leave() }
        for item in items where !isArchived || item.isOnlyHere {
            let what = item.isReplayed ? "this replayed event" : "it"
            worker.giveUp(
                item, DeliveryError(.unknown, "the router was closed before \(what) was delivered"),
                nil)
        }
    }

    var remainder: Router.Remainder {
        state.withLock { state in
            state.current.stuckTargets = state.running.sorted()
            return state.current
        }
    }
}
