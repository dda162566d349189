#if Server
    internal import EventEnvelope
    internal import InternalSystem
    public import Switchyard
    internal import SwitchyardHTTP

    /// Targets that are API destinations, by their ARNs: each event goes to where the destination is
    /// when it is sent.
    public struct DestinationTargetAdapter: TargetAdapter {
        private let source: any DestinationSource
        private let allowsPrivateAddresses: Bool
        private let paces = DestinationPaces()

        /// Creates an adapter.
        ///
        /// - Parameter allowsPrivateAddresses: whether destinations may be on this machine, and in
        ///   networks that are nobody else's.
        public init(_ source: any DestinationSource, allowsPrivateAddresses: Bool) {
            self.source = source
            self.allowsPrivateAddresses = allowsPrivateAddresses
        }

        /// The target that a definition stands for; nil if it is no API destination.
        public func target(
            for definition: TargetDefinition, of rule: RuleID
        ) throws(TargetAdapterError) -> Target? {
            guard case .other(let arn) = definition.destination,
                case .apiDestination? = try? ResourceName(arn)
            else { return nil }
            let target = DestinationTarget(
                arn: arn, source: source, parameters: TargetParameters(definition), paces: paces,
                allowsPrivateAddresses: allowsPrivateAddresses)
            return .custom(
                definition.id, input: definition.input, retry: definition.retryPolicy,
                concurrency: 8, target)
        }
    }

    /// The rates of all destinations: that of one is for all targets together that send there.
    final class DestinationPaces: Sendable {
        private let paces = Guarded<[String: (rate: Int, pace: SharedPace)]>([:])

        /// The pace of a destination; another one where its rate has changed.
        func pace(of arn: String, perSecond rate: Int) -> SharedPace {
            paces.withLock { paces in
                if let known = paces[arn], known.rate == rate { return known.pace }
                if paces.count >= AWSClient.tableEntriesMax { paces.removeAll() }
                let pace = SharedPace(perSecond: rate)
                paces[arn] = (rate, pace)
                return pace
            }
        }
    }

    /// Sends events to a destination: with what was made of it as it was last, until it changes.
    final class DestinationTarget: DeferredTarget {
        private let arn: String
        private let source: any DestinationSource
        private let parameters: TargetParameters
        private let paces: DestinationPaces
        private let allowsPrivateAddresses: Bool
        private let current = Guarded<Sender?>(nil)

        /// What sends requests to one version of the destination. It is closed when it was replaced, and
        /// none of its requests is under way.
        private final class Sender: Sendable {
            let version: String
            private let target: any DeferredTarget
            private let state = Guarded((underway: 0, isRetired: false))

            init(version: String, _ target: any DeferredTarget) {
                self.version = version
                self.target = target
            }

            func begin(
                _ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void
            ) {
                target.begin(match) { [self] error in
                    settle(error)
                    let isOver = state.withLock { state in
                        state.underway -= 1
                        return state.isRetired && state.underway == 0
                    }
                    if isOver { target.close() }
                }
            }

            /// Says that a request will be begun.
            func take() { state.withLock { $0.underway += 1 } }

            func retire() {
                let isOver = state.withLock { state in
                    defer { state.isRetired = true }
                    return !state.isRetired && state.underway == 0
                }
                if isOver { target.close() }
            }
        }

        init(
            arn: String, source: any DestinationSource, parameters: TargetParameters,
            paces: DestinationPaces, allowsPrivateAddresses: Bool
        ) {
            self.arn = arn
            self.source = source
            self.parameters = parameters
            self.paces = paces
            self.allowsPrivateAddresses = allowsPrivateAddresses
        }

        func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
            let sender: Sender
            do throws(DeliveryError) { sender = try takeSender() } catch { return settle(error) }
            sender.begin(match, settle: settle)
        }

        func close() {
            current.withLock { sender in
                defer { sender = nil }
                return sender
            }?.retire()
        }

        /// What sends to the destination as it is now.
        private func takeSender() throws(DeliveryError) -> Sender {
            let resolved = try source.destination(arn)
            return try current.withLock { sender throws(DeliveryError) in
                if let sender, sender.version == resolved.version {
                    sender.take()
                    return sender
                }
                let fresh = try makeSender(resolved)
                sender?.retire()
                sender = fresh
                fresh.take()
                return fresh
            }
        }

        private func makeSender(
            _ resolved: ResolvedDestination
        ) throws(DeliveryError) -> Sender {
            let added =
                parameters.headers.map { HTTPParameter.header($0.name, $0.value) }
                + parameters.query.map { HTTPParameter.query($0.name, $0.value) }
            do {
                let destination = try resolved.destination(
                    allowsPrivateAddresses: allowsPrivateAddresses)
                let pace = paces.pace(
                    of: arn, perSecond: max(1, destination.invocationRateLimitPerSecond))
                return Sender(
                    version: resolved.version,
                    try destination.sender(
                        pathValues: parameters.pathValues, parameters: added, pace: pace))
            } catch let error as HTTPDestinationError {
                throw DeliveryError(.invalidParameter, error.description)
            } catch {
                throw DeliveryError(
                    .noPermissions, "the connection's secrets can't be read: \(error)")
            }
        }
    }
#endif
