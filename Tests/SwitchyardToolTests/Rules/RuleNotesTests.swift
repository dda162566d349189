import TestSupport
import Testing

/// What is not wrong with rules, but may not be meant, is said.
@Suite("Notes on rules", .onThreadsOfItsOwn)
struct RuleNotesTests {
    private let folder: TemporaryFolder
    private let events: String

    init() throws {
        folder = try TemporaryFolder()
        events = try folder.file("events.jsonl", lines: eventLines)
    }

    private let twice = #"{"a":[1],"b":{"c":[1]},"a":[2],"b":{"d":[3]}}"#
    private let notes = [
        "note: the pattern has \"a\" twice, and the later one counts at line 1, column 24",
        "note: the pattern has \"b\" twice, and both count together at line 1, column 32",
    ]

    @Test("a key that a pattern has twice is named by check and explain", arguments: [true, false])
    func repeatedKeys(isExplained: Bool) throws {
        let run = try Tool.run(
            isExplained
                ? ["explain", "--pattern", twice, "--events", events] : ["check", twice])
        #expect(run.errors.split(separator: "\n").map(String.init) == notes)
        #expect(run.exitCode == 0 && !run.output.isEmpty)
    }

    @Test("a member that a rule has twice is named, and the later one counts")
    func repeatedMembers() throws {
        let file = try folder.file(
            "rules.jsonl",
            lines: [#"{"name":"é","pattern":{"a":[1]},"name":"x","pattern":{"a":[2]}}"#])
        let run = try Tool.run("check", "--rules", file)
        #expect(run.output == "x\t{\"a\":[2]}\n" && run.exitCode == 0)
        #expect(
            run.errors == """
                note: \(file):1:33: rule "x" has "name" twice, and the later one counts
                note: \(file):1:44: rule "x" has "pattern" twice, and the later one counts
                1 valid rule, 0 invalid

                """)
    }

    @Test(
        "that a file is only a page of the rules is said, wherever it says so",
        arguments: [
            (#"{"Rules":[R],"NextToken":"t"}"#, 14), (#"{"NextToken":"t","Rules":[R]}"#, 2),
            (#"{"Rules":[R]}"#, nil), (#"{"Rules":[R],"NextToken":null}"#, nil),
        ] as [(String, Int?)])
    func pages(text: String, column: Int?) throws {
        let rule = #"{"Name":"x","EventPattern":"{\"a\":[1]}"}"#
        let file = try folder.file(
            "rules.json", Array(text.replacing("[R]", with: "[\n\(rule)\n]").utf8))
        let run = try Tool.run("match", "--rules", file, "--events", events)
        #expect(run.exitCode == 0, "\(run)")
        guard let column else {
            #expect(run.errors.isEmpty)
            return
        }
        // Behind the list it is on the line where that ends.
        let place = column == 2 ? "1:2" : "3:\(column - 11)"
        #expect(run.errors.hasPrefix("note: \(file):\(place): there is a NextToken: "), "\(run)")
    }

    @Test("a rule that is chosen and disabled is said to be so, even if there is no other")
    func disabled() throws {
        let file = try folder.file(
            "rules.jsonl", lines: [#"{"name":"off","state":"DISABLED","pattern":{"a":[1]}}"#])
        let run = try Tool.run("explain", "--rules", file, "--rule", "off", "--events", events)
        #expect(run.errors.contains("error: the rule \"off\" is DISABLED"), "\(run.errors)")
        #expect(run.exitCode == 2 && run.output.isEmpty)
        let other = try Tool.run("explain", "--rules", file, "--rule", "x", "--events", events)
        #expect(other.errors.contains("there is no rule named \"x\"") && other.exitCode == 2)
    }
}
