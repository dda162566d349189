package import EventDelivery
package import EventEnvelope

/// Says which events may go from one bus to another: policies, as the server has them.
package protocol BusAccess: Sendable {
    /// Why an event may not go from a bus, of whose rule it is a match, to another one; nil if it may.
    ///
    /// Called for each such event, on the queue of the target: it must not wait, nor call the router.
    func refusal(
        of event: UnsafeRawBufferPointer, from source: BusID, to destination: BusID
    ) -> DeliveryError?
}
