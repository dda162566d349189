import Testing

/// Explores every interleaving of the protocol by which a stage is woken, on a processor that holds
/// stores back (each thread's in order, as x86 does), and looks for an end where all is quiet but an
/// event lies in the ring.
@Suite("Waking a stage, as a model")
struct StageWakeModelTests {
    @Test(
        "no wake-up is lost, whether publishers wake the worker or take its turn, and it lingers or not",
        arguments: [[1], [3], [1, 1], [2, 2]],
        [
            Protocol(), Protocol(lendsTurns: true), Protocol(lingers: true),
            Protocol(lendsTurns: true, lingers: true),
        ])
    func complete(publications: [Int], variant: Protocol) {
        let exploration = explore(variant, publications)
        #expect(exploration.quietEnds > 0)
        #expect(exploration.lostWakeUps == 0)
    }

    @Test(
        "each part is needed: without it a wake-up is lost",
        arguments: [
            Protocol(producerHasFence: false), Protocol(consumerHasFence: false),
            Protocol(consumerLooksAgain: false),
            Protocol(producerHasFence: false, lendsTurns: true),
            Protocol(consumerHasFence: false, lendsTurns: true),
            Protocol(consumerLooksAgain: false, lendsTurns: true),
            // To have looked for long before the flag was set is no look after it.
            Protocol(consumerLooksAgain: false, lingers: true),
            Protocol(consumerHasFence: false, lingers: true),
        ])
    func incomplete(variant: Protocol) {
        #expect(explore(variant, [1, 1]).lostWakeUps > 0)
        #expect(explore(variant, [2]).lostWakeUps > 0)
    }
}

/// Which parts of the protocol there are.
struct Protocol: Sendable {
    var producerHasFence = true
    var consumerHasFence = true
    var consumerLooksAgain = true
    /// Whether a publisher that takes the flag down may take the turn itself.
    var lendsTurns = false
    /// Whether the worker may look at the ring for a while before it parks: how often, and whether at all,
    /// it decides by what it expects, so that all of that is possible.
    var lingers = false
}

/// Memory cells: `parked` and each producer's number of published events.
private enum Cell: Hashable {
    case parked
    case published(Int)
}

private struct Store: Hashable {
    var cell: Cell
    var value: Int
}

/// A thread: where it is in its program, and the stores that others do not see yet.
private struct Thread: Hashable {
    var step = 0
    var delayed: [Store] = []
}

private struct State: Hashable {
    var memory: [Cell: Int] = [.parked: 1]
    var producers: [Thread]
    var sent: [Int]
    var consumer = Thread()
    var consumed = 0
    /// Turns asked for and not begun.
    var turns = 0
    /// The producer that takes the worker's turn now.
    var guest: Int?

    var published: Int {
        self.producers.indices.reduce(0) { $0 + self.memory[.published($1), default: 0] }
    }

    /// An exchange: it makes the thread's own stores visible first, as a locked instruction does.
    mutating func takeParkedFlag() -> Bool {
        defer { self.memory[.parked] = 0 }
        return self.memory[.parked] == 1
    }
}

private func explore(
    _ variant: Protocol, _ publications: [Int]
) -> (quietEnds: Int, lostWakeUps: Int) {
    let start = State(
        producers: publications.map { _ in Thread() }, sent: publications.map { _ in 0 })
    var seen: Set<State> = [start]
    var pending = [start]
    var quietEnds = 0
    var lostWakeUps = 0
    while let state = pending.popLast() {
        let next = successors(of: state, variant, publications)
        if next.isEmpty {
            quietEnds += 1
            if state.consumed < state.published { lostWakeUps += 1 }
        }
        for state in next where seen.insert(state).inserted { pending.append(state) }
    }
    return (quietEnds, lostWakeUps)
}

