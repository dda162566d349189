package import AWSWire
internal import EventEnvelope
internal import InternalSystem
public import Switchyard

/// Amazon EventBridge's 57 operations, on a router.
///
/// This is the place to begin reading `EventBridgeService`. The way of a call:
///
/// 1. ``service`` is what the wire knows of it: a function for each operation. A request was checked
///    against the model before it comes here, so each function reads like the sentence in AWS's
///    reference that it stands for;
/// 2. buses, rules, targets, archives and replays are the router's, which keeps them; what it does not know
///    of them (policies, tags, roles) it keeps as it is. The ``BusPolicy`` of a bus says who may use it;
/// 3. connections, API destinations, partners' event sources, endpoints and the history of replays are
///    this service's own, kept in the same store, each kind in a `ResourceBook` of its own.
///
/// `PutEvents` has a second way in, for servers' event loops: the ``PutEventsIntake`` takes ordinary
/// requests at speed, and leaves all others to the first one.
///
/// Names are looked up in the caller's account and region. Every account has a bus `default` in every
/// region, which is made when it is first asked for.
///
/// No operation needs a socket, or knows of one. What waits for the disk does so on a queue of
/// ``/AWSWire/WireService``'s, and holds up nobody else.
public final class EventBridge: Sendable {
    /// The router that does the work.
    public let router: Router
    let connections: ResourceBook<StoredConnection>
    let destinations: ResourceBook<StoredDestination>
    let endpoints: ResourceBook<StoredEndpoint>
    let partnerSources: ResourceBook<StoredPartnerSource>
    let replays: ResourceBook<StoredReplay>
    let secrets: any SecretSealing
    let gate: BusGate
    /// Changes come one after the other: what is checked is so still when it is changed.
    private let changing = Lock()
    /// Accounts and regions whose default bus is there.
    private let begun = Guarded<Set<ResourceScope>>([])

    /// What the keys of the service's own resources begin with: for
    /// ``/Switchyard/RouterConfiguration/otherKeys``.
    public static let storedKinds: Set<String> = [
        StoredConnection.kind, StoredDestination.kind, StoredEndpoint.kind,
        StoredPartnerSource.kind, StoredReplay.kind,
    ]

    /// Opens the service on a router.
    ///
    /// - Parameters:
    ///   - store: where its own resources are kept: the router's own store, or another one.
    ///   - secrets: what seals the secrets of connections before they are kept.
    ///   - gate: what the router asks which events may go from one bus to another
    ///     (`RouterConfiguration.busAccess`).
    /// - Throws: `InternalException`: the store can't be read.
    package init(
        _ router: Router, store: any ConfigurationStore, secrets: any SecretSealing,
        gate: BusGate = BusGate()
    ) throws(ServiceError) {
        self.router = router
        self.secrets = secrets
        self.gate = gate
        for bus in router.allBuses { gate.set(bus.id, bus.value) }
        connections = try ResourceBook(in: store)
        destinations = try ResourceBook(in: store)
        endpoints = try ResourceBook(in: store)
        partnerSources = try ResourceBook(in: store)
        replays = try ResourceBook(in: store)
        resumeReplays()
    }

    /// The present, by the router's clock.
    var now: EventTime { EventTime(router.configuration.clock.wallTime) }

    /// Does something that changes resources, while nobody else does.
    func change<Result>(
        _ body: () throws(ServiceError) -> Result
    ) throws(ServiceError) -> Result {
        try changing.withLock(body)
    }

    /// Sees to it that an account has its default bus in a region.
    func begin(_ scope: ResourceScope) throws(ServiceError) {
        if begun.withLock({ $0.contains(scope) }) { return }
        let id = BusID(in: scope)
        do throws(RouterError) { try router.putBus(id.arn) } catch { throw ServiceError(error) }
        if let bus = try? router.bus(id.arn), BusDetails(bus.value).creationTime == nil {
            let now = now
            try modify(id) { _, details in details.creationTime = now }
        }
        begun.withLock { _ = $0.insert(scope) }
    }
}

/// What keeps secrets from those who can read the store.
public protocol SecretSealing: Sendable {
    /// Encrypts and authenticates a secret.
    ///
    /// - Parameter context: what it belongs to: only there it can be opened.
    func seal(_ secret: [UInt8], for context: String) throws -> [UInt8]
    /// What was sealed.
    ///
    /// - Throws: it was sealed with another key, for something else, or was changed since.
    func open(_ sealed: [UInt8], for context: String) throws -> [UInt8]
}

extension ServiceError {
    /// A router's error in the service's words.
    init(_ error: RouterError) {
        let message = error.description
        self =
            switch error {
            case .noSuchBus, .noSuchRule, .noSuchTarget, .noSuchArchive: .notFound(message)
            case .busExists, .archiveExists: .exists(message)
            case .limitExceeded: .limitExceeded()
            case .managedRule(let rule, _):
                ServiceError(
                    "ManagedRuleException",
                    "Rule \(rule) is managed by an AWS service can only be modified if force is true"
                )
            case .rule(let rule):
                ServiceError(
                    "InvalidEventPatternException", "Event pattern is not valid. Reason: \(rule)")
            case .invalidArchive(_, let reason): .validation(reason)
            case .defaultBus, .emptyRule, .scheduleOnOtherBus, .ruleHasTargets, .invalidName,
                .emptyArchiveChange, .archiveAsTarget, .target:
                .validation(message)
            case .archive, .directoryInUse, .deadLetters, .files, .unusable, .configuration,
                .configurationState, .archiveFiles, .archiveFilesExist, .closed:
                .internalError(message)
            }
    }
}
