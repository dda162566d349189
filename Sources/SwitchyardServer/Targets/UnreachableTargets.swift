#if Server
    internal import AWSTargets
    internal import EventEnvelope
    internal import Switchyard

    /// Targets that nothing here delivers to: they are kept, as with AWS, and each of their events becomes a
    /// dead letter that says why.
    struct UnreachableTargets: TargetAdapter {
        func target(
            for definition: TargetDefinition, of rule: RuleID
        ) throws(TargetAdapterError) -> Target? {
            guard case .other(let arn) = definition.destination else { return nil }
            return .custom(
                definition.id, input: definition.input, retry: definition.retryPolicy,
                Unreachable(arn: arn))
        }

        private struct Unreachable: DeferredTarget {
            let arn: String

            func begin(
                _ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void
            ) {
                settle(DeliveryError(.noResource, "nothing here delivers to \(arn): \(advice)"))
            }

            private var advice: String {
                let mapping = "what gets its events (--target '\(arn)=URL')"
                guard let service = (try? ARN(arn))?.service, AWSService(rawValue: service) != nil
                else { return "name \(mapping)" }
                return "name a backend (--backend URL), or \(mapping)"
            }
        }
    }
#endif
