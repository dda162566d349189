import EventPipeline
internal import InternalSystem
import Switchyard
import Synchronization

/// A target that fails for a time, and what tells then whether nothing was lost: it counts each event
/// once, however often it comes.
///
/// `@unchecked Sendable`: the set belongs to the target's queue, and to the main thread when the router
/// is closed; `start` to the main thread alone.
final class LoadOutage: @unchecked Sendable {
    private let end = Atomic<UInt64>(0)
    private var start: UInt64 = 0
    @exclusivity(unchecked) private var arrived = SequenceSet()
    @exclusivity(unchecked) private var repeatedCount: UInt64 = 0

    /// From now on the target fails, for so long.
    func begin(seconds: Double) {
        start = monotonicNanoseconds()
        end.store(start &+ UInt64(seconds * 1e9), ordering: .relaxed)
    }

    /// The target is there again, if it was not yet.
    func finish() {
        end.store(min(monotonicNanoseconds(), end.load(ordering: .relaxed)), ordering: .relaxed)
    }

    /// How long it failed.
    var seconds: Double { Double(end.load(ordering: .relaxed) &- start) / 1e9 }

    /// Called by the target for each event, before anything else.
    ///
    /// - Throws: that it is out of order.
    /// - Returns: whether the event came for the first time.
    func admit(_ sequence: UInt64) throws(DeliveryError) -> Bool {
        if monotonicNanoseconds() < end.load(ordering: .relaxed) {
            throw DeliveryError(.connectionFailure, "the load test's target is out of order")
        }
        if arrived.insert(sequence) { return true }
        repeatedCount += 1
        return false
    }

    /// How many deliveries were of events that had come before. When the router is closed.
    var repeated: UInt64 { repeatedCount }
}

/// Numbers from 0 on, a bit for each up to the largest.
struct SequenceSet {
    private var words: [UInt64] = []

    /// False if it was there already. O(1), but for growing.
    mutating func insert(_ number: UInt64) -> Bool {
        let (word, bit) = (Int(number >> 6), UInt64(1) << (number & 63))
        while words.count <= word { words.append(0) }
        defer { words[word] |= bit }
        return words[word] & bit == 0
    }
}
