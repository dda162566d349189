import EventBridgeService
import InternalSystem
import TestSupport
import Testing

@Suite("Rules and targets of the service", .timeLimit(.minutes(2)))
struct RuleOperationTests {
    private let pattern = #""{\"source\": [\"shop\"]}""#

    @Test("a rule is described as it was put, and replaced as a whole")
    func replaced() async throws {
        let service = try Service()
        defer { try? service.close() }
        let put = try await service.call(
            "PutRule",
            #"{"Name":"r","EventPattern":\#(pattern),"Description":"d","RoleArn":"arn:aws:iam::111111111111:role/x","Tags":[{"Key":"k","Value":"v"}]}"#
        )
        #expect(put["RuleArn"] == "arn:aws:events:eu-west-1:111111111111:rule/r")
        var rule = try await service.call("DescribeRule", #"{"Name":"r"}"#)
        #expect(rule["EventPattern"] == #"{"source": ["shop"]}"#)
        #expect(rule["Description"] == "d")
        #expect(rule["RoleArn"] == "arn:aws:iam::111111111111:role/x")
        #expect(rule["CreatedBy"] == "111111111111")
        try await service.call(
            "PutRule", #"{"Name":"r","ScheduleExpression":"rate(1 hour)","State":"DISABLED"}"#)
        rule = try await service.call("DescribeRule", #"{"Name":"r"}"#)
        #expect(rule["EventPattern"] == nil)
        #expect(rule["Description"] == nil)
        #expect(rule["RoleArn"] == nil)
        #expect(rule["ScheduleExpression"] == "rate(1 hour)")
        #expect(rule["State"] == "DISABLED")
        let tags = try await service.call(
            "ListTagsForResource",
            #"{"ResourceARN":"arn:aws:events:eu-west-1:111111111111:rule/r"}"#)
        #expect(tags["Tags.0.Key"] == "k")
    }

    @Test("what can't be done is refused in the service's words")
    func refused() async throws {
        let service = try Service()
        defer { try? service.close() }
        #expect(
            await service.refusal("DescribeRule", #"{"Name":"r"}"#)
                == "ResourceNotFoundException: Rule r does not exist on EventBus default.")
        #expect(
            await service.refusal(
                "PutRule", #"{"Name":"r","EventBusName":"b","EventPattern":\#(pattern)}"#)
                == "ResourceNotFoundException: Event bus b does not exist.")
        #expect(
            await service.refusal("PutRule", #"{"Name":"r","ScheduleExpression":"rate(1 hours)"}"#)
                == "ValidationException: Parameter ScheduleExpression is not valid.")
        #expect(
            await service.refusal("PutRule", #"{"Name":"r","EventPattern":"{\"a\": 1}"}"#)
                .hasPrefix(
                    "InvalidEventPatternException: Event pattern is not valid. Reason: "
                        + "\"a\" must be an object or an array\n at [Source: (String)"))
        try await service.call("CreateEventBus", #"{"Name":"b"}"#)
        #expect(
            await service.refusal(
                "PutRule", #"{"Name":"r","EventBusName":"b","ScheduleExpression":"rate(1 hour)"}"#)
                == "ValidationException: ScheduleExpression is supported only on the default event bus."
        )
        try await service.call("PutRule", #"{"Name":"r","EventPattern":\#(pattern)}"#)
        try await service.call(
            "PutTargets", #"{"Rule":"r","Targets":[{"Id":"1","Arn":"discard:"}]}"#)
        #expect(
            await service.refusal("DeleteRule", #"{"Name":"r"}"#)
                == "ValidationException: Rule can't be deleted since it has targets.")
        // One that does not exist is no error.
        try await service.call("DeleteRule", #"{"Name":"none"}"#)
    }

    @Test("lists come in pages, and a token is good for its own list while it changes")
    func pages() async throws {
        let service = try Service()
        defer { try? service.close() }
        for name in ["a", "b", "c", "d", "e"] {
            try await service.call("PutRule", #"{"Name":"\#(name)","EventPattern":\#(pattern)}"#)
        }
        let first = try await service.call("ListRules", #"{"Limit":2}"#)
        #expect(first["Rules"] == "2 elements")
        let token = try #require(first["NextToken"])
        // What was given is removed, and one comes in between.
        try await service.call("DeleteRule", #"{"Name":"b"}"#)
        try await service.call("PutRule", #"{"Name":"ab","EventPattern":\#(pattern)}"#)
        let second = try await service.call("ListRules", #"{"Limit":2,"NextToken":"\#(token)"}"#)
        #expect(second["Rules.0.Name"] == "c")
        #expect(second["Rules.1.Name"] == "d")
        #expect(
            await service.refusal("ListEventBuses", #"{"NextToken":"\#(token)"}"#)
                == "ValidationException: Parameter NextToken is not valid.")
        #expect(
            await service.refusal("ListRules", #"{"NextToken":"nonsense"}"#)
                == "ValidationException: Parameter NextToken is not valid.")
    }

    @Test("a schedule fires on the service's clock, once each time")
    func schedule() async throws {
        let service = try Service()
        defer { try? service.close() }
        let lines = try await service.collect(#"{"source":["nobody"]}"#, rule: "tick")
        try await service.call(
            "PutRule", #"{"Name":"tick","ScheduleExpression":"rate(5 minutes)"}"#)
        service.clock.advance(by: 16 * 60 * 1_000_000_000)
        let events = await lines.wait(for: 3)
        #expect(events.count == 3)
        let event = try #require(events.first)
        #expect(event.contains(#""detail-type":"Scheduled Event""#))
        #expect(event.contains(#""account":"111111111111""#))
        #expect(
            event.contains(#""resources":["arn:aws:events:eu-west-1:111111111111:rule/tick"]"#))
    }
}
