package import EventArchive
internal import JSONScan

/// What the archive wants to know of an event besides its bytes: when it happened, and hashes that
/// it can be found by.
///
/// ``EnvelopeReader`` reads it from the outermost members of an event. A hash is that of the only
/// string that the event's field has: 0 stands also for a list, for a member that is there twice, and
/// for all fields of an event with names that are empty or escaped among its outermost ones. Rules may
/// match all of these. Of a repeated `time` the last one counts.
package struct EnvelopeFields: Sendable, Hashable {
    /// Hashes of `source`, `detail-type` and `account`; 0 where the event has no such string, or
    /// more than one.
    package internal(set) var keys = ArchiveKeys()
    /// The event's `time` in nanoseconds since 1970; nil where it has none or it can't be read.
    package internal(set) var time: Int64?

    /// Those of an envelope that says nothing.
    package init() {}

    /// The hash of the string at an entry; 0 where there is something else.
    static func hash(_ event: StructuralIndex, _ value: Int) -> UInt32 {
        guard event.byte(at: value) == UInt8(ascii: "\"") else { return 0 }
        let raw = event.stringBytes(at: value)
        guard event.hasEscapes, raw.contains(UInt8(ascii: "\\")) else { return hash(raw) }
        return JSONString.unescaped(raw).utf8.withUnsafeBufferPointer { hash($0) }
    }

    /// The hash of a string as archives keep it: FNV-1a of its UTF-8, 32 bits, with 1 for 0, which
    /// stands for "no such string". (Fowler, Noll and Vo; the offset basis and prime are theirs.)
    package static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return max(hash, 1)
    }
}

/// Which of an envelope's members were there already.
struct SeenMembers {
    var source = false
    var detailType = false
    var account = false
    /// Whether a rule may find a field where nobody else looks for it: under a name that is
    /// escaped, or inside a member without a name.
    private(set) var isUnusual = false

    /// Takes notice of a member with another name.
    @inline(__always)
    mutating func note(_ name: UnsafeBufferPointer<UInt8>, of event: StructuralIndex) {
        if name.isEmpty || event.hasEscapes && name.contains(UInt8(ascii: "\\")) {
            isUnusual = true
        }
    }
}
