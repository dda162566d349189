#if Server
    internal import EventEnvelope
    public import Switchyard

    /// Targets of AWS's other services: queues, topics, functions, log groups, streams, state machines.
    ///
    /// This is the place to begin reading `AWSTargets`. The way of an event:
    ///
    /// 1. this adapter reads the target's ARN, and has a ``AWSService`` speak to it: a `QueueDelivery`,
    ///    a `FunctionDelivery` and so on, one file each. It says what to ask for an event, and what the
    ///    answer has to be like;
    /// 2. an ``AWSClient`` sends it, signed, to where an ``AWSBackend`` says that the service is: AWS
    ///    itself, or anything that speaks as it does;
    /// 3. an `AWSFailure` says what other answers mean: whether it is tried again, and under which
    ///    code the event becomes a dead letter;
    /// 4. ``DeadLetterQueues`` send what was given up to the queue that its target names.
    ///
    /// Besides, ``MappedTargetAdapter`` gives the events of any ARN to an address or a command of the
    /// operator's, and ``DestinationTargetAdapter`` those of API destinations to where they are now.
    ///
    /// A target nobody can reach is no error here: its deliveries fail, and say why.
    public struct AWSTargetAdapter: TargetAdapter {
        private let client: AWSClient

        /// Creates an adapter for what a client can reach.
        public init(_ client: AWSClient) { self.client = client }

        /// The target that a definition stands for; nil if it is of a service that is not known here,
        /// or that has no address.
        public func target(
            for definition: TargetDefinition, of rule: RuleID
        ) throws(TargetAdapterError) -> Target? {
            guard case .other(let text) = definition.destination, let arn = try? ARN(text),
                let service = AWSService(rawValue: arn.service), client.backend.reaches(service)
            else { return nil }
            let delivery = Self.delivery(service, arn, TargetParameters(definition))
            return .custom(
                definition.id, input: definition.input, retry: definition.retryPolicy,
                concurrency: delivery.concurrency, ServiceTarget(delivery: delivery, client: client)
            )
        }

        private static func delivery(
            _ service: AWSService, _ arn: ARN, _ parameters: TargetParameters
        ) -> any ServiceDelivery {
            let made: (any ServiceDelivery)? =
                switch service {
                case .queues: QueueDelivery(arn, parameters)
                case .topics: TopicDelivery(arn, parameters)
                case .functions: FunctionDelivery(arn)
                case .logs: LogGroupDelivery(arn)
                case .streams: StreamDelivery(arn, parameters)
                case .deliveryStreams: DeliveryStreamDelivery(arn)
                case .stateMachines: StateMachineDelivery(arn)
                }
            return made
                ?? NoDelivery(
                    error: DeliveryError(
                        .noResource, "\(arn) names nothing that events can be sent to"))
        }
    }

    /// The services that targets can be of, by what their ARNs, their signatures and settings call them.
    public enum AWSService: String, Sendable, Hashable, CaseIterable {
        /// Simple Queue Service.
        case queues = "sqs"
        /// Simple Notification Service.
        case topics = "sns"
        /// Lambda.
        case functions = "lambda"
        /// CloudWatch Logs.
        case logs = "logs"
        /// Kinesis Data Streams.
        case streams = "kinesis"
        /// Data Firehose.
        case deliveryStreams = "firehose"
        /// Step Functions.
        case stateMachines = "states"
    }

    /// How an event is given to one resource of a service.
    protocol ServiceDelivery: Sendable {
        /// How many events may be on their way at a time.
        var concurrency: Int { get }
        /// Gives an event to the resource.
        func deliver(_ match: EventMatch, with client: AWSClient) async throws(DeliveryError)
    }

    extension ServiceDelivery {
        /// As many as a service answers side by side without one target taking all of the connections.
        var concurrency: Int { 16 }
    }

    /// A target whose events are given to a resource of a service.
    private struct ServiceTarget: DeferredTarget {
        let delivery: any ServiceDelivery
        let client: AWSClient

        func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
            Task {
                do {
                    try await delivery.deliver(match, with: client)
                    settle(nil)
                } catch { settle(error) }
            }
        }
    }

    /// A resource that can't be there.
    private struct NoDelivery: ServiceDelivery {
        let error: DeliveryError

        func deliver(_ match: EventMatch, with client: AWSClient) throws(DeliveryError) {
            throw error
        }
    }
#endif