/// All states that one step of one thread, or one delayed store becoming visible, leads to.
private func successors(
    of state: State, _ variant: Protocol, _ publications: [Int]
) -> [State] {
    var next: [State] = []
    for index in state.producers.indices {
        if let stored = delayedStoreBecomesVisible(in: state, \.producers[index]) {
            next.append(stored)
        }
        next += producerSteps(index, state, variant, publications[index])
    }
    if let stored = delayedStoreBecomesVisible(in: state, \.consumer) { next.append(stored) }
    next += consumerSteps(state, variant)
    return next
}

private func delayedStoreBecomesVisible(
    in state: State, _ thread: WritableKeyPath<State, Thread>
) -> State? {
    var state = state
    if state[keyPath: thread].delayed.isEmpty { return nil }
    let store = state[keyPath: thread].delayed.removeFirst()
    state.memory[store.cell] = store.value
    return state
}

/// `Stage.offer`, over and over, and `Stage.takeLentTurn`.
private func producerSteps(
    _ index: Int, _ state: State, _ variant: Protocol, _ publications: Int
) -> [State] {
    var state = state
    let mustWait = !state.producers[index].delayed.isEmpty
    switch state.producers[index].step {
    case 0:  // publish
        if state.sent[index] == publications { return [] }
        state.sent[index] += 1
        state.producers[index].delayed.append(
            Store(cell: .published(index), value: state.sent[index]))
        state.producers[index].step = 1
    case 1:  // the fence
        if variant.producerHasFence && mustWait { return [] }
        state.producers[index].step = 2
    case 2:  // look at the flag
        state.producers[index].step = state.memory[.parked] == 1 ? 3 : 0
    case 3:  // take it down, and wake if that was us, or take the turn
        if mustWait { return [] }
        state.producers[index].step = 0
        guard state.takeParkedFlag() else { return [state] }
        var waking = state
        waking.turns += 1
        if !variant.lendsTurns { return [waking] }
        state.producers[index].step = 4
        return [waking, state]
    case 4:  // wait for the queue
        if state.guest != nil || state.consumer != Thread() || mustWait { return [] }
        state.guest = index
        state.producers[index].step = 5
    case 5:  // drain; what this thread published it sees before others do
        state.consumed = state.published
        state.producers[index].step = 6
    case 6:  // set the flag
        state.producers[index].delayed.append(Store(cell: .parked, value: 1))
        state.producers[index].step = 7
    case 7:  // the fence
        if variant.consumerHasFence && mustWait { return [] }
        state.producers[index].step = variant.consumerLooksAgain ? 8 : 10
    case 8:  // look again
        state.producers[index].step = state.published > state.consumed ? 9 : 10
    case 9:  // take the flag down, and ask for a turn if that was us
        if mustWait { return [] }
        if state.takeParkedFlag() { state.turns += 1 }
        state.producers[index].step = 10
    default:  // leave the queue, which makes all stores visible
        if mustWait { return [] }
        state.guest = nil
        state.producers[index].step = 0
    }
    return [state]
}

/// `Stage.takeTurn`, whenever a turn was asked for.
private func consumerSteps(_ state: State, _ variant: Protocol) -> [State] {
    var state = state
    let mustWait = !state.consumer.delayed.isEmpty
    switch state.consumer.step {
    case 0:  // between turns
        if state.turns == 0 || state.guest != nil { return [] }
        state.turns -= 1
        state.consumer.step = 1
    case 1:  // drain
        state.consumed = state.published
        state.consumer.step = 2
    case 2:  // set the flag; or go on, if something came while it lingered
        var goingOn = state
        goingOn.consumer.step = 1
        let findsMore = variant.lingers && state.published > state.consumed
        state.consumer.delayed.append(Store(cell: .parked, value: 1))
        state.consumer.step = 3
        if findsMore { return [goingOn, state] }
    case 3:  // the fence
        if variant.consumerHasFence && mustWait { return [] }
        state.consumer.step = variant.consumerLooksAgain ? 4 : 0
    case 4:  // look again
        state.consumer.step = state.published > state.consumed ? 5 : 0
    default:  // take the flag down, and go on if that was us
        if mustWait { return [] }
        state.consumer.step = state.takeParkedFlag() ? 1 : 0
    }
    return [state]
}
