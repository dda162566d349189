/// Rules for AWS events, in the shape of rules that people write.
///
/// A rule is for one kind of event. It draws a *form* (which operators, how many fields), a number of
/// candidates of that form, and keeps the candidate whose estimated share of matching events is
/// nearest to a target; targets spread over ``targets`` evenly in their logarithm. So the mean number
/// of matches grows with the number of rules and not with luck.
enum AWSRules {
    /// The shares of events that rules aim at. Their mean is what `Workload.aws` states.
    static let targets = (low: 0.000_2, high: 0.006_2)

    /// What a rule is made of. Shares follow the survey of public patterns in `Workload.aws`.
    enum Form {
        /// Exact values only.
        case exact
        /// Exact values and one field with another operator.
        case mixed(FieldTest.Operator)
        /// One field with another operator.
        case alone(FieldTest.Operator)
        /// Exact values, and a `$or` of two fields.
        case or
    }

    /// Of 1,000 rules, how many have a form.
    static let forms: [(weight: Int, form: Form)] = [
        (715, .exact), (15, .or),
        (20, .mixed(.prefix)), (70, .alone(.prefix)),
        (50, .mixed(.anythingBut)), (40, .mixed(.exists)),
        (10, .mixed(.numeric)), (30, .alone(.numeric)),
        (4, .mixed(.suffix)), (11, .alone(.suffix)),
        (4, .mixed(.cidr)), (11, .alone(.cidr)),
        (4, .mixed(.wildcard)), (11, .alone(.wildcard)),
        (4, .mixed(.ignoreCase)), (11, .alone(.ignoreCase)),
    ]

    /// Of 100 rules that may have several fields, how many have 1, 2, ... 7.
    static let fieldCounts = [6, 46, 25, 17, 3, 2, 1]

    /// How many candidates a rule is chosen from.
    static let candidateCount = 24

    /// How often a rule is drawn again that is there already.
    static let attemptCount = 100

    /// Makes `count` different patterns.
    static func patterns(_ numbers: inout SeededNumbers, _ count: Int) -> [String] {
        // The rule that every tutorial begins with.
        let tutorial =
            #"{"source":["aws.ec2"],"detail-type":["EC2 Instance State-change Notification"],"#
            + #""detail":{"state":["stopped","terminated"]}}"#
        var patterns = count > 0 ? [tutorial] : []
        patterns.reserveCapacity(count)
        var seen = Set(patterns)
        seen.reserveCapacity(count)
        var out = TextWriter()
        let weights = Self.forms.map(\.weight)
        while patterns.count < count {
            let form = Self.forms[numbers.weighted(weights)].form
            let fieldCount = 1 + numbers.weighted(Self.fieldCounts)
            let target =
                Self.targets.low
                * exponential(numbers.unit(), base: Self.targets.high / Self.targets.low)
            // Again for the same target where the rule is there already: giving it up would leave out
            // the broad rules, of which there are fewest.
            for _ in 0..<Self.attemptCount {
                let candidate = Self.best(form, fieldCount, near: target, &numbers)
                out.removeAll()
                candidate.write(&out, &numbers)
                let pattern = out.string
                if seen.insert(pattern).inserted {
                    patterns.append(pattern)
                    break
                }
            }
        }
        return patterns
    }

    /// The candidate of a form whose estimated share of events is nearest to `target`.
    private static func best(
        _ form: Form, _ fieldCount: Int, near target: Double, _ numbers: inout SeededNumbers
    ) -> RuleCandidate {
        var best: (candidate: RuleCandidate, distance: Double)?
        var drawn = 0
        while drawn < Self.candidateCount {
            guard let candidate = RuleCandidate(form, fieldCount: fieldCount, &numbers) else {
                continue
            }
            drawn += 1
            let ratio = candidate.share / target
            let distance = max(ratio, 1 / ratio)
            if let known = best, known.distance <= distance { continue }
            best = (candidate, distance)
        }
        guard let best else { preconditionFailure("no candidate was drawn") }
        return best.candidate
    }

    /// `base` to the power of `exponent` in 0..<1, by binary digits: only square roots and
    /// products, which give the same bits on every machine.
    static func exponential(_ exponent: Double, base: Double) -> Double {
        var result = 1.0
        var root = base
        var rest = exponent
        for _ in 0..<24 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}
