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

    @Test("what aws events list-rules prints is read as it is")
    func readsListRules() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "rules.json",
            Array(
                #"""
                {
                    "Rules": [
                        {
                            "Name": "stopped",
                            "Arn": "arn:aws:events:eu-west-1:111122223333:rule/stopped",
                            "EventPattern": "{\"source\":[\"aws.ec2\"],\"detail\":{\"state\":[\"st\u00f6p\"]}}",
                            "State": "ENABLED",
                            "EventBusName": "default"
                        },
                        {
                            "Name": "off",
                            "EventPattern": "{\"source\":[\"aws.s3\"]}",
                            "State": "DISABLED"
                        },
                        {
                            "Name": "hourly",
                            "ScheduleExpression": "rate(1 hour)",
                            "State": "ENABLED"
                        },
                        {
                            "Name": "both",
                            "EventPattern": "{\"source\":[\"aws.s3\"]}",
                            "ScheduleExpression": "cron(0 9 ? * MON-SUN *)",
                            "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
                        }
                    ],
                    "NextToken": "more"
                }
                """#.utf8))
        let file = try RulesFile(path: path)
        #expect(file.problems.isEmpty, "\(file.problems)")
        #expect(file.rules.map(\.name) == ["stopped", "both"])
        #expect(
            file.rules.map(\.pattern.canonicalJSON)
                == [
                    #"{"source":["aws.ec2"],"detail":{"state":["stöp"]}}"#,
                    #"{"source":["aws.s3"]}"#,
                ])
        #expect(
            file.notes.map(\.description) == [
                "\(path):10:9: rule \"off\" is DISABLED, and left out",
                "\(path):15:9: rule \"hourly\" has a schedule and no pattern: no event matches it",
                "\(path):20:9: rule \"both\" has a schedule too: here its pattern alone counts",
                "\(path):27:5: there is a NextToken: this is one page of rules, and others are missing",
            ])
    }

    @Test(
        "what of a rule may not be meant gets a word, and what can't be is an error with its place")
    func notesAndProblems() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "rules.jsonl",
            lines: [
                #"{"name":"off","pattern":{"a":[1]},"state":"DISABLED"}"#,
                #"{"name":"asleep","pattern":{"a":[1]},"State":"disabled"}"#,
                #"{"name":"text","pattern":"{\"a\":[1]}"}"#,
                #"{"name":"wrong","pattern":"{\"\u00e9\":[{\"foo\":1}]}"}"#,
                #"{"name":"none","pattern":"a"}"#,
                #"{"name":"twice","pattern":{"a":[1],"b":[1],"a":[2]}}"#,
                #"{"name":"apart","pattern":"{\"d\":{\"a\":[1]},\"d\":{\"b\":[1]}}"}"#,
                #"{"name":"late","pattern":{"a":[1]},"schedule":"rate(1 hours)"}"#,
                #"{"name":"number","schedule":5}"#,
                #"{"name":"list","pattern":{"a":[1]},"targets":{"Id":"x"}}"#,
                #"{"name":"off","pattern":{"a":[1]}}"#,
            ])
        let file = try RulesFile(path: path)
        #expect(file.rules.map(\.name) == ["text", "twice", "apart"])
        #expect(file.targets.count == file.rules.count)
        #expect(
            file.notes.map(\.description) == [
                "\(path):1:1: rule \"off\" is DISABLED, and left out",
                "\(path):6:44: rule \"twice\": the pattern has \"a\" twice, and the later one counts",
                "\(path):7:47: rule \"apart\": the pattern has \"d\" twice, and both count together",
            ])
        #expect(
            file.problems.map(\.description) == [
                "\(path):2:46: rule \"asleep\": the state is ENABLED, DISABLED or "
                    + "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
                "\(path):4:41: rule \"wrong\": Unrecognized match type foo",
                "\(path):5:27: rule \"none\": \(notAnObject)",
                "\(path):8:47: rule \"late\": Parameter ScheduleExpression is not valid. Reason: with "
                    + "1, the unit is \"hour\" (\"rate(1 hours)\", column 8)",
                "\(path):9:29: rule \"number\": a schedule is a string",
                "\(path):10:46: rule \"list\": the targets are a list of objects",
                "\(path):11:1: another rule is named \"off\"",
            ])
    }

    private var notAnObject: String {
        (try? Rule(name: "x", pattern: "a")) == nil ? "Filter is not an object" : ""
    }

    @Test("a file that is not there is an error that names it")
    func reportsMissingFile() {
        #expect(throws: (any Error).self) { try RulesFile(path: "no/such/file") }
    }
}
