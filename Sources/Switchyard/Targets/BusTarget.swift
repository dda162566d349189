internal import EventDelivery
internal import EventPipeline
internal import EventRouting
internal import JSONScan

/// Another bus: publishes there what it gets. Waits, on its own queue, while that bus has no room.
final class BusTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let port: PublishPort?
    private var publisher: EventPublisher?

    init(port: PublishPort?) { self.port = port }

    func deliver(_ event: borrowing MatchedEvent) throws {
        do throws(PublishError) {
            if publisher == nil, let port {
                publisher = try EventPublisher(
                    to: port, backPressure: .wait, tag: UInt64(event.hops) + 1)
            }
            guard let publisher else {
                throw PublishError.closed
            }
            try event.bytes.withUnsafeBytes { bytes throws(PublishError) in
                try publisher.publish(bytes)
            }
        } catch {
            throw DeliveryError(error)
        }
    }

    func finishRun() throws {
        if publisher?.flush() ?? 0 > 0 {
            throw DeliveryError(.noResource, "the bus was closed", isRetriable: true)
        }
    }

    func close() {
        publisher?.close()
        publisher = nil
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
        case .closed, .noSuchBus: self.init(.noResource, "the bus was closed", isRetriable: true)
        case .archive(let archive): self.init(.resourceLimitExceeded, archive.description)
        case .tooManyPublishers(let limit):
            self.init(.resourceLimitExceeded, "the bus has \(limit) publishers already")
        }
    }
}
