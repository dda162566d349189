import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

/// The files in `data/`.
@Suite struct SampleDataTests {
    @Test("each sample event matches the rules that expected.jsonl names")
    func expectedMatches() throws {
        let rules = try lines("rules.jsonl") { line in
            Rule(
                name: try #require(line["name"]?.string).description,
                pattern: try EventPattern(
                    UnsafeRawBufferPointer(#require(line["pattern"]).text).bytes))
        }
        let expected = try lines("expected.jsonl") { line in
            (
                event: String(
                    decoding: try #require(line["event"]).text, as: UTF8.self),
                rules: try #require(line["rules"]).elements.map { $0.string?.description ?? "" }
            )
        }
        let compiled = try RuleSet(rules)
        let matches = try lines("events.jsonl") { line in
            var matcher = Matcher(compiled)
            return try matcher.matchNames(UnsafeRawBufferPointer(line.text).bytes).sorted()
        }
        #expect(matches.count == expected.count)
        for (position, (found, wanted)) in zip(matches, expected).enumerated() {
            #expect(wanted.event == String(position + 1))
            let missing = Set(wanted.rules).subtracting(found).sorted()
            let excess = Set(found).subtracting(wanted.rules).sorted()
            #expect(
                found == wanted.rules, "event \(position + 1): missing \(missing), excess \(excess)"
            )
        }
    }

    @Test("the sample rules use every operator")
    func everyOperator() throws {
        let text = try String(decoding: read("rules.jsonl"), as: UTF8.self)
        let operators = [
            "exactly", "prefix", "suffix", "equals-ignore-case", "wildcard", "numeric", "cidr",
            "exists", "anything-but", "$or", "=", "<", "<=", ">", ">=",
        ]
        for name in operators { #expect(text.contains("\"\(name)\""), "no rule has \(name)") }
    }

    private func read(_ name: String) throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try #require(readFile("/" + root + "/data/" + name), "can't read data/\(name)")
    }

    private func lines<Result>(
        _ name: String, _ body: (JSONValue) throws -> Result
    ) throws -> [Result] {
        var scanner = StructuralScanner()
        return try read(name).withUnsafeBytes { bytes in
            try JSONLines(bytes).map { try body(JSONValue(scanner.scan($0.text))) }
        }
    }
}
