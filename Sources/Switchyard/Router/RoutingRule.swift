internal import EventDelivery
internal import EventEnvelope
internal import EventMatching
public import EventPattern
internal import EventRouting
public import EventSchedule
internal import InternalSystem
internal import JSONScan

/// A rule of a bus: which events it matches, or when it fires by itself, or both.
public struct RoutingRule: Sendable, Hashable {
    /// The name, unlike that of every other rule of its bus.
    public var name: String
    /// Which events it matches.
    public var pattern: EventPattern?
    /// When it fires by itself. On the default bus alone, as with EventBridge: at each time an event
    /// of source `aws.events` and type `Scheduled Event`, whose `resources` name the rule, is put on
    /// the bus, is archived like any other, and matches this rule.
    public var schedule: ScheduleExpression?
    /// Whether it matches and fires.
    public var isEnabled: Bool
    /// What it is for.
    public var description: String
    /// To what it belongs, if not to the program: an archive's rule is changed with its archive.
    public internal(set) var managedBy: String?
    /// The pattern as it was written, for those who ask for it; kept if it reads to ``pattern``.
    public var patternText: String?
    /// The schedule as it was written; kept if it reads to ``schedule``.
    public var scheduleText: String?
    /// Whether it was asked to get also those of CloudTrail's management events that only read. It is
    /// kept, and changes nothing yet: nothing here leaves them out.
    public var wantsAllManagementEvents = false
    /// EventBridge's other members, which the router keeps as they were written: `RoleArn`, `CreatedBy`,
    /// `Tags`. Any other is an error when the rule is put.
    public var others: [KeptMember] = []

    /// Creates a rule, which needs a pattern or a schedule.
    public init(
        name: String, pattern: EventPattern? = nil, schedule: ScheduleExpression? = nil,
        isEnabled: Bool = true, description: String = ""
    ) {
        self.name = name
        self.pattern = pattern
        self.schedule = schedule
        self.isEnabled = isEnabled
        self.description = description
    }

    /// Creates a rule from the text of a pattern.
    ///
    /// - Throws: the first thing that is wrong with the pattern, and where.
    public init(name: String, pattern: String) throws(PatternError) {
        self.init(name: name, pattern: try EventPattern(pattern))
    }
}

/// A rule and its targets as the router keeps them. Only touched under the router's control lock.
final class RuleState: @unchecked Sendable {
    var rule: RoutingRule { didSet { source.rules = compilable(rule) } }
    let arn: String
    /// The same for those who read the archive for the rule, on queues of their own.
    let source = RuleSource()
    /// Where its matches go, for the lane.
    let route = RuleRoute()
    var targets: [TargetEngine] = []
    /// How many of them only the lane's worker may call.
    var needsWorker = 0
    /// Its targets as data, in their order: also closures and the like that a router was opened with
    /// and that the program has not put again yet, which have no engine.
    var definitions: [StoredTarget] = []
    /// The rule's place among all: they are kept in the order in which they came.
    let order: UInt64
    /// When its schedule began to count.
    var scheduleStart: EventTime?
    /// The schedule that it fires by now.
    var schedule: ScheduleExpression?

    init(_ rule: RoutingRule, arn: String, order: UInt64) {
        self.rule = rule
        self.arn = arn
        self.order = order
        source.rules = compilable(rule)
    }

    /// What stands for a rule where events are matched: its pattern, and its schedule's events.
    func compilable(_ rule: RoutingRule) -> [Rule] {
        var rules: [Rule] = []
        if let pattern = rule.pattern { rules.append(Rule(name: rule.name, pattern: pattern)) }
        if rule.schedule != nil, let scheduleRule { rules.append(scheduleRule) }
        return rules
    }

    var isEnabled: Bool { rule.isEnabled }

    /// When a schedule begins to count that the rule is to have now: one that stays the same goes on.
    func scheduleStart(for rule: RoutingRule, now: EventTime) -> EventTime? {
        guard rule.isEnabled, rule.schedule != nil else { return nil }
        return rule.schedule == schedule ? scheduleStart ?? now : now
    }

    /// Names with a zero are refused, so that no rule can have this one.
    var scheduleName: String { "\(rule.name)\u{0}schedule" }

    /// What matches the events of its own schedule.
    private var scheduleRule: Rule? {
        var resource: [UInt8] = []
        JSONString.appendQuoted(ExactString(arn), to: &resource)
        let text =
            #"{"source":["aws.events"],"detail-type":["Scheduled Event"],"resources":["#
            + String(decoding: resource, as: UTF8.self) + "]}"
        return try? Rule(name: scheduleName, pattern: text)
    }
}

/// What a rule matches, for any thread.
final class RuleSource: Sendable {
    private let current = Guarded<[Rule]>([])

    /// Its pattern, and what its schedule stands for.
    var rules: [Rule] {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
