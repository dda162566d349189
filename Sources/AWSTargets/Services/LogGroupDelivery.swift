#if Server
    internal import EventDelivery
    internal import EventEnvelope
    internal import FoundationEssentials
    internal import InternalSystem
    internal import JSONScan
    internal import Switchyard

    /// A log group of CloudWatch Logs: an entry for each event, with the event's time, in a stream that
    /// each target makes when its first event comes.
    ///
    /// An input that is an object of `timestamp` and `message`, which the service wants from
    /// transformers for log groups, says both itself.
    final class LogGroupDelivery: ServiceDelivery {
        private let arn: ARN
        private let group: String
        private let stream = UUID().uuidString.lowercased()
        private let hasStream = Guarded(false)

        /// Nil if the ARN is not that of a log group: `log-group:NAME`, with or without `:*`.
        init?(_ arn: ARN) {
            guard arn.resource.hasPrefix("log-group:") else { return nil }
            var name = arn.resource.dropFirst("log-group:".count)
            if name.hasSuffix(":*") { name = name.dropLast(2) }
            guard !name.isEmpty, !name.contains(":") else { return nil }
            self.arn = arn
            group = String(name)
        }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            let hadStream = hasStream.withLock { $0 }
            if !hadStream { try await makeStream(client) }
            do throws(DeliveryError) { try await put(match, client) } catch {
                // The group was made anew since, and has no such stream.
                guard hadStream, error.code == .noResource else { throw error }
                try await makeStream(client)
                try await put(match, client)
            }
        }

        private func makeStream(_ client: AWSClient) async throws(DeliveryError) {
            var input = JSONObjectWriter()
            input.member("logGroupName", group)
            input.member("logStreamName", stream)
            do throws(DeliveryError) {
                _ = try await client.send(request("CreateLogStream", input.finish()))
            } catch {
                // Another event of the target was first.
                guard error.message.contains("ResourceAlreadyExistsException") else { throw error }
            }
            hasStream.withLock { $0 = true }
        }

        private func put(_ match: EventMatch, _ client: AWSClient) async throws(DeliveryError) {
            let entry = Self.entry(match)
            var event = JSONObjectWriter()
            event.member("timestamp", number: entry.milliseconds)
            event.member("message", entry.message)
            var input = JSONObjectWriter()
            input.member("logGroupName", group)
            input.member("logStreamName", stream)
            let list = [UInt8(ascii: "[")] + event.finish() + [UInt8(ascii: "]")]
            input.member("logEvents", json: list)
            let answer = try await client.send(request("PutLogEvents", input.finish()))
            guard answer.isObject else { throw .garbage(.logs, answer) }
            var isRejected = false
            answer.body.withScannedJSON {
                isRejected = $0["rejectedLogEventsInfo"]?.members.isEmpty == false
            }
            if isRejected {
                throw DeliveryError(
                    .invalidParameter,
                    "logs took the entry for none of a time that it keeps: "
                        + String(decoding: answer.body.prefix(200), as: UTF8.self))
            }
        }

        private func request(_ operation: String, _ body: [UInt8]) -> AWSRequest {
            AWSRequest(json: "Logs_20140328.\(operation)", version: "1.1", .logs, arn, body: body)
        }

        /// What is logged of an event, and with which time.
        private static func entry(_ match: EventMatch) -> (milliseconds: Int64, message: String) {
            var milliseconds: Int64?
            var message: String?
            match.bytes.withScannedJSON { input in
                guard input.members.count == 2, let text = input["message"]?.string,
                    let time = input["timestamp"]
                else { return }
                let number = String(decoding: time.text, as: UTF8.self)
                milliseconds =
                    Int64(number)
                    ?? time.string.flatMap { EventTime($0.description) }
                    .map { $0.nanoseconds / 1_000_000 }
                if milliseconds != nil { message = text.description }
            }
            let time =
                milliseconds ?? EventFacts(match.event).milliseconds
                ?? wallClockNanoseconds() / 1_000_000
            return (time, message ?? match.text)
        }
    }
#endif
