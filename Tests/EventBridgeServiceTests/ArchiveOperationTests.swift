import EventEnvelope
import EventReplay
import InternalSystem
import Switchyard
import TestSupport
import Testing

@testable import EventBridgeService

@Suite("Archives, replays and connections of the service", .timeLimit(.minutes(2)))
struct ArchiveOperationTests {
    private let bus = "arn:aws:events:eu-west-1:111111111111:event-bus/default"
    private let archive = "arn:aws:events:eu-west-1:111111111111:archive/orders"

    private func put(_ count: Int, _ service: Service) async throws {
        for number in 0..<count {
            try await service.call(
                "PutEvents",
                #"{"Entries":[{"Source":"shop","DetailType":"order","Detail":"{\"n\":\#(number)}"}]}"#
            )
        }
    }

    private func waitForArchive(_ count: Int, _ service: Service) async throws {
        var seen: String?
        for _ in 0..<3_000 {
            seen = try await service.call("DescribeArchive", #"{"ArchiveName":"orders"}"#)[
                "EventCount"]
            if seen == "\(count)" { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the archive has \(seen ?? "nothing"), not \(count)")
    }

    private func start(_ name: String, filters: String = "") -> String {
        #"{"ReplayName":"\#(name)","EventSourceArn":"\#(archive)","EventStartTime":0,"#
            + #""EventEndTime":4102444800,"Destination":{"Arn":"\#(bus)"\#(filters)}}"#
    }

    @Test("an archive counts as the service does, and replays what it has to chosen rules")
    func replay() async throws {
        let service = try Service()
        defer { try? service.close() }
        try await service.call(
            "CreateArchive", #"{"ArchiveName":"orders","EventSourceArn":"\#(bus)"}"#)
        try await put(3, service)
        try await waitForArchive(3, service)
        let described = try await service.call("DescribeArchive", #"{"ArchiveName":"orders"}"#)
        // Source, type, detail, and 20 for the time.
        #expect(described["SizeBytes"] == "\(3 * (4 + 5 + 7 + 20))")
        let chosen = try await service.collect(#"{"source":["shop"]}"#, rule: "chosen")
        let others = try await service.collect(#"{"source":["shop"]}"#, rule: "others")
        let filter = #","FilterArns":["arn:aws:events:eu-west-1:111111111111:rule/chosen"]"#
        let started = try await service.call("StartReplay", start("again", filters: filter))
        #expect(started["State"] == "STARTING")
        let events = await chosen.wait(for: 3)
        #expect(events.allSatisfy { $0.contains(#""replay-name":"again""#) })
        #expect(others.all.isEmpty)
        for _ in 0..<3_000 {
            let state = try await service.call("DescribeReplay", #"{"ReplayName":"again"}"#)
            if state["State"] == "COMPLETED", state["ReplayEndTime"] != nil { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(
            await service.refusal("StartReplay", start("again"))
                == "ResourceAlreadyExistsException: Replay again already exists.")
        #expect(
            await service.refusal("CancelReplay", #"{"ReplayName":"again"}"#)
                .hasPrefix("IllegalStatusException"))
        // After 90 days the name is free again.
        service.clock.advance(by: 91 * 86_400 * 1_000_000_000)
        try await service.call("StartReplay", start("again"))
    }

    @Test("ten replays can be under way, and no more")
    func tooMany() async throws {
        let service = try Service()
        defer { try? service.close() }
        try await service.call(
            "CreateArchive", #"{"ArchiveName":"orders","EventSourceArn":"\#(bus)"}"#)
        try await put(1, service)
        service.clock.advance(by: 60 * 1_000_000_000)
        try await put(1, service)
        try await waitForArchive(2, service)
        // Replays at the pace of the events wait for the second one as long as the clock stands.
        for number in 0..<10 {
            try service.router.startReplay(
                ReplayRequest(
                    name: "slow\(number)", ofArchive: archive, to: bus, pace: .original))
        }
        #expect(
            await service.refusal("StartReplay", start("eleventh"))
                == "LimitExceededException: The requested resource exceeds the maximum number allowed."
        )
        #expect(
            await service.refusal("DescribeReplay", #"{"ReplayName":"eleventh"}"#)
                == "ResourceNotFoundException: Replay eleventh does not exist.")
    }

    @Test("what was made is there again after a restart")
    func restart() async throws {
        var service = try Service()
        try await service.call(
            "CreateArchive", #"{"ArchiveName":"orders","EventSourceArn":"\#(bus)"}"#)
        try await put(2, service)
        try await waitForArchive(2, service)
        try await service.call(
            "CreateConnection",
            #"{"Name":"c","AuthorizationType":"API_KEY","AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"n","ApiKeyValue":"hidden"}}}"#
        )
        try await service.call(
            "PutPermission",
            #"{"Action":"events:PutEvents","Principal":"*","StatementId":"all"}"#)
        let connection = try await service.call("DescribeConnection", #"{"Name":"c"}"#)
        #expect(!connection.json.contains("hidden"))
        #expect(connection["AuthParameters.ApiKeyAuthParameters.ApiKeyName"] == "n")
        let kept = String(
            decoding: readFile(service.folder.path("configuration")) ?? [], as: UTF8.self)
        #expect(kept.contains("connection") && !kept.contains("hidden"))
        let before = try await service.call("DescribeArchive", #"{"ArchiveName":"orders"}"#)
        try service.close()
        service = try Service(after: service)
        defer { try? service.close() }
        #expect(
            try await service.call("DescribeConnection", #"{"Name":"c"}"#)["ConnectionArn"]
                == connection["ConnectionArn"])
        #expect(
            try await service.call("DescribeArchive", #"{"ArchiveName":"orders"}"#)["EventCount"]
                == before["EventCount"])
        let answer = try await service.call(
            "PutEvents",
            #"{"Entries":[{"Source":"shop","DetailType":"order","Detail":"{}","EventBusName":"\#(bus)"}]}"#,
            as: Service.other)
        #expect(answer["FailedEntryCount"] == "0")
    }

    @Test("a replay that was under way when the process ended begins anew")
    func resumes() async throws {
        var service = try Service()
        try await service.call(
            "CreateArchive", #"{"ArchiveName":"orders","EventSourceArn":"\#(bus)"}"#)
        try await put(2, service)
        try await waitForArchive(2, service)
        let lines = try await service.collect(#"{"replay-name":[{"exists":true}]}"#)
        try service.close()
        let store = try FileConfigurationStore(directory: service.folder.path)
        let scope = ResourceScope(account: Service.account, region: Service.region)
        let underWay = StoredReplay(
            archiveARN: archive, destinationARN: bus, eventStart: 0,
            eventEnd: 4_102_444_800_000_000_000, started: service.clock.wallTime, state: "RUNNING")
        try ResourceBook<StoredReplay>(in: store).put(underWay, "cut", in: scope)
        store.close()
        service = try Service(after: service)
        defer { try? service.close() }
        let events = await lines.wait(for: 2)
        #expect(events.allSatisfy { $0.contains(#""replay-name":"cut""#) })
        var state: String?
        for _ in 0..<3_000 where state != "COMPLETED" {
            state = try await service.call("DescribeReplay", #"{"ReplayName":"cut"}"#)["State"]
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(state == "COMPLETED")
    }
}
