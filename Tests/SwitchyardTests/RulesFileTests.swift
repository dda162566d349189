import EventMatching
import Switchyard
import TestSupport
import Testing

@Suite struct RulesFileTests {
    @Test("broken lines are reported with line and column, and the others are read")
    func reportsBrokenLines() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rules.jsonl"
        try folder.write(
            """
            {"name":"good","pattern":{"a":[1]}}

            {"name":"é","pattern":{"a":[{"foo":1}]}}
            {"name":"cut
            {"pattern":{"a":[1]}}
            {"name":"none"}
            {"name":"good","pattern":{"a":[2]}}
            {"name":"last","pattern":{"b":[{"prefix":"x"}]},"note":"kept"}
            """, to: "rules.jsonl")
        let file = try RulesFile(path: path)
        #expect(file.rules.map(\.name) == ["good", "last"])
        #expect(
            file.problems.map(\.description) == [
                "\(path):3:29: rule \"é\": Unrecognized match type foo",
                "\(path):4:9: the string is not closed",
                "\(path):5:1: a rule needs a \"name\", a string",
                "\(path):6:1: rule \"none\" has no \"pattern\"",
                "\(path):7:1: another rule is named \"good\"",
            ])
    }

    @Test("a file that is not there is an error that names it")
    func reportsMissingFile() {
        #expect(throws: (any Error).self) { try RulesFile(path: "no/such/file") }
    }
}
