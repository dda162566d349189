package import EventEnvelope

/// What an event bus without targets calls for each event, whether a rule matches or not: in an object,
/// so that to call it on the way of an event counts no reference.
///
/// Invariant: `positions` has room for each rule of the bus once; only the bus's lane touches it.
package final class BusHandler: @unchecked Sendable {
    package typealias Body = @Sendable (borrowing RoutedEvent) -> Void

    private let body: Body
    private let positions: UnsafeMutablePointer<UInt32>

    /// - Parameter ruleCount: how many rules the bus has.
    package init(ruleCount: Int, _ body: @escaping Body) {
        self.body = body
        positions = .allocate(capacity: max(ruleCount, 1))
    }

    deinit { positions.deallocate() }

    /// Calls the closure. `matches` are those of a book of fixed rules. O(matches), beside the closure.
    @inline(__always)
    func call(_ event: UnsafeRawBufferPointer, _ matches: RouteMatches, _ sequence: UInt64) {
        for number in matches.attachments.indices {
            let position = UInt(bitPattern: matches.attachments[number]) &- 1
            (positions + number).initialize(to: UInt32(truncatingIfNeeded: position))
        }
        body(
            RoutedEvent(
                bytes: event,
                matches: UnsafeBufferPointer(start: positions, count: matches.attachments.count),
                sequence: sequence))
    }
}
