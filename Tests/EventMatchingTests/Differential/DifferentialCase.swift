import EventMatching
import EventPattern
import JSONScan

/// Patterns in one rule set, and events that one matcher sees one after the other, over and over: only
/// from the fourth time on does it know an event's structure and the way through it.
struct DifferentialCase {
    var patterns: [JSONTree]
    var events: [GeneratedEvent]
    var kernel: ScanKernel

    private static let rounds = 5

    /// For each event, the positions of the patterns that the matcher says match; nil where it
    /// refuses the event, or says something else when it sees it again: what it learns of one event
    /// must not tell in another.
    static func answers(
        _ patterns: [EventPattern], _ events: [String], _ kernel: ScanKernel
    ) throws -> [[Int]?] {
        let rules = try RuleSet(
            patterns.enumerated().map { Rule(name: "\($0.offset)", pattern: $0.element) })
        var matcher = Matcher(rules, kernel: kernel)
        func pass() -> [[Int]?] {
            events.map { event in
                let names = try? matcher.matchNames(event.utf8Span.span.bytes)
                return names?.compactMap { Int($0) }
            }
        }
        let passes = (0..<4).map { _ in pass() }
        return events.indices.map { event in
            passes.allSatisfy { $0[event] == passes[0][event] } ? passes[0][event] : nil
        }
    }

    /// The first pattern and event on which matcher and evaluator disagree; nil also where a
    /// pattern is invalid.
    var disagreement: (pattern: Int, event: Int, expected: Bool)? {
        guard let parsed = try? patterns.map({ try EventPattern($0.text()) }),
            let answers = try? Self.answers(
                parsed, (0..<Self.rounds).flatMap { _ in events.map(\.text) }, kernel)
        else { return nil }
        for (number, event) in events.enumerated() {
            guard case .object = event.tree else { return nil }
            let evaluator = PlainEvaluator(event.tree)
            for (position, pattern) in parsed.enumerated() {
                let expected = evaluator.matches(pattern)
                for round in 0..<Self.rounds
                where answers[round * events.count + number]?.contains(position) != expected {
                    return (position, number, expected)
                }
            }
        }
        return nil
    }

    /// A small case that fails as this one does.
    func shrunk() -> DifferentialCase {
        var small = self
        if let found = disagreement {
            let alone = DifferentialCase(
                patterns: [patterns[found.pattern]], events: [events[found.event]], kernel: kernel)
            if alone.disagreement != nil { small = alone }
        }
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            func keep(_ change: (inout DifferentialCase) -> Void) {
                var changed = small
                change(&changed)
                guard changed.disagreement != nil else { return }
                small = changed
                isSmaller = true
            }
            for position in small.patterns.indices.reversed() {
                keep { $0.patterns.remove(at: position) }
            }
            for position in small.events.indices.reversed() {
                keep { $0.events.remove(at: position) }
            }
        }
        for position in small.patterns.indices {
            small.patterns[position] = small.patterns[position].shrunk { tree in
                var changed = small
                changed.patterns[position] = tree
                return changed.disagreement != nil
            }
        }
        for position in small.events.indices {
            var plain = small
            plain.events[position].blanks = [""]
            if plain.disagreement != nil { small = plain }
            small.events[position].tree = small.events[position].tree.shrunk { tree in
                var changed = small
                changed.events[position].tree = tree
                return changed.disagreement != nil
            }
        }
        return small
    }

    /// The case as conformance cases, the wrong answer last.
    var report: String {
        guard let found = disagreement else { return "(no disagreement any more)" }
        var lines = ["kernel \(kernel); all patterns in one rule set, the matcher reused:"]
        lines += patterns.map { "  pattern \($0.text())" }
        lines += events.map { "  event \($0.text)" }
        lines.append(
            "right: {\"id\":\"fuzz\",\"match\":\(found.expected),\"tags\":[],\"pattern\":"
                + "\(patterns[found.pattern].text()),\"event\":\(events[found.event].text)}")
        return lines.joined(separator: "\n")
    }
}
