import TestSupport
import Testing

@Suite("switchyard check", .onThreadsOfItsOwn)
struct CheckCommandTests {
    @Test("valid patterns are printed in their canonical form")
    func valid() throws {
        let result = try Tool.run("check", #"{ "a" : [ "\u0062" ] }"#, #"{"a":[1]}"#)
        #expect(result.output == "{\"a\":[\"b\"]}\n{\"a\":[1]}\n")
        #expect(result.errors.isEmpty && result.exitCode == 0)
    }

    @Test("an invalid pattern is shown with a mark below the place, and others are still checked")
    func invalid() throws {
        let result = try Tool.run("check", #"{"é": [{"prefix": 1}]}"#, #"{"a":[1]}"#)
        #expect(
            result.errors == """
                error: prefix match pattern must be a string at line 1, column 19
                  {"é": [{"prefix": 1}]}
                                    ^

                """)
        #expect(result.output == "{\"a\":[1]}\n" && result.exitCode == 1)
    }

    @Test("of several lines the one with the error is shown", arguments: ["\n", "\r\n"])
    func severalLines(newline: String) throws {
        let result = try Tool.run("check", ["{", #"  "a": 1"#, "}"].joined(separator: newline))
        #expect(
            result.errors == """
                error: "a" must be an object or an array at line 2, column 8
                    "a": 1
                         ^

                """)
        #expect(result.exitCode == 1)
    }

    @Test("a line too long to read is not shown")
    func longLine() throws {
        let key = String(repeating: "k", count: 300)
        let result = try Tool.run("check", "{\"\(key)\":1}")
        #expect(result.errors.split(separator: "\n").count == 1 && result.exitCode == 1)
    }

    @Test("- reads a pattern of several lines, blank ones counted", arguments: ["\n", "\r\n"])
    func standardInput(newline: String) throws {
        let lines = ["", "", "{", "", #"  "a": [1],"#, #"  "b": {}"#, "}"]
        let result = try Tool.run("check", "-", input: lines.joined(separator: newline))
        #expect(
            result.errors == """
                error: Empty objects are not allowed at line 6, column 8
                    "b": {}
                         ^

                """)
        let valid = try Tool.run("check", "-", input: "\n{\"a\":\n\n[1]}\n")
        #expect(valid.output == "{\"a\":[1]}\n" && valid.exitCode == 0)
    }

    @Test("with --json each pattern is an object")
    func json() throws {
        let valid = try Tool.run("check", "--json", #"{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}"#)
        let object = try valid.object()
        #expect(object["valid"] as? Bool == true)
        #expect(object["branches"] as? Int == 2 && object["paths"] as? Int == 3)
        #expect(object["canonical"] as? String == #"{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}"#)
        let invalid = try Tool.run("check", "--json", #"{"a":[{}]}"#)
        #expect(
            invalid.output
                == #"{"column":7,"error":"Match expression name not found","line":1,"valid":false}"#
                + "\n")
        #expect(valid.exitCode == 0 && invalid.exitCode == 1 && invalid.errors.isEmpty)
    }

    @Test("with --json there is an object for each line of a rules file")
    func rulesFileJSON() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("mixed", lines: ruleLines + [#"{"name":"x","pattern":{}}"#])
        let result = try Tool.run("check", "--rules", file, "--json")
        #expect(result.lines.count == 4 && result.exitCode == 1)
        #expect(
            result.lines[3]
                == #"{"column":23,"error":"rule \"x\": Empty objects are not allowed","#
                + #""line":4,"valid":false}"#)
    }

    @Test("a rules file is checked line by line")
    func rulesFile() throws {
        let folder = try TemporaryFolder()
        let good = try folder.file("good", lines: ruleLines)
        let result = try Tool.run("check", "--rules", good)
        #expect(result.errors == "3 valid rules, 0 invalid\n" && result.exitCode == 0)
        #expect(result.lines.count == 3 && result.lines[0].contains("\t{"))
        let bad = try folder.file("bad", lines: ruleLines + [#"{"name":"x","pattern":{}}"#])
        let broken = try Tool.run("check", "--rules", bad)
        #expect(
            broken.errors == """
                error: \(bad):4:23: rule "x": Empty objects are not allowed
                3 valid rules, 1 invalid

                """)
        #expect(broken.exitCode == 1)
    }

    @Test("a pattern of too many branches is invalid")
    func tooManyBranches() throws {
        let or = "\"$or\":[" + (0..<40).map { "{\"a\":[\($0)]}" }.joined(separator: ",") + "]"
        let result = try Tool.run("check", "{\(or),\"b\":{\(or)}}")
        #expect(result.errors.contains("$or expands to 1600 branches; the limit is 1000"))
        #expect(result.exitCode == 1)
    }

    @Test("what a pattern is not is said: what comes after it, a file, a mark before it")
    func notes() throws {
        let rest = try Tool.run("check", #"{"a":[1]} {"b":[2]} "#)
        #expect(rest.output == "{\"a\":[1]}\n" && rest.exitCode == 0)
        #expect(rest.errors == "note: what comes after the pattern is ignored: {\"b\":[2]}\n")
        #expect(try Tool.run("check", #"{"a":[1]} "#).errors.isEmpty)
        let folder = try TemporaryFolder()
        let file = try folder.file("rules.jsonl", lines: ruleLines)
        let named = try Tool.run("check", file)
        #expect(named.errors.contains("--rules \(file)") && named.exitCode == 1)
        let marked = try Tool.run("check", "-", input: "\u{FEFF}{\"a\":[1]}")
        #expect(marked.output == "{\"a\":[1]}\n" && marked.exitCode == 0)
        let empty = try Tool.run("check", "--rules", try folder.file("empty", []))
        #expect(empty.errors.hasSuffix("has no rules\n") && empty.exitCode == 2)
    }
}
