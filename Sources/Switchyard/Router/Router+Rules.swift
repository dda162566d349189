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
        for rule in rules { try check(rule, on: bus) }
        let now = EventTime(configuration.clock.wallTime)
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            let added = Set(rules.lazy.map(\.name).filter { bus.rules[$0] == nil })
            guard bus.rules.count + added.count <= configuration.rulesPerBus else {
                throw .limitExceeded(what: "rules of a bus", limit: configuration.rulesPerBus)
            }
            var change = RuleChange()
            var states: [String: RuleState] = [:]
            for rule in rules {
                let known = states[rule.name] ?? bus.rules[rule.name]
                let state =
                    known ?? RuleState(rule, arn: arn(ofRule: rule.name, on: bus.name), now: now)
                states[rule.name] = state
                state.put(rule, into: &change, on: bus.engine.book)
            }
            try apply(change, to: bus)
            for rule in rules {
                guard let state = states[rule.name] else { continue }
                replace(state, with: rule, now: now)
                state.settleDoubling(on: bus.lane.lane)
                guard bus.rules.updateValue(state, forKey: rule.name) == nil else { continue }
                bus.order.append(rule.name)
            }
        }
    }

    private func check(_ rule: RoutingRule, on bus: String) throws(RouterError) {
        try Self.checkName(rule.name, of: "rule", max: configuration.nameMax)
        if rule.pattern == nil, rule.schedule == nil { throw .emptyRule(rule.name) }
        if rule.schedule != nil, bus != Self.defaultBus { throw .scheduleOnOtherBus }
    }

    /// Removes a rule. One that does not exist is no error, as with the service.
    ///
    /// - Throws: ``RouterError``: the bus does not exist, or the rule has targets.
    public func removeRule(
        _ name: String, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: bus)
            guard let rule = bus.rules[name] else { return }
            guard rule.targets.isEmpty else { throw .ruleHasTargets(name) }
            var change = RuleChange()
            rule.put(nil, into: &change, on: bus.engine.book)
            try apply(change, to: bus)
            bus.rules[name] = nil
            if rule.schedule != nil { schedules.remove(name) }
            bus.order.removeAll { $0 == name }
        }
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
            var rule = state.rule
            rule.isEnabled = isEnabled
            var change = RuleChange()
            state.put(rule, into: &change, on: bus.engine.book)
            try apply(change, to: bus)
            replace(state, with: rule, now: EventTime(configuration.clock.wallTime))
            state.settleDoubling(on: bus.lane.lane)
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

    /// A rule, under the control lock.
    func ruleState(_ name: String, on bus: BusState) throws(RouterError) -> RuleState {
        guard let rule = bus.rules[name] else { throw .noSuchRule(name, bus: bus.name) }
        return rule
    }

    /// Replaces a rule. A schedule that stays the same goes on counting.
    private func replace(_ state: RuleState, with rule: RoutingRule, now: EventTime) {
        state.rule = rule
        let wanted = rule.isEnabled ? rule.schedule : nil
        guard wanted != state.schedule else { return }
        (state.schedule, state.scheduleStart) = (wanted, now)
        if let wanted {
            schedules.put(rule.name, arn: state.arn, wanted, from: now)
        } else {
            schedules.remove(rule.name)
        }
    }

    /// Changes the rules of a bus. When it returns, every event that is routed sees the change.
    private func apply(_ change: RuleChange, to bus: BusState) throws(RouterError) {
        do throws(RuleError) { try bus.engine.book.apply(change) } catch { throw .rule(error) }
    }
}

extension RuleState {
    /// Adds to a change what makes the bus's book know of the rule as it is to be: nothing of one that
    /// is disabled, or nil. What matches is this rule's route.
    ///
    /// That may be doubled from now on, whether the change succeeds or not: a route that counts as doubled
    /// and is not costs a look, and one that is and does not count so gets events twice.
    fileprivate func put(_ rule: RoutingRule?, into change: inout RuleChange, on book: RuleBook) {
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
