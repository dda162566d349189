import Benchmark
import EventMatching
import EventWorkload

/// One rule added to a book of 100,000, and removed again, until every event that is matched from
/// then on sees it. Merges go on in the background, on another thread, as they do in a program.
func registerChangeSuite() {
    // An addition and a removal each.
    let rate = EventRate(of: 2 * changesPerPass, "changes", by: .wall)
    Benchmark(
        "add and remove one rule beside 100,000", configuration: rate.configuration(seconds: 4),
        closure: { benchmark, input in
            let seen = try rate.measure(benchmark) { try input.run() }
            input.seen.check(seen, benchmark)
        },
        setup: { try ChangeInput(100_000) })
}

private let changesPerPass = 100

/// A book of rules and one rule more.
private final class ChangeInput {
    /// How many of the changes a matcher saw with the next event: all of them.
    let seen = Constant(
        "changes seen", in: Double(2 * changesPerPass)...Double(2 * changesPerPass))
    private let book: RuleBook
    private var matcher: LiveMatcher
    private let rule: Rule
    private let event = #"{"source":"com.example.change"}"#

    init(_ count: Int) throws {
        book = try RuleBook(parsedRules(.aws, count))
        matcher = book.makeMatcher()
        rule = try Rule(name: "one more", pattern: #"{"source":["com.example.change"]}"#)
    }

    func run() throws -> Int {
        var seen = 0
        for _ in 0..<changesPerPass {
            try book.add(rule)
            seen += try matcher.match(event.utf8Span.span.bytes).count
            try book.remove(rule.name)
            seen += try matcher.match(event.utf8Span.span.bytes).isEmpty ? 1 : 0
        }
        return seen
    }
}
