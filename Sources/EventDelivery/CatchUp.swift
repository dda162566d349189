internal import Dispatch
internal import EventArchive
internal import EventEnvelope
internal import EventMatching
internal import EventPipeline
internal import InternalSystem
internal import JSONScan
internal import RoutingInterface
internal import Synchronization

/// Reads for one target, from the archive of its bus, the events that it was not offered: because its
/// queue was full, or because the process ended before they were delivered.
///
/// On a queue of its own, as fast as the target takes them. When it is near the archive's end, the
/// bus begins to offer again (`TargetEngine.rejoin`), and the catch-up ends with the last event before
/// that; some events may then come in another order than they were published in. What the archive does
/// not have any more, or what is longer than events may be now, is passed over, and counted as missed.
///
/// `@unchecked Sendable`: what changes is touched on its queue alone.
final class CatchUp: @unchecked Sendable {
    /// How near to the end of the archive a target has to be to be offered events again.
    private static let rejoinDistance: UInt64 = 4_096
    /// How many records are read between two looks at anything else.
    private static let stepRecords = 4_096
    /// How long to wait for the target when its queue is full.
    private static let fullMilliseconds = 2

    /// After how many of the longest waits another cursor is opened.
    private static let longestWaitsPerCursor = 30

    private unowned let engine: TargetEngine
    private let target: TargetQueue
    private let lane: LaneQueue
    private let log: any EventLog
    private let queue: DispatchQueue
    private let isCancelled = Atomic<Bool>(false)

    private var cursor: OpenCursor?
    /// What is waited when there is nothing to be read yet, though there should be, and when the archive
    /// can't be read.
    private var idle = Backoff(first: 2, last: 1_000)
    private var broken = Backoff(first: 500, last: 30_000)
    private var longestWaits = 0
    private var scanner = StructuralScanner()
    private var matcher: Matcher?
    private var publisher: Publisher<MPSCRing>?
    /// The first event that was not read yet.
    private var position: UInt64
    /// The first event that the bus offers again, once it does.
    private var end: UInt64?
    /// An event that was read when the target's queue was full: it goes first.
    private var held: HeldRecord?
    /// Whether all that was offered before this began has reached the target's queue.
    private var isLaneFlushed = false

    /// A record that was read.
    private struct Record {
        var sequence: UInt64
        var ingestTime: Int64
        var hops: UInt8
    }

    /// A record that waits for room, with its bytes.
    private struct HeldRecord {
        var record: Record
        var bytes: [UInt8]
    }

    /// A cursor inside a class, to be kept between steps. It goes on with what is appended: to open one
    /// reads all of the archive's open segment.
    private final class OpenCursor {
        var records: Records
        let first: UInt64
        /// The first number that the archive has at all.
        let archiveFirst: UInt64
        /// Behind the last record that was there when it was opened: what is below and does not come is
        /// missing.
        let knownEnd: UInt64

        init(_ directory: String, from first: UInt64) throws(ArchiveError) {
            let reader = try ArchiveReader(directory: directory)
            self.first = first
            knownEnd = max(reader.sequences.upperBound, first)
            archiveFirst = min(max(reader.sequences.lowerBound, first), knownEnd)
            records = Records(
                cursor: reader.cursor(over: .sequences(first..<UInt64.max), following: true))
        }

        /// How many of the numbers from the first one to this one can't be read.
        func missing(below position: UInt64) -> UInt64 {
            let passed = archiveFirst..<max(archiveFirst, position)
            return records.cursor.gaps.reduce(min(archiveFirst, position) - first) {
                $0 + UInt64($1.sequences.clamped(to: passed).count)
            }
        }
    }

    /// The records of a cursor.
    private struct Records: ~Copyable {
        var cursor: ArchiveCursor

        /// The next record, whose bytes stay where they are until this is called again.
        mutating func next() throws(ArchiveError) -> (Record, UnsafeRawBufferPointer)? {
            guard let record = try cursor.next() else { return nil }
            return (
                Record(
                    sequence: record.sequence, ingestTime: record.ingestTime, hops: record.hops),
                record.bytes.withUnsafeBytes { $0 }
            )
        }
    }

    init(
        from first: UInt64, _ engine: TargetEngine, _ target: TargetQueue, _ log: any EventLog
    ) {
        position = first
        self.engine = engine
        self.target = target
        lane = engine.lane
        self.log = log
        queue = DispatchQueue(label: "switchyard.catch-up")
    }

    /// Begins to read, after the moment that a target needs to handle what it has.
    func start() { schedule(afterMilliseconds: Self.fullMilliseconds) }

