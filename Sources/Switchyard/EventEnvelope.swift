public import EventArchive
public import JSONScan

/// What the archive wants to know of an event besides its bytes: when it happened, and hashes that
/// it can be found by.
///
/// Read from the outermost members of an event that was scanned already: O(outermost members), no
/// allocation unless one of the four strings holds an escape.
public struct EventEnvelope: Sendable, Hashable {
    /// Hashes of `source`, `detail-type` and `account`; 0 where the event has no such string, or
    /// more than one.
    public internal(set) var keys = ArchiveKeys()
    /// The event's `time` in nanoseconds since 1970; nil where it has none or it can't be read.
    public internal(set) var time: Int64?

    /// An envelope that says nothing.
    init() {}

    /// Reads an event's envelope. Of a repeated `time` the last one counts.
    ///
    /// A hash is that of the only string that the event's field has: 0 stands also for a list, for
    /// a member that is there twice, and for all fields of an event with names that are empty or
    /// escaped among its outermost ones. Rules may match all of these (see ``RuleKeys``).
    public init(_ event: borrowing ScannedText) { self.init(event.index) }

    /// As ``init(_:)-(ScannedText)``, for an event whose scanner can't be borrowed from.
    package init(_ event: StructuralIndex) {
        var seen = SeenMembers()
        for member in event.members(of: 0) {
            take(event, key: member.key, value: member.value, &seen)
        }
        if seen.isUnusual { keys = ArchiveKeys() }
    }

    @inline(__always)
    private mutating func take(
        _ event: StructuralIndex, key: Int, value: Int, _ seen: inout SeenMembers
    ) {
        let name = event.stringBytes(at: key)
        // The lengths tell the four names apart, and most others from them.
        switch name.count {
        case 6 where name.elementsEqual("source".utf8):
            keys.source = seen.source ? 0 : Self.hash(event, value)
            seen.source = true
        case 11 where name.elementsEqual("detail-type".utf8):
            keys.detailType = seen.detailType ? 0 : Self.hash(event, value)
            seen.detailType = true
        case 7 where name.elementsEqual("account".utf8):
            keys.account = seen.account ? 0 : Self.hash(event, value)
            seen.account = true
        case 4 where name.elementsEqual("time".utf8):
            if event.byte(at: value) == UInt8(ascii: "\"") {
                time = Timestamp.nanoseconds(event.stringBytes(at: value))
            }
        default: seen.note(name, of: event)
        }
    }

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
