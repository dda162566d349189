internal import EventPattern

/// Changes to the rules of a ``RuleBook`` that are made together: an event sees all of them or none.
///
/// ```swift
/// var change = RuleChange()
/// change.remove("old")
/// change.put(try Rule(name: "new", pattern: #"{"source": ["aws.ec2"]}"#))
/// try book.apply(change)
/// ```
public struct RuleChange: Sendable {
    private enum Step {
        case add(RuleDraft)
        case put(RuleDraft)
        case remove(String)
    }

    private var steps: [Step] = []

    /// Creates a change that changes nothing yet.
    public init() {}

    /// Whether it changes nothing.
    public var isEmpty: Bool { steps.isEmpty }

    /// Adds a rule, whose name has to be new.
    ///
    /// - Parameter attachment: what ``LiveRule/attachment`` will be.
    public mutating func add(_ rule: Rule, attachment: (any AnyObject & Sendable)? = nil) {
        steps.append(.add(RuleDraft(rule: rule, attachment: attachment)))
    }

    /// Adds a rule, or replaces the one that has its name.
    ///
    /// - Parameter attachment: what ``LiveRule/attachment`` will be.
    public mutating func put(_ rule: Rule, attachment: (any AnyObject & Sendable)? = nil) {
        steps.append(.put(RuleDraft(rule: rule, attachment: attachment)))
    }

    /// Removes the rule of a name, which has to be there.
    public mutating func remove(_ name: String) { steps.append(.remove(name)) }

    /// What the steps come to, one effect for each name, by the step that decided it.
    ///
    /// - Throws: the first step that contradicts the steps before, or whose rule can't be compiled.
    func effects(branchLimit: Int) throws(RuleError) -> [RuleEffect] {
        var effects: [RuleEffect?] = []
        var places: [RuleName: Int] = [:]
        for step in steps {
            let next: RuleEffect
            switch step {
            case .add(let draft):
                next = RuleEffect(
                    draft.rule.name, needs: .absent,
                    outcome: try draft.weighed(branchLimit: branchLimit))
            case .put(let draft):
                next = RuleEffect(
                    draft.rule.name, needs: .either,
                    outcome: try draft.weighed(branchLimit: branchLimit))
            case .remove(let name):
                next = RuleEffect(name, needs: .present, outcome: nil)
            }
            let place = places.updateValue(effects.count, forKey: next.name)
            guard let place, let before = effects[place] else {
                effects.append(next)
                continue
            }
            try next.check(whetherPresent: before.outcome != nil)
            effects[place] = nil
            effects.append(RuleEffect(before.name.text, needs: before.needs, outcome: next.outcome))
        }
        return effects.compactMap(\.self)
    }
}

/// A rule that is to come into a book.
struct RuleDraft: Sendable {
    let rule: Rule
    let attachment: (any AnyObject & Sendable)?
    /// How many conditions its branches have: by this, the work to compile it is measured.
    private(set) var weight = 0

    init(rule: Rule, attachment: (any AnyObject & Sendable)?) {
        self.rule = rule
        self.attachment = attachment
    }

    /// The same with its weight.
    ///
    /// - Throws: why it can't be compiled.
    fileprivate func weighed(branchLimit: Int) throws(RuleError) -> RuleDraft {
        do throws(PatternError) {
            let branches = try rule.pattern.branches(limit: branchLimit)
            var draft = self
            draft.weight = branches.reduce(0) { $0 + $1.conditions.count }
            return draft
        } catch {
            throw RuleError(rule: rule.name, .pattern(error))
        }
    }
}

/// What a change does to the rule of one name.
struct RuleEffect: Sendable {
    /// What has to be so before.
    enum Need {
        case absent, present, either
    }

    let name: RuleName
    let needs: Need
    /// The rule that has the name then; nil for none.
    let outcome: RuleDraft?

    init(_ name: String, needs: Need, outcome: RuleDraft?) {
        self.name = RuleName(text: name)
        self.needs = needs
        self.outcome = outcome
    }

    /// - Throws: that the rule is there or not, where the effect needs the opposite.
    func check(whetherPresent isPresent: Bool) throws(RuleError) {
        switch needs {
        case .absent: if isPresent { throw RuleError(rule: name.text, .duplicateName) }
        case .present: if !isPresent { throw RuleError(rule: name.text, .unknownName) }
        case .either: break
        }
    }
}
