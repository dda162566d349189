internal import Dispatch
internal import EventArchive
internal import EventDelivery
internal import EventEnvelope
internal import EventMatching
internal import EventPipeline
internal import EventReplay
internal import EventRouting
internal import Foundation
internal import InternalSystem
internal import Synchronization

/// A router: buses, rules and targets, with everything that is published archived, matched and
/// delivered.
///
/// This is the place to begin reading `Router`. Who does what:
///
/// - a `RouterLane` is a worker that routes the events of its buses: a `BusEngine` archives and
///   matches them with a matcher that follows the bus's `RuleBook`; a `RuleRoute` for each rule knows
///   where matches go. While a lane is busy, publishers match too (`PreparedEvent`);
/// - a `TargetEngine` for each target takes the matches (see ``/EventDelivery/Target``);
/// - the router itself is the control plane: it makes these, changes rule books, and exchanges a
///   rule's targets between two runs of events. No event waits for it longer than that.
///
/// ```swift
/// let router = try Router(RouterConfiguration(directory: "/var/lib/orders"))
/// try router.putRule(RoutingRule(name: "stopped", pattern: #"{"detail": {"state": ["stopped"]}}"#))
/// try router.putTargets([.closure("log") { print($0.text) }], of: "stopped")
/// try router.publish(#"{"detail": {"state": "stopped"}}"#)
/// try router.close()
/// ```
///
/// With a directory, buses, rules and targets that are data are there again when a router is opened on
/// it; closures, tasks and streams are the program's to put again. Targets go on where they had come to.
///
/// Changes take effect before the call returns. No function of the router may be called by an inline
/// target.
public final class Router: Sendable {
    /// How it was built: as asked for, with numbers out of range as the nearest ones that can be.
    public let configuration: RouterConfiguration
    let services: DeliveryServices
    let traces = TraceBook()
    let lanes: [Lane]
    let control: RouterControl
    let publishing: RouterPublishing
    let schedules: RuleSchedules
    let ticker: Ticker
    /// Where buses, rules and targets are kept; nil for nowhere.
    let store: (any ConfigurationStore)?
    let adapters: TargetAdapters

    /// A lane with its stage, and its way in.
    struct Lane: Sendable {
        let lane: RouterLane
        let stage: Stage<MPSCRing>
        let inlineTargets = InlineTargets()
    }

    /// How many targets of a lane's buses only its worker may call. `@unchecked Sendable`: only touched on
    /// the lane's queue.
    final class InlineTargets: @unchecked Sendable { var count = 0 }

    /// The bus that there always is.
    public static let defaultBus = "default"

    /// Opens the directory, if there is one, and makes the default bus.
    ///
    /// - Throws: ``RouterError``
    public init(_ configuration: RouterConfiguration = RouterConfiguration()) throws(RouterError) {
        let configuration = configuration.withinLimits
        self.configuration = configuration
        adapters = configuration.adapters
        let traces = traces
        control = RouterControl(laneCount: configuration.laneCount)
        let ticked = TickedRouter()
        let ticker = Ticker(
            every: max(configuration.watermarkInterval.wholeNanoseconds, 10_000_000),
            on: control.queue, configuration.clock
        ) { ticked.router?.tick() }
        self.ticker = ticker
        services = try Self.openServices(configuration, traces, ticker)
        // After the dead letters: their lock tells of a second router first.
        store = try Self.openStore(configuration)
        lanes = (0..<configuration.laneCount).map { _ in
            Self.makeLane(configuration, traces, ticker)
        }
        let publishing = RouterPublishing(configuration, lanes: lanes)
        self.publishing = publishing
        schedules = RuleSchedules(clock: configuration.clock) { publishing.fire($0) }
        ticked.router = self
        try restore()
    }

    deinit {
        ticker.stop()
        schedules.stop()
    }

    private static func openServices(
        _ configuration: RouterConfiguration, _ traces: TraceBook, _ ticker: Ticker
    ) throws(RouterError) -> DeliveryServices {
        guard let directory = configuration.directory else {
            return DeliveryServices(
                deadLetters: NoDeadLetters(), watermarks: nil, clock: configuration.clock,
                observer: traces, deadLetterObserver: configuration.deadLetterObserver,
                ticker: ticker)
        }
        let letters: ArchiveDeadLetterStore
        try makeFolder(directory + "/buses")
        do throws(ArchiveError) {
            letters = try ArchiveDeadLetterStore(
                directory: directory + "/dead-letters", eventBytesMax: configuration.eventBytesMax,
                bytesMax: configuration.deadLetterBytesMax, clock: configuration.clock)
        } catch {
            if case .locked = error { throw .directoryInUse(directory) }
            throw .deadLetters(error)
        }
        do {
            return DeliveryServices(
                deadLetters: letters, watermarks: try FileWatermarkStore(directory: directory),
                clock: configuration.clock, observer: traces,
                deadLetterObserver: configuration.deadLetterObserver, ticker: ticker)
        } catch { throw .unusable(path: directory + "/delivery.watermarks", error) }
    }

