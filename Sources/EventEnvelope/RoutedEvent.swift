/// An event as its delivery gets it: valid for the length of the call, copies nothing.
public struct RoutedEvent: ~Escapable {
    /// The event's bytes.
    public let bytes: RawSpan
    /// The rules that match: positions in the rule set's names, ascending.
    public let matches: Span<UInt32>
    /// Its sequence number in the archive; without one, its number on the bus, from 0.
    public let sequence: UInt64

    /// The caller keeps the bytes and the matches in place for as long as the event is passed on;
    /// the delivery can't keep the event itself.
    @_lifetime(immortal)
    package init(
        bytes: UnsafeRawBufferPointer, matches: UnsafeBufferPointer<UInt32>, sequence: UInt64
    ) {
        self.bytes = _overrideLifetime(RawSpan(_unsafeBytes: bytes), copying: ())
        self.matches = _overrideLifetime(Span(_unsafeElements: matches), copying: ())
        self.sequence = sequence
    }
}
