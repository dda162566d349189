/// Many events in one contiguous buffer, one after the other with nothing between them.
public struct EventBatch: Sendable {
    /// All events' bytes.
    public let bytes: [UInt8]
    /// Where each event begins in ``bytes``, and at the end where the last one ends.
    public let offsets: [Int]

    /// Creates a batch.
    ///
    /// - Parameters:
    ///   - bytes: all events' bytes.
    ///   - offsets: ascending; one more than there are events, from 0 to the number of bytes.
    public init(bytes: [UInt8], offsets: [Int]) {
        precondition(
            offsets.first == 0 && offsets.last == bytes.count,
            "the offsets have to span all \(bytes.count) bytes")
        self.bytes = bytes
        self.offsets = offsets
    }

    /// How many events there are. O(1).
    public var count: Int { self.offsets.count - 1 }

    /// Where an event stands in ``bytes``. O(1).
    @inlinable
    public func range(at position: Int) -> Range<Int> {
        self.offsets[position]..<self.offsets[position + 1]
    }

    /// The bytes of one event. O(1), no copy.
    @inlinable
    public subscript(position: Int) -> RawSpan {
        @_lifetime(borrow self)
        get { self.bytes.span.bytes.extracting(self.range(at: position)) }
    }

    /// Calls `body` with the bytes of one event, which are valid until it returns. O(1), no copy.
    @inlinable
    public func withEvent<Result, Failure: Error>(
        at position: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self[position].withUnsafeBytes(body)
    }
}
