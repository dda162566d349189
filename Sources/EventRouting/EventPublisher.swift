internal import EventEnvelope
internal import EventMatching
package import EventPipeline
internal import InternalSystem
internal import JSONScan
internal import RoutingInterface
internal import Synchronization

/// Publishes events to a bus, for one thread at a time: the fast way in.
///
/// Events are sent to the worker in batches. Call ``flush()`` when nothing more comes for now.
public final class EventPublisher {
    private let port: PublishPort
    private let tag: UInt64
    private let publisher: Publisher<MPSCRing>
    private let scanner: ScannerBox
    /// What was accepted since the bus was told.
    @exclusivity(unchecked) private var uncounted: UInt64 = 0
    /// How it matches while the lane is busy.
    @exclusivity(unchecked) private var matchers = PublisherMatchers()
    @exclusivity(unchecked) private var isHelping = false
    /// After how many events it looks next whether the lane is busy.
    @exclusivity(unchecked) private var untilLook = 64
    @exclusivity(unchecked) private var envelopes = EnvelopeReader()
    /// How many events were matched here.
    @exclusivity(unchecked) package private(set) var matchedCount = 0
    private let prepared = PreparedEvent.Scratch()

    /// While more events than this wait for the lane, what is published is matched here: some
    /// milliseconds of the lane's work, so that it never runs out of it for want of matches, and
    /// nothing is matched here as long as the lane keeps up.
    private static let helpDepth = 1_024

    /// - Parameter tag: what the bus's worker gets with each event: how many buses it came through.
    package init(
        to port: PublishPort, backPressure: BackPressure? = nil, tag: UInt64 = 0
    ) throws(PublishError) {
        self.port = port
        self.tag = tag
        scanner = ScannerBox()
        do throws(PublisherError) {
            publisher = try Publisher(
                to: port.stage, from: port.pool, onFull: backPressure ?? port.backPressure)
        } catch {
            switch error {
            case .tooManyPublishers(let limit): throw .tooManyPublishers(limit: limit)
            }
        }
    }

    deinit { close() }

    /// Checks an event and queues a copy of it. O(bytes); allocates nothing once warm.
    ///
    ///     try publisher.publish(text.utf8Span.span.bytes)     // of a string
    ///     try publisher.publish(array.span.bytes)             // of an array of bytes
    ///
    /// - Throws: ``PublishError``; nothing was queued then.
    public func publish(_ event: borrowing RawSpan) throws(PublishError) {
        try event.withUnsafeBytes { bytes throws(PublishError) in try publish(bytes) }
    }

    /// As ``publish(_:)-(RawSpan)``, for callers that can't borrow.
    package func publish(_ event: UnsafeRawBufferPointer) throws(PublishError) {
        try publish(event, publishTime: monotonicNanoseconds())
    }

    /// Publishes an event as if at another time, on the clock of
    /// ``/InternalSystem/monotonicNanoseconds()``: a load test measures from when it should have been,
    /// so that no stall is hidden.
    package func publish(
        _ event: UnsafeRawBufferPointer, publishTime: UInt64
    ) throws(PublishError) {
        try publish(event, to: port, publishTime: publishTime, tag: tag)
        uncounted += 1
        if uncounted == 64 {
            count()
            lookSlow()
        }
    }

    /// Looks once in 64 events.
    @inline(__always)
    private func lookInTime() {
        untilLook &-= 1
        if untilLook == 0 {
            untilLook = 64
            lookSlow()
        }
    }

    @inline(never)
    private func lookSlow() {
        isHelping = port.stage.depth > Self.helpDepth
    }

    /// Publishes an event to another bus of the same lane: one publisher, and its slab, may serve any
    /// number of buses.
    package func publish(
        _ event: UnsafeRawBufferPointer, to bus: BusHandle, publishTime: UInt64
    ) throws(PublishError) {
        guard bus.port.stage === port.stage else {
            throw .noSuchBus("\(bus.port.key), of another lane")
        }
        try publish(event, to: bus.port, publishTime: publishTime, tag: tag)
        bus.port.accepted.wrappingAdd(1, ordering: .releasing)
        lookInTime()
    }

    /// Publishes to a bus of the same stage, whose ``PublishPort/accepted`` is left to the caller.
    package func publish(
        _ event: UnsafeRawBufferPointer, to port: PublishPort, publishTime: UInt64, tag: UInt64
    ) throws(PublishError) {
        let index = try scan(event, for: port)
        try send(event, index, to: port, publishTime, tag)
    }

