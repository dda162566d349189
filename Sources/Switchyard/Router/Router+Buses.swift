internal import Synchronization
internal import Dispatch
internal import EventArchive
public import EventEnvelope
internal import EventMatching
internal import EventPipeline
public import EventRouting

extension Router {
    /// The most characters of a name of a bus: EventBridge's limit, and what names of folders can have.
    static let busNameMax = 256

    /// Makes a bus unless there is one of this name: also one that the router had when it was opened on
    /// its directory.
    ///
    /// - Throws: ``RouterError``: as ``createBus(_:kind:)``, and that the bus is of another kind.
    public func putBus(_ name: String, kind: BusKind = .custom) throws(RouterError) {
        do throws(RouterError) { try createBus(name, kind: kind) } catch .busExists(let known) {
            let found = try control.sync { () throws(RouterError) in try state(of: known).kind }
            guard found == kind || found == .default else { throw .busExists(known) }
        }
    }

    /// Makes a bus. Its archive goes on where an earlier one of the same name ended.
    ///
    /// - Parameter kind: a partner's bus has the name of its event source, which may hold slashes.
    /// - Throws: ``RouterError``: the name exists or can't be one, or the archive can't be opened.
    public func createBus(_ name: String, kind: BusKind = .custom) throws(RouterError) {
        try createBus(name, StoredBus(kind))
    }

    /// Makes a bus, with what EventBridge has of it besides: see ``createBus(_:kind:)``.
    public func createBus(_ name: String, _ value: StoredBus) throws(RouterError) {
        let id = try busID(name, kind: value.kind)
        var value = value
        if id.isDefault { value.kind = .default }
        try Self.checkOthers(value.others, known: StoredBus.otherMembers, of: "bus")
        try addBus(id, value) { () throws(RouterError) in
            try save { batch throws(ConfigurationStoreError) in try batch.put(.bus(id), value) }
        }
    }

