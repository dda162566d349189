internal import EventArchive
internal import EventMatching
internal import EventPipeline
internal import JSONScan

/// The worker's side of a bus: what happens to each event between the ring and its delivery.
///
/// `@unchecked Sendable`: ``route(_:)`` and ``finish()`` are called on the stage's queue, or when it
/// has stopped, never two at a time; everything that others read is atomic or has its own lock.
final class EventRoute: @unchecked Sendable {
    /// Why the archive can't be written any more, if so.
    let archiveFailure = ArchiveFailure()
    let statistics = RouteStatistics()

    private let pool: SlabPool
    private let archive: ArchiveWriter?
    private let deliver: EventBus.Delivery
    // Only the worker touches these: checks for overlapping access would cost each event.
    @exclusivity(unchecked) private var scanner = StructuralScanner()
    @exclusivity(unchecked) private var matcher: Matcher
    @exclusivity(unchecked) private var sequence: UInt64 = 0
    @exclusivity(unchecked) private var envelopes = EnvelopeReader()
    @exclusivity(unchecked) private var sampling = RouteSampling()

    init(
        rules: RuleSet, archive: ArchiveWriter?, pool: SlabPool,
        deliver: @escaping EventBus.Delivery
    ) {
        self.pool = pool
        self.archive = archive
        self.deliver = deliver
        matcher = Matcher(rules)
    }

    /// Routes a run of events, then has it committed as the archive's durability asks: while that runs,
    /// the next run is routed, and goes with the next commit.
    func route(_ events: UnsafeBufferPointer<EventDescriptor>) {
        var batch = RouteBatch()
        // One look at the wall clock a batch: ingest times are no finer than that.
        let ingestTime = Int64(bitPattern: wallClockNanoseconds())
        for event in events { route(event.bytes, ingestTime: ingestTime, &batch) }
        if let archive, !archiveFailure.exists {
            do throws(ArchiveError) {
                try archive.startCommitIfDue(now: Int64(bitPattern: monotonicNanoseconds()))
            } catch {
                fail(error)
            }
        }
        statistics.add(batch, events)
        pool.release(events)
    }

    @inline(__always)
    private func route(
        _ bytes: UnsafeRawBufferPointer, ingestTime: Int64, _ batch: inout RouteBatch
    ) {
        var watch = batch.beginEvent(byteCount: bytes.count, &sampling)
        let index: StructuralIndex
        do throws(JSONError) {
            index = try scanner.scan(bytes)
        } catch {
            // The publisher checked these bytes, and nobody has written to them since.
            preconditionFailure("a published event is not JSON: \(error)")
        }
        watch.lap(.scan, &batch)
        if let archive {
            guard append(bytes, index, to: archive, ingestTime) else {
                batch.refused += 1
                return
            }
            watch.lap(.append, &batch)
        } else {
            sequence &+= 1
        }
        let matches = matcher.matchUnborrowed(index)
        batch.matches &+= UInt64(matches.count)
        batch.matchedEvents &+= matches.isEmpty ? 0 : 1
        watch.lap(.match, &batch)
        deliver(RoutedEvent(bytes: bytes, matches: matches, sequence: sequence &- 1))
        watch.lap(.deliver, &batch)
    }

    /// Appends an event; false if the archive is at its end, and the event is neither archived nor
    /// delivered.
    @inline(__always)
    private func append(
        _ bytes: UnsafeRawBufferPointer, _ index: StructuralIndex, to archive: ArchiveWriter,
        _ ingestTime: Int64
    ) -> Bool {
        if archiveFailure.exists { return false }
        let envelope = envelopes.read(index)
        do throws(ArchiveError) {
            let number = try archive.append(
                bytes, keys: envelope.keys, eventTime: envelope.time ?? ingestTime,
                ingestTime: ingestTime)
            sequence = number &+ 1
            return true
        } catch {
            fail(error)
            return false
        }
    }

    @inline(never)
    private func fail(_ error: ArchiveError) {
        archiveFailure.set(error)
    }

    /// Seals the archive.
    func finish() throws(ArchiveError) {
        let failure = archiveFailure.current
        do throws(ArchiveError) { try archive?.close() } catch { throw failure ?? error }
        if let failure { throw failure }
    }
}
