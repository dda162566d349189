#if Server
    internal import EventDelivery
    internal import EventEnvelope

    /// A topic of SNS: the input is the message.
    struct TopicDelivery: ServiceDelivery {
        private let arn: ARN
        private let group: String?

        /// Nil if the ARN is not that of a topic.
        init?(_ arn: ARN, _ parameters: TargetParameters) {
            guard !arn.region.isEmpty, !arn.resource.contains(":") else { return nil }
            self.arn = arn
            group = parameters.messageGroup
        }

        private var isFIFO: Bool { arn.resource.hasSuffix(".fifo") }
        var concurrency: Int { isFIFO ? 1 : 16 }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var fields = [
                ("Action", "Publish"), ("Version", "2010-03-31"), ("TopicArn", arn.text),
                ("Message", match.text),
            ]
            if isFIFO {
                guard let group else {
                    throw DeliveryError(
                        .invalidParameter,
                        "\(arn) is a FIFO topic, and the target has no "
                            + "SqsParameters.MessageGroupId")
                }
                fields.append(("MessageGroupId", group))
                fields.append(
                    (
                        "MessageDeduplicationId",
                        EventFacts(match.event).id ?? EventKey.text(of: match)
                    ))
            }
            let answer = try await client.send(AWSRequest(form: fields, .topics, arn))
            guard answer.element("MessageId") != nil else { throw .garbage(.topics, answer) }
        }
    }
#endif
