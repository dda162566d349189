/// The keys of the buses of one lane, by which it knows whose an event is.
///
/// No two buses of a lane ever have the same one. A key may come out of the ring, or out of a batch
/// that a publisher still holds, long after its bus was removed; such an event must not reach a bus
/// that came later. So a key is two numbers: the bus's place in the lane's table, which is used again
/// as soon as it is free, and how often that place was used before.
///
///     bits 31...20   how often before; a place that was used 4,096 times is not used again
///     bits 19...0    the place
package struct BusKeys {
    /// How many buses a lane can have at a time: more than fit into a router's memory.
    package static let placesMax = 1 << placeBits
    private static let placeBits: UInt32 = 20

    /// Creates keys of which none is in use.
    package init() {}

    /// How many are in use.
    package private(set) var usedCount = 0
    private var placeCount: UInt32 = 0
    /// What the places that are free will have next.
    private var free: [UInt32] = []

    /// Where in its lane's table the bus with a key is.
    @inline(__always)
    static func place(of key: UInt32) -> Int { Int(key & (UInt32(placesMax) - 1)) }

    /// A key that no bus had before; nil when there is none left. O(1).
    package mutating func take() -> UInt32? {
        if let key = free.popLast() {
            usedCount += 1
            return key
        }
        guard placeCount < Self.placesMax else { return nil }
        defer { placeCount += 1 }
        usedCount += 1
        return placeCount
    }

    /// Makes a key's place free for another one. O(1).
    package mutating func giveBack(_ key: UInt32) {
        usedCount -= 1
        let (next, overflow) = key.addingReportingOverflow(1 << Self.placeBits)
        if !overflow { free.append(next) }
    }
}

/// The buses of a lane, by their keys.
///
/// Invariant: all of `entries` is initialised, and nobody else holds its memory.
struct BusTable: ~Copyable {
    fileprivate struct Entry {
        var key: UInt32
        var bus: Unmanaged<BusEngine>?
    }

    // Not an array, which would be retained while buses are looked up.
    private var entries = UnsafeMutableBufferPointer<Entry>(start: nil, count: 0)

    deinit {
        for entry in entries { entry.bus?.release() }
        entries.deallocate()
    }

    /// Puts a bus in its place, or takes it away. Retains it as long as it is there. O(1), amortised.
    mutating func set(_ bus: BusEngine?, at key: UInt32) {
        let place = BusKeys.place(of: key)
        if place >= entries.count { grow(to: max(place + 1, entries.count * 2)) }
        entries[place].bus?.release()
        entries[place] = Entry(key: key, bus: bus.map(Unmanaged.passRetained))
    }

    private mutating func grow(to count: Int) {
        let larger = UnsafeMutableBufferPointer<Entry>.allocate(capacity: count)
        let end = larger.moveInitialize(fromContentsOf: entries)
        larger[end...].initialize(repeating: Entry(key: 0, bus: nil))
        entries.deallocate()
        entries = larger
    }

    /// What looks buses up, nothing retained: valid until the table is changed.
    @inline(__always)
    var lookup: Lookup { Lookup(entries: UnsafeBufferPointer(entries)) }

    /// Buses by key.
    struct Lookup {
        fileprivate let entries: UnsafeBufferPointer<Entry>
        /// Whether there are so many that what belongs to them, some cache lines each, may be in no near
        /// cache.
        var areMany: Bool {
            @inline(__always) get { entries.count > 256 }
        }

        /// The bus with a key; nil if it was removed, whoever has its place now. O(1).
        @inline(__always)
        subscript(key: UInt32) -> Unmanaged<BusEngine>? {
            let place = BusKeys.place(of: key)
            guard place < entries.count, entries[place].key == key else { return nil }
            return entries[place].bus
        }
    }
}
