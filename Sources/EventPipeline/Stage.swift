import Dispatch
internal import InternalSystem
import Synchronization

/// The words of a stage, each on a line of its own: the flag that both sides write, what publishers
/// count, what the worker counts, and what it lets publishers do.
@usableFromInline
enum StageWord {
    @usableFromInline static let parked = 0
    @usableFromInline static let wakes = 1
    @usableFromInline static let dropped = 2
    @usableFromInline static let turns = 3
    @usableFromInline static let runs = 4
    @usableFromInline static let events = 5
    @usableFromInline static let lends = 6
    @usableFromInline static let isLent = 7
    @usableFromInline static let count = 8
}

/// A ring and the worker that serves it: a serial Dispatch queue on which the handler gets whatever
/// was published, in order, never two runs at a time.
///
///     let stage = Stage(label: "match", ring: MPSCRing(minimumCapacity: 8_192)) { events in ... }
///     let accepted = stage.send(batch, onFull: .wait)
///     stage.stopAndWait()
///
/// The worker takes a turn when it is woken: it drains the ring, at most `turnBudget` events, then
/// either asks for another turn (so that other queues get one) or, after a moment, parks. A producer
/// wakes it only if it is parked, so under load nobody wakes anybody.
///
/// No wake-up is lost: the consumer sets `parked`, then a full fence, then looks at the ring again;
/// the producer publishes, then a full fence, then looks at `parked`. One of the two sees the other,
/// and whoever takes the flag down (one of them can) is responsible for the next turn.
/// StageWakeModelTests explores this exhaustively.
///
/// There is no thread to leak: a parked stage is a queue without work. It lives as long as someone
/// refers to it or events are in its ring.
package final class Stage<Ring: DescriptorRing>: @unchecked Sendable {
    /// Gets a run of events, oldest first, in the ring itself: valid until it returns.
    package typealias Handler = @Sendable (UnsafeBufferPointer<EventDescriptor>) -> Void

    @usableFromInline let ring: Ring
    let queue: DispatchQueue
    /// Asks for turns on the queue: unlike a block, it is made once, not for each of them.
    private let turns: any DispatchSourceUserDataAdd
    let handler: Handler
    let turnBudget: Int
    /// How much there is to do. Only touched on the queue.
    var duty: Duty
    /// What a publisher runs on the queue to take a turn.
    let lentTurn: RepeatedWork
    /// How many events are handled before their slots are reported free.
    let runMax: Int
    let room = WaitingRoom()
    @usableFromInline let words: PaddedAtomics
    /// Only touched on the queue.
    var completions: [@Sendable () -> Void] = []

    /// Creates a stage whose worker is parked.
    ///
    /// - Parameters:
    ///   - label: the queue's name, as debuggers show it.
    ///   - ring: what it drains; nobody else may consume from it.
    ///   - turnBudget: how many events a turn handles at most before other queues get their turn.
    ///   - lingerMax: for how many nanoseconds at most a worker without work looks again, giving the
    ///     processor away in between, before it parks.
    ///   - handler: what is done with them. It should not block for long.
    package convenience init(
        label: String, ring: Ring, turnBudget: Int = 8_192,
        lingerMax: UInt64 = PipelineLimit.lingerNanoseconds, handler: @escaping Handler
    ) {
        self.init(
            label: label, ring: ring, turnBudget: turnBudget, lingerMax: lingerMax,
            lentRunsMax: RepeatedWork.runsMax, handler: handler)
    }

    /// The same with a limit that a test can reach: see `RepeatedWork`.
    init(
        label: String, ring: Ring, turnBudget: Int = 8_192, lingerMax: UInt64, lentRunsMax: Int,
        handler: @escaping Handler
    ) {
        precondition(turnBudget > 0, "a turn must handle something")
        self.ring = ring
        self.queue = DispatchQueue(label: label)
        self.turns = DispatchSource.makeUserDataAddSource(queue: self.queue)
        self.handler = handler
        self.turnBudget = turnBudget
        self.duty = Duty(lingerMax: lingerMax)
        let borrower = Borrower<Ring>()
        // Whoever performs it holds the stage.
        self.lentTurn = RepeatedWork(runsMax: lentRunsMax) {
            borrower.stage?._withUnsafeGuaranteedRef { $0.takeLentTurn() }
        }
        self.runMax = max(1, ring.capacity / 4)
        self.words = PaddedAtomics(count: StageWord.count)
        self.words[StageWord.parked].pointee.store(1, ordering: .relaxed)
        let asked = Unmanaged.passUnretained(self)
        borrower.stage = asked
        self.turns.setEventHandler {
            // Each request holds a reference; what two of them ask for at a time is one turn.
            let stage = asked.takeRetainedValue()
            for _ in 1..<max(1, stage.turns.data) { asked.release() }
            stage.takeTurn()
        }
        self.turns.activate()
    }

    deinit { self.turns.cancel() }

    /// Publishes as many of `events` as there is room for, the first ones, wakes the worker if it is
    /// parked, and returns their number: fewer if the ring is full or the stage stopped. Does not wait
    /// for room; where turns are lent it may take one, and waits then for what is done on the queue. With
    /// an ``SPSCRing``, one thread at a time may call this or ``send(_:onFull:)``.
    @inlinable
    package func offer(_ events: UnsafeBufferPointer<EventDescriptor>) -> Int {
        let accepted = self.ring.push(events)
        if accepted > 0 { self.wakeIfParked() }
        return accepted
    }

    /// Publishes `events`, and does as `policy` says with those that do not fit. Returns how many
    /// were accepted, the first ones: all of them with ``BackPressure/wait`` unless the stage is
    /// stopped meanwhile. What ``BackPressure/dropNewest`` drops is counted in the statistics.
    package func send(
        _ events: UnsafeBufferPointer<EventDescriptor>, onFull policy: BackPressure
    ) -> Int {
        var accepted = self.offer(events)
        while accepted < events.count && !self.ring.isClosed {
            switch policy {
            case .fail:
                return accepted
            case .dropNewest:
                self.countDropped(events.count - accepted)
                return accepted
            case .wait:
                self.room.wait { self.ring.isHalfFree || self.ring.isClosed }
                accepted += self.offer(UnsafeBufferPointer(rebasing: events[accepted...]))
            }
        }
        return accepted
    }

    /// Waits until half of the ring is free, or for so many nanoseconds at most; whether it is.
    package func waitForRoom(nanoseconds: UInt64) -> Bool {
        let isReady = self.room.wait(by: monotonicNanoseconds() &+ nanoseconds) {
            self.ring.isHalfFree || self.ring.isClosed
        }
        return isReady && !self.ring.isClosed
    }

    /// Whether the stage was told to stop: nothing will be accepted any more.
    @inlinable package var isClosed: Bool { self.ring.isClosed }

    func countDropped(_ count: Int) {
        self.words[StageWord.dropped].count(count)
    }

    /// The producer's half of the protocol, after it published.
    @inlinable
    func wakeIfParked() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if self.words[StageWord.parked].pointee.load(ordering: .relaxed) != 0 { self.wakeSlow() }
    }

    @usableFromInline @inline(never)
    func wakeSlow() {
        guard self.takeParkedFlag() else { return }
        if self.words[StageWord.isLent].pointee.load(ordering: .relaxed) != 0 {
            return self.lentTurn.run(on: self.queue)
        }
        self.words[StageWord.wakes].count(1)
        self.askForTurn()
    }

    /// Has ``takeTurn()`` called on the queue, and keeps the stage until then. Allocates nothing.
    func askForTurn() {
        _ = Unmanaged.passRetained(self)
        self.turns.add(data: 1)
    }

    /// Whether the caller, and nobody else, turned the flag from parked to not parked.
    func takeParkedFlag() -> Bool {
        self.words[StageWord.parked].pointee.exchange(0, ordering: .acquiringAndReleasing) != 0
    }
}

/// What a lent turn knows of its stage, which is made after it.
private final class Borrower<Ring: DescriptorRing>: @unchecked Sendable {
    // Unchecked: set before anybody else has the stage.
    var stage: Unmanaged<Stage<Ring>>?
}
