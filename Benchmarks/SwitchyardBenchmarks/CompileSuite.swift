import Benchmark
import EventMatching
import EventWorkload

/// Rules to a rule set: from parsed patterns, the compiler alone, and from their text, as when a
/// program starts. Giving the rule set back is not counted.
func registerCompileSuite() {
    registerCompile(rules: 1_000, repeats: 10)
    registerCompile(rules: 100_000, repeats: 1)
}

private func registerCompile(rules: Int, repeats: Int) {
    let rate = EventRate(of: rules * repeats, "rules")
    let configuration = rate.configuration(
        seconds: 4, warmUps: 2, more: [bytesPerRule])
    Benchmark(
        "compile \(grouped(rules)) aws rules, parsed", configuration: configuration,
        closure: { benchmark, input in
            try measure(benchmark, rate, input.byteCount, repeats) { try RuleSet(input.parsed) }
        },
        setup: { try CompileInput(rules) })
    Benchmark(
        "compile \(grouped(rules)) aws rules, text", configuration: configuration,
        closure: { benchmark, input in
            try measure(benchmark, rate, input.byteCount, repeats) {
                try RuleSet(input.text.map { try Rule(name: $0.name, pattern: $0.pattern) })
            }
        },
        setup: { try CompileInput(rules) })
}

/// The memory of the compiled tables, names not included.
private let bytesPerRule = BenchmarkMetric.custom(
    "bytes/rule", polarity: .prefersSmaller, useScalingFactor: false)

private func measure(
    _ benchmark: Benchmark, _ rate: EventRate, _ byteCount: Constant, _ repeats: Int,
    _ compile: () throws -> RuleSet
) rethrows {
    let compiled = try rate.measure(benchmark) {
        try (0..<repeats).map { _ in try compile() }
    }
    let bytes = compiled.reduce(0) { $0 + $1.byteCount }
    byteCount.check(bytes, benchmark)
    benchmark.measurement(bytesPerRule, bytes / rate.count)
}

/// Rules to compile.
private final class CompileInput {
    /// How large the rule sets are, which doesn't depend on anything but the rules.
    let byteCount = Constant("bytes of tables")
    let text: [(name: String, pattern: String)]
    let parsed: [Rule]

    init(_ count: Int) throws {
        text = Workload.aws.rules(count: count)
        parsed = try parsedRules(.aws, count)
    }
}
