public import EventArchive
package import EventEnvelope
public import JSONScan

/// Why an event was not accepted.
public enum PublishError: Error, Sendable, Equatable {
    /// It is not a JSON object.
    case invalid(JSONError)
    /// It is longer than a slab.
    case tooLarge(bytes: Int, limit: Int)
    /// There is no room, and the policy is ``/EventPipeline/BackPressure/fail``: try again later.
    case full
    /// There was no room, and the policy is ``/EventPipeline/BackPressure/dropNewest``: it is gone,
    /// and counted.
    case dropped
    /// The bus was closed.
    case closed
    /// The archive can't be written. Where its disk is full, the bus accepts events again when there is
    /// room; otherwise when it is opened anew.
    case archive(ArchiveError)
    /// Each publisher holds a slab, and there are too few.
    case tooManyPublishers(limit: Int)
    /// The router has no such bus.
    case noSuchBus(String)
}

extension PublishError: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .invalid(let error): "the event is no JSON object: \(error.description)"
        case .tooLarge(let bytes, let limit):
            "the event has \(bytes) bytes, at most \(limit) are allowed: configure a larger slabBytes"
        case .full: "too many events wait for the bus: publish the event again later"
        case .dropped: "too many events wait for the bus: the event was dropped"
        case .closed: "the bus was closed"
        case .archive(let error): "the bus takes no events, its archive can't be written: \(error)"
        case .tooManyPublishers(let limit):
            "there are \(limit) publishers already: close one, or configure a larger slabCount"
        case .noSuchBus(let bus): "Event bus \(bus) does not exist."
        }
    }
}

extension EntryError {
    /// Why an event was not accepted, in the words that an entry's sender is told.
    package init(_ error: PublishError) {
        switch error {
        case .full, .dropped, .tooManyPublishers:
            self.init(.throttling, "The bus has no room; try again.")
        case .invalid(let json): self.init(.malformedDetail, json.description)
        case .tooLarge(let bytes, let limit):
            self.init(
                .invalidArgument, "The event has \(bytes) bytes; at most \(limit) are allowed.")
        case .closed, .noSuchBus: self.init(.internalFailure, "The router was closed.")
        case .archive(let archive): self.init(.internalFailure, archive.description)
        }
    }
}
