#if Server
    internal import AWSSignature
    internal import AWSTargets
    internal import EventBridgeService
    internal import FoundationEssentials
    internal import InternalSystem
    internal import Logging
    internal import Switchyard

    /// How the server reaches targets: what the settings map, API destinations, AWS's services, and for
    /// all others a dead letter that says why. In this order.
    struct ServerTargets: Sendable {
        private let mappings: [TargetMapping]
        private let client: AWSClient
        private let destinations: BridgeDestinations
        private let allowsPrivateAddresses: Bool
        private let localTargets: LocalTargetGuard
        /// What sends dead letters to the queues that targets name.
        let deadLetters: DeadLetterQueues

        /// How long letters may take that wait when the server stops.
        private static let drainLimit = Duration.seconds(5)

        /// - Parameter clock: the router's.
        /// - Throws: a target is mapped to what is no place, or half of the credentials is missing.
        init(
            _ settings: ServerSettings, clock: any TimeSource = SystemClock.shared,
            logger: Logger
        ) throws {
            mappings = try settings.mappings()
            allowsPrivateAddresses = settings.allowsPrivateAddresses
            localTargets = LocalTargetGuard(
                allowsFiles: settings.allowsLocalTargets || settings.isLoopback,
                allowsPrograms: settings.allowsLocalTargets)
            destinations = BridgeDestinations()
            client = AWSClient(
                AWSBackend(
                    settings.backend, addresses: settings.endpoints,
                    credentials: try AWSCredentials(
                        environment: ProcessInfo.processInfo.environment)))
            deadLetters = DeadLetterQueues(client, clock: clock) { logger.warning("\($0)") }
        }

        /// The adapters, for a router that is to be opened.
        var adapters: TargetAdapters {
            TargetAdapters([
                MappedTargetAdapter(mappings), localTargets,
                DestinationTargetAdapter(
                    destinations, allowsPrivateAddresses: allowsPrivateAddresses),
                AWSTargetAdapter(client), UnreachableTargets(),
            ])
        }

        /// Has API destinations looked up in a service, which is there once its router is.
        func begin(_ bridge: EventBridge) { destinations.use(bridge) }

        /// Ends all connections, when the router is closed: what is still to be sent to queues of dead
        /// letters has some seconds for it.
        ///
        /// - Returns: how many of these were not sent.
        func close() async -> Int {
            let left = await deadLetters.drain(within: Self.drainLimit)
            await client.shutdown()
            return left
        }
    }

    extension ServerSettings {
        /// What gets the events of targets instead.
        ///
        /// - Throws: ``InvalidDestination``: one of them is no place.
        func mappings() throws(InvalidDestination) -> [TargetMapping] {
            var mappings: [TargetMapping] = []
            for (pattern, place) in targets {
                mappings.append(try TargetMapping(pattern, to: place))
            }
            return mappings
        }
    }

    /// The API destinations of the service.
    private final class BridgeDestinations: DestinationSource {
        private let bridge = Guarded<EventBridge?>(nil)

        func use(_ bridge: EventBridge) { self.bridge.withLock { $0 = bridge } }

        func destination(_ arn: String) throws(DeliveryError) -> ResolvedDestination {
            guard let bridge = bridge.withLock({ $0 }) else {
                throw DeliveryError(.internalError, "the server is still starting")
            }
            do throws(DestinationLookupError) {
                let found = try bridge.apiDestination(arn)
                return ResolvedDestination(
                    version: found.version, endpoint: found.endpoint, method: found.method,
                    rateLimit: found.rateLimit, authParameters: found.authParameters)
            } catch {
                switch error {
                case .noDestination, .noConnection:
                    throw DeliveryError(.noResource, error.description)
                case .notAuthorized: throw DeliveryError(.noPermissions, error.description)
                }
            }
        }
    }
#endif
