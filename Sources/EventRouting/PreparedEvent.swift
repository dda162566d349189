internal import EventArchive
internal import EventEnvelope
internal import EventPipeline
internal import RoutingInterface

/// What a publisher found out about an event while its lane was busy: which rules it matches, and what
/// its archive wants to know of it. The lane then has nothing to scan or to match.
///
/// Publishers have to scan each event, to check it; and where they are faster than the lane, they
/// would only wait for it. So while many events wait, a publisher matches what it publishes, with a
/// matcher of its own; whoever has time matches, and both threads have the same to do.
///
/// It lies in the slab, right before the event's bytes:
///
///     base - 32 - 8 n   the n rules' attachments (`RouteMatches`)
///     base - 32         the number of the edition of the bus's rule book, 8 bytes
///     base - 24         the event's time, 8 bytes; `noTime` for none
///     base - 16         hashes of source, detail-type and account, 4 bytes each
///     base - 4          n, 4 bytes
///     base              the event
///
/// The matches are good for one edition of the rule book, whose number no other edition of any book
/// has: a lane that has gone over to another one matches the event itself. While it has that edition,
/// the attachments are there.
struct PreparedEvent {
    /// The most rules that there is room for; an event that matches more is left to the lane.
    static let matchesMax = 60
    /// The bytes of all but the attachments.
    static let fixedBytes = 32
    private static let noTime = Int64.min

    let keys: ArchiveKeys
    let time: Int64?
    let matches: RouteMatches

    /// What was prepared of an event, if it was, and for this edition.
    @inline(__always)
    init?(_ event: EventDescriptor, edition: UInt64) {
        guard event.tag & EventTag.prepared != 0 else { return nil }
        let fixed = event.base - Self.fixedBytes
        guard fixed.load(as: UInt64.self) == edition else { return nil }
        let time = fixed.load(fromByteOffset: 8, as: Int64.self)
        self.time = time == Self.noTime ? nil : time
        keys = ArchiveKeys(
            source: fixed.load(fromByteOffset: 16, as: UInt32.self),
            detailType: fixed.load(fromByteOffset: 20, as: UInt32.self),
            account: fixed.load(fromByteOffset: 24, as: UInt32.self))
        let count = Int(fixed.load(fromByteOffset: 28, as: UInt32.self))
        let first = fixed - count * 8
        matches = RouteMatches(
            attachments: UnsafeBufferPointer(
                start: first.assumingMemoryBound(to: UnsafeRawPointer?.self), count: count))
    }

    /// Memory to write one into.
    struct Scratch: ~Copyable {
        private let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: matchesMax * 8 + fixedBytes, alignment: 8)

        deinit { memory.deallocate() }

        /// Writes what lies before an event's bytes. Nil if it matches too many rules.
        @inline(__always)
        func write(
            _ matches: UnsafeBufferPointer<UnsafeRawPointer?>, _ envelope: EnvelopeFields,
            edition: UInt64
        ) -> UnsafeRawBufferPointer? {
            guard matches.count <= matchesMax else { return nil }
            let base = memory.baseAddress.unsafelyUnwrapped
            if let source = matches.baseAddress {
                base.copyMemory(from: source, byteCount: matches.count * 8)
            }
            let fixed = base + matches.count * 8
            fixed.storeBytes(of: edition, as: UInt64.self)
            fixed.storeBytes(of: envelope.time ?? noTime, toByteOffset: 8, as: Int64.self)
            fixed.storeBytes(of: envelope.keys.source, toByteOffset: 16, as: UInt32.self)
            fixed.storeBytes(of: envelope.keys.detailType, toByteOffset: 20, as: UInt32.self)
            fixed.storeBytes(of: envelope.keys.account, toByteOffset: 24, as: UInt32.self)
            fixed.storeBytes(
                of: UInt32(truncatingIfNeeded: matches.count), toByteOffset: 28, as: UInt32.self)
            return UnsafeRawBufferPointer(start: base, count: matches.count * 8 + fixedBytes)
        }
    }
}
