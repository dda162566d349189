internal import EventArchive
public import EventEnvelope
internal import EventPipeline
public import EventRouting
internal import InternalSystem
internal import JSONScan

extension Router {
    /// Makes a publisher to a bus, for one thread at a time: the fast way in. Events are whole, with
    /// whatever envelope they have; nothing is added.
    ///
    /// - Throws: ``/EventRouting/PublishError``: the bus does not exist, or the lane has as many
    ///   publishers as it has slabs for.
    public func makePublisher(
        to bus: String = Router.defaultBus
    ) throws(PublishError) -> EventPublisher {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        return try EventPublisher(to: port)
    }

    /// Looks a bus up, for publishers that serve several.
    package func handle(of bus: String) throws(PublishError) -> BusHandle {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        return BusHandle(port: port)
    }

    /// Looks a bus up by its name in an account and region, or its resource name; nil if there is none.
    package func handle(of bus: String, in scope: ResourceScope) -> BusHandle? {
        publishing.port(bus, of: scope).map { BusHandle(port: $0) }
    }

    /// Publishes a whole event, from any thread. It is queued then; ``publishAndConfirm(_:to:)`` waits
    /// until it is archived.
    ///
    /// - Throws: ``/EventRouting/PublishError``; nothing was queued then.
    public func publish(
        _ event: String, to bus: String = Router.defaultBus
    ) throws(PublishError) {
        try publish(event.utf8Span.span.bytes, to: bus)
    }

    /// Publishes a whole event, from any thread.
    ///
    /// - Throws: ``/EventRouting/PublishError``; nothing was queued then.
    public func publish(
        _ event: borrowing RawSpan, to bus: String = Router.defaultBus
    ) throws(PublishError) {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        let error = event.withUnsafeBytes { bytes in
            publishing.publisher(for: port)?.publish(CollectionOfOne(bytes), to: port).error
        }
        if let error { throw error }
    }

    /// Publishes whole events, in their order, with one hand-over for all.
    ///
    /// - Returns: how many were accepted, the first ones, and why the next one was not.
    public func publish(
        contentsOf events: [String], to bus: String = Router.defaultBus
    ) throws(PublishError) -> (accepted: Int, error: PublishError?) {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        var bytes: [UInt8] = []
        var ends: [Int] = [0]
        for event in events {
            bytes += event.utf8
            ends.append(bytes.count)
        }
        return bytes.withUnsafeBytes { bytes in
            let parts = events.indices.lazy.map {
                UnsafeRawBufferPointer(rebasing: bytes[ends[$0]..<ends[$0 + 1]])
            }
            return publishing.publisher(for: port)?.publish(parts, to: port) ?? (0, .closed)
        }
    }

    /// Publishes a whole event, and returns when it is archived, as durable as the archive's
    /// configuration says, and offered to its targets.
    ///
    /// - Throws: `PublishError`; with ``/EventRouting/PublishError/archive(_:)`` it may have been
    ///   delivered, but is not archived.
    public func publishAndConfirm(
        _ event: String, to bus: String = Router.defaultBus
    ) async throws(PublishError) {
        try publish(event, to: bus)
        try await confirm(bus: bus)
    }

    /// Returns when everything that was published to a bus before by this router's own functions, or
    /// by publishers that were flushed since, is archived and offered to its targets.
    ///
    /// - Throws: ``/EventRouting/PublishError``: there is no such bus, or its archive can't be
    ///   written.
    public func confirm(bus: String = Router.defaultBus) async throws(PublishError) {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        publishing.publisher(for: port)?.waitForCallers()
        let count = port.stage.pushedCount
        await withCheckedContinuation { continuation in
            port.stage.whenHandled(count) { continuation.resume() }
        }
        if let failure = port.archiveFailure.current { throw .archive(failure) }
        do throws(ArchiveError) { try await port.untilDurable() } catch { throw .archive(error) }
    }

    /// Makes events of entries and publishes them, as EventBridge's `PutEvents` does.
    ///
    /// An entry for a bus that does not exist succeeds, as it does with the service: the event goes
    /// nowhere, and is counted in ``unroutedEntries``. Any number of threads can call this at a time:
    /// each makes its events by itself, and who waits for room on one lane holds up nobody on another.
    ///
    /// - Returns: what became of each entry, in their order. One that fails does not concern the
    ///   others.
    /// - Throws: ``/EventEnvelope/EntriesError``: there are too many, or they are too large
    ///   together; nothing was published then.
    ///
    /// - Parameters:
    ///   - sender: the account and region that the events say they are of, and in which names of buses are
    ///     looked up; the router's own, if it says nothing.
    ///   - isPartner: whether sources may begin with `aws.partner/`.
    public func putEvents(
        _ entries: [EventEntry], of sender: ResourceScope? = nil, isPartner: Bool = false
    ) throws(EntriesError) -> [EntryOutcome] {
        try configuration.entryLimits.check(entries)
        let now = EventTime(configuration.clock.wallTime)
        return publishing.withWriter { box in
            put(entries, of: sender, isPartner: isPartner, now, box)
        }
    }

    /// An entry that became an event.
    private struct WrittenEntry {
        var position: Int
        var port: PublishPort
        /// Where in the writer's output it is.
        var bytes: Range<Int>
    }

    private func put(
        _ entries: [EventEntry], of sender: ResourceScope?, isPartner: Bool, _ now: EventTime,
        _ box: EntryWriter
    ) -> [EntryOutcome] {
        box.output.removeAll(keepingCapacity: true)
        var outcomes: [EntryOutcome] = []
        var written: [WrittenEntry] = []
        for entry in entries {
            let start = box.output.count
            do throws(EntryError) {
                let id = try box.writer.write(
                    entry, of: sender, isPartner: isPartner, now: now, to: &box.output)
                outcomes.append(.accepted(eventID: id))
            } catch {
                outcomes.append(.failed(error))
                continue
            }
            guard let port = publishing.port(entry.bus ?? Self.defaultBus, of: sender) else {
                publishing.countUnrouted()
                continue
            }
            written.append(
                WrittenEntry(
                    position: outcomes.count - 1, port: port, bytes: start..<box.output.count))
        }
        box.output.withUnsafeBytes { output in
            var rest = written[...]
            // Those of a bus that follow each other are handed over together.
            while let port = rest.first?.port {
                let run = rest.prefix { $0.port === port }
                let bytes = run.lazy.map { UnsafeRawBufferPointer(rebasing: output[$0.bytes]) }
                let (accepted, error) =
                    publishing.publisher(for: port)?.publish(bytes, to: port) ?? (0, .closed)
                rest = rest.dropFirst(accepted)
                guard accepted < run.count, let error, let refused = rest.popFirst() else {
                    continue
                }
                outcomes[refused.position] = .failed(EntryError(error))
            }
        }
        return outcomes
    }

    /// Entries that were published to buses that do not exist.
    public var unroutedEntries: UInt64 { publishing.unrouted }
}
