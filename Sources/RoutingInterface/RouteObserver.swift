/// Gets told what became of events that are traced.
package protocol RouteObserver: AnyObject, Sendable {
    /// The event with a trace's number was routed.
    ///
    /// - Parameter routes: the rules that it matched, by the objects that stand for them.
    func routed(_ number: UInt64, _ event: EventNumber, _ routes: Set<ObjectIdentifier>)
}

/// The number that a bus gave an event.
package struct EventNumber: Sendable {
    /// Its number.
    package var sequence: UInt64
    /// Whether it can be found in the bus's log by it.
    package var isArchived: Bool

    /// Creates a number.
    @inlinable
    package init(sequence: UInt64, isArchived: Bool) {
        self.sequence = sequence
        self.isArchived = isArchived
    }
}

/// What the tag of an event's descriptor says of it, on its way to a lane.
///
///     bits 63...16   the number of its trace, if it is traced
///     bit 9          whether it is traced
///     bit 8          whether what it matches lies before its bytes
///     bits 7...0     how many buses it came through
package enum EventTag {
    /// Set in the tag of an event that has what it matches before its bytes.
    @inlinable package static var prepared: UInt64 { 1 << 8 }
    /// Set in the tag of an event that is traced.
    @inlinable package static var traced: UInt64 { 1 << 9 }

    /// The tag of an event that is traced under a number.
    package static func trace(_ number: UInt64) -> UInt64 { number << 16 | traced }
    /// The number of an event's trace.
    @inlinable package static func traceNumber(_ tag: UInt64) -> UInt64 { tag >> 16 }
}
