import EventMatching
import EventPattern
import TestSupport
import Testing

/// Books of random rules that are added, replaced and removed between events, against
/// ``PlainEvaluator``.
@Suite("Rules that change agree with a plain evaluator", .onThreadsOfItsOwn)
struct ChangingRulesTests {
    @Test("after each of many random changes, with a new matcher and with one that saw them all")
    func randomChanges() throws {
        let deadline = ContinuousClock.now + fuzzTime(share: 0.25)
        var number = 0
        repeat {
            let history = try RuleHistory(round: number)
            if let first = try history.failure() {
                let small = history.shrunk()
                // What depends on merges in the background may not show again.
                Issue.record(
                    """
                    round \(number) of SWITCHYARD_SEED=\(testSeed()):
                    \(small.steps.map { "  \($0)" }.joined(separator: "\n"))
                    \(try small.failure() ?? "(no failure any more, at first \(first))")
                    """)
                return
            }
            number += 1
        } while ContinuousClock.now < deadline
    }
}

/// A sequence of changes to a book, and events to match after each of them.
struct RuleHistory {
    /// One step. Names of rules are numbers, their patterns positions in the round.
    enum Step {
        case put(name: Int, pattern: Int)
        case remove(name: Int)
        /// Several names at once: each gets a pattern, or goes.
        case apply([(name: Int, pattern: Int?)])
        case merge
    }

    private let round: DifferentialRound
    private(set) var steps: [Step] = []

    /// A random history; its content depends on the run's seed and on the round's number.
    init(round number: Int) throws {
        round = try DifferentialRound(number: number)
        var random = SeededGenerator(stream: 900_000 + UInt64(number))
        let patterns = round.parsed.indices
        for _ in 0..<40 {
            let name = random.below(24)
            switch random.below(10) {
            case 0: steps.append(.merge)
            case 1, 2: steps.append(.remove(name: name))
            case 3:
                let count = 1 + random.below(40)
                steps.append(
                    .apply(
                        (0..<count).map { _ in
                            let goes = random.chance(30)
                            let pattern = patterns.randomElement(using: &random)
                            return (random.below(60), goes ? nil : pattern)
                        }))
            default:
                steps.append(.put(name: name, pattern: random.below(patterns.count)))
            }
        }
    }

    /// What the book gets wrong first, if anything.
    func failure() throws -> String? {
        let book = RuleBook()
        var model: [Int: Int] = [:]
        var matcher = book.makeMatcher()
        for (position, step) in steps.enumerated() {
            try make(step, in: book, &model)
            // Not after each step: what was not fetched has to go together with what comes next.
            guard position % 3 != 1 else { continue }
            var fresh = book.makeMatcher()
            for (event, matching) in zip(round.events, round.expected) {
                let right = model.filter { matching.contains($0.value) }.keys.map(String.init)
                for names in try [matcher.matchNames(event.text), fresh.matchNames(event.text)] {
                    guard names.sorted() != right.sorted() else { continue }
                    return "after step \(position): \(names.sorted()) instead of \(right.sorted())"
                        + " on \(event.text)"
                }
            }
        }
        return book.count == model.count ? nil : "\(book.count) rules instead of \(model.count)"
    }

    private func make(_ step: Step, in book: RuleBook, _ model: inout [Int: Int]) throws {
        switch step {
        case .merge: book.merge()
        case .put(let name, let pattern):
            try book.put(rule(name, pattern))
            model[name] = pattern
        case .remove(let name):
            if model.removeValue(forKey: name) != nil { try book.remove("\(name)") }
        case .apply(let outcomes):
            var change = RuleChange()
            for (name, pattern) in outcomes {
                if let pattern {
                    change.put(rule(name, pattern))
                    model[name] = pattern
                } else if model.removeValue(forKey: name) != nil {
                    change.remove("\(name)")
                }
            }
            try book.apply(change)
        }
    }

    private func rule(_ name: Int, _ pattern: Int) -> Rule {
        Rule(name: "\(name)", pattern: round.parsed[pattern])
    }

    /// A short history that fails as this one does.
    func shrunk() -> RuleHistory {
        var small = self
        for position in steps.indices.reversed() {
            var shorter = small
            shorter.steps.remove(at: position)
            if (try? shorter.failure()) ?? nil != nil { small = shorter }
        }
        return small
    }
}

extension RuleHistory.Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .put(let name, let pattern): "put \(name): pattern \(pattern)"
        case .remove(let name): "remove \(name)"
        case .apply(let outcomes):
            "apply "
                + outcomes.map { "\($0.name): \($0.pattern.map(String.init) ?? "gone")" }
                .joined(separator: ", ")
        case .merge: "merge"
        }
    }
}
