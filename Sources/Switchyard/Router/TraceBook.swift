internal import EventDelivery
internal import EventPipeline
internal import InternalSystem
internal import RoutingInterface
internal import Synchronization

/// The events whose way is being followed, for ``Router/publishTraced(_:to:within:)``.
///
/// An event that is traced carries its trace's number in its descriptor's tag. While there are none,
/// workers look at one atomic count a run, and that is all.
final class TraceBook: RouteObserver, DeliveryObserver {
    /// What is known of an event.
    struct Record {
        let bus: String
        var event: EventNumber?
        var routedAt: UInt64 = 0
        /// The rules that it matched, by their routes.
        var routes: Set<ObjectIdentifier> = []
        /// What happened at the targets.
        var attempts: [Attempt] = []
        var letters: [DeadLetter] = []
    }

    struct Attempt {
        var names: TargetNames
        var number: Int
        var error: DeliveryError?
        var time: UInt64
    }

    private let activeCount = Atomic<Int>(0)
    private struct State {
        var records: [UInt64: Record] = [:]
        var nextNumber: UInt64 = 1
    }

    private let state = Guarded(State())

    /// Whether any event is traced.
    var isActive: Bool { activeCount.load(ordering: .relaxed) > 0 }

    /// Begins to follow an event on its way to a bus, and gives the tag that it has to carry.
    func begin(bus: String) -> (number: UInt64, tag: UInt64) {
        state.withLock { state in
            let number = state.nextNumber
            state.nextNumber += 1
            state.records[number] = Record(bus: bus)
            activeCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
            return (number, EventTag.trace(number))
        }
    }

    /// What is known so far.
    func record(_ number: UInt64) -> Record? { state.withLock { $0.records[number] } }

    /// Ends.
    func end(_ number: UInt64) {
        state.withLock { state in
            state.records[number] = nil
            activeCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        }
    }

    /// The event was archived and matched.
    func routed(_ number: UInt64, _ event: EventNumber, _ routes: Set<ObjectIdentifier>) {
        state.withLock { state in
            state.records[number]?.event = event
            state.records[number]?.routes = routes
            state.records[number]?.routedAt = monotonicNanoseconds()
        }
    }

    /// Somebody tried to deliver an event.
    func attempted(
        _ names: TargetNames, _ sequence: UInt64, _ attempt: Int, _ error: DeliveryError?
    ) {
        guard isActive else { return }
        change(names.bus, sequence) {
            $0.attempts.append(
                Attempt(
                    names: names, number: attempt, error: error, time: monotonicNanoseconds()))
        }
    }

    /// An event became a dead letter.
    func ended(_ letter: DeadLetter) {
        guard isActive else { return }
        change(letter.bus, letter.sequence) { $0.letters.append(letter) }
    }

    private func change(_ bus: String, _ sequence: UInt64, _ body: (inout Record) -> Void) {
        state.withLock { state in
            for (number, record) in state.records
            where record.bus == bus && record.event?.sequence == sequence {
                var record = record
                body(&record)
                state.records[number] = record
            }
        }
    }
}
