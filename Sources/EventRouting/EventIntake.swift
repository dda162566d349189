internal import EventPipeline
internal import InternalSystem
internal import Synchronization

/// The way in for a thread that has events of any bus and must not wait, as an event loop has: a
/// publisher for each lane, and what tells when events are archived.
///
///     let bus = try intake.open(handle)                       // once a bus
///     intake.publish(bytes, withObjectAt: offset, to: bus)    // for each event
///     intake.flush(bus)
///     intake.confirm(handle) { failure in … }
///
/// For one thread at a time. Nothing on the way of an event allocates, counts references, locks or waits.
package final class EventIntake {
    private var publishers: [(stage: ObjectIdentifier, publisher: EventPublisher)] = []
    private var confirmations: [ObjectIdentifier: ConfirmationQueue] = [:]
    private let thread: ConfirmationQueue.Thread

    /// Creates one for a thread.
    ///
    /// - Parameter thread: runs something on the thread, later.
    package init(on thread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.thread = thread
    }

    /// A bus that can be published to, for as long as its handle and the intake are kept.
    package struct Bus: BitwiseCopyable {
        fileprivate let port: Unmanaged<PublishPort>
        fileprivate let publisher: Unmanaged<EventPublisher>
        /// The number of its lane: what is sent together.
        package let lane: Int

        /// Whether the bus takes nothing any more: it was removed.
        package var isClosed: Bool { port._withUnsafeGuaranteedRef { $0.isClosed } }

        /// Counts events that were taken on, and not taken back.
        package func count(accepted events: Int) {
            port._withUnsafeGuaranteedRef {
                _ = $0.accepted.wrappingAdd(UInt64(events), ordering: .releasing)
            }
        }
    }

    /// Makes ready to publish to a bus.
    ///
    /// - Throws: ``PublishError/tooManyPublishers(limit:)``
    package func open(_ bus: BusHandle) throws(PublishError) -> Bus {
        let stage = ObjectIdentifier(bus.port.stage)
        var lane = publishers.firstIndex { $0.stage == stage } ?? publishers.count
        if lane == publishers.count {
            // Whatever the bus does where there is no room: here nobody waits.
            publishers.append((stage, try EventPublisher(to: bus.port, backPressure: .fail)))
            lane = publishers.count - 1
        }
        return Bus(
            port: .passUnretained(bus.port),
            publisher: .passUnretained(publishers[lane].publisher), lane: lane)
    }

    /// Publishes an event whose last member, at `offset`, came from elsewhere: see ``EventPublisher``.
    ///
    /// - Returns: why it was not queued; `invalid` where the object is none.
    package func publish(
        _ event: UnsafeRawBufferPointer, withObjectAt offset: Int, to bus: Bus, publishTime: UInt64
    ) -> PublishError? {
        bus.publisher._withUnsafeGuaranteedRef { publisher in
            bus.port._withUnsafeGuaranteedRef { port in
                do throws(PublishError) {
                    try publisher.publish(
                        event, withObjectAt: offset, to: port, publishTime: publishTime)
                    return nil
                } catch { return error }
            }
        }
    }

    /// Sends what was published to the buses of a bus's lane.
    ///
    /// - Returns: how many of these events there was no room for after all: the last ones.
    package func flush(_ bus: Bus) -> Int {
        bus.publisher._withUnsafeGuaranteedRef { publisher in
            publisher.flush() == 0 ? 0 : takeBackSlow(publisher)
        }
    }

    @inline(never)
    private func takeBackSlow(_ publisher: EventPublisher) -> Int { publisher.takeBack() }

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

    /// Forgets buses that were removed. O(buses)
    package func forgetRemoved() { confirmations = confirmations.filter { !$0.value.isClosed } }
}
