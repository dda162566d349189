internal import Dispatch
internal import EventDelivery
internal import EventEnvelope
internal import EventMatching
internal import EventRouting
internal import EventSchedule
internal import InternalSystem

// What the router is made of, kept in a store: buses, rules and targets are there again when a router
// is opened on the same directory. Only closures, tasks and streams are the program's to put again.
extension Router {
    /// Makes changes of the configuration durable, under the control lock.
    ///
    /// - Throws: ``RouterError/configuration(_:)``; nothing has changed then.
    func save(
        _ change: (inout ConfigurationBatch) throws(ConfigurationStoreError) -> Void
    ) throws(RouterError) {
        guard let store else { return }
        do throws(ConfigurationStoreError) {
            var batch = ConfigurationBatch()
            try change(&batch)
            try store.apply(batch)
        } catch { throw .configuration(error) }
    }

    /// The store that a configuration asks for: a file in the router's directory, unless it names one.
    static func openStore(
        _ configuration: RouterConfiguration
    ) throws(RouterError) -> (any ConfigurationStore)? {
        if let store = configuration.store { return store }
        guard let directory = configuration.directory else { return nil }
        do throws(ConfigurationStoreError) {
            return try FileConfigurationStore(directory: directory)
        } catch { throw .configuration(error) }
    }

    /// Makes everything that the store tells of, before the router is anybody's. What can't be made is
    /// left in the store as it is, and told in ``configurationProblems``.
    func restore() throws(RouterError) {
        var known = RouterState()
        if let store {
            do throws(RouterStateError) {
                try RouterState.begin(store)
                known = try RouterState(store, besides: configuration.otherKeys)
            } catch { throw .configurationState(error) }
        }
        for problem in known.problems { note(problem.description) }
        for bus in known.buses {
            do throws(RouterError) {
                try addBus(bus.id, bus.value)
                try restore(bus.rules, on: label(of: bus.id))
            } catch .archive(let name, let error) where !bus.id.isDefault {
                note("bus \(name) is not there: \(error)")
            }
        }
        if control.queue.sync(execute: { control.buses[Self.defaultBus] }) == nil {
            try createBus(Self.defaultBus)
        }
        restore(known.archives, known.problems)
        // When all buses and archives are there, since targets name some.
        for bus in known.buses { restoreTargets(of: bus) }
    }

    func note(_ problem: String) {
        control.queue.sync { control.configurationProblems.append(problem) }
    }

    private func restore(
        _ rules: [RouterState.Rule], on bus: String
    ) throws(RouterError) {
        let now = EventTime(configuration.clock.wallTime)
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            var change = RuleChange()
            for stored in rules {
                let rule = stored.value.rule(named: stored.id.name)
                let state = RuleState(rule, arn: stored.id.arn, order: stored.value.order)
                control.ruleOrder = max(control.ruleOrder, stored.value.order)
                state.put(rule, into: &change, on: bus.engine.book)
                bus.rules[rule.name] = state
                bus.order.append(rule.name)
            }
            try apply(change, to: bus)
            for stored in rules {
                guard let state = bus.rules[stored.id.name] else { continue }
                replace(
                    state, with: state.rule, on: bus, from: stored.value.scheduleStart ?? now)
            }
        }
    }

    private func restoreTargets(of bus: RouterState.Bus) {
        for rule in bus.rules {
            var made: [(target: Target, definition: StoredTarget)] = []
            var awaited: [StoredTarget] = []
            for stored in rule.targets {
                do throws(RouterError) {
                    let target = try target(for: stored.value.definition, of: rule.id)
                    made.append((target, stored.value))
                } catch {
                    awaited.append(stored.value)
                    if case .target(.putByCode) = error { continue }
                    note("\(rule.id): \(error)")
                }
            }
            do throws(RouterError) {
                try control.sync { () throws(RouterError) in
                    let bus = try state(of: label(of: bus.id))
                    let rule = try ruleState(rule.id.name, on: bus)
                    // What can't be used stays awaited.
                    rule.definitions = awaited + made.map(\.definition)
                    try use(made, of: rule, on: bus)
                }
            } catch {
                note("\(rule.id): \(error)")
                for (_, definition) in made { closeUnused(definition.definition) }
            }
        }
    }

    private func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(RouterError) -> Target {
        if let target = try archiveTarget(definition, of: rule) { return target }
        do throws(TargetAdapterError) {
            return try adapters.target(for: definition, of: rule)
        } catch { throw .target(error) }
    }

    /// What of the configuration could not be used when the router was opened, in words: a target of a
    /// kind that nothing here delivers to, a value of a newer program. It is in the store as it was.
    public var configurationProblems: [String] {
        control.queue.sync { control.configurationProblems }
    }
}

// How buses are named: by their names in the router's own account and region, by their resource names
// anywhere.
extension Router {
    /// The account and region that names without any belong to.
    var scope: ResourceScope {
        ResourceScope(account: configuration.account, region: configuration.region)
    }

    /// What a bus is called where names are texts: its name in the router's own account and region, its
    /// resource name elsewhere.
    func label(of bus: BusID) -> String { bus.scope == scope ? bus.name : bus.arn }

    /// The bus that a name or resource name stands for.
    func busID(_ text: String, kind: BusKind = .custom) throws(RouterError) -> BusID {
        guard ARN.isMeant(by: text) else {
            try Self.checkName(
                text, of: "bus", max: Self.busNameMax, allowsSlash: kind == .partner)
            return BusID(text, in: scope)
        }
        do throws(ARNError) { return try BusID(nameOrARN: text, in: scope) } catch {
            throw .invalidName(text, what: "bus", reason: error.description)
        }
    }
}

extension TargetDefinition {
    /// What a target that a program puts is as data.
    init(_ target: Target, scope: ResourceScope) {
        let destination: TargetDestination =
            switch target.kind {
            case .code: .closure
            case .file(let path): .file(path: path)
            case .process(let executable, let arguments):
                .process(executable: executable, arguments: arguments)
            case .bus(let name):
                if let bus = try? BusID(nameOrARN: name, in: scope), ARN.isMeant(by: name) {
                    .bus(bus)
                } else {
                    .localBus(name: name)
                }
            }
        self.init(
            id: target.id, destination, input: target.input,
            retry: target.retryPolicy == RetryPolicy() ? nil : RetrySettings(target.retryPolicy))
    }
}