    /// As ``publish(_:to:publishTime:tag:)``, of an event whose last member was put in as it came from
    /// elsewhere: at `offset` it has to be an object, and nothing that goes beyond it.
    package func publish(
        _ event: UnsafeRawBufferPointer, withObjectAt offset: Int, to port: PublishPort,
        publishTime: UInt64
    ) throws(PublishError) {
        let index = try scan(event, for: port)
        var last: StructuralIndex.Member?
        for member in index.members(of: 0) { last = member }
        guard let last, index.offset(of: last.value) == offset,
            index.byte(at: last.value) == UInt8(ascii: "{"), index.textLength == event.count
        else { throw .invalid(JSONError(.textAfterValue, offset: offset)) }
        try send(event, index, to: port, publishTime, 0)
        lookInTime()
    }

    @inline(__always)
    private func scan(
        _ event: UnsafeRawBufferPointer, for port: PublishPort
    ) throws(PublishError) -> StructuralIndex {
        if let failure = port.archiveFailure.current { throw .archive(failure) }
        if port.isClosed { throw .closed }
        do throws(JSONError) { return try scanner.scan(event) } catch { throw .invalid(error) }
    }

    @inline(__always)
    private func send(
        _ event: UnsafeRawBufferPointer, _ index: StructuralIndex, to port: PublishPort,
        _ publishTime: UInt64, _ tag: UInt64
    ) throws(PublishError) {
        if index.textLength != event.count { try checkRestSlow(event, from: index.textLength) }
        let bytes = UnsafeRawBufferPointer(rebasing: event[..<index.textLength])
        let outcome =
            isHelping
            ? publishMatched(bytes, index, to: port, publishTime, tag)
            : publisher.publish(bytes, key: port.key, tag: tag, publishTime: publishTime)
        switch outcome {
        case .accepted: break
        case .full: throw .full
        case .dropped: throw .dropped
        case .closed: throw .closed
        case .tooLarge: throw .tooLarge(bytes: event.count, limit: port.pool.eventBytesMax)
        }
    }

    /// Throws unless nothing but blanks follows the object: a second event there would be lost in silence.
    @inline(never)
    private func checkRestSlow(
        _ event: UnsafeRawBufferPointer, from end: Int
    ) throws(PublishError) {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        if let position = event[end...].firstIndex(where: { !blanks.contains($0) }) {
            throw .invalid(JSONError(.textAfterValue, offset: position))
        }
    }

    /// Matches an event, and queues it with what it matches.
    @inline(__always)
    private func publishMatched(
        _ bytes: UnsafeRawBufferPointer, _ index: StructuralIndex, to port: PublishPort,
        _ publishTime: UInt64, _ tag: UInt64
    ) -> PublishOutcome {
        let matcher = matchers.matcher(for: port)
        guard case let edition = matcher.pointee.turnToNewestEdition(),
            case let matches = matcher.pointee.matchAttachments(index),
            let preface = prepared.write(
                matches, port.isArchived ? envelopes.read(index) : EnvelopeFields(),
                edition: edition),
            bytes.count + preface.count + 8 <= port.pool.eventBytesMax
        else {
            return publisher.publish(bytes, key: port.key, tag: tag, publishTime: publishTime)
        }
        matchedCount &+= 1
        return publisher.publish(
            bytes, behind: preface, key: port.key, tag: tag | EventTag.prepared,
            publishTime: publishTime)
    }

    /// Sends what waits in this publisher to the worker.
    ///
    /// - Returns: how many events still wait here, for want of room or because the bus was closed:
    ///   none with ``/EventPipeline/BackPressure/wait`` and an open bus.
    @discardableResult
    public func flush() -> Int {
        count()
        return publisher.flush()
    }

    /// Sends what waits here, and ends: nothing can be published afterwards.
    ///
    /// - Returns: how many events could not be sent, for want of room or because the bus was closed:
    ///   none with ``/EventPipeline/BackPressure/wait`` and an open bus. They are gone, and counted
    ///   as dropped. Who wants none to be calls ``flush()`` until that returns 0.
    @discardableResult
    public func close() -> Int {
        count()
        return publisher.close()
    }

    /// Takes back what was accepted and could not be sent: how many events those were. For publishers
    /// whose ``PublishPort/accepted`` the caller counts.
    package func takeBack() -> Int { publisher.takeBack() }

    private func count() {
        guard uncounted > 0 else { return }
        port.accepted.wrappingAdd(uncounted, ordering: .releasing)
        uncounted = 0
    }
}
