internal import Dispatch
package import EventArchive
internal import EventEnvelope
internal import EventPipeline
package import InternalSystem
internal import Synchronization

/// A replay of a router: reads an archive on a queue of its own and hands what it reads to the
/// targets of rules, past the bus, so that live events wait for nothing.
///
/// A target gets replayed events through its queue, like others, and when that is full the replay
/// waits. Their order is that of the archive; live events come in between. Matches of a replay are
/// not among those that a rule counts. The rules and targets are those of the moment when it
/// started; targets that are removed get nothing more.
///
/// `@unchecked Sendable`: what changes is touched on its queue alone, but for what is guarded.
public final class RouterReplay: @unchecked Sendable {
    /// How many records are read between two looks at anything else.
    private static let stepRecords = 1_024
    /// How long to wait for a target or a bus that has no room.
    private static let fullDelay = DispatchTimeInterval.milliseconds(2)

    /// What was asked for.
    public let request: ReplayRequest
    /// Which one of the router's it is. Only touched under the router's control lock.
    package var number = 0

    private let queue: DispatchQueue
    private let clock: any TimeSource
    private let sequences: Range<UInt64>
    private var records: ReplayRecords?
    private var output: (any ReplayOutput)?
    private var eventTime: EventTime?
    private var rate = ReplayRate()
    private var turn = 0

    /// What other threads see and ask for.
    private struct Shared {
        var progress = ReplayProgress()
        var isPaused = false
        var isCancelled = false
        var eventsPerSecond: Double?
        var waiters: [CheckedContinuation<ReplayProgress, Never>] = []
    }

    private let shared = Guarded(Shared())

    package init(
        _ request: ReplayRequest, _ reader: ArchiveReader, _ selection: ArchiveSelection,
        _ output: any ReplayOutput, clock: any TimeSource
    ) {
        self.request = request
        self.output = output
        self.clock = clock
        sequences = reader.sequences
        records = ReplayRecords(reader.cursor(over: selection), request.pace, by: .event)
        queue = DispatchQueue(label: "switchyard.replay")
    }

    /// What it has done so far. From any thread.
    public var progress: ReplayProgress { shared.withLock { $0.progress } }

    /// Stops reading until ``resume()``. What is in the targets' queues is delivered. From any
    /// thread.
    public func pause() { control { $0.isPaused = true } }

    /// Goes on, with the distances that are left. From any thread.
    public func resume() { control { $0.isPaused = false } }

    /// How many events it may give in a second.
    public static let rates = ReplayRate.range

    /// How many events it may give in a second, besides what its pace says; nil for as many as there are
    /// takers for. From any thread.
    public var eventsPerSecond: Double? { shared.withLock { $0.eventsPerSecond } }

    /// Has it give no more than so many events a second, at equal distances; nil for no limit. From any
    /// thread.
    public func setRate(_ eventsPerSecond: Double?) {
        let wanted = eventsPerSecond.map {
            min(max($0, Self.rates.lowerBound), Self.rates.upperBound)
        }
        control { $0.eventsPerSecond = wanted }
    }

    /// Returns when what was asked of it before is done. Not called by a target.
    package func waitForTurn() { queue.sync {} }

    /// Ends it before its time: nothing more is read, and what targets got stays with them. From
    /// any thread; returns at once, see ``finished()``.
    public func cancel() {
        control { shared in
            shared.isCancelled = true
            if !shared.progress.state.hasEnded { shared.progress.state = .cancelling }
        }
    }

    /// Returns when it has ended, with what it has done.
    public func finished() async -> ReplayProgress {
        await withCheckedContinuation { continuation in
            let ended: ReplayProgress? = shared.withLock { shared in
                if shared.progress.state.hasEnded { return shared.progress }
                shared.waiters.append(continuation)
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }

    /// Begins.
    package func start() { schedule() }

    /// Ends it and returns then. Not called by a target.
    package func cancelAndWait() {
        cancel()
        queue.sync { step(turn) }
    }

    private func control(_ change: (inout Shared) -> Void) {
        shared.withLock(change)
        schedule()
    }

    /// The next step, at once. One that was to come later comes no more.
    private func schedule() {
        queue.async { [self] in
            turn += 1
            step(turn)
        }
    }

    private func schedule(after nanoseconds: UInt64) {
        turn += 1
        clock.run(on: queue, after: nanoseconds) { [weak self, turn] in self?.step(turn) }
    }

    /// The next step when there may be room: a wait for other threads, in real time.
    private func scheduleWhenFull() {
        turn += 1
        queue.asyncAfter(deadline: .now() + Self.fullDelay) { [weak self, turn] in
            self?.step(turn)
        }
    }

    private func step(_ turn: Int) {
        guard turn == self.turn, records != nil else { return }
        let (isPaused, isCancelled, wanted) = shared.withLock {
            ($0.isPaused, $0.isCancelled, $0.eventsPerSecond)
        }
        if isCancelled { return end(.cancelled) }
        if wanted != rate.eventsPerSecond { rate = ReplayRate(wanted) }
        let now = clock.monotonicTime
        if isPaused {
            records?.pause(now: now)
            return publish(.paused)
        }
        records?.resume(now: now)
        do throws(ArchiveError) {
            let outcome = try run(now)
            publish(.running)
            switch outcome {
            case .more: schedule()
            case .wait(let nanoseconds): schedule(after: nanoseconds)
            case .full: scheduleWhenFull()
            case .end: end(.completed)
            }
        } catch {
            shared.withLock { $0.progress.error = error }
            end(.failed)
        }
    }

    private enum Outcome {
        case more
        case wait(UInt64)
        case full
        case end
    }

    /// Deals with some records. Whatever could not be handed on comes first the next time.
    private func run(_ now: UInt64) throws(ArchiveError) -> Outcome {
        guard let output else { return .end }
        for _ in 0..<Self.stepRecords {
            switch try records?.next(now: now) ?? .end {
            case .wait(let nanoseconds):
                return output.flush() ? .wait(nanoseconds) : .full
            case .end: return output.flush() ? .end : .full
            case .record(let record):
                let delay = rate.delay(now: now)
                guard delay == 0 else { return output.flush() ? .wait(delay) : .full }
                guard output.take(record.bytes, record.sequence) else {
                    _ = output.flush()
                    return .full
                }
                records?.take()
                rate.take(now: now)
                output.counts.events += 1
                output.counts.bytes += UInt64(record.bytes.count)
                eventTime = EventTime(record.eventTime)
            }
        }
        return output.flush() ? .more : .full
    }

    /// Makes what was done known.
    private func publish(_ state: ReplayState) {
        guard let output, records != nil else { return }
        var progress = output.counts
        progress.gaps = records?.gaps ?? []
        progress.skipped = records?.statistics.recordsSkipped ?? 0
        progress.lastEventTime = eventTime
        let position = min(records?.position ?? 0, sequences.upperBound)
        let passed = position > sequences.lowerBound ? position - sequences.lowerBound : 0
        progress.fraction = sequences.isEmpty ? 1 : Double(passed) / Double(sequences.count)
        shared.withLock { shared in
            progress.state = shared.progress.state == .cancelling ? .cancelling : state
            progress.error = shared.progress.error
            shared.progress = progress
        }
    }

    private func end(_ state: ReplayState) {
        output?.close()
        publish(state)
        output = nil
        records = nil
        let (waiters, progress) = shared.withLock { shared in
            shared.progress.state = state
            if state == .completed { shared.progress.fraction = 1 }
            defer { shared.waiters = [] }
            return (shared.waiters, shared.progress)
        }
        for waiter in waiters { waiter.resume(returning: progress) }
    }
}
