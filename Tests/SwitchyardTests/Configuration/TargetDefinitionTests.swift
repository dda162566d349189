import JSONScan
import Switchyard
import TestSupport
import Testing

private func definition(_ json: String) throws(DefinitionError) -> TargetDefinition {
    try TargetDefinition(json: Array(json.utf8))
}

@Suite struct TargetDefinitionTests {
    @Test(
        "a definition is written as it was read, with EventBridge's names, and reads again to an equal one",
        arguments: [
            #"{"Id":"a","Arn":"log:"}"#,
            #"{"Id":"a","Arn":"arn:aws:sqs:eu-west-1:111122223333:q","Input":"{\"a\":1}"}"#,
            #"{"Id":"a","Arn":"discard:","InputPath":"$.detail.items[0]"}"#,
            #"{"Id":"a","Arn":"file:///var/log/x.jsonl","InputTransformer":{"InputPathsMap":{"i":"$.detail.id","s":"$.detail.state"},"InputTemplate":"{\"id\": <i>, \"s\": \"<s>\"}"}}"#,
            #"{"Id":"a","Arn":"log:","InputTransformer":{"InputTemplate":"\"<aws.events.rule-name>\""}}"#,
            #"{"Id":"a","Arn":"log:","RetryPolicy":{"MaximumRetryAttempts":3,"MaximumEventAgeInSeconds":60,"FirstDelayInSeconds":0.25,"MaximumDelayInSeconds":1.000000000000000001}}"#,
            #"{"Id":"a","Arn":"log:","RetryPolicy":{}}"#,
            #"{"Id":"a","Arn":"log:","DeadLetterConfig":{"Arn":"arn:aws:sqs:eu-west-1:111122223333:dead"}}"#,
            #"{"Id":"a","Arn":"arn:aws:ecs:eu-west-1:1:cluster/c","RoleArn":"arn:aws:iam::1:role/r","EcsParameters":{"TaskCount": 2, "Tags": [ ]},"SqsParameters":{"MessageGroupId":"g"}}"#,
            #"{"Id":"a","Arn":"closure:"}"#, #"{"Id":"a","Arn":"bus:audit"}"#,
            #"{"Id":"é\"","Arn":"process:///usr/bin/wc?arg=-w&arg=a%20b"}"#,
        ])
    func losesNothing(json: String) throws {
        let read = try definition(json)
        #expect(String(decoding: read.json, as: UTF8.self) == json)
        #expect(try TargetDefinition(json: read.json) == read)
    }

    @Test("what programs say in code is written and read, also a constant that is no JSON")
    func writesCode() throws {
        for text in ["plain <text>", "1,2", "", "{\"a\":1}} ", "{}", "\"quoted\""] {
            let written = TargetDefinition(
                id: "t", .log, input: .constant(text), retry: RetrySettings(.never))
            let read = try TargetDefinition(json: written.json)
            #expect(read == written)
            #expect(read.retryPolicy == .never)
            let isJSON = text.hasPrefix("\"") || text == "{}"
            let json = String(decoding: written.json, as: UTF8.self)
            #expect(json.contains("\"Input\":") == isJSON && json.contains("InputText") == !isJSON)
        }
    }

