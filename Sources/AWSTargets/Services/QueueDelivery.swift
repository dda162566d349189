#if Server
    internal import EventDelivery
    internal import EventEnvelope
    internal import InternalSystem
    internal import JSONScan
    internal import Switchyard

    /// A queue of SQS: a message for each event.
    ///
    /// What goes to a FIFO queue is of the group that the target names, and is told apart by the event's
    /// id: the same event twice within five minutes is one message. It goes one by one there, in the
    /// order of the bus as long as nothing fails.
    struct QueueDelivery: ServiceDelivery {
        private let queue: QueueName
        private let group: String?

        /// Nil if the ARN is not that of a queue.
        init?(_ arn: ARN, _ parameters: TargetParameters) {
            guard let queue = QueueName(arn) else { return nil }
            self.queue = queue
            group = parameters.messageGroup
        }

        var concurrency: Int { queue.isFIFO ? 1 : 16 }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var message = QueueMessage(body: match.text)
            message.group = group
            if queue.isFIFO {
                guard group != nil else {
                    throw DeliveryError(
                        .invalidParameter,
                        "\(queue.arn) is a FIFO queue, and the target has no "
                            + "SqsParameters.MessageGroupId")
                }
                message.deduplicationID = EventFacts(match.event).id ?? EventKey.text(of: match)
            }
            try await client.send(message, to: queue)
        }
    }

    /// Which queue it is.
    struct QueueName: Sendable {
        let arn: ARN
        var name: String { arn.resource }
        /// Whether its messages have groups, and an order in each.
        var isFIFO: Bool { name.hasSuffix(".fifo") }

        /// Nil if the ARN is not that of a queue.
        init?(_ arn: ARN) {
            guard arn.service == AWSService.queues.rawValue, !arn.region.isEmpty,
                !arn.account.isEmpty, !arn.resource.contains(where: { ":/".contains($0) })
            else { return nil }
            self.arn = arn
        }
    }

    /// What is sent to a queue.
    struct QueueMessage: Sendable {
        var body: String
        /// The group, for FIFO queues, and for the fair ones among the others.
        var group: String?
        /// What tells it from others, for FIFO queues.
        var deduplicationID: String?
        /// Attributes, which are strings.
        var attributes: [(name: String, value: String)] = []

        func input(queueURL: String) -> [UInt8] {
            var input = JSONObjectWriter()
            input.member("QueueUrl", queueURL)
            input.member("MessageBody", body)
            input.member("MessageGroupId", group)
            input.member("MessageDeduplicationId", deduplicationID)
            if !attributes.isEmpty {
                var written = JSONObjectWriter()
                for (name, value) in attributes {
                    var attribute = JSONObjectWriter()
                    attribute.member("DataType", "String")
                    attribute.member("StringValue", value)
                    written.member(name, json: attribute.finish())
                }
                input.member("MessageAttributes", json: written.finish())
            }
            return input.finish()
        }
    }

    extension AWSClient {
        /// Sends a message to a queue.
        func send(_ message: QueueMessage, to queue: QueueName) async throws(DeliveryError) {
            let url = try await address(of: queue)
            let request = AWSRequest(
                json: "AmazonSQS.SendMessage", version: "1.0", .queues, queue.arn,
                body: message.input(queueURL: url))
            let answer: AWSAnswer
            do throws(DeliveryError) { answer = try await send(request) } catch {
                // It may be made anew, elsewhere.
                if error.code == .noResource {
                    queueURLs.withLock { _ = $0.removeValue(forKey: queue.arn.text) }
                }
                throw error
            }
            guard answer.text("MessageId") != nil else { throw .garbage(.queues, answer) }
        }

        /// The queue's address, which the service is asked for once.
        private func address(of queue: QueueName) async throws(DeliveryError) -> String {
            if let known = queueURLs.withLock({ $0[queue.arn.text] }) { return known }
            var input = JSONObjectWriter()
            input.member("QueueName", queue.name)
            input.member("QueueOwnerAWSAccountId", queue.arn.account)
            let request = AWSRequest(
                json: "AmazonSQS.GetQueueUrl", version: "1.0", .queues, queue.arn,
                body: input.finish())
            let url: String
            do throws(DeliveryError) {
                let answer = try await send(request)
                guard let found = answer.text("QueueUrl") else {
                    throw .garbage(.queues, answer)
                }
                url = found
            } catch {
                // Who may send need not be allowed to ask: then it is what such addresses look like.
                guard error.code == .noPermissions else { throw error }
                let service = try self.address(of: .queues, region: queue.arn.region)
                url = "\(service.origin)\(service.prefix)/\(queue.arn.account)/\(queue.name)"
            }
            queueURLs.withLock { known in
                if known.count >= Self.tableEntriesMax { known.removeAll() }
                known[queue.arn.text] = url
            }
            return url
        }
    }
#endif
