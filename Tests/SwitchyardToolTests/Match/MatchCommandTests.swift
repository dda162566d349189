import Foundation
import TestSupport
import Testing

@Suite("switchyard match, explain and conformance", .onThreadsOfItsOwn)
struct MatchCommandTests {
    private let folder: TemporaryFolder
    private let rules: String
    private let events: String

    init() throws {
        folder = try TemporaryFolder()
        rules = try folder.file("rules.jsonl", lines: ruleLines)
        events = try folder.file("events.jsonl", lines: eventLines)
    }

    @Test("each event's line number and the sorted names of its rules are printed")
    func text() throws {
        let result = try Tool.run("match", "--rules", rules, "--events", events)
        #expect(result.output == "1\tany\n3\tany,two\n4\t-\n5\tany,state \"x\"\n")
        #expect(result.errors.isEmpty && result.exitCode == 0)
    }

    @Test("with --json a line is an object")
    func json() throws {
        let result = try Tool.run("match", "--rules", rules, "--events", events, "--json")
        #expect(
            result.lines == [
                #"{"event":1,"rules":["any"]}"#, #"{"event":3,"rules":["any","two"]}"#,
                #"{"event":4,"rules":[]}"#, #"{"event":5,"rules":["any","state \"x\""]}"#,
            ])
        #expect(result.exitCode == 0)
    }

    @Test("- reads standard input, events or rules")
    func standardInput() throws {
        let expected = try Tool.run("match", "--rules", rules, "--events", events).output
        let eventsPiped = try Tool.run(
            "match", "--rules", rules, "--events", "-", input: eventLines.joined(separator: "\n"))
        #expect(eventsPiped.output == expected)
        let rulesPiped = try Tool.run(
            "match", "--rules", "-", "--events", events, input: ruleLines.joined(separator: "\n"))
        #expect(rulesPiped.output == expected)
    }

    @Test("a second object on a line is an event too, and NULs are no blank line")
    func excess() throws {
        let result = try Tool.run(
            "match", "--rules", rules, "--events", "-",
            input: "{\"a\":3} \n{\"a\":1} {\"a\":2}\n\0\n{\"a\":2} x\n")
        #expect(result.lines == ["1\tany", "2\tany", "2\tany,two", "4\tany,two"])
        #expect(
            result.errors == """
                error: standard input:3:1: the text has to begin with an object
                error: standard input:4:9: the text has to begin with an object
                2 lines were skipped

                """)
        #expect(result.exitCode == 1)
    }

    @Test("rules and events can't both be standard input")
    func oneStandardInput() throws {
        #expect(try Tool.run("match", "--rules", "-", "--events", "-", input: "").exitCode == 64)
    }

    @Test("broken lines are named by file, line and column, skipped, and make the exit code 1")
    func brokenLines() throws {
        let rules = try folder.file(
            "broken rules",
            lines: ruleLines + [
                #"{"name":"é","pattern":{"a":1}}"#, #"{"pattern":{}}"#, ruleLines[0],
            ])
        let events = try folder.file("broken events", lines: eventLines + [#"{"é":}"#, "7"])
        let result = try Tool.run("match", "--rules", rules, "--events", events)
        #expect(result.lines.count == 4)
        #expect(
            result.errors == """
                error: \(rules):4:28: rule "é": "a" must be an object or an array
                error: \(rules):5:1: a rule needs a "name", a string
                error: \(rules):6:1: another rule is named "two"
                error: \(events):6:6: a value was expected
                error: \(events):7:1: the text has to begin with an object
                5 lines were skipped

                """)
        #expect(result.exitCode == 1)
    }

    @Test("with --strict the first broken line ends the command")
    func strict() throws {
        let events = try folder.file("broken", lines: [eventLines[0], "x", eventLines[0]])
        let result = try Tool.run("match", "--rules", rules, "--events", events, "--strict")
        #expect(result.output == "1\tany\n")
        #expect(result.errors.hasPrefix("error: \(events):2:1: "))
        #expect(result.exitCode == 1)
    }

    @Test("explain says field by field why, for the chosen event and rule")
    func explain() throws {
        let result = try Tool.run(
            "explain", "--rules", rules, "--rule", "two", "--events", events, "--event", "3")
        #expect(
            result.output == """
                event 3, two: matches
                  ok  a is 1 at a[0], 2 at a[1], as the rule wants: 2

                """)
        let all = try Tool.run("explain", "--rules", rules, "--events", events)
        #expect(all.lines.count { $0.hasPrefix("event ") } == 4 * 3)
        let pattern = try Tool.run(
            "explain", "--pattern", #"{"a":[3]}"#, "--events", "-", input: #"{"a":1}"#)
        #expect(
            pattern.output == "event 1, pattern: does not match\n  no  a is 1; the rule wants 3\n")
        #expect([result, all, pattern].allSatisfy { $0.exitCode == 0 })
    }

    @Test("an invalid pattern is shown with a mark below the place, with the exit code of check")
    func explainInvalidPattern() throws {
        let pattern = #"{"é": [{"prefix": 1}]}"#
        let explained = try Tool.run("explain", "--pattern", pattern, "--events", events)
        let checked = try Tool.run("check", pattern)
        #expect(explained.errors == checked.errors && explained.output.isEmpty)
        #expect(explained.exitCode == 1 && checked.exitCode == 1)
    }

    @Test("names that columns could not tell apart are written as JSON strings, in texts alone")
    func awkwardNames() throws {
        let names = ["a,b", "tab\there", "line\nbreak", "-", "", "plain \"x\"", "\"quoted\""]
        let shown = [
            #""a\u002cb""#, #""tab\there""#, #""line\nbreak""#, #""-""#, #""""#, #"plain "x""#,
            #""\"quoted\"""#,
        ]
        let encoder = JSONEncoder()
        let lines = try names.map {
            let name = String(decoding: try encoder.encode($0), as: UTF8.self)
            return "{\"name\":\(name),\"pattern\":{\"a\":[1]}}"
        }
        let file = try folder.file("awkward", lines: lines)
        func run(_ arguments: String...) throws -> Tool.Result {
            try Tool.run(arguments + ["--rules", file, "--events", "-"], input: #"{"a":1}"#)
        }
        let order = names.indices.sorted { names[$0] < names[$1] }
        let text = try run("match")
        #expect(text.output == "1\t" + order.map { shown[$0] }.joined(separator: ",") + "\n")
        let object = try run("match", "--json").object()
        #expect(object["rules"] as? [String] == order.map { names[$0] })
        let explained = try run("explain")
        #expect(explained.lines.count { $0.hasPrefix("event 1, ") } == names.count)
        #expect(shown.allSatisfy { explained.output.contains("event 1, \($0): matches\n") })
        let checked = try Tool.run("check", "--rules", file)
        #expect(checked.lines == shown.map { "\($0)\t{\"a\":[1]}" })
    }

    @Test("explain --json is an object a line")
    func explainJSON() throws {
        let object = try Tool.run(
            "explain", "--rules", rules, "--rule", "two", "--events", events, "--event", "1",
            "--json"
        ).object()
        #expect(object["matches"] as? Bool == false && object["rule"] as? String == "two")
        let branches = try #require(object["branches"] as? [[String: Any]])
        let fields = try #require(branches.first?["fields"] as? [[String: Any]])
        #expect(fields.first?["sentence"] as? String == "a is 1; the rule wants 2")
    }

    @Test("explain can't find a rule or a line that is not there")
    func explainNothing() throws {
        let rule = try Tool.run("explain", "--rules", rules, "--rule", "no", "--events", events)
        #expect(rule.errors == "error: there is no rule named \"no\"\n" && rule.exitCode == 2)
        let line = try Tool.run(
            "explain", "--pattern", #"{"a":[1]}"#, "--events", events, "--event", "9")
        #expect(line.errors == "error: \(events) has no event 9\n" && line.exitCode == 2)
    }

    @Test("conformance answers all committed cases right, with any kernel")
    func conformance() throws {
        let files = ConformanceFixture.allCases.map(\.path)
        let result = try Tool.run(["conformance", "--json"] + files)
        #expect(result.output == "{\"cases\":5174,\"wrong\":0}\n")
        #expect(result.exitCode == 0)
        let portable = try Tool.run("conformance", "--kernel", "portable", files[1])
        #expect(portable.output == "174 cases, 0 wrong\n")
    }

    @Test("conformance shows wrong answers and lines that are no cases, and exits with 1")
    func wrongAnswers() throws {
        let file = try folder.file(
            "cases",
            lines: [
                #"{"id":"good","match":true,"pattern":{"a":[1]},"event":{"a":1.0}}"#,
                #"{"id":"bad","match":true,"pattern":{"a":[1]},"event":{"a":2}}"#,
                #"{"id":"no case"}"#, "x",
            ])
        let result = try Tool.run("conformance", file)
        #expect(result.output.contains("\(file):2: bad: expected a match, got no match\n"))
        #expect(result.output.contains("\(file):3: not a conformance case\n"))
        #expect(result.output.contains("\(file):4: not a conformance case: "))
        #expect(result.output.hasSuffix("4 cases, 3 wrong\n"))
        #expect(result.exitCode == 1)
    }

    @Test(
        "a file that can't be read is named, and the exit code is 2",
        arguments: [
            ["match", "--rules", "RULES", "--events", "MISSING"],
            ["match", "--rules", "MISSING", "--events", "EVENTS"],
            ["match", "--rules", "RULES", "--events", "FOLDER"],
            ["explain", "--rules", "MISSING", "--events", "EVENTS"],
            ["check", "--rules", "MISSING"], ["conformance", "MISSING"],
            ["bench", "--events", "MISSING"], ["bench", "--rules", "FOLDER"],
            ["bench", "match", "--events", "MISSING"],
        ])
    func unreadable(arguments: [String]) throws {
        let places = [
            "RULES": rules, "EVENTS": events, "MISSING": folder.path("missing"),
            "FOLDER": folder.path,
        ]
        let result = try Tool.run(arguments.map { places[$0] ?? $0 })
        let isFolder = arguments.contains("FOLDER")
        #expect(
            result.errors == "error: can't read "
                + (isFolder
                    ? "\(folder.path): Is a directory\n"
                    : "\(folder.path("missing")): No such file or directory\n"))
        #expect(result.output.isEmpty && result.exitCode == 2)
    }

    @Test(
        "a wrong command line is explained, and the exit code is 64",
        arguments: [
            ["nonsense"], ["match"], ["match", "--rules", "r", "--events", "e", "--nope"],
            ["explain", "--events", "e"], ["check"], ["bench", "--passes", "0"],
            ["bench", "--workload", "nope"], ["bench", "--events", "0"],
            ["bench", "match", "--kernel", "nope"], ["bench", "archive", "--batch", "0"],
            ["bench", "--durability", "sometimes"], ["bench", "--segment-mebibytes", "0"],
            ["archive", "cat", "d", "--since", "yesterday"], ["archive", "replay", "d"],
        ])
    func wrongCommandLine(arguments: [String]) throws {
        let result = try Tool.run(arguments)
        #expect(result.exitCode == 64)
        #expect(result.errors.hasPrefix("Error: ") && result.errors.contains("--help"))
        #expect(result.output.isEmpty)
    }

    @Test(
        "a value below zero is read as a value, not taken for an option",
        arguments: [
            ["bench", "--seed", "-1"], ["archive", "cat", "d", "--limit", "-1"],
            ["archive", "compact", "d", "--keep-days", "-1"],
            ["archive", "compact", "d", "--keep-days", "0"],
            ["bench", "rings", "--batch", "-1"],
            ["dry-run", "r", "--archive", "d", "--first", "-1"],
        ])
    func negativeValues(arguments: [String]) throws {
        let result = try Tool.run(arguments)
        #expect(!result.errors.contains("Missing value"), "\(result.errors)")
        #expect(result.errors.contains("-1") || result.errors.contains("has to be"))
        #expect(result.exitCode != 0)
    }

    @Test(
        "a reader that goes away ends match and explain quietly", arguments: ["match", "explain"])
    func closedPipe(command: String) throws {
        let many = try folder.file("many", lines: Array(repeating: #"{"a":1}"#, count: 60_000))
        let script = #"{ "$0" "$1" --rules "$2" --events "$3"; echo "exit $?" >&2; } | head -n 1"#
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, Tool.path, command, rules, many]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.start()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: said, as: UTF8.self) == "exit 0\n")
    }

    @Test("--help documents the exit codes, --version gives a version")
    func help() throws {
        let help = try Tool.run("--help")
        #expect(help.exitCode == 0 && help.output.contains("EXIT CODES"))
        let version = try Tool.run("--version")
        #expect(version.exitCode == 0 && version.output.split(separator: ".").count == 3)
    }
}
