internal import AWSWire
package import EventDelivery
package import EventEnvelope
internal import InternalSystem
internal import JSONScan
internal import Switchyard
internal import Synchronization

/// The policies of all buses, for those who deliver from one bus to another: what account an event comes
/// from is what counts, not whose rule it is.
package final class BusGate: BusAccess {
    private let policies = Guarded<[BusID: BusPolicy]>([:])
    private let changes = Atomic<UInt64>(0)

    /// A gate that knows of no policies yet.
    package init() {}

    /// Has a bus have the policy that is kept of it, or none.
    func set(_ bus: BusID, _ value: StoredBus?) {
        // A policy that can't be read lets nobody in.
        let policy = value.flatMap { BusDetails($0).policy }.flatMap { try? BusPolicy($0) }
        policies.withLock { $0[bus] = policy }
        changes.wrappingAdd(1, ordering: .releasing)
    }

    /// Grows with each change of any policy: who remembers what it found sees whether to look again.
    var edition: UInt64 { changes.load(ordering: .acquiring) }

    /// The policy of a bus.
    func policy(of bus: BusID) -> BusPolicy? { policies.withLock { $0[bus] } }

    package func refusal(
        of event: UnsafeRawBufferPointer, from source: BusID, to destination: BusID
    ) -> DeliveryError? {
        let policy = policy(of: destination)
        let isOwn = source.account == destination.account
        if isOwn, policy == nil { return nil }
        var request = PolicyRequest(
            action: "events:PutEvents", resource: destination.arn, caller: Caller(source.scope))
        if policy != nil { request.read(event) }
        switch policy?.decision(on: request) ?? .notMentioned {
        case .allowed: return nil
        case .notMentioned where isOwn: return nil
        case .notMentioned:
            return DeliveryError(
                .noPermissions,
                "no resource-based policy of \(destination.arn) allows events:PutEvents to account "
                    + source.account)
        case .denied:
            return DeliveryError(
                .noPermissions,
                "a resource-based policy of \(destination.arn) denies events:PutEvents to account "
                    + source.account)
        }
    }
}

extension PolicyRequest {
    /// Takes what conditions may ask for from an event.
    fileprivate mutating func read(_ event: UnsafeRawBufferPointer) {
        // What is no JSON has nothing that a condition may ask for.
        try? JSONValue.reading(event, orThrow: \.self) { value throws(JSONError) in
            source = value["source"]?.string?.description
            detailType = value["detail-type"]?.string?.description
        }
    }
}
