internal import Dispatch
public import EventDelivery
internal import EventEnvelope
internal import EventMatching
internal import EventPipeline
internal import EventRouting
internal import RoutingInterface

extension Router {
    /// Adds targets to a rule, or replaces those of the same ids.
    ///
    /// A target that had come to some point of its bus's archive, in this process or an earlier one,
    /// goes on from there: what it missed is delivered first. A new one gets what is published from
    /// now on. Files, processes and buses are there again when a router is opened on its directory;
    /// closures, tasks and streams have to be put again, and their events wait for them until then.
    ///
    /// - Throws: ``RouterError``; nothing has changed then.
    public func putTargets(
        _ targets: [Target], of rule: String, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        let scope = scope
        try put(of: rule, on: bus) { _ throws(RouterError) in
            targets.map { ($0, TargetDefinition($0, scope: scope)) }
        }
    }

    /// Adds targets that are data, or replaces those of the same ids: see
    /// ``putTargets(_:of:on:)-([Target],_,_)``.
    ///
    /// - Throws: ``RouterError``: among others that nothing here delivers to such a target
    ///   (``RouterConfiguration/adapters``). Nothing has changed then.
    public func putTargets(
        _ definitions: [TargetDefinition], of rule: String, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try put(of: rule, on: bus) { [adapters] rule throws(RouterError) in
            var made: [(Target, TargetDefinition)] = []
            for definition in definitions {
                if definition.archive != nil { throw .archiveAsTarget(definition.arn) }
                do throws(TargetAdapterError) {
                    made.append((try adapters.target(for: definition, of: rule), definition))
                } catch { throw .target(error) }
            }
            return made
        }
    }

