internal import AWSWire
internal import EventEnvelope
internal import EventPattern
internal import EventSchedule
internal import Switchyard

struct PutRuleInput: Decodable {
    let name: String
    let scheduleExpression: String?
    let eventPattern: String?
    let state: String?
    let description: String?
    let roleArn: String?
    let tags: [Tag]?
    let eventBusName: String?
}

struct PutRuleOutput: Encodable { let ruleArn: String }

struct RuleInput: Decodable {
    let name: String
    let eventBusName: String?
    let force: Bool?
}

struct DescribeRuleOutput: Encodable {
    let name: String
    let arn: String
    let eventPattern: String?
    let scheduleExpression: String?
    let state: String
    let description: String?
    let roleArn: String?
    let managedBy: String?
    let eventBusName: String
    var createdBy: String?
}

struct ListRulesInput: Decodable {
    let namePrefix: String?
    let eventBusName: String?
    let nextToken: String?
    let limit: Int?
}

struct ListRulesOutput: Encodable {
    let rules: [DescribeRuleOutput]
    let nextToken: String?
}

struct ListRuleNamesByTargetInput: Decodable {
    let targetArn: String
    let eventBusName: String?
    let nextToken: String?
    let limit: Int?
}

struct ListRuleNamesByTargetOutput: Encodable {
    let ruleNames: [String]
    let nextToken: String?
}

extension EventBridge {
    func putRule(_ input: PutRuleInput, _ caller: Caller) throws(ServiceError) -> PutRuleOutput {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller, for: "events:PutRule")
            guard input.eventPattern != nil || input.scheduleExpression != nil else {
                throw .validation(
                    "Parameter(s) EventPattern or ScheduleExpression must be specified.")
            }
            if input.scheduleExpression != nil, !bus.id.isDefault {
                throw .validation(
                    "ScheduleExpression is supported only on the default event bus.")
            }
            let known = try? self.rule(input.name, on: bus.id)
            var rule = RoutingRule(
                name: input.name, pattern: try input.eventPattern.map(Self.pattern),
                schedule: try input.scheduleExpression.map(Self.schedule),
                isEnabled: input.state != "DISABLED", description: input.description ?? "")
            rule.patternText = input.eventPattern
            rule.scheduleText = input.scheduleExpression
            rule.wantsAllManagementEvents =
                input.state == StoredRule.State.enabledWithAllManagementEvents.rawValue
            var details = BusDetails()
            details.set(input.roleArn, "RoleArn")
            // Tags are those with which a rule is made; later they are TagResource's to change.
            if let known {
                let old = BusDetails(known.others)
                details.tags = old.tags
                details.set(old.text("CreatedBy") ?? bus.id.account, "CreatedBy")
            } else {
                try Self.checkTags(input.tags ?? [])
                details.tags = input.tags ?? []
                details.set(caller.account, "CreatedBy")
            }
            rule.others = details.members
            try put(rule, on: bus.id)
            return PutRuleOutput(ruleArn: RuleID(rule.name, of: bus.id).arn)
        }
    }

    func deleteRule(_ input: RuleInput, _ caller: Caller) throws(ServiceError) {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller, for: "events:DeleteRule")
            do throws(RouterError) {
                try router.removeRule(
                    input.name, on: bus.id.arn, force: input.force ?? false)
            } catch { throw ServiceError(error) }
        }
    }

    func describeRule(
        _ input: RuleInput, _ caller: Caller
    ) throws(ServiceError) -> DescribeRuleOutput {
        let bus = try bus(input.eventBusName, caller, for: "events:DescribeRule")
        let rule = try rule(input.name, on: bus.id)
        var output = DescribeRuleOutput(rule, of: bus.id)
        output.createdBy = BusDetails(rule.others).text("CreatedBy") ?? bus.id.account
        return output
    }

    func enableRule(_ input: RuleInput, _ caller: Caller) throws(ServiceError) {
        try setRule(input, isEnabled: true, caller, for: "events:EnableRule")
    }

    func disableRule(_ input: RuleInput, _ caller: Caller) throws(ServiceError) {
        try setRule(input, isEnabled: false, caller, for: "events:DisableRule")
    }

    private func setRule(
        _ input: RuleInput, isEnabled: Bool, _ caller: Caller, for action: String
    ) throws(ServiceError) {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller, for: action)
            _ = try rule(input.name, on: bus.id)
            do throws(RouterError) {
                try router.setRule(input.name, isEnabled: isEnabled, on: bus.id.arn)
            } catch { throw ServiceError(error) }
        }
    }

    func listRules(
        _ input: ListRulesInput, _ caller: Caller
    ) throws(ServiceError) -> ListRulesOutput {
        let bus = try bus(input.eventBusName, caller, for: "events:ListRules")
        let prefix = input.namePrefix ?? ""
        let rules = try rules(on: bus.id).filter { $0.name.hasPrefix(prefix) }
        let page = try Page(
            of: rules, in: "rules/\(bus.id)/\(prefix)", limit: input.limit, from: input.nextToken
        ) { $0.name }
        return ListRulesOutput(
            rules: page.elements.map { DescribeRuleOutput($0, of: bus.id) },
            nextToken: page.nextToken)
    }

    func listRuleNamesByTarget(
        _ input: ListRuleNamesByTargetInput, _ caller: Caller
    ) throws(ServiceError) -> ListRuleNamesByTargetOutput {
        let bus = try bus(input.eventBusName, caller, for: "events:ListRuleNamesByTarget")
        let names = try rules(on: bus.id).map(\.name).filter { name in
            let targets = try? router.targets(of: name, on: bus.id.arn)
            return targets?.contains { $0.arn == input.targetArn } ?? false
        }
        let page = try Page(
            of: names, in: "rules by target/\(bus.id)/\(input.targetArn)", limit: input.limit,
            from: input.nextToken
        ) { $0 }
        return ListRuleNamesByTargetOutput(ruleNames: page.elements, nextToken: page.nextToken)
    }

    /// A rule of a bus that there is.
    func rule(_ name: String, on bus: BusID) throws(ServiceError) -> RoutingRule {
        guard let found = try? router.rule(name, on: bus.arn) else {
            throw .notFound("Rule \(name) does not exist on EventBus \(bus.name).")
        }
        return found.rule
    }

    /// The rules of a bus, by name.
    func rules(on bus: BusID) throws(ServiceError) -> [RoutingRule] {
        do throws(RouterError) {
            return try router.rules(on: bus.arn).map(\.rule).sorted { $0.name < $1.name }
        } catch { throw ServiceError(error) }
    }

    func put(_ rule: RoutingRule, on bus: BusID) throws(ServiceError) {
        do throws(RouterError) { try router.putRule(rule, on: bus.arn) } catch {
            throw ServiceError(error)
        }
    }

    /// Reads a pattern.
    ///
    /// - Throws: `InvalidEventPatternException`, with the place as the service tells it.
    static func pattern(_ text: String) throws(ServiceError) -> EventPattern {
        do throws(PatternError) { return try EventPattern(text) } catch {
            throw ServiceError(error, in: text)
        }
    }

    private static func schedule(_ text: String) throws(ServiceError) -> ScheduleExpression {
        guard let schedule = try? ScheduleExpression(text) else {
            throw .validation("Parameter ScheduleExpression is not valid.")
        }
        return schedule
    }
}

