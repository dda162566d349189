internal import EventMatching

extension Router {
    /// Adds a rule, or replaces the one of its name, whose targets it keeps. O(size of all patterns of
    /// the bus).
    ///
    /// - Throws: ``RouterError``; nothing has changed then.
    public func putRule(
        _ rule: RoutingRule, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try putRules([rule], on: bus)
    }

    /// Adds or replaces several rules at once. O(size of all patterns of the bus), so for many rules
    /// much cheaper than one at a time.
    ///
    /// - Throws: ``RouterError``; nothing has changed then.
    public func putRules(
        _ rules: [RoutingRule], on bus: String = Router.defaultBus
    ) throws(RouterError) {
        for rule in rules { try check(rule, on: bus) }
        let now = EventTime.now
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            let before = (rules: bus.rules, order: bus.order)
            var replaced: [(RuleState, RoutingRule)] = []
            for rule in rules {
                if let state = bus.rules[rule.name] {
                    replaced.append((state, state.rule))
                    state.replace(rule, now: now)
                } else {
                    let arn = arn(ofRule: rule.name, on: bus.name)
                    bus.rules[rule.name] = RuleState(rule, arn: arn, now: now)
                    bus.order.append(rule.name)
                }
            }
            do throws(RouterError) {
                guard bus.rules.count <= configuration.rulesPerBus else {
                    throw .limitExceeded(what: "rules of a bus", limit: configuration.rulesPerBus)
                }
                try install(bus)
            } catch {
                (bus.rules, bus.order) = before
                for (state, rule) in replaced.reversed() { state.replace(rule, now: now) }
                throw error
            }
        }
    }

    private func check(_ rule: RoutingRule, on bus: String) throws(RouterError) {
        try Self.checkName(rule.name, of: "rule")
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
            let bus = try state(of: bus)
            guard let rule = bus.rules[name] else { return }
            guard rule.targets.isEmpty else { throw .ruleHasTargets(name) }
            bus.rules[name] = nil
            bus.order.removeAll { $0 == name }
            try install(bus)
        }
    }

    /// Lets a rule match and fire, or not.
    ///
    /// - Throws: ``RouterError``: there is no such bus or rule.
    public func setRule(
        _ name: String, isEnabled: Bool, on bus: String = Router.defaultBus
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            let bus = try state(of: bus)
            var rule = try ruleState(name, on: bus).rule
            rule.isEnabled = isEnabled
            try ruleState(name, on: bus).replace(rule, now: .now)
            try install(bus)
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
            return bus.order.compactMap { bus.rules[$0] }.map { ($0.rule, $0.matched.current) }
        }
    }

    /// A rule, under the control lock.
    func ruleState(_ name: String, on bus: BusState) throws(RouterError) -> RuleState {
        guard let rule = bus.rules[name] else { throw .noSuchRule(name, bus: bus.name) }
        return rule
    }

    /// Compiles a bus's rules and gives them to its lane. Under the control lock.
    ///
    /// - Parameter alongside: done on the lane's queue between the last event that saw the old rules
    ///   and the first that sees the new ones.
    func install(
        _ bus: BusState, alongside: () -> Void = {}
    ) throws(RouterError) {
        let plan: BusPlan
        do throws(RuleError) {
            plan = try BusPlan(bus.order.compactMap { bus.rules[$0] })
        } catch { throw .rule(error) }
        let matcher = MatcherBox(plan.rules)
        bus.lane.lane.perform {
            bus.engine.install(plan, matcher)
            alongside()
        }
    }
}

extension RuleState {
    /// Replaces the rule. A schedule that stays the same goes on counting.
    func replace(_ rule: RoutingRule, now: EventTime) {
        let goesOn = rule.schedule == self.rule.schedule && isEnabled == rule.isEnabled
        self.rule = rule
        if goesOn { return }
        scheduleStart = now
        nextFire = rule.schedule?.next(after: now, from: now)
    }
}
