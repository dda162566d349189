internal import Dispatch
package import EventPipeline
internal import InternalSystem
internal import Synchronization

/// One publisher for any number of threads.
package final class SharedPublisher: @unchecked Sendable {
    // Unchecked: the publisher is only touched on the queue.
    package let stage: Stage<MPSCRing>
    /// Not a `Lock`: callers come through in the order in which they came, which ``waitForCallers()``
    /// needs.
    private let queue = DispatchQueue(label: "switchyard.publish")
    private var publisher: EventPublisher?

    /// Creates one for the buses of the lane that a stage serves.
    package init(_ stage: Stage<MPSCRing>) { self.stage = stage }

    /// Publishes events, and sends them on: nothing waits here when this returns, so that whatever was
    /// accepted is on its way. Nobody would send it otherwise until somebody publishes again.
    ///
    /// - Returns: how many were accepted, the first ones, and what befell the next.
    package func publish(
        _ events: some Collection<UnsafeRawBufferPointer>, to port: PublishPort, tag: UInt64 = 0
    ) -> (accepted: Int, error: PublishError?) {
        queue.sync {
            var accepted = 0
            var failure: PublishError?
            do throws(PublishError) {
                let publisher = try open(port)
                for event in events {
                    try publisher.publish(
                        event, to: port, publishTime: monotonicNanoseconds(), tag: tag)
                    accepted += 1
                }
            } catch { failure = error }
            if let publisher, publisher.flush() > 0 {
                accepted -= publisher.takeBack()
                failure =
                    stage.isClosed ? .closed : port.backPressure == .dropNewest ? .dropped : .full
            }
            port.accepted.wrappingAdd(UInt64(accepted), ordering: .releasing)
            return (accepted, failure)
        }
    }

    private func open(_ port: PublishPort) throws(PublishError) -> EventPublisher {
        if let publisher { return publisher }
        let made = try EventPublisher(to: port)
        publisher = made
        return made
    }

    /// Returns when all calls of ``publish(_:to:tag:)`` that were made before have sent their events.
    package func waitForCallers() { queue.sync {} }

    /// Sends what it has, and gives its slab back. To be called before the stage is stopped.
    package func close() {
        queue.sync {
            publisher?.close()
            publisher = nil
        }
    }
}
