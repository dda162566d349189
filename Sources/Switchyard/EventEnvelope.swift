public import EventArchive
public import JSONScan

/// What the archive wants to know of an event besides its bytes: when it happened, and hashes that
/// it can be found by.
///
/// Read from the outermost members of an event that was scanned already: O(outermost members), no
/// allocation unless one of the four strings holds an escape.
public struct EventEnvelope: Sendable, Hashable {
    /// Hashes of `source`, `detail-type` and `account`; 0 where the event has no such string.
    public internal(set) var keys = ArchiveKeys()
    /// The event's `time` in nanoseconds since 1970; nil where it has none or it can't be read.
    public internal(set) var time: Int64?

    /// An envelope that says nothing.
    init() {}

    /// Reads an event's envelope. Of a repeated member the last one counts.
    public init(_ event: StructuralIndex) {
        let close = event.close(of: 0)
        var key = 1
        while key < close {
            let value = key + 2
            if event.byte(at: value) == UInt8(ascii: "\"") { take(event, key: key, value: value) }
            key = event.entry(after: value) + 1
        }
    }

    @inline(__always)
    private mutating func take(_ event: StructuralIndex, key: Int, value: Int) {
        let name = event.stringBytes(at: key)
        // The lengths tell the four names apart, and most others from them.
        switch name.count {
        case 6 where name.elementsEqual("source".utf8): keys.source = Self.hash(event, value)
        case 11 where name.elementsEqual("detail-type".utf8):
            keys.detailType = Self.hash(event, value)
        case 7 where name.elementsEqual("account".utf8): keys.account = Self.hash(event, value)
        case 4 where name.elementsEqual("time".utf8):
            time = Timestamp.nanoseconds(event.stringBytes(at: value))
        default: break
        }
    }

    /// The hash of the string at an entry.
    static func hash(_ event: StructuralIndex, _ value: Int) -> UInt32 {
        let raw = event.stringBytes(at: value)
        guard event.hasEscapes, raw.contains(UInt8(ascii: "\\")) else { return hash(raw) }
        return JSONString.unescaped(raw).utf8.withUnsafeBufferPointer { hash($0) }
    }

    /// The hash of a string as archives keep it: FNV-1a of its UTF-8, 32 bits, with 1 for 0, which
    /// stands for "no such string". (Fowler, Noll and Vo; the offset basis and prime are theirs.)
    public static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return max(hash, 1)
    }
}