    /// Changes what is kept of a bus besides its rules: its description and EventBridge's other members.
    ///
    /// - Returns: what there is then.
    /// - Throws: ``RouterError``; nothing has changed then.
    @discardableResult
    public func changeBus(
        _ name: String, _ change: (inout StoredBus) -> Void
    ) throws(RouterError) -> StoredBus {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: name)
            var value = bus.value
            change(&value)
            value.kind = bus.value.kind
            try Self.checkOthers(value.others, known: StoredBus.otherMembers, of: "bus")
            try save { batch throws(ConfigurationStoreError) in
                try batch.put(.bus(bus.id), value)
            }
            bus.value = value
            return value
        }
    }

    /// What is kept of a bus.
    ///
    /// - Throws: ``RouterError/noSuchBus(_:)``
    public func bus(_ name: String) throws(RouterError) -> (id: BusID, value: StoredBus) {
        try control.sync { () throws(RouterError) in
            let bus = try state(of: name)
            return (bus.id, bus.value)
        }
    }

    /// The buses of an account in a region, sorted by name. O(all buses).
    public func buses(in scope: ResourceScope) -> [(id: BusID, value: StoredBus)] {
        control.queue.sync {
            control.buses.values.filter { $0.id.scope == scope }.map { ($0.id, $0.value) }
                .sorted { $0.0 < $1.0 }
        }
    }

    /// The buses of all accounts and regions, sorted by these and by name.
    public var allBuses: [(id: BusID, value: StoredBus)] {
        control.queue.sync { control.buses.values.map { ($0.id, $0.value) } }
            .sorted { $0.0 < $1.0 }
    }

    /// Checks that there are no members but those that a later router reads.
    static func checkOthers(
        _ others: [KeptMember], known: Set<String>, of what: String
    ) throws(RouterError) {
        if let unknown = others.first(where: { !known.contains($0.name) }) {
            throw .invalidName(
                unknown.name, what: "member of a \(what)",
                reason: "EventBridge has none of that name")
        }
    }

    /// The same, however it is kept.
    func addBus(
        _ id: BusID, _ value: StoredBus, save: () throws(RouterError) -> Void = {}
    ) throws(RouterError) {
        let name = label(of: id)
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            guard control.buses[name] == nil else { throw .busExists(name) }
            guard control.buses.count < configuration.busesMax else {
                throw .limitExceeded(
                    what: "buses, by RouterConfiguration.busesMax", limit: configuration.busesMax)
            }
            // A key is taken only for a bus that there will be.
            let archive = try openArchive(of: id)
            let book = RuleBook(sharing: control.ruleSets)
            let (lane, key) = try takeKey()
            do throws(RouterError) { try save() } catch {
                giveBack(key, lane)
                try? archive?.close()
                throw error
            }
            let port = PublishPort(
                stage: lane.stage, pool: lane.lane.pool, key: key,
                backPressure: configuration.backPressure, archive: archive, book: book)
            let engine = BusEngine(archive: archive, book: book, scratch: lane.lane.scratch)
            control.buses[name] = BusState(
                id: id, name: name, value: value, lane: lane, engine: engine, port: port)
            lane.lane.perform { lane.lane.set(engine, at: key) }
            publishing.set(port, for: name)
        }
    }

    /// Removes a bus with its rules and targets. Its archive stays on disk. Events that were published
    /// but not routed yet are gone: see ``publishAndConfirm(_:to:)``.
    ///
    /// - Throws: ``RouterError``: the bus does not exist, or is the default one.
    public func removeBus(_ name: String) throws(RouterError) {
        guard try busID(name, kind: .partner).name != BusID.defaultName else { throw .defaultBus }
        let bus = try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: name)
            try save { batch throws(ConfigurationStoreError) in
                try batch.remove(.bus(bus.id))
                for rule in bus.rules.values {
                    let id = RuleID(rule.rule.name, of: bus.id)
                    try batch.remove(.rule(id))
                    for target in rule.definitions {
                        try batch.remove(.target(id, id: target.definition.id))
                    }
                }
            }
            control.buses[bus.name] = nil
            publishing.set(nil, for: bus.name)
            bus.port.close()
            bus.lane.lane.perform {
                bus.lane.lane.set(nil, at: bus.port.key)
                bus.lane.lane.discardHeld(of: bus.engine)
                for rule in bus.rules.values { bus.needWorker(0, insteadOf: &rule.needsWorker) }
            }
            for rule in bus.rules.values {
                remove(rule.targets, on: bus)
                forgetWatermarks(of: rule.definitions.map(\.definition.id), rule, on: bus)
                if rule.schedule != nil { schedules.remove(rule.arn) }
            }
            giveBack(bus.port.key, bus.lane)
            return bus
        }
        do throws(ArchiveError) {
            try bus.engine.archive?.close()
        } catch { throw .archive(bus: name, error) }
    }

    /// The names of the buses, sorted, with what kind each is.
    public var buses: [(name: String, kind: BusKind)] {
        control.queue.sync {
            control.buses.values.map { ($0.name, $0.kind) }.sorted { $0.0 < $1.0 }
        }
    }

    /// What a bus has done so far.
    ///
    /// - Throws: ``RouterError/noSuchBus(_:)``
    public func statistics(bus name: String = Router.defaultBus) throws(RouterError)
        -> BusStatistics
    {
        try control.sync { () throws(RouterError) in
            statistics(of: try state(of: name))
        }
    }

    func statistics(of bus: BusState) -> BusStatistics {
        var statistics = BusStatistics()
        bus.engine.counters.read(into: &statistics)
        statistics.accepted = bus.port.accepted.load(ordering: .acquiring)
        statistics.archived = bus.engine.archive?.watermark.appended
        statistics.durable = bus.engine.archive?.watermark.durable
        statistics.isArchiveBlocked = bus.port.archiveFailure.exists
        return statistics
    }

    /// Where a bus's archive is; nil if it has none.
    ///
    /// - Throws: ``RouterError/noSuchBus(_:)``
    public func archiveDirectory(of name: String) throws(RouterError) -> String? {
        try control.sync { () throws(RouterError) in
            try state(of: name).engine.archive?.directory
        }
    }

    /// The bus, under the control lock.
    func state(of name: String) throws(RouterError) -> BusState {
        if let bus = control.buses[name] { return bus }
        guard ARN.isMeant(by: name), let bus = control.buses[label(of: try busID(name))] else {
            throw .noSuchBus(name)
        }
        return bus
    }

    private func openArchive(of bus: BusID) throws(RouterError) -> BusArchive? {
        guard let directory = configuration.directory, var archive = configuration.archive else {
            return nil
        }
        archive.eventBytesMax = max(
            archive.eventBytesMax, min(configuration.eventBytesMax, ArchiveFormat.eventBytesMax))
        // A partner's bus has slashes in its name, a folder none.
        let name = bus.name.replacing("%", with: "%25").replacing("/", with: "%2F")
        let folder = bus.scope == scope ? name : "\(bus.account)@\(bus.region)@\(name)"
        do throws(ArchiveError) {
            return try BusArchive(
                directory: "\(directory)/buses/\(folder).archive", configuration: archive,
                clock: configuration.clock)
        } catch { throw .archive(bus: label(of: bus), error) }
    }

    /// A key for a bus, on the lane that has the fewest.
    private func takeKey() throws(RouterError) -> (Lane, UInt32) {
        let order = lanes.indices.sorted {
            control.keys[$0].usedCount < control.keys[$1].usedCount
        }
        for position in order {
            if let key = control.keys[position].take() { return (lanes[position], key) }
        }
        throw .limitExceeded(what: "buses", limit: BusKeys.placesMax * lanes.count)
    }

    private func giveBack(_ key: UInt32, _ lane: Lane) {
        guard let position = lanes.firstIndex(where: { $0.stage === lane.stage }) else { return }
        control.keys[position].giveBack(key)
    }

    /// Checks a name: letters, digits, and `. - _`, as the service has it.
    static func checkName(
        _ name: String, of what: String, max: Int, allowsSlash: Bool = false
    ) throws(RouterError) {
        guard !name.isEmpty, name.utf8.count <= max else {
            throw .invalidName(
                name, what: what,
                reason: "names have 1 to \(max) characters, not \(name.utf8.count)")
        }
        let isGood = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            case UInt8(ascii: "/"): allowsSlash
            default: false
            }
        }
        guard name != ".", name != ".." else {
            throw .invalidName(name, what: what, reason: "it stands for a folder")
        }
        guard isGood else {
            throw .invalidName(
                name, what: what, reason: "names are made of letters, digits, \".\", \"-\", \"_\"")
        }
    }
}
