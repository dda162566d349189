internal import Dispatch
internal import EventEnvelope
internal import EventSchedule
internal import InternalSystem

/// The schedules of a router's rules: fires each when its time has come, by one clock, on a queue of
/// their own, whatever the control plane does meanwhile.
///
/// They wait in one ``/EventSchedule/TimerWheel``; of the clock one piece of work is asked for at a
/// time, for the first that is due. A time that was missed, because the machine slept for instance,
/// fires once for all that were missed. What can't be published for want of room is tried again.
final class RuleSchedules: Sendable {
    /// A schedule that is due.
    struct Firing: Sendable {
        /// The rule's resource name.
        var ruleARN: String
        /// The rule's bus.
        var bus: BusID
        /// When it was due.
        var due: EventTime
    }

    private struct Entry {
        var bus: BusID
        var schedule: ScheduleExpression
        /// When it began to count.
        var start: EventTime
        /// What waits in the wheel.
        var token: TimerWheel<Waiting>.Token?
    }

    /// A rule in the wheel, with the time that it fires for: that of the wheel may be later, when there
    /// was no room.
    private struct Waiting {
        var rule: String
        var due: EventTime
    }

    private struct State {
        /// By the rules' resource names.
        var entries: [String: Entry] = [:]
        var wheel: TimerWheel<Waiting>
        /// What the clock was asked for, and when that is.
        var turn: (work: TimedWork, due: EventTime)?
        var isStopped = false
    }

    /// How long to wait where there was no room.
    private static let retryNanoseconds: Int64 = 100_000_000

    private let clock: any TimeSource
    private let queue = DispatchQueue(label: "switchyard.schedules")
    private let state: Guarded<State>
    private let fire: @Sendable (Firing) -> Bool

    /// - Parameter fire: publishes the event of a schedule; false if there is no room. Must not wait.
    init(clock: any TimeSource, fire: @escaping @Sendable (Firing) -> Bool) {
        self.clock = clock
        self.fire = fire
        state = Guarded(State(wheel: TimerWheel(at: EventTime(clock.wallTime))))
    }

    /// Has a rule, by its resource name, fire by a schedule that counts from `start`; the one that it
    /// had before is over.
    /// O(1) beside the search for the next time.
    func put(
        _ rule: String, of bus: BusID, _ schedule: ScheduleExpression, from start: EventTime
    ) {
        let now = EventTime(clock.wallTime)
        state.withLock { state in
            forget(rule, &state)
            state.entries[rule] = Entry(bus: bus, schedule: schedule, start: start)
            wait(rule, after: now, &state)
            arm(&state)
        }
    }

    /// Has a rule fire no more. O(1).
    func remove(_ rule: String) {
        state.withLock { state in
            forget(rule, &state)
            arm(&state)
        }
    }

    /// Ends: nothing fires that has not begun to.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.turn?.work.cancel()
            state.turn = nil
        }
    }

    private func forget(_ rule: String, _ state: inout State) {
        if let token = state.entries.removeValue(forKey: rule)?.token { state.wheel.remove(token) }
    }

    /// Puts a rule into the wheel for its next time, if it has one.
    private func wait(_ rule: String, after now: EventTime, _ state: inout State) {
        guard let entry = state.entries[rule],
            let due = entry.schedule.next(after: now, from: entry.start)
        else { return }
        state.entries[rule]?.token = state.wheel.insert(Waiting(rule: rule, due: due), at: due)
    }

    /// Asks the clock for the next turn, unless it was asked for that already.
    private func arm(_ state: inout State) {
        guard !state.isStopped, let due = state.wheel.nextDue else {
            state.turn?.work.cancel()
            state.turn = nil
            return
        }
        if let turn = state.turn, turn.due == due, !turn.work.isOver { return }
        state.turn?.work.cancel()
        let work = clock.run(on: queue, at: .wall(due.nanoseconds)) { [weak self] in self?.turn() }
        state.turn = (work, due)
    }

    /// Fires what is due. On the queue.
    private func turn() {
        let now = EventTime(clock.wallTime)
        let due = state.withLock { state in
            state.isStopped ? [] : state.wheel.turn(to: now).map(\.element)
        }
        for waiting in due {
            guard let bus = state.withLock({ $0.entries[waiting.rule]?.bus }) else { continue }
            let isFired = fire(Firing(ruleARN: waiting.rule, bus: bus, due: waiting.due))
            state.withLock { state in
                // A rule that was put anew meanwhile waits for another time already.
                guard let token = state.entries[waiting.rule]?.token,
                    !state.wheel.waits(token)
                else { return }
                if isFired { return wait(waiting.rule, after: now, &state) }
                let again = EventTime(now.nanoseconds + Self.retryNanoseconds)
                state.entries[waiting.rule]?.token = state.wheel.insert(waiting, at: again)
            }
        }
        state.withLock { arm(&$0) }
    }
}
