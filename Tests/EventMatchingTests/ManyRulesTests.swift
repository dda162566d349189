import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

@Suite struct ManyRulesTests {
    @Test(
        "2,000 rules in one set give each event its own matches", .enabled(if: sharedFolder != nil))
    func sharedRuleSet() throws {
        let folder = try #require(sharedFolder) + "/conformance/many"
        let rules = try lines(folder + ".rules.jsonl") { line in
            Rule(
                name: try #require(line["name"]?.string).description,
                pattern: try EventPattern(
                    UnsafeRawBufferPointer(#require(line["pattern"]).text).bytes))
        }
        let expected = try lines(folder + ".expected.jsonl") { line in
            try #require(line["matches"]).elements.map { $0.string?.description ?? "" }
        }
        var matcher = Matcher(try RuleSet(rules))
        var wrong = 0
        var number = 0
        _ = try lines(folder + ".events.jsonl") { line in
            let event = UnsafeRawBufferPointer(try #require(line["event"]).text)
            if try matcher.matchNames(event.bytes).sorted() != expected[number] { wrong += 1 }
            number += 1
        }
        #expect(number == 5_000)
        #expect(wrong == 0)
    }

    private func lines<Result>(_ file: String, _ read: (JSONValue) throws -> Result) throws
        -> [Result]
    {
        var scanner = StructuralScanner()
        return try #require(readFile(file)).withUnsafeBytes { bytes in
            try JSONLines(bytes).map { try read(JSONValue(scanner.scan($0.text))) }
        }
    }
}
