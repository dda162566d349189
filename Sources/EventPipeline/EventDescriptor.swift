/// Where an event's bytes are, and what its publisher says of it: all that goes through a ring.
///
/// Trivial, 32 bytes: two to a cache line. It does not own the bytes; who does, and for how long, is
/// between the two ends of the ring (see ``SlabPool``).
@usableFromInline
package struct EventDescriptor: @unchecked Sendable {
    /// The first byte.
    @usableFromInline package var base: UnsafeRawPointer

    /// How many bytes.
    @usableFromInline package var byteCount: UInt32

    /// What the order is kept within: a bus, or a hash of a key.
    @usableFromInline package var key: UInt32

    /// The publisher's sequence number or anything else it wants to get back.
    @usableFromInline package var tag: UInt64

    /// When the event was published, in nanoseconds of ``/InternalSystem/monotonicNanoseconds()``.
    @usableFromInline package var publishTime: UInt64

    /// Creates a descriptor of `byteCount` bytes at `base`.
    @inlinable
    package init(
        base: UnsafeRawPointer, byteCount: UInt32, key: UInt32 = 0, tag: UInt64 = 0,
        publishTime: UInt64 = 0
    ) {
        self.base = base
        self.byteCount = byteCount
        self.key = key
        self.tag = tag
        self.publishTime = publishTime
    }

    /// The event's bytes, valid until the event is given back.
    @inlinable
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: self.base, count: Int(self.byteCount))
    }
}
