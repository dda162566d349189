internal import EventArchive
internal import EventDelivery
internal import EventEnvelope
internal import InternalSystem
internal import JSONScan
internal import RoutingInterface

/// The files of an archive while it is fed: written by its target, on the target's queue, and closed by it.
final class ArchiveFeed: @unchecked Sendable {
    // Unchecked: the state is touched under the monitor alone.
    private let monitor = Monitor()
    private var state = State()
    /// Everything but its limits and its watermark belongs to the target.
    let writer: ArchiveWriter

    private struct State {
        var failure: ArchiveError?
        var isClosed = false
    }

    init(_ writer: ArchiveWriter) { self.writer = writer }

    /// Why nothing can be appended now, or why it could not be closed well.
    var failure: ArchiveError? { monitor.withLock { state.failure } }

    /// Says why nothing can be appended, or with nil that it can again.
    func note(_ failure: ArchiveError?) { monitor.withLock { state.failure = failure } }

    /// Seals the files.
    func close() {
        var failure: ArchiveError?
        do throws(ArchiveError) { try writer.close() } catch { failure = error }
        monitor.withLock {
            state = State(failure: failure, isClosed: true)
            monitor.wakeAll()
        }
    }

    /// Why the files could not be sealed, if they could not.
    var closingFailure: ArchiveError? {
        monitor.withLock { state.isClosed ? state.failure : nil }
    }

    /// Waits until it has ended.
    func waitUntilClosed() { monitor.withLock { monitor.wait { state.isClosed } } }
}

/// Keeps events in an archive. What could not be appended failed, and is tried again; a run counts as
/// delivered when it is as durable as the archive is meant to be.
final class ArchiveTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let feed: ArchiveFeed
    private let clock: any TimeSource
    private let isDurable: Bool
    private var scanner = StructuralScanner()
    private var reader = EnvelopeReader()
    /// When the run's events are archived: asked for once.
    private var runTime: Int64?
    private var hasFailed = false

    init(_ feed: ArchiveFeed, clock: any TimeSource) {
        self.feed = feed
        self.clock = clock
        isDurable = feed.writer.configuration.durability != .none
    }

    func deliver(_ event: borrowing MatchedEvent) throws {
        let now = runTime ?? clock.wallTime
        let hops = event.hops
        // Of a run in which all fails no end is told.
        runTime = nil
        try event.bytes.withUnsafeBytes { bytes throws(DeliveryError) in
            let fields: EnvelopeFields
            do throws(JSONError) { fields = reader.read(try scanner.scan(bytes)) } catch {
                throw DeliveryError(.invalidJSON, error.description)
            }
            do throws(ArchiveError) {
                try feed.writer.append(
                    bytes, keys: fields.keys, eventTime: fields.time ?? now, ingestTime: now,
                    hops: hops)
            } catch { throw failed(error) }
        }
        runTime = now
        if hasFailed {
            hasFailed = false
            feed.note(nil)
        }
    }

    func finishRun() throws {
        runTime = nil
        guard isDurable else { return }
        do throws(ArchiveError) { try feed.writer.commit() } catch { throw failed(error) }
    }

    private func failed(_ error: ArchiveError) -> DeliveryError {
        // One event that is too large says nothing of the others.
        if case .eventTooLarge = error { return DeliveryError(archive: error) }
        hasFailed = true
        feed.note(error)
        return DeliveryError(archive: error)
    }

    func close() { feed.close() }
}

extension DeliveryError {
    fileprivate init(archive error: ArchiveError) {
        switch error {
        case .eventTooLarge:
            self.init(.resourceLimitExceeded, error.description, isRetriable: false)
        case .diskFull: self.init(.resourceLimitExceeded, error.description, isRetriable: true)
        default: self.init(.internalError, error.description, isRetriable: true)
        }
    }
}
