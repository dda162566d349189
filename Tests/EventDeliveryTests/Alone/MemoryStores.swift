import EventArchive
import EventDelivery
import InternalSystem

/// Watermarks in memory, which remember how they were raised.
final class MemoryWatermarks: WatermarkStore {
    private struct State {
        var values: [TargetID: UInt64] = [:]
        var raised: [UInt64] = []
        var whenRaised: (@Sendable (UInt64) -> Void)?
    }

    private let state = Guarded(State())

    /// What targets were raised to, in this order.
    var raised: [UInt64] { state.withLock { $0.raised } }

    /// Calls `body` whenever a target is raised, where that happens.
    func whenRaised(_ body: @escaping @Sendable (UInt64) -> Void) {
        state.withLock { $0.whenRaised = body }
    }

    subscript(key: TargetID) -> UInt64? { state.withLock { $0.values[key] } }

    func advance(_ key: TargetID, to sequence: UInt64) {
        let body = state.withLock { state -> (@Sendable (UInt64) -> Void)? in
            guard let current = state.values[key], current < sequence else { return nil }
            state.values[key] = sequence
            state.raised.append(sequence)
            return state.whenRaised
        }
        body?(sequence)
    }

    func begin(_ keys: [TargetID], at sequence: UInt64) {
        state.withLock { for key in keys { $0.values[key] = sequence } }
    }

    func remove(_ key: TargetID) { state.withLock { $0.values[key] = nil } }
    func save() {}
    var hasUnsaved: Bool { false }
    func saveSoon() {}
    var unreadableLines: Int { 0 }
}

/// Dead letters in memory, which can be made to fail.
final class MemoryDeadLetters: DeadLetterStore {
    private struct State {
        var letters: [DeadLetter] = []
        var sent = 0
        var isBroken = false
        var refused = 0
    }

    private let state = Guarded(State())

    /// All that were written.
    var letters: [DeadLetter] { state.withLock { $0.letters } }
    /// How many could not be written.
    var refusedCount: Int { state.withLock { $0.refused } }
    /// Whether none can be written.
    var isBroken: Bool {
        get { state.withLock { $0.isBroken } }
        set { state.withLock { $0.isBroken = newValue } }
    }

    func write(_ letter: DeadLetter) -> DeadLetterFate {
        state.withLock {
            if $0.isBroken {
                $0.refused += 1
                return .failed
            }
            $0.letters.append(letter)
            return .written
        }
    }

    var removed: UInt64 { 0 }
    func startCommit() {}
    func waiting(limit: Int, where isWanted: (DeadLetter) -> Bool) -> [DeadLetter] {
        state.withLock { Array($0.letters[$0.sent...].filter(isWanted).prefix(limit)) }
    }
    func sent(through number: UInt64) { state.withLock { $0.sent = Int(number) + 1 } }
    func close() {}
}
