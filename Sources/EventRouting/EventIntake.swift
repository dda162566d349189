internal import EventPipeline
internal import InternalSystem
internal import Synchronization

/// The way in for a thread that has events of any bus and must not wait, as an event loop has: a
/// publisher for each lane, and what tells when events are archived.
///
///     try intake.publish(bytes, withObjectAt: offset, to: bus)     // any number of times
///     intake.flush { taken in … }
///     intake.confirm(bus) { failure in … }
///
/// For one thread at a time. Nothing on the way of an event allocates once warm, locks or waits.
package final class EventIntake {
    /// A publisher, and the ports of what it published since it was flushed.
    private struct Lane {
        let stage: ObjectIdentifier
        let publisher: EventPublisher
    }

    private var lanes: [Lane] = []
    /// What was published since the last flush: the bus, and the lane's position.
    private var published: [(port: Unmanaged<PublishPort>, lane: Int)] = []
    private var confirmations: [ObjectIdentifier: ConfirmationQueue] = [:]
    private let thread: ConfirmationQueue.Thread

    /// Creates one for a thread.
    ///
    /// - Parameter thread: runs something on the thread, later.
    package init(on thread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.thread = thread
        published.reserveCapacity(32)
    }

    /// Publishes an event whose last member, at `offset`, came from elsewhere: see ``EventPublisher``.
    ///
    /// - Parameter bus: has to be kept until the next ``flush(_:)``.
    /// - Throws: ``PublishError``; nothing was queued then. Where the object is none, `invalid`.
    package func publish(
        _ event: UnsafeRawBufferPointer, withObjectAt offset: Int, to bus: BusHandle,
        publishTime: UInt64
    ) throws(PublishError) {
        let lane = try lane(of: bus.port)
        try lanes[lane].publisher.publish(
            event, withObjectAt: offset, to: bus.port, publishTime: publishTime)
        published.append((.passUnretained(bus.port), lane))
    }

    private func lane(of port: PublishPort) throws(PublishError) -> Int {
        let stage = ObjectIdentifier(port.stage)
        if let known = lanes.firstIndex(where: { $0.stage == stage }) { return known }
        // Whatever the bus does where there is no room: here nobody waits.
        let publisher = try EventPublisher(to: port, backPressure: .fail)
        lanes.append(Lane(stage: stage, publisher: publisher))
        return lanes.count - 1
    }

    /// Sends what was published to the lanes.
    ///
    /// - Parameter refused: called with the number of each event, counted from the first one since the last
    ///   flush, that there was no room for after all; the last one first.
    package func flush(_ refused: (Int, PublishError) -> Void) {
        for lane in lanes.indices where lanes[lane].publisher.flush() > 0 {
            var count = lanes[lane].publisher.takeBack()
            var at = published.count
            while count > 0, at > 0 {
                at -= 1
                guard published[at].lane == lane else { continue }
                count -= 1
                let isClosed = published[at].port._withUnsafeGuaranteedRef { $0.isClosed }
                refused(at, isClosed ? .closed : .full)
                published[at].lane = -1
            }
        }
        for event in published where event.lane >= 0 {
            event.port._withUnsafeGuaranteedRef {
                _ = $0.accepted.wrappingAdd(1, ordering: .releasing)
            }
        }
        published.removeAll(keepingCapacity: true)
    }

    /// Calls `done` on the thread once everything is archived that was sent to a bus by now, as durable as
    /// its archive's configuration says, and offered to its targets; with an error if it can't be archived.
    package func confirm(_ bus: BusHandle, _ done: @escaping (PublishError?) -> Void) {
        let id = ObjectIdentifier(bus.port)
        let queue: ConfirmationQueue
        if let known = confirmations[id] {
            queue = known
        } else {
            queue = ConfirmationQueue(bus.port, on: thread)
            confirmations[id] = queue
        }
        queue.add(done)
    }

    /// Forgets a bus that was removed.
    package func forget(_ bus: BusHandle) { confirmations[ObjectIdentifier(bus.port)] = nil }
}
