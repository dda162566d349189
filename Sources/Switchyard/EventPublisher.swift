internal import EventPipeline
internal import JSONScan
internal import Synchronization

/// Publishes events to a bus, for one thread at a time: the fast way in.
///
/// Events are sent to the worker in batches. Call ``flush()`` when nothing more comes for now.
public final class EventPublisher {
    private let bus: EventBus
    private let publisher: Publisher<MPSCRing>
    private let scanner: ScannerBox
    /// What was accepted since the bus was told.
    private var uncounted: UInt64 = 0

    init(to bus: EventBus) throws(PublishError) {
        self.bus = bus
        scanner = ScannerBox()
        do throws(PublisherError) {
            publisher = try Publisher(
                to: bus.stage, from: bus.pool, onFull: bus.configuration.backPressure)
        } catch {
            switch error {
            case .tooManyPublishers(let limit): throw .tooManyPublishers(limit: limit)
            }
        }
    }

    deinit { close() }

    /// Checks an event and queues a copy of it. O(bytes); allocates nothing once warm.
    ///
    /// - Throws: ``PublishError``; nothing was queued then.
    public func publish(_ event: borrowing RawSpan) throws(PublishError) {
        try event.withUnsafeBytes { bytes throws(PublishError) in try publish(bytes) }
    }

    /// Checks an event and queues a copy of it. O(bytes); allocates nothing once warm.
    ///
    /// - Throws: ``PublishError``; nothing was queued then.
    public func publish(_ event: UnsafeRawBufferPointer) throws(PublishError) {
        if let failure = bus.route.archiveFailure { throw .archive(failure) }
        if bus.stage.isClosed { throw .closed }
        let length: Int
        do throws(JSONError) {
            length = try scanner.scanner.scan(event).textLength
        } catch {
            throw .invalid(error)
        }
        // What follows the object is no part of the event.
        let outcome = publisher.publish(
            UnsafeRawBufferPointer(rebasing: event[..<length]),
            publishTime: monotonicNanoseconds())
        switch outcome {
        case .accepted:
            uncounted += 1
            if uncounted == 64 { count() }
        case .full: throw .full
        case .dropped: throw .dropped
        case .closed: throw .closed
        case .tooLarge: throw .tooLarge(bytes: event.count, limit: bus.pool.slabBytes)
        }
    }

    /// Sends what waits in this publisher to the worker.
    ///
    /// - Returns: how many events still wait here, for want of room or because the bus was closed:
    ///   none with ``BackPressure/wait`` and an open bus.
    @discardableResult
    public func flush() -> Int {
        count()
        return publisher.flush()
    }

    /// Sends what waits here, and ends: nothing can be published afterwards.
    public func close() {
        count()
        publisher.close()
    }

    private func count() {
        guard uncounted > 0 else { return }
        bus.route.accepted.wrappingAdd(uncounted, ordering: .releasing)
        uncounted = 0
    }
}

/// A scanner inside a class: a class can't have a stored property of a type that can't be copied
/// and change it in place without checks at each access.
private final class ScannerBox {
    var scanner = StructuralScanner()
}
