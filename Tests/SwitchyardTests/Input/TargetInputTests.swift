import JSONScan
import Switchyard
import TestSupport
import Testing

private let event = #"""
    {"version":"0","id":"6a7e8feb","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","account":"111122223333","time":"2017-12-22T18:43:48Z","region":"us-west-1","resources":["arn:aws:ec2:us-west-1:123456789012:instance/i-1"],"detail":{"instance-id":"i-0123","state":"RUNNING","n":3.50,"on":true,"none":null,"quote":"a\"b","parts":[{"name":"x","k":1},{"name":"y"}],"states":["ACTIVE","INACTIVE"],"ids":{"acc_id":"0a78","sf_id":"baz"}}}
    """#

private let context = InputContext(
    ruleARN: "arn:aws:events:us-west-1:1:rule/r", ruleName: "r",
    ingestionTime: EventTime(1_500_000_000_000_000_000))

private func written(_ input: TargetInput, _ event: String = event) throws -> String {
    var scanner = StructuralScanner()
    var output: [UInt8] = []
    let text = Array(event.utf8)
    try text.withUnsafeBytes { try input.write(scanner.scan($0), context, to: &output) }
    return String(decoding: output, as: UTF8.self)
}

private func filled(
    _ template: String, _ paths: [String: String] = [:], _ event: String = event
) throws -> String {
    try written(.transformer(InputTransformer(paths: paths, template: template)), event)
}

private let paths = [
    "id": "$.detail.instance-id", "state": "$.detail.state", "n": "$.detail.n",
    "on": "$.detail.on", "none": "$.detail.none", "quote": "$.detail.quote",
    "parts": "$.detail.parts", "states": "$.detail.states", "ids": "$.detail.ids",
    "missing": "$.detail.nothing", "names": "$.detail.parts[*].name",
]

@Suite struct TargetInputTests {
    @Test("the whole event and a constant are passed on as they are")
    func passesOn() throws {
        #expect(try written(.event) == event)
        #expect(try written(.constant("any <text>")) == "any <text>")
    }

    @Test(
        "an input path gives the value as JSON",
        arguments: [
            ("$", nil), ("$.source", #""aws.ec2""#), ("$.detail.state", #""RUNNING""#),
            ("$.detail.n", "3.50"), ("$.detail.on", "true"), ("$.detail.none", "null"),
            ("$.detail.quote", #""a\"b""#), ("$.detail.parts[1]", #"{"name":"y"}"#),
            ("$.detail.parts[0].k", "1"), ("$.detail.parts[*].name", #"["x","y"]"#),
            ("$.detail.parts[*].k", "[1]"), ("$.detail.nothing[*]", "[]"),
            ("$.detail.states.*", #"["ACTIVE","INACTIVE"]"#),
            ("$.detail-type", #""EC2 Instance State-change Notification""#),
        ] as [(String, String?)])
    func followsPaths(path: String, expected: String?) throws {
        #expect(try written(.path(InputPath(path))) == expected ?? event)
    }

    @Test("a key that the event escapes is found, and of a repeated member the last counts")
    func readsKeysExactly() throws {
        #expect(try written(.path(InputPath("$.ab")), #"{"\u0061b":1}"#) == "1")
        #expect(try written(.path(InputPath("$.a.b")), #"{"a":{"b":1},"a":{"b":2}}"#) == "2")
        #expect(try written(.path(InputPath("$.é")), #"{"e\u0301":1,"é":2}"#) == "2")
    }

    @Test(
        "an input path that leads nowhere is a failure that says so",
        arguments: ["$.nothing", "$.source.more", "$.detail.parts[2]", "$.detail[0]"])
    func reportsMissingPath(path: String) throws {
        #expect(throws: InputFailure.pathNotFound(path)) {
            try written(.path(InputPath(path)))
        }
    }

    @Test(
        "a path that is none is refused with the place",
        arguments: [
            ("", 0), ("detail", 0), ("$detail", 1), ("$.", 2), ("$..a", 2), ("$.a[", 3),
            ("$.a[x]", 3), ("$.a[-1]", 3), ("$.a[]", 3), ("$.a[0]b", 6),
            ("$[99999999999999999999]", 1),
        ])
    func refusesPaths(path: String, offset: Int) throws {
        do throws(TargetInputError) {
            _ = try InputPath(path)
            Issue.record("\(path) was taken")
        } catch {
            guard case .invalidPath(path, offset, _) = error else {
                Issue.record("\(path): \(error)")
                return
            }
        }
    }

    @Test(
        "placeholders of a JSON template outside of quotes become JSON values",
        arguments: [
            (#"{"a": <id>}"#, #"{"a": "i-0123"}"#), (#"{"a":<n>}"#, #"{"a":3.50}"#),
            (#"{"a":<on>,"b":<none>}"#, #"{"a":true,"b":null}"#),
            (#"{"a":<quote>}"#, #"{"a":"a\"b"}"#), (#"{"a":<missing>}"#, #"{"a":""}"#),
            (#"{"a":<states>}"#, #"{"a":["ACTIVE","INACTIVE"]}"#),
            (#"{"a":<names>}"#, #"{"a":["x","y"]}"#),
            (#"{"a":<ids>}"#, #"{"a":{"acc_id":"0a78","sf_id":"baz"}}"#),
            (#"{"a": {"b": [<state>]}}"#, #"{"a": {"b": ["RUNNING"]}}"#),
            ("[<n>, <n>]", "[3.50, 3.50]"), ("<n>", "3.50"),
        ])
    func fillsJSON(template: String, expected: String) throws {
        #expect(try filled(template, paths) == expected)
    }

    @Test(
        "placeholders of a JSON template inside quotes become plain text",
        arguments: [
            (#"{"a":"<id> is <state>!"}"#, #"{"a":"i-0123 is RUNNING!"}"#),
            (#"{"a":"n=<n>, on=<on>"}"#, #"{"a":"n=3.50, on=true"}"#),
            (#"{"a":"<missing>."}"#, #"{"a":"."}"#), (#"{"a":"<quote>"}"#, #"{"a":"a\"b"}"#),
            (#"{"a":"\"<id>\"<state>"}"#, #"{"a":"\"i-0123\"RUNNING"}"#),
            (#"{"a":"<state>: 1 < 2 <a b>"}"#, #"{"a":"RUNNING: 1 < 2 <a b>"}"#),
        ])
    func fillsQuotes(template: String, expected: String) throws {
        #expect(try filled(template, paths) == expected)
    }

    @Test(
        "an object or a list inside quotes is no JSON: a failure, not silence",
        arguments: [#"{"a":"<ids>"}"#, #"{"a":"<states>"}"#, #"{"a":"<aws.events.event>"}"#])
    func failsInsideQuotes(template: String) throws {
        do {
            let text = try filled(template, paths)
            Issue.record("\(text) was delivered")
        } catch let failure as InputFailure {
            guard case .notJSON(_, let text) = failure else {
                Issue.record("\(failure)")
                return
            }
            #expect(text.hasPrefix(#"{"a":""#))
        }
    }

    @Test(
        "a text keeps its quotes, and values lose theirs",
        arguments: [
            (#""<id> is in state <state>""#, #""i-0123 is in state RUNNING""#),
            (#""<ids>""#, #""{acc_id:0a78,sf_id:baz}""#), (#""<states>""#, #""[ACTIVE,INACTIVE]""#),
            (#""<on> <n> <none> <missing>.""#, #""true 3.50 null .""#),
            (#""<parts>""#, #""[{name:x,k:1},{name:y}]""#),
            ("\"one <n>\"\n\"two <on>\"", "\"one 3.50\"\n\"two true\""),
        ])
    func fillsText(template: String, expected: String) throws {
        #expect(try filled(template, paths) == expected)
    }

    @Test("reserved names give the rule, the time and the event")
    func knowsReservedNames() throws {
        #expect(
            try filled(#"{"a":<aws.events.rule-arn>,"b":"<aws.events.rule-name>"}"#)
                == #"{"a":"arn:aws:events:us-west-1:1:rule/r","b":"r"}"#)
        #expect(
            try filled(#"{"t":<aws.events.event.ingestion-time>}"#)
                == #"{"t":"2017-07-14T02:40:00Z"}"#)
        #expect(try filled(#"{"e":<aws.events.event.json>}"#) == #"{"e":\#(event)}"#)
        let small = #"{"detail-type":"T","source":"s","detail":{"a":1},"x":[1]}"#
        #expect(
            try filled(#"{"e":<aws.events.event>}"#, [:], small)
                == #"{"e":{"detailType":"T","source":"s","x":[1]}}"#)
        #expect(
            try filled(#""<aws.events.event>""#, [:], small)
                == #""{detailType:T,source:s,x:[1]}""#)
    }

    @Test("a member of a transformer that EventBridge does not know is named, not passed over")
    func refusesUnknownMembers() throws {
        let text = Array(
            #"{"InputTransformer":{"InputTemplate":"{}","InputPathMap":{"a":"$"}}}"#.utf8)
        var scanner = StructuralScanner()
        text.withUnsafeBytes { bytes in
            let error = #expect(throws: TargetInputError.self) {
                try TargetInput(JSONValue(try scanner.scan(bytes)), target: "T1")
            }
            #expect(
                error?.description
                    == "target T1 has InputTransformer.InputPathMap, which EventBridge "
                    + "does not know")
        }
    }

    @Test("what a template can't be is refused when it is made")
    func refusesTemplates() throws {
        func error(_ template: String, _ paths: [String: String] = [:]) -> TargetInputError? {
            do throws(TargetInputError) {
                _ = try InputTransformer(paths: paths, template: template, target: "T1")
                return nil
            } catch { return error }
        }
        #expect(
            error(#"{"a":<b>}"#)?.description
                == "InputTemplate for target T1 contains invalid placeholder b.")
        #expect(error(#"{"a":<aws.events.unknown>}"#) != nil)
        #expect(error(#"{"a":<b>}"#, ["b": "nowhere"]) != nil)
        for name in ["AWS.thing", "aws.events.mine", "aws."] {
            guard case .invalidName(name, _)? = error("{}", [name: "$"]) else {
                Issue.record("\(name) was taken")
                continue
            }
        }
        for name in ["awsRegion", "AWSAccount", "aws", "aws-region"] {
            #expect(error("{\"a\": <\(name)>}", [name: "$.region"]) == nil, "\(name)")
        }
        #expect(error("{}", ["a b": "$"]) != nil)
        for broken in [#"{"a":}"#, "plain words", #"{"a":1,}"#, "", "{} {}", #"{"a":1"#, "1,2"] {
            guard case .invalidTemplate? = error(broken) else {
                Issue.record("\(broken): \(error(broken).map { "\($0)" } ?? "taken")")
                continue
            }
        }
        #expect(error(#""not closed"#) != nil)
        #expect(error("\"" + String(repeating: "é", count: 8_190) + "\"") == nil)
        #expect(error("\"" + String(repeating: "é", count: 8_191) + "\"") != nil)
        func names(_ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("n\($0)", "$") })
        }
        #expect(error("{}", names(100)) == nil)
        #expect(error("{}", names(101)) != nil)
    }

    @Test(
        "what is wrong with a template is said with the place in the text as it was written",
        arguments: [
            (#"{"a": <state> <state>}"#, "a ',' or '}' was expected (column 15)"),
            (#"{"é": "<state><state>", "b": }"#, "a value was expected (column 30)"),
            (
                "{\"a\": <state>,\n \"b\": \"<n>\" 1}",
                "a ',' or '}' was expected (line 2, column 13)"
            ),
            (#"{"a": <state>} <n>"#, "there is more after the value (column 16)"),
            (#"{"a": <state>"#, "the text ends inside the object (column 14)"),
            ("[<n>, <n> <n>]", "a ',' or ']' was expected (column 11)"),
            ("", "it is empty (column 1)"),
            (#""<state> is"#, "a quote is not closed (column 12)"),
            (
                "<id> is in state <state>",
                "a text needs double quotes around it, and what begins without them is JSON (column 1)"
            ),
            (
                "The state is <state>",
                "a text needs double quotes around it, and what begins without them is JSON (column 1)"
            ),
            (#"{<state>: 1}"#, "a placeholder can't be a key, or a part of one (column 2)"),
            (#"{"<state>": 1}"#, "a placeholder can't be a key, or a part of one (column 3)"),
            (
                #"{"a": [{"n": <n>, "is-<state>": 1}]}"#,
                "a placeholder can't be a key, or a part of one (column 23)"
            ),
        ])
    func placesErrors(template: String, expected: String) {
        let error = #expect(throws: TargetInputError.self) {
            try InputTransformer(paths: paths, template: template, target: "T1")
        }
        #expect(error?.description == "InputTemplate can't be used: " + expected)
    }

    @Test(
        "an input that PutTargets refuses is refused with a word of what is wrong",
        arguments: [
            (#"{"Input":"plain words"}"#, "Input of target T1 has to be JSON, as a text in quotes"),
            (#"{"Input":"{\"a\": }"}"#, "is: a value was expected (column 7)"),
            (#"{"Input":"{} {}"}"#, "is: there is more after the value (column 4)"),
            (#"{"Input":""}"#, "is: the text is empty"), (#"{"Input":{}}"#, "has to be a string"),
            (
                #"{"InputTransformer":{"InputPathsMap":["$"],"InputTemplate":"1"}}"#,
                "InputPathsMap of target T1 has to be an object"
            ),
            (
                #"{"InputTransformer":{"InputPathsMap":"{}","InputTemplate":"1"}}"#,
                "InputPathsMap of target T1 has to be an object"
            ),
            (#"{"InputTransformer":"{}"}"#, "InputTransformer of target T1 has to be an object"),
            (#"{"InputTransformer":{}}"#, "InputTemplate of target T1 has to be a string"),
        ])
    func refusesInputs(target: String, expected: String) throws {
        let error = #expect(throws: TargetInputError.self) { try input(target) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "taken")")
    }

    @Test(
        "an input of any JSON is taken",
        arguments: [#""a text""#, "{}", " [1, {}] ", "-1.5e3", "true", "null"])
    func takesInputs(text: String) throws {
        let quoted = text.replacing("\"", with: "\\\"")
        #expect(try input("{\"Input\":\"\(quoted)\"}") == .constant(text))
    }

    private func input(_ target: String) throws -> TargetInput {
        var scanner = StructuralScanner()
        return try Array(target.utf8).withUnsafeBytes {
            try TargetInput(JSONValue(try scanner.scan($0)), target: "T1")
        }
    }
}
