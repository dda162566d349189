import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

/// Whether a pattern matches an event. Every kernel is asked, and they have to agree.
func matches(_ pattern: String, _ event: String) throws -> Bool {
    let rules = try RuleSet([Rule(name: "rule", pattern: pattern)])
    let answers = try ScanKernel.supported.map { kernel in
        var matcher = Matcher(rules, kernel: kernel)
        return try !matcher.matchNames(event.utf8Span.span.bytes).isEmpty
    }
    try #require(Set(answers).count == 1, "the kernels disagree")
    return answers[0]
}

/// A pattern, an event, and whether they match.
struct MatchCase: CustomTestStringConvertible, Sendable {
    var pattern: String
    var event: String
    var expected: Bool
    var testDescription: String { "\(pattern) \(expected ? "matches" : "does not match") \(event)" }

    init(_ pattern: String, _ event: String, _ expected: Bool) {
        self.pattern = pattern
        self.event = event
        self.expected = expected
    }

    func check() throws { #expect(try matches(pattern, event) == expected) }
}

/// An element of a field's list, and values that it has to take and to refuse.
struct ElementCase: CustomTestStringConvertible, Sendable {
    /// Stands for a field that is not there.
    static let absent = ""

    var element: String
    var takes: [String]
    var refuses: [String]
    var testDescription: String { element }

    init(_ element: String, takes: [String] = [], refuses: [String] = []) {
        self.element = element
        self.takes = takes
        self.refuses = refuses
    }

    func check() throws {
        for (values, expected) in [(takes, true), (refuses, false)] {
            for value in values {
                let event = value == Self.absent ? #"{"other":1}"# : "{\"f\":\(value)}"
                try MatchCase("{\"f\":[\(element)]}", event, expected).check()
            }
        }
    }
}

/// A case of the fixtures whose pattern is valid.
struct FixtureCase: Sendable {
    var rule: Rule
    var event: [UInt8]
    var expected: Bool

    /// The cases of all committed fixtures.
    static let all: [FixtureCase] = {
        do {
            return try ConformanceFixture.allCases.flatMap { fixture in
                try mapJSONLines(of: fixture.path) { FixtureCase($0, of: fixture) }
                    .compactMap(\.self)
            }
        } catch {
            fatalError("can't read the fixtures: \(error)")
        }
    }()

    private init?(_ line: JSONValue, of fixture: ConformanceFixture) {
        guard let read = ConformanceCase(line), case .match(let expected) = read.expected,
            let pattern = try? EventPattern(read.pattern.bytes)
        else { return nil }
        rule = Rule(name: "\(fixture.rawValue) \(read.id)", pattern: pattern)
        event = Array(read.event)
        self.expected = expected
    }
}
