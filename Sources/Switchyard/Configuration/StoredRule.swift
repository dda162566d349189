public import EventEnvelope
public import EventPattern
public import EventSchedule
package import JSONScan

/// A rule as a store keeps it: the members of EventBridge's `DescribeRule`, without those that the key
/// tells, and two of our own, `ScheduleStart` and `Order`.
public struct StoredRule: StoredValue {
    /// What a rule does, in EventBridge's words.
    public enum State: String, Sendable, Hashable {
        /// It matches and fires, but for CloudTrail's management events that only read.
        case enabled = "ENABLED"
        /// It does nothing.
        case disabled = "DISABLED"
        /// It matches and fires.
        case enabledWithAllManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    }

    /// Which events it matches.
    public private(set) var pattern: EventPattern?
    /// The pattern as it was written, if that is known; else the canonical text.
    public private(set) var patternText: String?
    /// When it fires by itself.
    public private(set) var schedule: ScheduleExpression?
    /// The schedule as it was written, if that is known.
    public private(set) var scheduleText: String?
    /// What it does.
    public var state: State
    /// What it is for.
    public var description: String
    /// When its schedule began to count, so that it goes on counting after a restart.
    public var scheduleStart: EventTime?
    /// Rules of a bus are listed by it, and those of the same by name.
    public var order: UInt64
    /// The service that the rule belongs to, if it is one's own of none.
    public var managedBy: String?
    /// EventBridge's other members, as they were written.
    public var others: [KeptMember]

    /// Makes a value of a rule.
    public init(_ rule: RoutingRule, scheduleStart: EventTime? = nil, order: UInt64 = 0) {
        pattern = rule.pattern
        patternText = rule.pattern.map { pattern in
            let isGood = rule.patternText.map { (try? EventPattern($0)) == pattern } ?? false
            return isGood ? rule.patternText ?? "" : pattern.canonicalJSON
        }
        schedule = rule.schedule
        scheduleText = rule.schedule.map { schedule in
            let written = rule.scheduleText
            let isGood = written.map { (try? ScheduleExpression($0)) == schedule } ?? false
            return isGood ? written ?? "" : schedule.description
        }
        let enabled: State =
            rule.wantsAllManagementEvents ? .enabledWithAllManagementEvents : .enabled
        state = rule.isEnabled ? enabled : .disabled
        description = rule.description
        self.scheduleStart = scheduleStart
        self.order = order
        managedBy = rule.managedBy
        others = rule.others
    }

    /// The rule.
    public func rule(named name: String) -> RoutingRule {
        var rule = RoutingRule(
            name: name, pattern: pattern, schedule: schedule, isEnabled: state != .disabled,
            description: description)
        rule.managedBy = managedBy
        rule.patternText = patternText
        rule.scheduleText = scheduleText
        rule.wantsAllManagementEvents = state == .enabledWithAllManagementEvents
        rule.others = others
        return rule
    }

    private static let ownMembers: Set<String> = [
        "EventPattern", "ScheduleExpression", "State", "Description", "ScheduleStart", "Order",
        "ManagedBy", "Version",
    ]
    static let otherMembers: Set<String> = ["RoleArn", "CreatedBy", "Tags"]

    /// Reads the JSON. See ``StoredValue/init(_:)``.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        try object.checkVersion()
        others = try object.rest(known: Self.ownMembers, kept: Self.otherMembers)
        patternText = try object.string("EventPattern")
        pattern = try object.pattern("EventPattern")
        scheduleText = try object.string("ScheduleExpression")
        schedule = nil
        if let scheduleText {
            do throws(ScheduleError) { schedule = try ScheduleExpression(scheduleText) } catch {
                throw DefinitionError(
                    .schedule(error), offset: object.offset(of: "ScheduleExpression"))
            }
        }
        if pattern == nil, schedule == nil {
            throw DefinitionError(.missing(member: "EventPattern"), offset: value.offset)
        }
        state = try object.word("State", State.self) ?? .enabled
        description = try object.string("Description") ?? ""
        scheduleStart = try object.time("ScheduleStart")
        order = try object.integer("Order") ?? 0
        managedBy = try object.string("ManagedBy")
    }

    /// The value as JSON. See ``StoredValue/json``.
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("EventPattern", patternText)
        object.member("ScheduleExpression", scheduleText)
        object.member("State", state.rawValue)
        object.member("Description", description.isEmpty ? nil : description)
        object.member("ScheduleStart", scheduleStart?.description)
        object.member("Order", number: order == 0 ? nil : order)
        object.member("ManagedBy", managedBy)
        object.members(others)
        return object.finish()
    }
}

/// A target as a store keeps it: `{"Target": {...}, "Order": 1}`.
public struct StoredTarget: StoredValue {
    /// The target.
    public var definition: TargetDefinition
    /// Targets of a rule are listed by it, and those of the same by id.
    public var order: UInt64

    /// Makes a value of a target.
    public init(_ definition: TargetDefinition, order: UInt64 = 0) {
        self.definition = definition
        self.order = order
    }

    /// Reads the JSON. See ``StoredValue/init(_:)``.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        try object.checkVersion()
        _ = try object.rest(known: ["Target", "Order", "Version"], kept: [])
        guard let target = object["Target"] else {
            throw DefinitionError(.missing(member: "Target"), offset: value.offset)
        }
        definition = try TargetDefinition(target)
        order = try object.integer("Order") ?? 0
    }

    /// The value as JSON. See ``StoredValue/json``.
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("Target", json: definition.json)
        object.member("Order", number: order == 0 ? nil : order)
        return object.finish()
    }
}

extension ObjectReader {
    /// A pattern, which stands there as a string.
    func pattern(_ name: String) throws(DefinitionError) -> EventPattern? {
        guard let text = try string(name) else { return nil }
        do throws(PatternError) { return try EventPattern(text) } catch {
            throw DefinitionError(.pattern(error), offset: offset(of: name))
        }
    }

    /// One of some words.
    func word<Word: RawRepresentable<String>>(
        _ name: String, _ type: Word.Type
    ) throws(DefinitionError) -> Word? {
        guard let text = try string(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw DefinitionError(
                .invalid(member: name, reason: "this version does not know \"\(text)\""),
                offset: offset(of: name))
        }
        return word
    }

    /// A time as ``/EventEnvelope/EventTime`` writes it.
    func time(_ name: String) throws(DefinitionError) -> EventTime? {
        guard let text = try string(name) else { return nil }
        guard let time = EventTime(text) else {
            throw DefinitionError(
                .wrongKind(member: name, expected: "a time as in \"2026-01-31T12:00:00Z\""),
                offset: offset(of: name))
        }
        return time
    }
}
