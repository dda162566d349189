import EventBridgeService
import InternalSystem
import Switchyard
import TestSupport
import Testing

@Suite("Buses of the service", .timeLimit(.minutes(2)))
struct BusOperationTests {
    private let entry = #"{"Source":"shop","DetailType":"order","Detail":"{\"n\":1}""#
    private func bus(_ name: String, of account: String = Service.account) -> String {
        "arn:aws:events:eu-west-1:\(account):event-bus/\(name)"
    }

    @Test("accounts and regions have buses of their own, of the same names")
    func scopes() async throws {
        let service = try Service()
        defer { try? service.close() }
        try await service.call("CreateEventBus", #"{"Name":"b"}"#)
        try await service.call("CreateEventBus", #"{"Name":"b"}"#, as: Service.other)
        try await service.call("CreateEventBus", #"{"Name":"b"}"#, in: "us-east-1")
        #expect(
            await service.refusal("CreateEventBus", #"{"Name":"b"}"#)
                == "ResourceAlreadyExistsException: Event bus b already exists.")
        let here = try await service.collect(#"{"source":["shop"]}"#, on: "b")
        let there = try await service.collect(
            #"{"source":["shop"]}"#, on: "b", as: Service.other)
        try await service.call("PutEvents", #"{"Entries":[\#(entry),"EventBusName":"b"}]}"#)
        let event = try await here.first()
        #expect(event.contains(#""account":"111111111111""#))
        #expect(there.all.isEmpty)
    }

    @Test("another account may use a bus only as its policy says")
    func policy() async throws {
        let service = try Service()
        defer { try? service.close() }
        try await service.call("CreateEventBus", #"{"Name":"b"}"#)
        let lines = try await service.collect(#"{"source":["shop"]}"#, on: "b")
        let put = #"{"Entries":[\#(entry),"EventBusName":"\#(bus("b"))"}]}"#
        var answer = try await service.call("PutEvents", put, as: Service.other)
        #expect(answer["FailedEntryCount"] == "1")
        #expect(answer["Entries.0.ErrorCode"] == "AccessDeniedException")
        try await service.call(
            "PutPermission",
            #"{"EventBusName":"b","Action":"events:PutEvents","Principal":"222222222222","StatementId":"let"}"#
        )
        answer = try await service.call("PutEvents", put, as: Service.other)
        #expect(answer["FailedEntryCount"] == "0")
        let event = try await lines.first()
        // The event stays its sender's.
        #expect(event.contains(#""account":"222222222222""#))
        let described = try await service.call("DescribeEventBus", #"{"Name":"b"}"#)
        #expect(
            described["Policy"]
                == #"{"Version":"2012-10-17","Statement":[{"Sid":"let","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"events:PutEvents","Resource":"\#(bus("b"))"}]}"#
        )
        try await service.call(
            "RemovePermission", #"{"EventBusName":"b","StatementId":"let"}"#)
        answer = try await service.call("PutEvents", put, as: Service.other)
        #expect(answer["FailedEntryCount"] == "1")
        #expect(
            await service.refusal(
                "RemovePermission", #"{"EventBusName":"b","StatementId":"let"}"#)
                == "ResourceNotFoundException: Statement with the provided id does not exist.")
    }

    @Test("a rule's event reaches another account's bus only as that one's policy says")
    func crossAccountTarget() async throws {
        let service = try Service()
        defer { try? service.close() }
        let lines = try await service.collect(#"{"source":["shop"]}"#, as: Service.other)
        try await service.call(
            "PutRule", #"{"Name":"send","EventPattern":"{\"source\": [\"shop\"]}"}"#)
        let target = #"{"Id":"1","Arn":"\#(bus("default", of: Service.other))"}"#
        try await service.call("PutTargets", #"{"Rule":"send","Targets":[\#(target)]}"#)
        try await service.call("PutEvents", #"{"Entries":[\#(entry)}]}"#)
        for _ in 0..<3_000 {
            guard try service.router.deadLetters().isEmpty else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let letter = try #require(try service.router.deadLetters().first)
        #expect(letter.code == .noPermissions)
        #expect(lines.all.isEmpty)
        try await service.call(
            "PutPermission",
            #"{"Action":"events:PutEvents","Principal":"*","StatementId":"all"}"#,
            as: Service.other)
        try await service.call("PutEvents", #"{"Entries":[\#(entry)}]}"#)
        let event = try await lines.first()
        #expect(event.contains(#""account":"111111111111""#))
    }

    @Test("an event that comes to another region is another event there")
    func crossRegionTarget() async throws {
        let service = try Service()
        defer { try? service.close() }
        let here = try await service.collect(#"{"source":["shop"]}"#)
        let abroad = try await service.collect(#"{"source":["shop"]}"#, in: "us-east-1")
        try await service.call(
            "PutRule", #"{"Name":"send","EventPattern":"{\"source\": [\"shop\"]}"}"#)
        let target =
            #"{"Id":"1","Arn":"arn:aws:events:us-east-1:111111111111:event-bus/default"}"#
        try await service.call("PutTargets", #"{"Rule":"send","Targets":[\#(target)]}"#)
        try await service.call("PutEvents", #"{"Entries":[\#(entry)}]}"#)
        let (one, other) = (try await here.first(), try await abroad.first())
        func withoutID(_ event: String) -> String {
            String(event.prefix(14) + event.dropFirst(14 + 7 + 36))
        }
        #expect(one != other)
        #expect(withoutID(one) == withoutID(other))
    }

    @Test("a partner's source is accepted with a bus of its name, and its events come in on that")
    func partner() async throws {
        let service = try Service()
        defer { try? service.close() }
        let name = "aws.partner/example.com/shop"
        let partner = Service.other
        try await service.call(
            "CreatePartnerEventSource", #"{"Name":"\#(name)","Account":"111111111111"}"#,
            as: partner)
        var source = try await service.call("DescribeEventSource", #"{"Name":"\#(name)"}"#)
        #expect(source["State"] == "PENDING")
        #expect(source["CreatedBy"] == "aws.partner/example.com")
        try await service.call(
            "CreateEventBus", #"{"Name":"\#(name)","EventSourceName":"\#(name)"}"#)
        source = try await service.call("DescribeEventSource", #"{"Name":"\#(name)"}"#)
        #expect(source["State"] == "ACTIVE")
        let lines = try await service.collect(
            #"{"detail-type":["order"]}"#, rule: "partner", on: name)
        let entries =
            #"{"Entries":[{"Source":"\#(name)","DetailType":"order","Detail":"{}"}]}"#
        let put = try await service.call("PutPartnerEvents", entries, as: partner)
        #expect(put["FailedEntryCount"] == "0")
        let event = try await lines.first()
        #expect(event.contains(#""source":"\#(name)""#))
        #expect(event.contains(#""account":"111111111111""#))
        // Nobody accepts one for longer than two weeks.
        try await service.call(
            "CreatePartnerEventSource",
            #"{"Name":"aws.partner/example.com/late","Account":"111111111111"}"#, as: partner)
        service.clock.advance(by: 15 * 86_400 * 1_000_000_000)
        #expect(
            await service.refusal(
                "DescribeEventSource", #"{"Name":"aws.partner/example.com/late"}"#
            ).hasPrefix("ResourceNotFoundException"))
    }
}
