internal import EventDelivery
internal import EventEnvelope
internal import EventPipeline
internal import EventRouting
internal import InternalSystem
internal import JSONScan
internal import Synchronization

/// Another bus: publishes there what it gets. Waits, on its own queue, while that bus has no room.
///
/// The bus is the one that has the name when something is delivered: one that was removed, and is made
/// anew, is found again. While there is none, deliveries fail, and are tried again.
final class BusTarget: ImmediateTarget, @unchecked Sendable {
    /// Finds the bus's way in; nil while there is no such bus.
    typealias FindPort = @Sendable () -> PublishPort?

    /// Why an event may not go to the bus; nil if it may.
    typealias Access = @Sendable (_ event: UnsafeRawBufferPointer) -> DeliveryError?

    // Unchecked: only touched on the target's queue.
    private let name: String
    private let access: Access?
    /// What renews the `id` of events that go to another region: they are other events there, as the
    /// service has it (recorded), while those that go to another account stay the same.
    private let renewal: Renewal?

    private final class Renewal {
        var scanner = StructuralScanner()
        var identifiers = EventIdentifiers()
        var event: [UInt8] = []
    }
    private let findPort: FindPort
    private var port: PublishPort?
    private var publisher: EventPublisher?
    /// How many events of the run the bus was given.
    private var given: UInt64 = 0

    init(
        name: String, isAbroad: Bool, access: Access?, port findPort: @escaping FindPort
    ) {
        renewal = isAbroad ? Renewal() : nil
        self.name = name
        self.access = access
        self.findPort = findPort
    }

    func deliver(_ event: borrowing MatchedEvent) throws {
        if let access, let refusal = event.bytes.withUnsafeBytes({ access($0) }) { throw refusal }
        do throws(PublishError) {
            let (port, publisher) = try open()
            try event.bytes.withUnsafeBytes { bytes throws(PublishError) in
                // How many buses it came through is the event's own.
                let tag = UInt64(event.hops) + 1
                if renewal == nil {
                    try publisher.publish(
                        bytes, to: port, publishTime: monotonicNanoseconds(), tag: tag)
                } else {
                    try publishRenewed(bytes, to: port, publisher, tag)
                }
            }
            given += 1
        } catch {
            throw DeliveryError(error)
        }
    }

    private func publishRenewed(
        _ bytes: UnsafeRawBufferPointer, to port: PublishPort, _ publisher: EventPublisher,
        _ tag: UInt64
    ) throws(PublishError) {
        guard let renewal else { return }
        do throws(JSONError) {
            let index = try renewal.scanner.scan(bytes)
            EventIdentity.write(index, with: renewal.identifiers.next(), to: &renewal.event)
        } catch { throw .invalid(error) }
        let result = renewal.event.withUnsafeBytes { renewed in
            Result { () throws(PublishError) in
                try publisher.publish(
                    renewed, to: port, publishTime: monotonicNanoseconds(), tag: tag)
            }
        }
        try result.get()
    }

    /// The bus as it is now. Within a run it stays the same one: if that is gone, all of the run fails.
    private func open() throws(PublishError) -> (PublishPort, EventPublisher) {
        if let port, port.isClosed {
            guard given == 0 else { throw .closed }
            close()
        }
        if let port, let publisher { return (port, publisher) }
        guard let found = findPort() else { throw .noSuchBus(name) }
        let made = try EventPublisher(to: found, backPressure: .wait)
        (port, publisher) = (found, made)
        return (found, made)
    }

    func finishRun() throws {
        guard let port, let publisher else { return }
        let unsent = publisher.flush() > 0 ? publisher.takeBack() : 0
        port.accepted.wrappingAdd(given - min(given, UInt64(unsent)), ordering: .releasing)
        given = 0
        // Of what was sent before it was closed, nobody knows how much was routed.
        if unsent > 0 || port.isClosed {
            close()
            throw DeliveryError(.closed)
        }
    }

    func close() {
        publisher?.close()
        (port, publisher, given) = (nil, nil, 0)
    }
}

extension DeliveryError {
    fileprivate init(_ error: PublishError) {
        switch error {
        case .invalid(let json): self.init(.invalidJSON, json.description)
        case .tooLarge(let bytes, let limit):
            self.init(
                .resourceLimitExceeded, "\(bytes) bytes, at most \(limit)", isRetriable: false)
        case .full, .dropped: self.init(.throttling, "the bus has no room")
        case .closed: self.init(.noResource, "the bus was closed", isRetriable: true)
        case .noSuchBus: self.init(.noResource, error.description, isRetriable: true)
        case .archive(let archive): self.init(.resourceLimitExceeded, archive.description)
        case .tooManyPublishers(let limit):
            self.init(.resourceLimitExceeded, "the bus has \(limit) publishers already")
        }
    }
}
