#if Server
    internal import EventDelivery
    internal import EventEnvelope
    internal import EventInput
    internal import FoundationEssentials
    internal import JSONScan
    internal import Switchyard

    /// A stream of Kinesis: a record for each event, whose partition is that of the event's id, or of
    /// what stands at `KinesisParameters.PartitionKeyPath`.
    struct StreamDelivery: ServiceDelivery {
        private let arn: ARN
        private let name: String
        private let path: Result<InputPath, DeliveryError>?

        /// The most characters of a partition key.
        private static let keyMax = 256

        /// Nil if the ARN is not that of a stream.
        init?(_ arn: ARN, _ parameters: TargetParameters) {
            guard let name = arn.name(of: "stream") else { return nil }
            self.arn = arn
            self.name = name
            path = parameters.partitionKeyPath.map { text in
                do throws(TargetInputError) { return .success(try InputPath(text)) } catch {
                    return .failure(
                        DeliveryError(.invalidParameter, "the partition key's path: \(error)"))
                }
            }
        }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var input = JSONObjectWriter()
            input.member("StreamName", name)
            input.member("Data", Data(match.bytes).base64EncodedString())
            input.member("PartitionKey", try key(match))
            let request = AWSRequest(
                json: "Kinesis_20131202.PutRecord", version: "1.1", .streams, arn,
                body: input.finish())
            let answer = try await client.send(request)
            guard answer.text("SequenceNumber") != nil else { throw .garbage(.streams, answer) }
        }

        private func key(_ match: EventMatch) throws(DeliveryError) -> String {
            guard let path = try path?.get() else {
                return EventFacts(match.event).id ?? EventKey.text(of: match)
            }
            guard let key = path.text(in: match.event), !key.isEmpty else {
                throw DeliveryError(
                    .invalidParameter, "the event has nothing at \(path), for the partition key")
            }
            return String(key.prefix(Self.keyMax))
        }
    }

    /// A delivery stream of Firehose: a record for each event.
    struct DeliveryStreamDelivery: ServiceDelivery {
        private let arn: ARN
        private let name: String

        /// Nil if the ARN is not that of a delivery stream.
        init?(_ arn: ARN) {
            guard let name = arn.name(of: "deliverystream") else { return nil }
            self.arn = arn
            self.name = name
        }

        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError) {
            var record = JSONObjectWriter()
            record.member("Data", Data(match.bytes).base64EncodedString())
            var input = JSONObjectWriter()
            input.member("DeliveryStreamName", name)
            input.member("Record", json: record.finish())
            let request = AWSRequest(
                json: "Firehose_20150804.PutRecord", version: "1.1", .deliveryStreams, arn,
                body: input.finish())
            let answer = try await client.send(request)
            guard answer.text("RecordId") != nil else { throw .garbage(.deliveryStreams, answer) }
        }
    }

    extension ARN {
        /// The name in a resource `kind/name`; nil if it is of another kind.
        func name(of kind: String) -> String? {
            guard resource.hasPrefix(kind + "/") else { return nil }
            let name = resource.dropFirst(kind.count + 1)
            return name.isEmpty || name.contains(where: { "/:".contains($0) }) ? nil : String(name)
        }
    }
#endif
