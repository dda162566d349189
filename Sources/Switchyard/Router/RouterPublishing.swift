internal import EventEnvelope
internal import EventRouting
internal import EventSchedule
internal import InternalSystem
internal import Synchronization

/// What publishing by a bus's name needs: the buses' ways in, and a publisher for each lane that its
/// callers share.
final class RouterPublishing: Sendable {
    private let ports = Guarded<[String: PublishPort]>([:])
    private let scope: ResourceScope
    let shared: [SharedPublisher]
    /// What makes events and is not in use: one for each caller at a time, up to ``idleWritersMax``.
    private let idleWriters = Guarded<[EntryWriter]>([])
    private let makeWriter: @Sendable () -> EntryWriter
    /// Entries for buses that do not exist.
    private let unroutedCount = Atomic<UInt64>(0)

    /// As many as there may be threads that make events at the same moment; each keeps the memory of
    /// its largest request.
    private static let idleWritersMax = 16

    init(_ configuration: RouterConfiguration, lanes: [Router.Lane]) {
        scope = ResourceScope(account: configuration.account, region: configuration.region)
        shared = lanes.map { SharedPublisher($0.stage) }
        makeWriter = { EntryWriter(configuration) }
    }

    /// The way in of the bus that a name or a resource name stands for.
    ///
    /// - Parameter sender: where names are looked up; the router's own account and region, if it says
    ///   nothing.
    func port(_ bus: String, of sender: ResourceScope? = nil) -> PublishPort? {
        let isOwn = sender == nil || sender == scope
        if isOwn, let port = ports.withLock({ $0[bus] }) { return port }
        guard !isOwn || ARN.isMeant(by: bus),
            let id = try? BusID(nameOrARN: bus, in: sender ?? scope)
        else { return nil }
        return ports.withLock { $0[label(of: id)] }
    }

    /// What a bus is called here: see ``Router``.
    private func label(of bus: BusID) -> String { bus.scope == scope ? bus.name : bus.arn }

    func set(_ port: PublishPort?, for bus: String) { ports.withLock { $0[bus] = port } }

    /// The publisher that the callers of a bus's lane share.
    func publisher(for port: PublishPort) -> SharedPublisher? {
        shared.first { $0.stage === port.stage }
    }

    /// Gives the caller something to make events with, which nobody else has meanwhile.
    func withWriter<Result>(_ body: (EntryWriter) -> Result) -> Result {
        let box = idleWriters.withLock { $0.popLast() } ?? makeWriter()
        defer {
            idleWriters.withLock { idle in
                if idle.count < Self.idleWritersMax { idle.append(box) }
            }
        }
        return body(box)
    }

    /// Publishes the event of a schedule on the default bus; false if there is no room for it now.
    func fire(_ firing: RuleSchedules.Firing) -> Bool {
        // Without its bus there is nothing to fire for.
        guard let port = port(label(of: firing.bus)) else { return true }
        let event = withWriter { box in
            box.output.removeAll(keepingCapacity: true)
            box.writer.writeScheduled(
                ruleARN: firing.ruleARN, of: firing.bus.scope, now: firing.due, to: &box.output)
            return box.output
        }
        return event.withUnsafeBytes { bytes in
            publisher(for: port)?.publish(CollectionOfOne(bytes), to: port).accepted != 0
        }
    }

    func countUnrouted() { unroutedCount.wrappingAdd(1, ordering: .relaxed) }
    var unrouted: UInt64 { unroutedCount.load(ordering: .relaxed) }
}

/// What makes events of entries and schedules, with the memory for one.
final class EntryWriter {
    var writer: EnvelopeWriter
    var output: [UInt8] = []

    init(_ configuration: RouterConfiguration) {
        writer = EnvelopeWriter(
            account: configuration.account, region: configuration.region,
            limits: configuration.entryLimits)
    }
}