    private func put(
        of rule: String, on bus: String,
        _ make: (RuleID) throws(RouterError) -> [(Target, TargetDefinition)]
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            let rule = try ruleState(rule, on: bus)
            try rule.checkIsProgramsOwn()
            let made = try make(RuleID(rule.rule.name, of: bus.id))
            for (target, _) in made { try check(target) }
            let replaced = Set(made.map(\.0.id))
            if let twice = made.first(where: { target in
                made.count { $0.0.id == target.0.id } > 1
            }) {
                throw .invalidName(
                    twice.0.id, what: "target",
                    reason: "another one of the call has it, and a rule's targets differ in theirs")
            }
            let kept = rule.definitions.count { !replaced.contains($0.definition.id) }
            guard kept + replaced.count <= configuration.targetsPerRule else {
                let name = rule.rule.name
                throw .limitExceeded(
                    what: "targets of rule \(name), by RouterConfiguration.targetsPerRule",
                    limit: configuration.targetsPerRule)
            }
            var order = rule.definitions.map(\.order).max() ?? 0
            let stored = made.map { target, definition in
                order += 1
                return (target: target, definition: StoredTarget(definition, order: order))
            }
            let id = RuleID(rule.rule.name, of: bus.id)
            try save { batch throws(ConfigurationStoreError) in
                for target in stored {
                    try batch.put(.target(id, id: target.target.id), target.definition)
                }
            }
            let before = rule.definitions
            do throws(RouterError) { try use(stored, of: rule, on: bus) } catch {
                try keep(before, insteadOf: stored.map(\.target.id), of: id)
                throw error
            }
        }
    }

    /// Has the store say again what it said before of targets that can't be used.
    private func keep(
        _ before: [StoredTarget], insteadOf ids: [String], of rule: RuleID
    ) throws(RouterError) {
        try save { batch throws(ConfigurationStoreError) in
            for id in ids {
                if let known = before.first(where: { $0.definition.id == id }) {
                    try batch.put(.target(rule, id: id), known)
                } else {
                    try batch.remove(.target(rule, id: id))
                }
            }
        }
    }

    /// Takes targets into use, under the control lock, in place of those of the same ids.
    func use(
        _ targets: [(target: Target, definition: StoredTarget)], of rule: RuleState,
        on bus: BusState
    ) throws(RouterError) {
        let replaced = Set(targets.map(\.target.id))
        let old = rule.targets.filter { replaced.contains($0.names.target) }
        let fresh = try writeFirstWatermarks(of: targets.map(\.target), of: rule, on: bus)
        let made = targets.map {
            makeEngine($0.target, $0.definition.definition, of: rule, on: bus)
        }
        rule.definitions.removeAll { replaced.contains($0.definition.id) }
        rule.definitions += targets.map(\.definition)
        rule.targets.removeAll { replaced.contains($0.names.target) }
        if isJournaled(bus), !old.isEmpty {
            // They end first: two engines for one target would not know of each other's events.
            // What comes in between is in the archive.
            install(rule, on: bus)
            end(old, on: bus)
        }
        rule.targets += made
        begin(made, fresh: fresh, of: rule, on: bus)
        if !isJournaled(bus) { end(old, on: bus) }
    }

    /// Whether what a target of a bus was not given can be found again.
    func isJournaled(_ bus: BusState) -> Bool {
        bus.engine.archive != nil && services.watermarks != nil
    }

    /// Removes targets of a rule. What still waits for them is not delivered, and forgotten.
    ///
    /// - Parameter isForced: whether also those of a rule that belongs to something else
    ///   (``RoutingRule/managedBy``): an archive whose rule has lost its target gets no more events.
    /// - Throws: ``RouterError``: there is no such bus, rule or target, or the rule belongs to something
    ///   else; nothing has changed then.
    public func removeTargets(
        _ ids: [String], of rule: String, on bus: String = Router.defaultBus,
        force isForced: Bool = false
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            let rule = try ruleState(rule, on: bus)
            if !isForced { try rule.checkIsProgramsOwn() }
            for id in ids where !rule.definitions.contains(where: { $0.definition.id == id }) {
                throw .noSuchTarget(id, rule: rule.rule.name)
            }
            let ruleID = RuleID(rule.rule.name, of: bus.id)
            try save { batch throws(ConfigurationStoreError) in
                for id in Set(ids) { try batch.remove(.target(ruleID, id: id)) }
            }
            forget(targets: ids, of: rule, on: bus)
        }
    }

    /// Takes targets of a rule out of use.
    func forget(targets ids: [String], of rule: RuleState, on bus: BusState) {
        let old = rule.targets.filter { ids.contains($0.names.target) }
        rule.definitions.removeAll { ids.contains($0.definition.id) }
        rule.targets.removeAll { ids.contains($0.names.target) }
        install(rule, on: bus)
        remove(old, on: bus)
        forgetWatermarks(of: ids, rule, on: bus)
    }

    /// What became of the events that a target was meant to get.
    ///
    /// - Throws: ``RouterError``: there is no such bus, rule or target.
    public func statistics(
        target: String, of rule: String, on bus: String = Router.defaultBus
    ) throws(RouterError) -> TargetStatistics {
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            return try engine(target, of: ruleState(rule, on: bus)).statistics
        }
    }

    /// A target, under the control lock.
    func engine(_ id: String, of rule: RuleState) throws(RouterError) -> TargetEngine {
        guard let engine = rule.targets.first(where: { $0.names.target == id }) else {
            throw .noSuchTarget(id, rule: rule.rule.name)
        }
        return engine
    }

    private func check(_ target: Target) throws(RouterError) {
        try Self.checkName(target.id, of: "target", max: configuration.nameMax)
        // What is named in full may come later, as on AWS.
        if case .bus(let name) = target.destination, !ARN.isMeant(by: name) {
            _ = try state(of: name)
        }
    }

    /// Who says whether events of a bus may go to another one; nil if nobody does.
    private func access(from bus: BusID, to other: BusID?) -> BusTarget.Access? {
        guard let access = configuration.busAccess, let other else { return nil }
        return { event in access.refusal(of: event, from: bus, to: other) }
    }

    private func makeEngine(
        _ target: Target, _ definition: TargetDefinition, of rule: RuleState, on bus: BusState
    ) -> TargetEngine {
        let place = TargetNames(
            bus: bus.name, rule: rule.rule.name, target: target.id, ruleARN: rule.arn,
            targetARN: definition.destination == .closure ? "" : definition.arn,
            deadLetterARN: definition.deadLetterARN)
        let limits = TargetEngine.Limits(
            queueEvents: configuration.targetQueueEvents,
            slabCount: PipelineLimit.slabCount(
                configuration.targetQueueBytes / configuration.slabBytes),
            slabBytes: configuration.slabBytes, eventBytesMax: configuration.eventBytesMax,
            pendingEvents: configuration.pendingEventsMax)
        var destination: BusTarget?
        if case .bus(let name) = target.destination {
            // Weakly: a bus's rules hold its targets, and the targets must not hold the buses.
            let other = try? busID(name)
            destination = BusTarget(
                name: name, isAbroad: other.map { $0.region != bus.id.region } ?? false,
                access: access(from: bus.id, to: other)
            ) { [weak publishing] in publishing?.port(name) }
        }
        let ownBus = TargetEngine.Bus(
            lane: bus.lane.lane.queue, log: bus.engine.archive, slabs: bus.lane.lane.pool,
            hopsMax: configuration.hopsMax)
        let source = rule.source
        return TargetEngine(
            target, at: place, of: ownBus, limits: limits, destination: destination,
            services: services
        ) { try RuleSet(source.rules) }
    }

    /// Gives each target that has none its first watermark, at the archive's end, and makes them
    /// durable: a target in use that had none after a power cut would begin where the archive ends then.
    ///
    /// - Returns: those that had none, or one beyond the archive's end: that is of events that the
    ///   machine lost.
    private func writeFirstWatermarks(
        of targets: [Target], of rule: RuleState, on bus: BusState
    ) throws(RouterError) -> Set<TargetID> {
        guard let archive = bus.engine.archive, let watermarks = services.watermarks else {
            return []
        }
        let end = bus.lane.lane.perform { archive.nextSequence }
        let fresh = targets.filter(\.isQueued).map {
            TargetID(bus: bus.name, rule: rule.rule.name, target: $0.id)
        }.filter { watermarks[$0].map { $0 > end } ?? true }
        do { try watermarks.begin(fresh, at: end) } catch {
            throw .files("the targets' watermarks can't be written: \(error)")
        }
        return Set(fresh)
    }

    /// Takes targets into use: each goes on from its watermark.
    private func begin(
        _ engines: [TargetEngine], fresh: Set<TargetID>, of rule: RuleState,
        on bus: BusState
    ) {
        guard let archive = bus.engine.archive, let watermarks = services.watermarks else {
            return install(rule, on: bus)
        }
        install(rule, on: bus) {
            let end = archive.nextSequence
            for engine in engines where engine.queue != nil {
                if fresh.contains(engine.names.key) {
                    // What was published since it got its watermark was before it was in use.
                    watermarks.advance(engine.names.key, to: end)
                } else if let known = watermarks[engine.names.key], known < end {
                    engine.fallBehind(from: known)
                }
            }
        }
    }

    /// Gives a rule's targets to its bus's lane.
    ///
    /// - Parameter alongside: done on the lane's queue between the last event that saw the old ones and
    ///   the first that sees the new ones.
    private func install(_ rule: RuleState, on bus: BusState, alongside: () -> Void = {}) {
        bus.lane.lane.perform {
            rule.route.install(rule.targets)
            bus.needWorker(rule.targets.count(where: \.needsWorker), insteadOf: &rule.needsWorker)
            alongside()
        }
    }

    /// Ends targets; what they had not delivered stays behind their watermarks.
    ///
    /// - Parameter isReplaced: whether others take their places, so that what no archive has for these
    ///   becomes dead letters.
    func end(_ engines: [TargetEngine], on bus: BusState, isReplaced: Bool = true) {
        let isJournaled = isJournaled(bus)
        for engine in engines {
            let unsent = engine.closeLaneSide()
            guard let queue = engine.queue else { continue }
            // In this order: what still came out of the ring when the worker is closed, and what is
            // pending then, would count as delivered.
            queue.stage.stop {
                queue.worker.close(by: 0, unsent: unsent) { items in
                    for item in items where isReplaced && (!isJournaled || item.isOnlyHere) {
                        queue.worker.giveUp(
                            item,
                            DeliveryError(.unknown, "the target was replaced before it got this"),
                            nil)
                    }
                }
            }
        }
    }

    /// Ends targets for good.
    func remove(_ engines: [TargetEngine], on bus: BusState) {
        end(engines, on: bus, isReplaced: false)
        // A watermark that could not be removed costs a line in the file.
        for engine in engines { try? services.watermarks?.remove(engine.names.key) }
    }

    /// Forgets how far targets have come that have no engine: closures that were not put again.
    func forgetWatermarks(of ids: [String], _ rule: RuleState, on bus: BusState) {
        for id in ids {
            // One that could not be removed costs a line in the file.
            try? services.watermarks?.remove(
                TargetID(bus: bus.name, rule: rule.rule.name, target: id))
        }
    }

    /// The targets of a rule as data, in the order in which they were put: also closures and the like
    /// of an earlier process that wait to be put again.
    ///
    /// - Throws: ``RouterError``: there is no such bus or rule.
    public func targets(
        of rule: String, on bus: String = Router.defaultBus
    ) throws(RouterError) -> [TargetDefinition] {
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            return try ruleState(rule, on: bus).definitions.map(\.definition)
        }
    }
}