    /// Ends without reading on. What was read already is delivered.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        queue.sync {
            publisher?.close()
            publisher = nil
            closeCursor()
        }
    }

    /// Counts what could not be read up to here: the next cursor begins here.
    private func closeCursor() {
        guard let cursor else { return }
        engine.counters.missed.add(Int(clamping: cursor.missing(below: position)))
        self.cursor = nil
    }

    private func schedule(afterMilliseconds delay: Int = 0) {
        queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { [weak self] in self?.step() }
    }

    private func step() {
        if isCancelled.load(ordering: .relaxed) { return }
        do {
            if publisher == nil { publisher = target.makePublisher() }
            guard let publisher, case let progress = try read(publisher), progress != .full,
                publisher.flush() == 0
            else { return schedule(afterMilliseconds: Self.fullMilliseconds) }
            noteCheckpoint()
            switch progress {
            case .full, .more: schedule()
            case .end: moveOn()
            }
        } catch {
            // The archive can't be read now: its disk may come back.
            engine.counters.catchUpError.set("\(error)")
            let delay = broken.next()
            if broken.isLongest { closeCursor() }
            schedule(afterMilliseconds: delay)
        }
    }

    /// Something was read: all is well.
    private func noteProgress() {
        if broken.isWaiting || idle.isLongest { engine.counters.catchUpError.set(nil) }
        idle.reset()
        broken.reset()
        longestWaits = 0
    }

    /// Waits for what should be there and can't be read yet: longer and longer. Where it does not come, it
    /// is looked at anew, now and then, what there is: a cursor does not pass what is damaged at its end.
    private func waitForMore() {
        let delay = idle.next()
        if idle.isLongest {
            longestWaits += 1
            engine.counters.catchUpError.set(
                "the events from \(position) on can't be read from the archive yet")
            if longestWaits % Self.longestWaitsPerCursor == 0 { closeCursor() }
        }
        schedule(afterMilliseconds: delay)
    }

    /// How far some reading came.
    private enum Progress {
        /// The target has no room.
        case full
        /// There may be more to be read.
        case more
        /// To the end of what is needed, or of what there is by now.
        case end
    }

    /// Reads some records on.
    private func read(_ publisher: Publisher<MPSCRing>) throws -> Progress {
        if let held {
            let isTaken = held.bytes.withUnsafeBytes { bytes in
                offer(bytes, held.record, publisher)
            }
            guard isTaken else { return .full }
            position = held.record.sequence + 1
            self.held = nil
        }
        if let end, position >= end { return .end }
        if matcher == nil { matcher = Matcher(try engine.makeRules()) }
        let cursor = try openCursor()
        for _ in 0..<Self.stepRecords {
            if target.worker.isSaturated { return .full }
            guard let (record, bytes) = try cursor.records.next() else {
                // All that could be read before this was given; the rest is missing.
                if position < cursor.knownEnd {
                    position = min(cursor.knownEnd, end ?? .max)
                    noteProgress()
                }
                return .end
            }
            if let end, record.sequence >= end {
                position = end
                return .end
            }
            noteProgress()
            guard offer(bytes, record, publisher) else {
                held = HeldRecord(record: record, bytes: Array(bytes))
                return .full
            }
            position = record.sequence + 1
        }
        return .more
    }

    /// The cursor that is open, or one over all that the archive has.
    private func openCursor() throws(ArchiveError) -> OpenCursor {
        if let cursor { return cursor }
        let opened = try OpenCursor(log.directory, from: position)
        cursor = opened
        return opened
    }

    /// Tells the target's worker how far it will have come when it has handled what is in its queue.
    private func noteCheckpoint() {
        if !isLaneFlushed { isLaneFlushed = lane.perform { engine.flushPublisher() } }
        guard isLaneFlushed else { return }
        target.worker.note(checkpoint: (position, target.stage.pushedCount))
    }

    /// Passes an event on if the rule wants it. False if there is no room.
    private func offer(
        _ bytes: UnsafeRawBufferPointer, _ record: Record, _ publisher: Publisher<MPSCRing>
    ) -> Bool {
        // Records that no bus wrote are passed over.
        guard let index = try? scanner.scan(bytes),
            matcher?.matchUnborrowed(index).isEmpty == false
        else { return true }
        if engine.cutsLoop(bytes, record.sequence, hops: record.hops) { return true }
        let age = engine.clock.wallTime &- record.ingestTime
        let outcome = publisher.publish(
            bytes, key: UInt32(record.hops), tag: record.sequence,
            publishTime: monotonicNanoseconds() &- UInt64(bitPattern: max(0, age)))
        switch outcome {
        case .accepted: engine.counters.caughtUp.add(1)
        // From a time when longer events were allowed.
        case .tooLarge: engine.counters.missed.add(1)
        case .full, .dropped, .closed: return false
        }
        return true
    }

    /// At the end of what could be read, and all of it in the target's queue: reads on, rejoins, or
    /// ends.
    private func moveOn() {
        guard let end else {
            self.end = lane.perform {
                engine.rejoin(
                    at: position, nextSequence: log.nextSequence,
                    within: Self.rejoinDistance)
            }
            return self.end == nil ? waitForMore() : schedule()
        }
        guard position >= end else { return waitForMore() }
        closeCursor()
        self.end = nil
        if let again = lane.perform({ engine.endCatchUp() }) {
            position = again
            isLaneFlushed = false
            return schedule()
        }
        publisher?.close()
        publisher = nil
    }
}
