/// The deliveries of one target that are neither done nor given up: waiting for their turn, on their
/// way, or waiting to be tried again.
///
/// Used on the target's queue alone. Owns a copy of each event.
package struct PendingDeliveries {
    /// Set in the key of an event's descriptor that a replay gives; its hops are in the lowest byte.
    package static let replayedFlag: UInt32 = 1 << 8
    /// Set in the key of an event's descriptor that its bus could not archive, or has no archive for.
    static let unarchivedFlag: UInt32 = 1 << 9

    /// What became of a delivery that somebody waits for.
    package enum Settlement: Sendable {
        /// It has arrived.
        case delivered
        /// It is a new dead letter, which was written.
        case lettered
        /// Nobody tries any more, and nobody has written anything: it is as it was before.
        case unsettled
    }

    /// Set in the key of an event's descriptor where every earlier event of the target, by the numbers of
    /// the bus's log, is in the queue before it: so far the target has come when this one is done.
    static let inOrderFlag: UInt32 = 1 << 10

    /// A delivery.
    package struct Item {
        var bytes: [UInt8]
        var sequence: UInt64
        /// When the event was taken on, on the clock of
        /// ``/InternalSystem/monotonicNanoseconds()``; wraps.
        var acceptedAt: UInt64
        var hops: UInt8
        /// Whether a replay gave it to the target, which did not have to find it in the archive.
        package var isReplayed = false
        /// Whether its bus could not archive it.
        var isUnarchived = false
        /// How often it was tried.
        var attempts = 0
        /// When it is to be tried again.
        var due: UInt64 = 0
        /// Who waits for its end: a redrive.
        package var whenSettled: (@Sendable (Settlement) -> Void)?

        /// Whether no archive has it for the target, so that it has to be delivered, or become a dead
        /// letter, as long as this process runs.
        package var isOnlyHere: Bool { isReplayed || isUnarchived }

        /// Creates a delivery that was not tried yet.
        package init(
            bytes: [UInt8], sequence: UInt64, acceptedAt: UInt64, hops: UInt8,
            isReplayed: Bool = false, isUnarchived: Bool = false
        ) {
            self.bytes = bytes
            self.sequence = sequence
            self.acceptedAt = acceptedAt
            self.hops = hops
            self.isReplayed = isReplayed
            self.isUnarchived = isUnarchived
        }
    }

    /// Items that were not tried yet, oldest first, from `first` on.
    private var waiting: [Item] = []
    private var first = 0
    /// Items on their way, by number.
    private var underway: [UInt64: Item] = [:]
    private var nextNumber: UInt64 = 0
    /// Items to be tried again: a heap, the earliest due on top.
    private var retries: [Item] = []

    /// How many there are.
    var count: Int { waiting.count - first + underway.count + retries.count }
    /// How many are on their way.
    var underwayCount: Int { underway.count }
    /// How many wait to be tried again.
    var retryCount: Int { retries.count }
    /// Whether one waits that was not tried yet.
    var hasWaiting: Bool { first < waiting.count }
    /// When the next one is to be tried again.
    var nextDue: UInt64? { retries.first?.due }

    /// The smallest sequence number of all that the target can find in its bus's archive again; nil if
    /// there are none. O(count).
    var firstSequence: UInt64? {
        var least: UInt64?
        func take(_ item: Item) {
            if !item.isOnlyHere { least = min(least ?? .max, item.sequence) }
        }
        waiting[first...].forEach(take)
        underway.values.forEach(take)
        retries.forEach(take)
        return least
    }

    /// Adds an item that was not tried yet. O(1).
    mutating func append(_ item: Item) { waiting.append(item) }

    /// Takes the oldest that was not tried yet.
    mutating func takeWaiting() -> Item? {
        guard first < waiting.count else { return nil }
        let item = waiting[first]
        waiting[first].bytes = []
        first += 1
        if first == waiting.count || first > 1_024 {
            waiting.removeFirst(first)
            first = 0
        }
        return item
    }

    /// Notes that an item is on its way, and gives its number.
    mutating func start(_ item: Item) -> UInt64 {
        nextNumber += 1
        underway[nextNumber] = item
        return nextNumber
    }

    /// Takes an item that has arrived, or failed.
    mutating func end(_ number: UInt64) -> Item? { underway.removeValue(forKey: number) }

    /// Adds an item that is to be tried again at its due time. O(log count).
    mutating func addRetry(_ item: Item) {
        retries.append(item)
        var child = retries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard retries[child].due < retries[parent].due else { break }
            retries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes an item that is due. O(log count).
    mutating func takeRetry(now: UInt64) -> Item? {
        guard let top = retries.first, top.due <= now else { return nil }
        let last = retries.removeLast()
        guard !retries.isEmpty else { return last }
        retries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < retries.count && retries[child].due < retries[least].due {
                least = child
            }
            guard least != parent else { return top }
            retries.swapAt(parent, least)
            parent = least
        }
    }

    /// Makes all retries due now: the target is there again.
    mutating func makeAllDue(_ now: UInt64) {
        // Equal keys are in any order a heap.
        for position in retries.indices { retries[position].due = now }
    }

    /// Takes everything, to hand it back.
    mutating func takeAll() -> [Item] {
        defer { self = PendingDeliveries() }
        return Array(waiting[first...]) + underway.values + retries
    }
}