    @Test("retry settings are those of the policy, and what is not said is as by default")
    func retries() throws {
        let policy = RetryPolicy(
            maximumAge: .milliseconds(1_500), maximumRetries: .max, firstDelay: .nanoseconds(1),
            maximumDelay: .zero)
        #expect(RetrySettings(policy).policy == policy)
        let written = TargetDefinition(id: "t", .discard, retry: RetrySettings(policy))
        #expect(try TargetDefinition(json: written.json).retryPolicy == policy)
        #expect(RetrySettings(RetryPolicy()) == RetrySettings())
        let some = try definition(
            #"{"Id":"a","Arn":"log:","RetryPolicy":{"MaximumRetryAttempts":7}}"#)
        #expect(some.retryPolicy == RetryPolicy(maximumRetries: 7))
        #expect(try definition(#"{"Id":"a","Arn":"log:"}"#).retryPolicy == RetryPolicy())
    }

    @Test(
        "what is wrong with a definition is told, and where",
        arguments: [
            (#"[]"#, .json(.notAnObject), 0), (#"{"Id":"a","Arn":"log:"}x"#, .excess, 23),
            (#"{"Arn":"log:"}"#, .missing(member: "Id"), 0),
            (#"{"Id":"a"}"#, .missing(member: "Arn"), 0),
            (#"{"Id":7,"Arn":"log:"}"#, .wrongKind(member: "Id", expected: "a string"), 6),
            (#"{"Id":"a","Id":"b","Arn":"log:"}"#, .repeated(member: "Id"), 10),
            (#"{"Id":"a","Arn":"log:","InputPaht":"$"}"#, .unknown(member: "InputPaht"), 23),
            (
                #"{"Id":"a","Arn":"log:","Input":"1","InputPath":"$"}"#,
                .input(.severalInputs(target: "a")), 47
            ),
            (
                #"{"Id":"a","Arn":"log:","Input":"1","InputText":"$"}"#,
                .input(.severalInputs(target: "a")), 47
            ),
            (
                #"{"Id":"a","Arn":"log:","InputPath":"x"}"#,
                .input(.invalidPath("x", offset: 0, reason: "a path begins with \"$\"")), 35
            ),
            (
                #"{"Id":"a","Arn":"log:","RetryPolicy":{"MaximumRetryAttempts":-1}}"#,
                .wrongKind(
                    member: "MaximumRetryAttempts", expected: "a whole number from 0 to \(Int.max)"),
                61
            ),
            (
                #"{"Id":"a","Arn":"log:","RetryPolicy":{"FirstDelayInSeconds":1e3}}"#,
                .wrongKind(
                    member: "FirstDelayInSeconds",
                    expected: "a number of seconds, 0 or more, without exponent"), 60
            ),
            (
                #"{"Id":"a","Arn":"log:","RetryPolicy":{"Attempts":1}}"#,
                .unknown(member: "Attempts"), 38
            ),
            (
                #"{"Id":"a","Arn":"log:","DeadLetterConfig":"x"}"#,
                .wrongKind(member: "DeadLetterConfig", expected: "an object"), 42
            ),
        ] as [(String, DefinitionError.Reason, Int)])
    func refuses(json: String, reason: DefinitionError.Reason, offset: Int) {
        let error = #expect(throws: DefinitionError.self) { try definition(json) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }
}

@Suite struct TargetDestinationTests {
    private static let bus = BusID(account: "111122223333", region: "eu-west-1", name: "audit")

    @Test(
        "an ARN or URL is read, and written as it was",
        arguments: [
            ("file:///var/log/x.jsonl", .file(path: "/var/log/x.jsonl")),
            ("file:x%20%25.jsonl", .file(path: "x %.jsonl")),
            ("process:///usr/bin/wc", .process(executable: "/usr/bin/wc", arguments: [])),
            (
                "process:///usr/bin/sed?arg=-e&arg=s/a%26b/%3F/&arg=",
                .process(executable: "/usr/bin/sed", arguments: ["-e", "s/a&b/?/", ""])
            ),
            ("bus:audit", .localBus(name: "audit")),
            ("bus:aws.partner/shop/1", .localBus(name: "aws.partner/shop/1")),
            (bus.arn, .bus(bus)), ("log:", .log), ("discard:", .discard), ("closure:", .closure),
            ("https://example.com/hook?x=1", .other("https://example.com/hook?x=1")),
            ("arn:aws:sqs:eu-west-1:1:q", .other("arn:aws:sqs:eu-west-1:1:q")),
            (
                "arn:aws:events:eu-west-1:1:api-destination/d/6a7e",
                .other("arn:aws:events:eu-west-1:1:api-destination/d/6a7e")
            ),
        ] as [(String, TargetDestination)])
    func reads(text: String, expected: TargetDestination) throws {
        #expect(try TargetDestination(text) == expected)
        #expect(expected.arn == text)
    }

    @Test("any path and any arguments read again to themselves")
    func readsAgain() throws {
        for text in [
            "/a b", "/é/ü", "//x", "/a?b#c&d", "relative", "/100%", "/%41", "/a\nb", "~/x",
        ] {
            let file = TargetDestination.file(path: text)
            #expect(try TargetDestination(file.arn) == file)
            let process = TargetDestination.process(executable: text, arguments: [text, "", "="])
            #expect(try TargetDestination(process.arn) == process)
        }
    }

    @Test("the text of a definition stays as it was written, although it could be shorter")
    func keepsText() throws {
        let json = #"{"Id":"a","Arn":"file:/var/%6Cog"}"#
        let read = try TargetDefinition(json: Array(json.utf8))
        #expect(read.destination == .file(path: "/var/log"))
        #expect(String(decoding: read.json, as: UTF8.self) == json)
    }

    @Test(
        "what is no ARN and no URL is refused",
        arguments: [
            "", "orders", "/var/log/x", "1:x", "file:", "file://", "file://host/x", "file:///a?b",
            "file:///a%", "file:///a%zz", "file:///a%00", "file:///a%FF", "process:///a?x=1",
            "process:///a?arg", "process:?arg=1", "bus:", "bus:a b", "log:x", "discard:/",
            "closure:1", "arn:aws", "arn:aws:events:eu-west-1:1:event-bus/",
            "arn:aws:events:cn-north-1:1:event-bus/b",
        ])
    func refuses(text: String) {
        #expect(throws: InvalidDestination.self) { try TargetDestination(text) }
    }
}
