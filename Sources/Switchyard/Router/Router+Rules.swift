internal import EventEnvelope
internal import EventMatching
internal import EventRouting
internal import InternalSystem

extension Router {
    /// Adds a rule, or replaces the one of its name, whose targets it keeps. O(size of its pattern),
    /// however many rules the bus has.
    ///
    /// - Throws: ``RouterError``; nothing has changed then.
    public func putRule(
        _ rule: RoutingRule, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try putRules([rule], on: bus)
    }

    /// Adds or replaces several rules at once: every event sees all of the change or nothing of it.
    /// O(size of their patterns).
    ///
    /// - Throws: ``RouterError``; nothing has changed then.
    public func putRules(
        _ rules: [RoutingRule], on bus: String = Router.defaultBus
    ) throws(RouterError) {
        let now = EventTime(configuration.clock.wallTime)
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            for rule in rules { try check(rule, on: bus) }
            let added = Set(rules.lazy.map(\.name).filter { bus.rules[$0] == nil })
            guard bus.rules.count + added.count <= configuration.rulesPerBus else {
                throw .limitExceeded(
                    what: "rules of bus \(bus.name), by RouterConfiguration.rulesPerBus",
                    limit: configuration.rulesPerBus)
            }
            var states: [(state: RuleState, rule: RoutingRule)] = []
            // Of the same name the last one counts.
            var positions: [String: Int] = [:]
            for rule in rules {
                if let position = positions[rule.name] {
                    states[position].rule = rule
                    continue
                }
                positions[rule.name] = states.count
                states.append((bus.rules[rule.name] ?? makeState(of: rule, on: bus), rule))
            }
            try change(states, on: bus, now: now)
            for (state, rule) in states {
                guard bus.rules.updateValue(state, forKey: rule.name) == nil else { continue }
                bus.order.append(rule.name)
            }
        }
    }

    func makeState(of rule: RoutingRule, on bus: BusState) -> RuleState {
        control.ruleOrder += 1
        return RuleState(
            rule, arn: RuleID(rule.name, of: bus.id).arn, order: control.ruleOrder)
    }

    /// Has rules be what they are to be: where events are matched, then in the store, then by the clock.
    /// If they can't be kept, events are matched as before.
    ///
    /// - Parameter more: what else is to be kept with them, or nothing of it all.
    func change(
        _ states: [(state: RuleState, rule: RoutingRule)], on bus: BusState, now: EventTime,
        keeping more: (inout ConfigurationBatch) throws(ConfigurationStoreError) -> Void = { _ in }
    ) throws(RouterError) {
        var change = RuleChange()
        for (state, rule) in states { state.put(rule, into: &change, on: bus.engine.book) }
        try apply(change, to: bus)
        do throws(RouterError) {
            try save { batch throws(ConfigurationStoreError) in
                for (state, rule) in states {
                    let stored = StoredRule(
                        rule, scheduleStart: state.scheduleStart(for: rule, now: now),
                        order: state.order)
                    try batch.put(.rule(RuleID(rule.name, of: bus.id)), stored)
                }
                try more(&batch)
            }
        } catch {
            var undo = RuleChange()
            for (state, rule) in states {
                let old = bus.rules[rule.name] === state ? state.rule : nil
                state.put(old, into: &undo, on: bus.engine.book)
            }
            // They were compiled before.
            try? apply(undo, to: bus)
            throw error
        }
        for (state, rule) in states {
            replace(
                state, with: rule, on: bus, from: state.scheduleStart(for: rule, now: now) ?? now)
            state.settleDoubling(on: bus.lane.lane)
        }
    }

    private func check(_ rule: RoutingRule, on bus: BusState) throws(RouterError) {
        try Self.checkName(rule.name, of: "rule", max: configuration.nameMax)
        if rule.pattern == nil, rule.schedule == nil { throw .emptyRule(rule.name) }
        if rule.schedule != nil, !bus.id.isDefault { throw .scheduleOnOtherBus }
        try Self.checkOthers(rule.others, known: StoredRule.otherMembers, of: "rule")
        try bus.rules[rule.name]?.checkIsProgramsOwn()
    }

    /// Removes a rule. One that does not exist is no error, as with the service.
    ///
    /// - Parameter isForced: whether also one that belongs to something else
    ///   (``RoutingRule/managedBy``): an archive whose rule is gone gets no more events.
    /// - Throws: ``RouterError``: the bus does not exist, or the rule has targets or belongs to something
    ///   else.
    public func removeRule(
        _ name: String, on bus: String = Router.defaultBus, force isForced: Bool = false
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            guard let rule = bus.rules[name] else { return }
            if !isForced { try rule.checkIsProgramsOwn() }
            guard rule.definitions.isEmpty else { throw .ruleHasTargets(name) }
            try save { batch throws(ConfigurationStoreError) in
                try batch.remove(.rule(RuleID(name, of: bus.id)))
            }
            try forget(rule, on: bus)
        }
    }

    /// Takes a rule without targets out of use.
    func forget(_ rule: RuleState, on bus: BusState) throws(RouterError) {
        var change = RuleChange()
        rule.put(nil, into: &change, on: bus.engine.book)
        try apply(change, to: bus)
        bus.rules[rule.rule.name] = nil
        if rule.rule.schedule != nil { schedules.remove(rule.arn) }
        bus.order.removeAll { $0 == rule.rule.name }
    }

    /// Lets a rule match and fire, or not.
    ///
    /// - Throws: ``RouterError``: there is no such bus or rule.
    public func setRule(
        _ name: String, isEnabled: Bool, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            let state = try ruleState(name, on: bus)
            try state.checkIsProgramsOwn()
            var rule = state.rule
            rule.isEnabled = isEnabled
            try change(
                [(state, rule)], on: bus, now: EventTime(configuration.clock.wallTime))
        }
    }

    /// The rules of a bus in the order in which they were put, each with how often it matched.
    ///
    /// - Throws: ``RouterError/noSuchBus(_:)``
    public func rules(
        on bus: String = Router.defaultBus
    ) throws(RouterError) -> [(rule: RoutingRule, matched: UInt64)] {
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            return bus.order.compactMap { bus.rules[$0] }.map { ($0.rule, $0.route.matched) }
        }
    }

    /// A rule of a bus, with how often it matched.
    ///
    /// - Throws: ``RouterError``: there is no such bus or rule.
    public func rule(
        _ name: String, on bus: String = Router.defaultBus
    ) throws(RouterError) -> (rule: RoutingRule, matched: UInt64) {
        try control.sync { () throws(RouterError) in
            let rule = try ruleState(name, on: try state(of: bus))
            return (rule.rule, rule.route.matched)
        }
    }

    /// A rule, under the control lock.
    func ruleState(_ name: String, on bus: BusState) throws(RouterError) -> RuleState {
        guard let rule = bus.rules[name] else { throw .noSuchRule(name, bus: bus.name) }
        return rule
    }

    /// Replaces a rule, whose schedule counts from `start`, if it has one.
    func replace(
        _ state: RuleState, with rule: RoutingRule, on bus: BusState, from start: EventTime
    ) {
        state.rule = rule
        let wanted = rule.isEnabled ? rule.schedule : nil
        guard wanted != state.schedule else { return }
        (state.schedule, state.scheduleStart) = (wanted, start)
        if let wanted {
            schedules.put(state.arn, of: bus.id, wanted, from: start)
        } else {
            schedules.remove(state.arn)
        }
    }

    /// Changes the rules of a bus. When it returns, every event that is routed sees the change.
    func apply(_ change: RuleChange, to bus: BusState) throws(RouterError) {
        do throws(RuleError) { try bus.engine.book.apply(change) } catch { throw .rule(error) }
    }
}

