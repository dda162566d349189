public import EventPattern
public import JSONScan

/// Why a rule matches an event, or why not: field by field what the pattern wants and what the event
/// has.
///
/// ```swift
/// let why = try Explanation(of: rule, for: event)
/// print(why)    // detail.state is "running"; the rule wants "stopped" or "terminated"
/// ```
///
/// Made for people, not for the hot path: O(event * fields of the rule), allocating freely.
public struct Explanation: Sendable {
    /// One value of the event.
    public struct Value: Hashable, Sendable {
        /// Where it stands, elements of arrays by number: `detail.items[2].sku`.
        public let location: String
        /// The value as JSON.
        public let text: String
        /// Whether this value alone satisfies the pattern.
        public let matches: Bool
        /// Whether it is a number that can't be compared: its decimal is not the shortest one of a
        /// double, so that no other number equals it and no range holds it.
        public let isIncomparable: Bool
    }

    /// One field that the pattern names.
    public struct Field: Sendable {
        /// The keys that lead to it, joined by dots.
        public let path: String
        /// The pattern's list for it, as JSON.
        public let pattern: String
        /// The same in words: `"stopped" or "terminated"`.
        public let wanted: String
        /// The event's values there; empty where it has none.
        public let values: [Value]
        /// Whether there is an object instead of a value.
        public let isObject: Bool
        /// Whether the field, taken alone, is as the pattern wants it.
        public let holds: Bool
        /// Whether the pattern compares numbers there.
        public let comparesNumbers: Bool
    }

    /// One way to satisfy the pattern; more than one where it has `$or`.
    public struct Branch: Sendable {
        /// Its fields by path.
        public let fields: [Field]
        /// Whether the event satisfies it.
        public let holds: Bool

        /// Whether each field holds alone, but not all of them with the same elements of arrays.
        public var fieldsDisagree: Bool { !holds && fields.allSatisfy(\.holds) }
    }

    /// The rule's name.
    public let rule: String
    /// Whether the rule matches the event.
    public let matches: Bool
    /// The ways to satisfy the pattern, in text order.
    public let branches: [Branch]

    /// How many fields of its nearest alternative are not as the rule wants them; 0 where each one is, but
    /// not in the same element of an array.
    public var failedFields: Int {
        branches.map { $0.fields.count { !$0.holds } }.min() ?? 0
    }

    /// Explains one rule for one event.
    ///
    /// - Throws: what is wrong with the event's JSON, or with the pattern's size.
    public init(of rule: Rule, for event: borrowing RawSpan) throws(ExplanationError) {
        let branches: [PatternBranch]
        do { branches = try rule.pattern.branches() } catch { throw .pattern(error) }
        let paths = Set(branches.flatMap { $0.conditions.map(\.path) })
        self.rule = rule.name
        self.branches = try event.withUnsafeBytes { bytes throws(ExplanationError) in
            var scanner = StructuralScanner()
            let index: StructuralIndex
            do throws(JSONError) { index = try scanner.scan(bytes) } catch { throw .event(error) }
            let leaves = EventLeaves(of: index, at: paths)
            return branches.map { Branch($0, index, leaves) }
        }
        matches = self.branches.contains(where: \.holds)
    }
}

/// Why there is no explanation.
public enum ExplanationError: Error, Sendable {
    /// The event is not valid JSON.
    case event(JSONError)
    /// The pattern expands beyond a limit.
    case pattern(PatternError)
}

extension Explanation.Branch {
    fileprivate init(_ branch: PatternBranch, _ event: StructuralIndex, _ leaves: EventLeaves) {
        fields = branch.conditions.map { Explanation.Field($0, event, leaves) }
        var matcher = Matcher(RuleSet(branch))
        holds = !matcher.match(event).isEmpty
    }
}

extension Explanation.Field {
    fileprivate init(
        _ condition: PatternBranch.Condition, _ event: StructuralIndex, _ leaves: EventLeaves
    ) {
        path = condition.path.description
        pattern = "[" + condition.values.map(\.canonicalJSON).joined(separator: ",") + "]"
        wanted = condition.values.map(\.words).joined(separator: " or ")
        isObject = leaves.objects.contains(condition.path)
        comparesNumbers = condition.values.contains(where: \.comparesNumbers)
        // The one condition alone is a rule of its own, so that the engine itself is what judges.
        var matcher = Matcher(RuleSet(PatternBranch(conditions: [condition])))
        holds = !matcher.match(event).isEmpty
        values = (leaves.leaves[condition.path] ?? []).map { leaf in
            var event = Array("{".utf8)
            JSONString.appendQuoted(condition.path, to: &event)
            event += ":\(leaf.text)}".utf8
            // The value was valid in its event, so it is here.
            let matches = (try? !matcher.match(event.span.bytes).isEmpty) ?? false
            return Explanation.Value(
                location: leaf.location, text: leaf.text, matches: matches && !leaf.isEmptyBracket,
                isIncomparable: leaf.isIncomparable)
        }
    }

    /// What the event has and, where the field does not hold, what the rule wants, in a sentence.
    public var sentence: String {
        let listed = values.prefix(3).map { value in
            // One value needs no place of its own unless it stands in an array.
            value.location == path
                ? Self.shortened(value.text) : "\(Self.shortened(value.text)) at \(value.location)"
        }
        let incomparable = values.first { comparesNumbers && $0.isIncomparable && !$0.matches }
        let reason =
            incomparable.map {
                "; \(Self.shortened($0.text)) can't be compared with other numbers: a double does "
                    + "not have it exactly as it is written"
            } ?? ""
        let more = values.count > 3 ? " and \(values.count - 3) more" : ""
        let found =
            switch (values.isEmpty, isObject) {
            case (true, true): "an object, which has no value of its own"
            case (true, false): "absent"
            default: listed.joined(separator: ", ") + more
            }
        return holds
            ? "\(path) is \(found), as the rule wants: \(wanted)\(reason)"
            : "\(path) is \(found); the rule wants \(wanted)\(reason)"
    }

    private static func shortened(_ text: String) -> String {
        text.unicodeScalars.count > 100
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(100))) + "..." : text
    }
}

extension Explanation: CustomStringConvertible {
    /// The explanation in lines: one for each field, `ok` or `no` before it, grouped by the ways to
    /// satisfy the pattern where there are several.
    public var description: String {
        var lines = ["\(rule): \(matches ? "matches" : "does not match")"]
        for (number, branch) in branches.enumerated() {
            if branches.count > 1 {
                lines.append(
                    "  alternative \(number + 1) of \(branches.count):"
                        + (branch.holds ? " matches" : ""))
            }
            for field in branch.fields {
                lines.append("  \(field.holds ? "ok" : "no")  \(field.sentence)")
            }
            if branch.fieldsDisagree {
                lines.append(
                    "  no  each field is as wanted, but not in the same element of an array:")
                for field in branch.fields {
                    let places = field.values.filter(\.matches).map(\.location)
                    guard places.contains(where: { $0.contains("[") }) else { continue }
                    lines.append("        \(field.path) at \(places.joined(separator: ", "))")
                }
            }
        }
        return lines.joined(separator: "\n")
    }
}
