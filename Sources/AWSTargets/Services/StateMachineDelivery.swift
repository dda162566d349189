#if Server
    internal import EventDelivery
    internal import EventEnvelope
    internal import JSONScan
    internal import Switchyard

    /// A state machine of Step Functions: an execution for each event.
    ///
    /// An execution's name is the event's id and a number of the event's way, the same each time that it
    /// is tried: so what was started once, and not known to be, is not started again.
    struct StateMachineDelivery: ServiceDelivery {
        private let arn: ARN

        /// The most characters of an execution's name.
        private static let nameMax = 80

        /// Nil if the ARN is not that of a state machine, of a version of one, or of an alias.
        init?(_ arn: ARN) {
            guard arn.resource.hasPrefix("stateMachine:") else { return nil }
            self.arn = arn
        }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var input = JSONObjectWriter()
            input.member("stateMachineArn", arn.text)
            input.member("name", Self.name(for: match))
            input.member("input", match.text)
            let request = AWSRequest(
                json: "AWSStepFunctions.StartExecution", version: "1.0", .stateMachines, arn,
                body: input.finish())
            do throws(DeliveryError) {
                let answer = try await client.send(request)
                guard answer.text("executionArn") != nil else {
                    throw .garbage(.stateMachines, answer)
                }
            } catch {
                guard error.message.contains("ExecutionAlreadyExists") else { throw error }
            }
        }

        static func name(for match: EventMatch) -> String {
            let facts = EventFacts(match.event)
            let key = EventKey.text(of: match, facts)
            // What names of executions may not have is left out; `key` tells them apart.
            let id = (facts.id ?? "").filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
            }
            let first = id.prefix(nameMax - 1 - key.count)
            return first.isEmpty ? key : "\(first)_\(key)"
        }
    }
#endif
