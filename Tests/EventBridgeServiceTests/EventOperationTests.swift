import AWSWire
import EventBridgeService
import Switchyard
import TestSupport
import Testing

@Suite("Events of the service", .timeLimit(.minutes(2)))
struct EventOperationTests {
    @Test(
        "an entry that is wrong fails alone, in the service's words",
        arguments: [
            (#"{"DetailType":"t","Detail":"{}"}"#, "InvalidArgument", "Source"),
            (#"{"Source":"s","Detail":"{}"}"#, "InvalidArgument", "DetailType"),
            (#"{"Source":"s","DetailType":"t"}"#, "InvalidArgument", "Detail"),
            (#"{"Source":"s","DetailType":"t","Detail":"[]"}"#, "MalformedDetail", "Detail"),
            (
                #"{"Source":"aws.s","DetailType":"t","Detail":"{}"}"#,
                "NotAuthorizedForSourceException", "source"
            ),
        ])
    func wrongEntry(entry: String, code: String, word: String) async throws {
        let service = try Service()
        defer { try? service.close() }
        let good = #"{"Source":"s","DetailType":"t","Detail":"{}"}"#
        let answer = try await service.call("PutEvents", #"{"Entries":[\#(entry),\#(good)]}"#)
        #expect(answer["FailedEntryCount"] == "1")
        #expect(answer["Entries.0.ErrorCode"] == code)
        #expect(answer["Entries.0.ErrorMessage"]?.contains(word) == true)
        #expect(answer["Entries.0.EventId"] == nil)
        #expect(answer["Entries.1.EventId"]?.count == 36)
    }

    @Test("a request that is too large is refused as a whole, and one byte less is taken")
    func tooLarge() async throws {
        let service = try Service()
        defer { try? service.close() }
        func entries(bytes: Int) -> String {
            // s, t and what the detail has besides are 10.
            let text = String(repeating: "x", count: bytes - 10)
            return
                #"{"Entries":[{"Source":"s","DetailType":"t","Detail":"{\"a\":\"\#(text)\"}"}]}"#
        }
        #expect(
            await service.refusal("PutEvents", entries(bytes: 1 << 20))
                == "ValidationException: Total size of the entries in the request is over the limit."
        )
        let answer = try await service.call("PutEvents", entries(bytes: 1 << 20 - 1))
        #expect(answer["FailedEntryCount"] == "0")
    }

    @Test("an event for a bus that does not exist is taken, and goes nowhere")
    func unknownBus() async throws {
        let service = try Service()
        defer { try? service.close() }
        let answer = try await service.call(
            "PutEvents",
            #"{"Entries":[{"Source":"s","DetailType":"t","Detail":"{}","EventBusName":"none"}]}"#)
        #expect(answer["Entries.0.EventId"] != nil)
        #expect(service.router.unroutedEntries == 1)
    }

    @Test("a pattern is tested with an event that has what the service wants of one")
    func testPattern() async throws {
        let service = try Service()
        defer { try? service.close() }
        let members =
            #"\"id\":\"1\",\"account\":\"1\",\"source\":\"shop\",\"time\":\"2026-11-30T00:00:00Z\",\"region\":\"r\",\"detail-type\":\"t\""#
        let pattern = #""EventPattern":"{\"source\":[\"shop\"]}""#
        var answer = try await service.call(
            "TestEventPattern", #"{\#(pattern),"Event":"{\#(members)}"}"#)
        #expect(answer["Result"] == "1")
        let other = members.replacing("shop", with: "mall")
        answer = try await service.call(
            "TestEventPattern", #"{\#(pattern),"Event":"{\#(other)}"}"#)
        #expect(answer["Result"] == "0")
        let poor = members.replacing(#"\"id\":\"1\","#, with: "")
        #expect(
            await service.refusal("TestEventPattern", #"{\#(pattern),"Event":"{\#(poor)}"}"#)
                == "ValidationException: Parameter Event is not valid.")
    }

    @Test("every operation of the model is built")
    func complete() throws {
        let service = try Service()
        defer { try? service.close() }
        #expect(service.wire.operations.count == 57)
        #expect(
            Set(service.wire.operations.keys)
                == Set(service.wire.model.operations.map(\.name)))
    }
}