    /// Makes a folder and those that it lies in, unless they are there. (`FileManager` does not say why
    /// it can't.)
    private static func makeFolder(_ path: String) throws(RouterError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            if mkdir(made, 0o777) != 0, errno != EEXIST {
                throw .unusable(path: path, reason: String(cString: strerror(errno)))
            }
            made += "/"
        }
    }

    private static func makeLane(
        _ configuration: RouterConfiguration, _ traces: TraceBook, _ ticker: Ticker
    ) -> Lane {
        let pool = SlabPool(
            slabCount: configuration.slabCount, spareSlabCount: configuration.slabCount,
            slabBytes: configuration.slabBytes, eventBytesMax: configuration.eventBytesMax)
        let lane = RouterLane(
            pool: pool, clock: configuration.clock, observer: traces, ticker: ticker)
        let ring = MPSCRing(minimumCapacity: configuration.waitingEventsMax)
        let stage = Stage(label: "switchyard.lane", ring: ring) { lane.route($0) }
        stage.lendsTurns = true
        lane.attach(to: stage.dispatchQueue)
        return Lane(lane: lane, stage: stage)
    }

}

/// What the router's control plane keeps. `@unchecked Sendable`: only touched on its queue.
final class RouterControl: @unchecked Sendable {
    /// Not a `Lock`: changes take long, and whoever makes them in a loop must let others in.
    let queue = DispatchQueue(label: "switchyard.control")
    var buses: [String: BusState] = [:]
    /// By their names in the router's own account and region, or their resource names.
    var archives: [String: ArchiveState] = [:]
    /// What buses that are alike have in common.
    let ruleSets = RuleSetPool()
    /// The keys of each lane's buses.
    var keys: [BusKeys]
    /// By their names in the account and region of the bus that they go to, also those that have ended.
    var replays: [ReplayID: RouterReplay] = [:]
    /// How many were started.
    var replayCount = 0
    /// The highest number of a rule: rules are kept in the order in which they came.
    var ruleOrder: UInt64 = 0
    /// What of the configuration could not be used.
    var configurationProblems: [String] = []
    var isClosed = false

    init(laneCount: Int) { keys = Array(repeating: BusKeys(), count: laneCount) }

    /// Does something under the control lock.
    func sync<Result>(
        _ body: () throws(RouterError) -> Result
    ) throws(RouterError) -> Result {
        let result = queue.sync { Swift.Result(catching: body) }
        return try result.get()
    }
}

/// What tells replays apart.
struct ReplayID: Hashable {
    let scope: ResourceScope
    let name: String
}

/// The router that ticks, which is made after what asks for ticks. `@unchecked Sendable`: set before anybody
/// asks, and only read on the control queue.
private final class TickedRouter: @unchecked Sendable {
    weak var router: Router?
}

/// A bus as the control plane keeps it.
final class BusState {
    let id: BusID
    /// What it is called by the router's own account and region.
    let name: String
    /// What is kept of it.
    var value: StoredBus
    let lane: Router.Lane
    let engine: BusEngine
    let port: PublishPort
    var kind: BusKind { value.kind }
    var rules: [String: RuleState] = [:]
    /// The rules' names in the order in which they came.
    var order: [String] = []

    init(
        id: BusID, name: String, value: StoredBus, lane: Router.Lane, engine: BusEngine,
        port: PublishPort
    ) {
        self.id = id
        self.name = name
        self.value = value
        self.lane = lane
        self.engine = engine
        self.port = port
    }

    /// Says how many targets of a rule only the lane's worker may call: publishers may take its turns while
    /// there are none. On the lane's queue.
    func needWorker(_ count: Int, insteadOf known: inout Int) {
        lane.inlineTargets.count += count - known
        known = count
        lane.stage.lendsTurns = lane.inlineTargets.count == 0
    }
}

/// What kind of bus it is.
public enum BusKind: String, Sendable, Hashable {
    /// The one that there always is, and which schedules are for.
    case `default`
    /// One of a program's own.
    case custom
    /// One that a partner's events come in on; its name is that of the partner's event source.
    case partner
}
