import EventMatching
import EventPattern
import Foundation
import JSONScan
import TestSupport
import Testing

/// The matcher against ``PlainEvaluator``, on random patterns and events.
///
/// Runs for some seconds; `SWITCHYARD_FUZZ_SECONDS` sets how many. Which rounds are run depends on
/// the time, what is in each of them on the seed alone.
@Suite("The matcher agrees with a plain evaluator", .onThreadsOfItsOwn)
struct DifferentialTests {
    @Test("in rule sets, alone, with a used matcher, and with every kernel")
    func randomRounds() throws {
        let deadline = ContinuousClock.now + fuzzTime(share: 0.5)
        var rounds = 0
        var (cases, matches) = (0, 0)
        repeat {
            let round = try DifferentialRound(number: rounds)
            cases += round.caseCount
            matches += round.matchCount
            rounds += 1
            if let failing = try round.failingCase() {
                let small = failing.shrunk()
                Issue.record(
                    """
                    round \(rounds - 1) of SWITCHYARD_SEED=\(testSeed()):
                    \(small.report)
                    """)
                return
            }
        } while ContinuousClock.now < deadline
        let share = Double(matches) / Double(cases)
        // Of a few rounds, on a starved machine, the share says nothing.
        guard rounds >= 20 else { return }
        #expect(share > 0.1 && share < 0.7, "the random cases hardly tell anything")
        if isLongFuzzing {
            print("\(rounds) rounds, \(cases) cases, \(Int(share * 100)) % of them match")
        }
    }
}

/// How long a fuzzing test runs.
func fuzzTime(share: Double) -> Duration {
    let seconds = ProcessInfo.processInfo.environment["SWITCHYARD_FUZZ_SECONDS"].flatMap(
        Double.init)
    return .seconds((seconds ?? 6) * share)
}

/// Whether more time than usual was asked for.
let isLongFuzzing = ProcessInfo.processInfo.environment["SWITCHYARD_FUZZ_SECONDS"] != nil

/// Some rules and some events of one vocabulary, and which match.
struct DifferentialRound {
    /// Whether it has very many rules, most of them on one field: for indexes that are built only
    /// where there is much to look up.
    private let isCrowded: Bool
    /// Whether its events have long arrays; it has few of them then, and patterns of few fields,
    /// because the evaluator tries all elements with all others.
    private let isLong: Bool
    private let patterns: [JSONTree]
    let parsed: [EventPattern]
    let events: [GeneratedEvent]
    /// For each event, the positions of the patterns that it matches.
    let expected: [[Int]]

    var caseCount: Int { patterns.count * events.count }
    var matchCount: Int { expected.map(\.count).reduce(0, +) }

    /// Makes a round; its content depends on the run's seed and on its number.
    init(number: Int) throws {
        var random = SeededGenerator(stream: 10_000 + UInt64(number))
        let vocabulary =
            number % 2 == 0 ? CaseVocabulary(structural: &random) : CaseVocabulary(&random)
        isCrowded = number % 12 == 3
        isLong = number % 16 == 5 || number % 16 == 12
        var generator = EventGenerator(vocabulary)
        var events: [GeneratedEvent] = []
        for _ in 0..<(isCrowded ? 1 : 2) {
            let original = isLong ? generator.longEvent(&random) : generator.event(&random)
            events.append(GeneratedEvent(original, &random))
            for number in 0..<(isLong ? 2 : 7) {
                let variation =
                    number.isMultiple(of: 3)
                    ? generator.revalued(original, &random)
                    : generator.variation(of: original, &random)
                events.append(GeneratedEvent(variation, &random))
            }
        }
        let evaluators = events.map { PlainEvaluator($0.tree) }

        let patternGenerator = PatternGenerator(vocabulary)
        var patterns: [JSONTree] = []
        var parsed: [EventPattern] = []
        var attempts = 0
        let crowd = evaluators[0].leaves.randomElement(using: &random)?.path
        while patterns.count < (isCrowded ? 240 : isLong ? 8 : 16) {
            attempts += 1
            try #require(attempts < 5_000, "hardly any random pattern is valid")
            let leaves = random.one(of: evaluators).leaves
            let inCrowd = leaves.filter { $0.path == crowd }.randomElement(using: &random)
            let pattern =
                if isCrowded, let leaf = inCrowd, random.chance(80) {
                    patternGenerator.narrowPattern(for: leaf, &random)
                } else {
                    patternGenerator.pattern(for: leaves, fieldsMax: isLong ? 2 : 5, &random)
                }
            guard let valid = try? EventPattern(pattern.text()),
                (try? valid.branches(limit: 200)) != nil
            else { continue }
            patterns.append(pattern)
            parsed.append(valid)
        }
        expected = evaluators.map { evaluator in
            parsed.indices.filter { evaluator.matches(parsed[$0]) }
        }
        self.patterns = patterns
        self.parsed = parsed
        self.events = events
    }

    /// What the matcher gets wrong, if anything.
    func failingCase() throws -> DifferentialCase? {
        let texts = events.map(\.text)
        for kernel in ScanKernel.supported {
            let answers = try DifferentialCase.answers(parsed, texts, kernel)
            if answers != expected {
                return DifferentialCase(patterns: patterns, events: events, kernel: kernel)
            }
        }
        for (position, pattern) in parsed.enumerated() where !isCrowded {
            let answers = try DifferentialCase.answers([pattern], texts, .best)
            let alone = expected.map { $0.contains(position) ? [0] : [] }
            if answers != alone {
                return DifferentialCase(
                    patterns: [patterns[position]], events: events, kernel: .best)
            }
        }
        return nil
    }
}
