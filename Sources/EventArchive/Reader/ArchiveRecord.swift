/// The hashes that an event can be found by without looking at its bytes.
///
/// They are the caller's choice, but must be functions of the string alone, so that they can be
/// computed again from the events. 0 says that there is no such string.
public struct ArchiveKeys: Sendable, Hashable {
    /// The hash of the event's source.
    public var source: UInt32
    /// The hash of the event's detail-type.
    public var detailType: UInt32
    /// The hash of the event's account.
    public var account: UInt32

    /// Keys with the hashes that are given.
    public init(source: UInt32 = 0, detailType: UInt32 = 0, account: UInt32 = 0) {
        self.source = source
        self.detailType = detailType
        self.account = account
    }
}

/// One record of the archive, seen in place: it cannot outlive the cursor's next step.
///
/// Its checksum was verified. Every property is a load from memory: O(1), no allocation.
public struct ArchiveRecord: ~Escapable {
    /// The record's first byte. Valid while the cursor that made this stays where it is, which the
    /// compiler enforces through the lifetime below.
    private let start: UnsafeRawPointer

    @_lifetime(immortal)
    init(start: UnsafeRawPointer) {
        self.start = start
    }

    /// The record's number in the archive.
    public var sequence: UInt64 { RecordLayout.sequence(start) }

    /// When the archive got the event, in nanoseconds since 1970.
    public var ingestTime: Int64 { RecordLayout.ingestTime(start) }

    /// When the event happened by its own account, in nanoseconds since 1970.
    public var eventTime: Int64 { RecordLayout.eventTime(start) }

    /// The hashes given with the event.
    public var keys: ArchiveKeys { RecordLayout.keys(start) }

    /// How many buses the event came through before the one that this is the archive of.
    public var hops: UInt8 { RecordLayout.hops(start) }

    /// The number of bytes of the event.
    public var byteCount: Int { RecordLayout.byteCount(start) }

    /// The event's bytes, in the mapped segment or a copy of a part of it.
    public var bytes: RawSpan {
        @_lifetime(copy self)
        get {
            let bytes = UnsafeRawBufferPointer(
                start: start + ArchiveFormat.recordHeaderBytes, count: byteCount)
            return _overrideLifetime(RawSpan(_unsafeBytes: bytes), copying: self)
        }
    }
}