extension RuleState {
    /// Throws if the rule belongs to something else than the program.
    func checkIsProgramsOwn() throws(RouterError) {
        if let owner = rule.managedBy { throw .managedRule(rule.name, owner: owner) }
    }

    /// Adds to a change what makes the bus's book know of the rule as it is to be: nothing of one that
    /// is disabled, or nil. What matches is this rule's route.
    ///
    /// That may be doubled from now on, whether the change succeeds or not: a route that counts as doubled
    /// and is not costs a look, and one that is and does not count so gets events twice.
    func put(_ rule: RoutingRule?, into change: inout RuleChange, on book: RuleBook) {
        let wanted = rule.map { $0.isEnabled ? compilable($0) : [] } ?? []
        if wanted.count > 1 { route.isDoubled = true }
        for name in [self.rule.name, scheduleName] {
            if let compiled = wanted.first(where: { $0.name == name }) {
                change.put(compiled, attachment: route)
            } else if book.rule(named: name) != nil {
                change.remove(name)
            }
        }
    }

    /// Has the route count as doubled only if it is, when the change has succeeded. On the lane's queue:
    /// an event that is being routed has been matched before it.
    fileprivate func settleDoubling(on lane: RouterLane) {
        guard route.isDoubled, !isEnabled || compilable(rule).count < 2 else { return }
        lane.perform { route.isDoubled = false }
    }
}