extension DescribeRuleOutput {
    init(_ rule: RoutingRule, of bus: BusID) {
        let details = BusDetails(rule.others)
        let enabled: StoredRule.State =
            rule.wantsAllManagementEvents ? .enabledWithAllManagementEvents : .enabled
        self.init(
            name: rule.name, arn: RuleID(rule.name, of: bus).arn,
            eventPattern: rule.pattern.map { rule.patternText ?? $0.canonicalJSON },
            scheduleExpression: rule.schedule.map { rule.scheduleText ?? $0.description },
            state: (rule.isEnabled ? enabled : .disabled).rawValue,
            description: rule.description.nonEmpty, roleArn: details.text("RoleArn"),
            managedBy: rule.managedBy, eventBusName: bus.name)
    }
}

extension ServiceError {
    /// The most characters of a text that are told where it is wrong: what Jackson, which the service
    /// reads JSON with, tells of its source.
    private static let sourceMax = 500

    /// Why a text is no pattern, in the service's words.
    init(_ error: PatternError, in text: String) {
        let shown = String(text.prefix(Self.sourceMax))
        let rest = text.count - shown.count
        let more = rest > 0 ? "[truncated \(rest) chars]" : ""
        self.init(
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: \(error.message)\n at [Source: (String)\"\(shown)\""
                + "\(more); line: \(error.line), column: \(error.column)]")
    }
}
