import AWSWire
import Dispatch
import EventEnvelope
import EventPipeline
import EventRouting
import Foundation
import Switchyard
import Synchronization
import TestSupport
import Testing

@testable import EventBridgeService

/// An intake on a thread of its own.
private final class Intake: @unchecked Sendable {
    // Unchecked: the intake is only touched on the queue.
    private let intake: PutEventsIntake
    private let queue: DispatchQueue

    init(_ service: Service) {
        let queue = DispatchQueue(label: "intake")
        self.queue = queue
        intake = PutEventsIntake(service.bridge) { work in queue.async(execute: work) }
    }

    /// Puts a request; nil if it is for the other way.
    func put(
        _ body: String, as account: String = Service.account
    ) async -> Result<Answer, ServiceError>? {
        await withCheckedContinuation { continuation in
            if !begin(body, as: account, { continuation.resume(returning: $0) }) {
                continuation.resume(returning: nil)
            }
        }
    }

    /// The same without waiting; false if it is for the other way.
    func begin(
        _ body: String, as account: String = Service.account,
        _ done: @escaping @Sendable (Result<Answer, ServiceError>) -> Void
    ) -> Bool {
        queue.sync {
            Array(body.utf8).withUnsafeBytes { bytes in
                intake.put(bytes, from: ResourceScope(account: account, region: Service.region)) {
                    done($0.map { Answer(json: String(decoding: $0, as: UTF8.self)) })
                }
            }
        } != nil
    }

    /// The answer to a request that is not for the other way.
    func answer(_ body: String) async throws -> Answer {
        try #require(await put(body), "it was left to the other way").get()
    }
}

private func request(_ entries: [String: Any]...) throws -> String {
    String(
        decoding: try JSONSerialization.data(
            withJSONObject: ["Entries": entries], options: .withoutEscapingSlashes), as: UTF8.self)
}

private func entry(_ detail: String, _ more: [String: Any] = [:]) -> [String: Any] {
    ["Source": "shop", "DetailType": "order", "Detail": detail].merging(more) { $1 }
}

@Suite("PutEvents at speed", .onThreadsOfItsOwn)
struct PutEventsIntakeTests {
    @Test("events are the same as by the other way, but for their ids")
    func sameEvents() async throws {
        let service = try Service()
        let lines = try await service.collect(#"{"source":["shop"]}"#)
        let intake = Intake(service)
        var random = SeededGenerator(stream: 510)
        let parts = [
            "x", "\"", "\\", "\n", "\t", "/", "é", "€", "\u{1F689}", "{", "}", " ", "\u{7F}", "ab",
        ]
        func text(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in
                parts.randomElement(using: &random) ?? ""
            }.joined()
        }
        var count = 0
        for _ in 0..<60 {
            let detail = try JSONSerialization.data(withJSONObject: [text(6): text(40), "n": [1]])
            var members: [String: Any] = [:]
            if Bool.random(using: &random) { members["Time"] = Int.random(in: 0...2_000_000_000) }
            if Bool.random(using: &random) { members["Resources"] = ["one", "two é"] }
            if Bool.random(using: &random) { members["EventBusName"] = "default" }
            if Bool.random(using: &random) { members["TraceHeader"] = "Root=1" }
            let body = try request(
                entry(String(decoding: detail, as: UTF8.self), members), entry("{} \t"))
            let quick = try await intake.answer(body)
            let slow = try await service.call("PutEvents", body)
            #expect(quick["FailedEntryCount"] == "0" && slow["FailedEntryCount"] == "0")
            count += 4
            let all = await lines.wait(for: count).suffix(4)
            for (position, pair) in zip(all.prefix(2), all.suffix(2)).enumerated() {
                let one = try #require(quick["Entries.\(position).EventId"])
                let other = try #require(slow["Entries.\(position).EventId"])
                #expect(UUID(uuidString: one) != nil && one != other)
                #expect(pair.0.contains(#""id":"\#(one)""#))
                #expect(pair.0.replacing(one, with: other) == pair.1)
            }
        }
        try service.close()
    }

