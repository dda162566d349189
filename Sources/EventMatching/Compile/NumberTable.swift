/// Finds the number of a thing by its hash, while rules are compiled: the caller has the things, and
/// says which one is meant.
///
/// Open addressing with linear probing, at most half full: O(1), and it keeps no copy of a key.
struct NumberTable {
    private struct Slot: BitwiseCopyable {
        static let none = UInt32.max

        var hash: UInt64 = 0
        var number = Slot.none
    }

    private var slots = [Slot](repeating: Slot(), count: 64)
    private var count = 0

    /// The number with a hash that is the right one, or nil.
    @inline(__always)
    func find(_ hash: UInt64, where isRight: (UInt32) -> Bool) -> UInt32? {
        slots.withUnsafeBufferPointer { slots in
            var position = Self.slot(of: hash, slots.count)
            while slots[position].number != Slot.none {
                if slots[position].hash == hash, isRight(slots[position].number) {
                    return slots[position].number
                }
                position = (position + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Adds a number that is not there.
    mutating func insert(_ number: UInt32, _ hash: UInt64) {
        count += 1
        if count * 2 > slots.count { grow() }
        Self.insert(Slot(hash: hash, number: number), in: &slots)
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(), count: slots.count * 4)
        for slot in slots where slot.number != Slot.none { Self.insert(slot, in: &larger) }
        slots = larger
    }

    private static func insert(_ slot: Slot, in slots: inout [Slot]) {
        var position = Self.slot(of: slot.hash, slots.count)
        while slots[position].number != Slot.none { position = (position + 1) & (slots.count - 1) }
        slots[position] = slot
    }

    /// The high bits, into which a multiplication has spread all others.
    private static func slot(of hash: UInt64, _ count: Int) -> Int {
        let spread = hash &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: spread >> UInt64(64 - count.trailingZeroBitCount))
    }
}
