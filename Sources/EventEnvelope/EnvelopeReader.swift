internal import EventArchive
package import JSONScan

/// Reads the envelopes of one event after the other: their ``EnvelopeFields``, fast because it
/// remembers.
///
/// Events of a stream have few sources, types and accounts, so hashes are looked up by the strings; and
/// most have the same day. A hash takes 4 cycles a byte to compute, one byte after the other; to find
/// it again takes as long as three bytes.
package struct EnvelopeReader: ~Copyable {
    /// A string, and its hash. `count` is 0 where there is none.
    private struct Known {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var secondLast: UInt64 = 0
        var last: UInt64 = 0
        var count: UInt32 = 0
        var hash: UInt32 = 0
    }

    /// Strings of this many bytes are remembered: the four words of a `Known` cover them.
    private static let remembered = 8...32
    private static let slotBits: UInt64 = 8

    private let known: UnsafeMutablePointer<Known>
    /// The ten bytes of the last date, and when its day began; nothing where that is not known.
    private var day: (head: UInt64, tail: UInt16, begin: Int64) = (0, 0, 0)

    package init() {
        known = .allocate(capacity: 1 << Self.slotBits)
        known.initialize(repeating: Known(), count: 1 << Self.slotBits)
    }

    deinit { known.deallocate() }

    /// Reads an event's envelope. O(outermost members); allocates only where one of the strings holds an
    /// escape.
    package mutating func read(_ event: StructuralIndex) -> EnvelopeFields {
        var envelope = EnvelopeFields()
        var seen = SeenMembers()
        for member in event.members(of: 0) {
            take(event, key: member.key, value: member.value, &envelope, &seen)
        }
        if seen.isUnusual { envelope.keys = ArchiveKeys() }
        return envelope
    }

    @inline(__always)
    private mutating func take(
        _ event: StructuralIndex, key: Int, value: Int, _ envelope: inout EnvelopeFields,
        _ seen: inout SeenMembers
    ) {
        let name = event.stringBytes(at: key)
        guard let base = UnsafeRawPointer(name.baseAddress) else { return }
        // The lengths tell the four names apart, and most others from them.
        switch name.count {
        case 4 where Self.word(base) == Self.word("time", at: 0):
            if event.byte(at: value) == UInt8(ascii: "\"") {
                envelope.time = time(event.stringBytes(at: value))
            }
        case 6
        where Self.word(base) == Self.word("source", at: 0)
            && Self.word(base + 2) == Self.word("source", at: 2):
            envelope.keys.source = seen.source ? 0 : hash(event, value)
            seen.source = true
        case 7
        where Self.word(base) == Self.word("account", at: 0)
            && Self.word(base + 3) == Self.word("account", at: 3):
            envelope.keys.account = seen.account ? 0 : hash(event, value)
            seen.account = true
        case 11
        where Self.word(base) == Self.word("detail-type", at: 0)
            && Self.word(base + 4) == Self.word("detail-type", at: 4)
            && Self.word(base + 7) == Self.word("detail-type", at: 7):
            envelope.keys.detailType = seen.detailType ? 0 : hash(event, value)
            seen.detailType = true
        default: seen.note(name, of: event)
        }
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawPointer) -> UInt32 {
        bytes.loadUnaligned(as: UInt32.self)
    }

    @inline(__always)
    private static func word(_ name: StaticString, at offset: Int) -> UInt32 {
        word(UnsafeRawPointer(name.utf8Start) + offset)
    }

    @inline(__always)
    private func hash(_ event: StructuralIndex, _ value: Int) -> UInt32 {
        guard event.byte(at: value) == UInt8(ascii: "\"") else { return 0 }
        let raw = event.stringBytes(at: value)
        let count = raw.count
        if event.mayHaveEscapes(at: value, count) { return hashSlow(event, value) }
        guard Self.remembered.contains(count), let start = raw.baseAddress else {
            return EnvelopeFields.hash(raw)
        }
        let base = UnsafeRawPointer(start)
        // Together the words cover the string; for fewer than 32 bytes they overlap.
        let first = base.loadUnaligned(as: UInt64.self)
        let second = (base + min(8, count &- 8)).loadUnaligned(as: UInt64.self)
        let secondLast = (base + max(0, count &- 16)).loadUnaligned(as: UInt64.self)
        let last = (base + (count &- 8)).loadUnaligned(as: UInt64.self)
        // An odd constant with many bits set: the golden ratio's, as in Fibonacci hashing.
        let mixed = (first ^ (last &<< 1 | last &>> 63) ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
        let slot = known + Int(truncatingIfNeeded: mixed &>> (64 - Self.slotBits))
        if slot.pointee.first == first, slot.pointee.second == second,
            slot.pointee.secondLast == secondLast, slot.pointee.last == last,
            slot.pointee.count == UInt32(truncatingIfNeeded: count)
        {
            return slot.pointee.hash
        }
        let hash = EnvelopeFields.hash(raw)
        slot.pointee = Known(
            first: first, second: second, secondLast: secondLast, last: last,
            count: UInt32(truncatingIfNeeded: count), hash: hash)
        return hash
    }

    /// The hash of a string that may hold an escape.
    @inline(never)
    private func hashSlow(_ event: StructuralIndex, _ value: Int) -> UInt32 {
        EnvelopeFields.hash(event, value)
    }

    /// As ``EventTime/nanoseconds(_:)``: `2021-06-16T11:33:45Z` of the same day as before quickly, and
    /// everything else by asking it.
    @inline(__always)
    private mutating func time(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count == 20, let start = text.baseAddress else {
            return EventTime.nanoseconds(text)
        }
        let base = UnsafeRawPointer(start)
        let head = base.loadUnaligned(as: UInt64.self)
        let tail = (base + 8).loadUnaligned(as: UInt16.self)
        let colon = UInt8(ascii: ":")
        guard head == day.head, tail == day.tail, text[10] == UInt8(ascii: "T"),
            text[13] == colon, text[16] == colon, text[19] == UInt8(ascii: "Z"),
            let hour = Self.pair(text, 11, below: 24), let minute = Self.pair(text, 14, below: 60),
            let second = Self.pair(text, 17, below: 60)
        else { return timeSlow(text, head, tail) }
        return day.begin &+ ((hour &* 60 &+ minute) &* 60 &+ second) &* 1_000_000_000
    }

    @inline(never)
    private mutating func timeSlow(
        _ text: UnsafeBufferPointer<UInt8>, _ head: UInt64, _ tail: UInt16
    ) -> Int64? {
        guard let time = EventTime.nanoseconds(text) else { return nil }
        if text[19] == UInt8(ascii: "Z"), let hour = Self.pair(text, 11, below: 24),
            let minute = Self.pair(text, 14, below: 60), let second = Self.pair(text, 17, below: 60)
        {
            let passed = ((hour * 60 + minute) * 60 + second) * 1_000_000_000
            let (begin, overflow) = time.subtractingReportingOverflow(passed)
            // Where the clock's range ends in the middle of a day, every time is worked out.
            let (_, overflowsLater) = begin.addingReportingOverflow(86_400_000_000_000)
            if !overflow, !overflowsLater { day = (head, tail, begin) }
        }
        return time
    }

    @inline(__always)
    private static func pair(
        _ text: UnsafeBufferPointer<UInt8>, _ at: Int, below limit: Int64
    ) -> Int64? {
        let tens = text[at] &- UInt8(ascii: "0")
        let ones = text[at &+ 1] &- UInt8(ascii: "0")
        let value = Int64(tens) &* 10 &+ Int64(ones)
        return tens < 10 && ones < 10 && value < limit ? value : nil
    }
}
