#if Server
    internal import EventDelivery
    internal import EventEnvelope
    internal import InternalSystem

    /// A function of Lambda, which is called without waiting for what it does.
    struct FunctionDelivery: ServiceDelivery {
        private let arn: ARN
        private let path: String

        /// Nil if the ARN is not that of a function, of a version of one, or of an alias.
        init?(_ arn: ARN) {
            let parts = arn.resource.split(separator: ":", omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count), parts[0] == "function",
                parts.allSatisfy({ !$0.isEmpty })
            else { return nil }
            self.arn = arn
            path = "/2015-03-31/functions/\(PercentEncoding.encoded(arn.text))/invocations"
        }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var request = AWSRequest(.functions, arn, body: match.bytes)
            request.path = path
            request.headers = [
                ("Content-Type", "application/json"), ("X-Amz-Invocation-Type", "Event"),
            ]
            let answer = try await client.send(request)
            // 202; emulators answer 200 too, with nothing or with JSON.
            guard answer.status == 202 || answer.body.isEmpty || answer.isObject else {
                throw .garbage(.functions, answer)
            }
        }
    }
#endif