    @Test(
        "a detail that is no object, or goes beyond one, is malformed, and the others are put",
        arguments: [
            "{", "{}}", "{} {}", #"{},"x":{}"#, #"{},"x":{"a":1"#, #"{"a":}"#, "{}]", "{},",
            #"{}, "detail":{}"#,
        ])
    func malformedDetail(detail: String) async throws {
        let service = try Service()
        let lines = try await service.collect(#"{"source":["shop"]}"#)
        let intake = Intake(service)
        let answer = try await intake.answer(
            try request(entry(#"{"n":1}"#), entry(detail), entry(#"{"n":2}"#)))
        #expect(answer["FailedEntryCount"] == "1")
        #expect(answer["Entries.1.ErrorCode"] == "MalformedDetail")
        #expect(answer["Entries.1.ErrorMessage"] == "Detail is malformed.")
        let arrived = await lines.wait(for: 2)
        #expect(arrived.count == 2)
        for (line, id) in zip(arrived, ["Entries.0.EventId", "Entries.2.EventId"]) {
            #expect(line.contains(try #require(answer[id])))
        }
        try service.close()
    }

    @Test("whatever is not ordinary is left to the other way, with nothing done")
    func leavesTheRest() async throws {
        let service = try Service()
        let lines = try await service.collect(#"{"source":["shop", "aws.x", "esc\"aped"]}"#)
        try await service.call("CreateEventBus", #"{"Name":"guarded"}"#)
        try await service.call(
            "PutPermission",
            #"{"EventBusName":"guarded","StatementId":"a","Action":"events:PutEvents","Principal":"*"}"#
        )
        let intake = Intake(service)
        let good = entry("{}")
        let others: [[String: Any]] = [
            entry("{}", ["Source": "aws.x"]), entry("{}", ["Source": ""]),
            entry("{}", ["Source": #"esc"aped"#]), entry("{}", ["Source": 1]),
            entry("{}", ["EventBusName": "nowhere"]), entry("{}", ["EventBusName": "guarded"]),
            entry(
                "{}", ["EventBusName": "arn:aws:events:eu-west-1:222222222222:event-bus/default"]),
            entry("{}", ["Time": 1.5]), entry("{}", ["Time": "2026-01-01T00:00:00Z"]),
            entry("{}", ["Time": -1]), entry("{}", ["Unknown": 1]),
            entry("{}", ["Resources": "one"]), entry("{}", ["Resources": [1]]),
            entry("{}", ["Resources": [String(repeating: "r", count: 2_049)]]),
            entry("[]"), entry("1"), entry(" {}"), entry(""),
            ["Source": "shop", "DetailType": "order"], ["Source": "shop", "Detail": "{}"],
        ]
        for other in others {
            #expect(await intake.put(try request(good, other)) == nil, "\(other)")
        }
        let large = entry("{\"a\":\"\(String(repeating: "x", count: 120_000))\"}")
        for body in [
            "", "{", "[]", "{}", #"{"Entries":[]}"#, #"{"Entries":{}}"#, #"{"Entries":[1]}"#,
            try request(good) + "x",
            #"{"Entries":[{"Source":"shop","DetailType":"a","Detail":"{}","Detail":"{}"}]}"#,
            #"{"Entries":[{"Source":"shop","DetailType":"a","Detail":"{\"a\":\"\ud800\"}"}]}"#,
            #"{"Entries":[{"Source":"shop","DetailType":"a","Detail":"{}"}],"EndpointId":"a.b"}"#,
            try request(good, good, good, good, good, good, good, good, good, good, good),
            try request(large, large, large, large, large, large, large, large, large),
        ] {
            #expect(await intake.put(body) == nil, "\(body.prefix(200))")
        }
        _ = try await intake.answer(try request(good))
        _ = await lines.wait(for: 1)
        try service.close()
        #expect(lines.all.count == 1)
    }

    @Test("a bus that is deleted, made anew, or gets a policy is looked up again")
    func looksAgain() async throws {
        let service = try Service()
        let intake = Intake(service)
        let body = try request(entry("{}", ["EventBusName": "orders"]))
        #expect(await intake.put(body) == nil)
        for _ in 0..<3 {
            try await service.call("CreateEventBus", #"{"Name":"orders"}"#)
            _ = try await intake.answer(body)
            try await service.call("DeleteEventBus", #"{"Name":"orders"}"#)
            #expect(await intake.put(body) == nil)
        }
        try await service.call("CreateEventBus", #"{"Name":"orders"}"#)
        let lines = try await service.collect(#"{"source":["shop"]}"#, on: "orders")
        _ = try await intake.answer(body)
        _ = await lines.wait(for: 1)
        try await service.call(
            "PutPermission",
            #"{"EventBusName":"orders","StatementId":"a","Action":"events:PutEvents","Principal":"*"}"#
        )
        #expect(await intake.put(body) == nil)
        try service.close()
    }

    @Test("events go to several buses at once, each named in its own way")
    func severalBuses() async throws {
        let service = try Service()
        try await service.call("CreateEventBus", #"{"Name":"orders"}"#)
        let lines = try await service.collect(#"{"source":["shop"]}"#, rule: "a")
        let orders = try await service.collect(#"{"source":["shop"]}"#, rule: "b", on: "orders")
        let intake = Intake(service)
        let answer = try await intake.answer(
            try request(
                entry(#"{"n":1}"#), entry(#"{"n":2}"#, ["EventBusName": "orders"]),
                entry(
                    #"{"n":3}"#,
                    ["EventBusName": "arn:aws:events:eu-west-1:111111111111:event-bus/orders"])))
        #expect(answer["FailedEntryCount"] == "0")
        #expect(await lines.wait(for: 1).map { $0.contains(#""n":1"#) } == [true])
        #expect(await orders.wait(for: 2).count == 2)
        try service.close()
    }

    @Test("where events count as taken when they are on the disk, none is acknowledged before")
    func answersWhenDurable() async throws {
        let service = try Service(durability: .batch)
        let bus = "arn:aws:events:eu-west-1:111111111111:event-bus/default"
        _ = try await service.collect(#"{"source":["shop"]}"#)
        let intake = Intake(service)
        let body = try request(entry(#"{"n":1}"#), entry(#"{"n":2}"#))
        for number in 1...50 {
            let answer = try await intake.answer(body)
            #expect(answer["FailedEntryCount"] == "0")
            #expect(try service.router.statistics(bus: bus).durable ?? 0 >= UInt64(2 * number))
        }
        try service.close()
    }

    @Test("there is no answer before the events are archived, and no room is told as throttling")
    func answersWhenArchived() async throws {
        let service = try Service()
        let lines = try await service.collect(#"{"source":["shop"]}"#)
        let intake = Intake(service)
        let body = try request(entry("{\"a\":\"\(String(repeating: "x", count: 20_000))\"}"))
        _ = try await intake.answer(body)
        let handle = try #require(
            service.router.handle(
                of: "default", in: ResourceScope(account: Service.account, region: Service.region)))
        // Nothing moves on the lane until it may.
        let may = DispatchSemaphore(value: 0)
        handle.port.stage.dispatchQueue.async { may.wait() }
        let outcomes = Outcomes()
        var begun = 0
        while outcomes.throttled == 0, begun < 1_000 {
            #expect(intake.begin(body) { outcomes.add($0) })
            begun += 1
        }
        #expect(outcomes.throttled == 1)
        #expect(outcomes.accepted == 0, "an answer came before its event was archived")
        may.signal()
        for _ in 0..<3_000 where outcomes.accepted < begun - 1 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(outcomes.accepted == begun - 1)
        #expect(await lines.wait(for: begun).count == begun)
        _ = try await intake.answer(body)
        try service.close()
        #expect(lines.all.count == begun + 1)
    }
}

/// What became of requests.
private final class Outcomes: Sendable {
    private let counts = Atomic<Int>(0)
    private let refusals = Atomic<Int>(0)

    var accepted: Int { counts.load(ordering: .acquiring) }
    var throttled: Int { refusals.load(ordering: .acquiring) }

    func add(_ result: Result<Answer, ServiceError>) {
        switch result {
        case .success: counts.wrappingAdd(1, ordering: .releasing)
        case .failure(let error):
            #expect(error.code == "ThrottlingException")
            refusals.wrappingAdd(1, ordering: .releasing)
        }
    }
}
