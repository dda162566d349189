internal import Dispatch
internal import EventMatching
public import EventPattern
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
    var rule: RoutingRule { didSet { source.rules = compilable } }
    let arn: String
    /// The same for those who read the archive for the rule, on queues of their own.
    let source = RuleSource()
    let matched = MatchCounter()
    var targets: [TargetEngine] = []
    /// The targets as they were given, by position.
    var definitions: [Target] = []
    /// When its schedule began to count.
    var scheduleStart: EventTime
    /// When it fires next.
    var nextFire: EventTime?

    init(_ rule: RoutingRule, arn: String, now: EventTime) {
        self.rule = rule
        self.arn = arn
        scheduleStart = now
        nextFire = rule.schedule?.next(after: now, from: now)
        source.rules = compilable
    }

    private var compilable: [Rule] { [patternRule, scheduleRule].compactMap { $0 } }

    var isEnabled: Bool { rule.isEnabled }

    /// What matches published events.
    var patternRule: Rule? { rule.pattern.map { Rule(name: rule.name, pattern: $0) } }

    /// What matches the events of its own schedule.
    var scheduleRule: Rule? {
        guard rule.schedule != nil else { return nil }
        var resource: [UInt8] = []
        JSONString.appendQuoted(ExactString(arn), to: &resource)
        let text =
            #"{"source":["aws.events"],"detail-type":["Scheduled Event"],"resources":["#
            + String(decoding: resource, as: UTF8.self) + "]}"
        // Names with a zero are refused, so that no rule can have this one.
        return try? Rule(name: "\(rule.name)\u{0}schedule", pattern: text)
    }
}

/// What a rule matches, for any thread.
final class RuleSource: Sendable {
    private let queue = DispatchQueue(label: "switchyard.rule")
    /// Only touched on `queue`.
    nonisolated(unsafe) private var current: [Rule] = []

    /// Its pattern, and what its schedule stands for.
    var rules: [Rule] {
        get { queue.sync { current } }
        set { queue.sync { current = newValue } }
    }
}
