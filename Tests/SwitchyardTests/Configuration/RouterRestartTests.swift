import EventEnvelope
import EventInput
import Foundation
import InternalSystem
import Switchyard
import TestSupport
import Testing

/// Lines of a file, as far as they are there.
private func lines(_ path: String) -> [String] {
    let text = FileManager.default.contents(atPath: path).map {
        String(decoding: $0, as: UTF8.self)
    }
    return (text ?? "").split(separator: "\n").map(String.init)
}

@Suite("A router opened again on its directory")
struct RouterRestartTests {
    @Test("has its buses, rules, files and buses as targets, and delivers without a line of code")
    func isThereAgain() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lines"
        let first = try Router(configuration(folder))
        try first.createBus("audit")
        try first.createBus("aws.partner/shop/orders", kind: .partner)
        try first.putRules([
            RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#),
            RoutingRule(name: "few", pattern: #"{"n":[1,2]}"#),
        ])
        try first.putRule(
            RoutingRule(name: "in", pattern: #"{"n":[{"exists":true}]}"#), on: "audit")
        try first.setRule("few", isEnabled: false)
        try first.putTargets([.bus("audit", named: "audit")], of: "all")
        try first.putTargets(
            [.file("file", input: .path(InputPath("$.n")), path: path)], of: "in", on: "audit")
        try await first.publishAndConfirm(event(0))
        await wait { lines(path).count == 1 }
        try first.close()

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems == [])
        #expect(second.buses.map(\.name) == ["audit", "aws.partner/shop/orders", "default"])
        #expect(second.buses.map(\.kind) == [.custom, .partner, .default])
        #expect(try second.rules().map(\.rule.name) == ["all", "few"])
        #expect(try second.rules().map(\.rule.isEnabled) == [true, false])
        #expect(try second.targets(of: "in", on: "audit").map(\.arn) == ["file://\(path)"])
        try await second.publishAndConfirm(event(1))
        await wait { lines(path).count == 2 }
        try second.setRule("few", isEnabled: true)
        try second.putTargets([.file("t", path: path)], of: "few")
        try second.removeTargets(["audit"], of: "all")
        try second.removeRule("all")
        try second.close()
        #expect(lines(path) == ["0", "1"])

        let third = try Router(configuration(folder))
        #expect(try third.rules().map(\.rule.name) == ["few"])
        try await third.publishAndConfirm(event(2))
        await wait { lines(path).count == 3 }
        #expect(lines(path).last == event(2))
        try third.removeBus("audit")
        try third.close()
        let fourth = try Router(configuration(folder))
        #expect(fourth.buses.map(\.name) == ["aws.partner/shop/orders", "default"])
        try fourth.close()
    }

    @Test("keeps what is meant for a closure until the program puts it again")
    func awaitsClosures() async throws {
        let folder = try TemporaryFolder()
        let inbox = Inbox()
        let first = try makeRouter(folder)
        try first.putTargets([.closure("mine") { inbox.take($0.text) }], of: "all")
        try await first.publishAndConfirm(event(0))
        await inbox.wait(for: 1)
        try first.close()

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems == [])
        #expect(try second.targets(of: "all").map(\.arn) == ["closure:"])
        try await second.publishAndConfirm(event(1))
        #expect(throws: RouterError.self) { try second.removeRule("all") }
        try second.close()
        #expect(inbox.count == 1)

        let third = try Router(configuration(folder))
        try third.putTargets([.closure("mine") { inbox.take($0.text) }], of: "all")
        await inbox.wait(for: 2)
        #expect(inbox.texts == [event(0), event(1)])
        // Nobody will put it again.
        try third.removeTargets(["mine"], of: "all")
        try third.close()
        let fourth = try Router(configuration(folder))
        #expect(try fourth.targets(of: "all").isEmpty)
        try fourth.removeRule("all")
        try fourth.close()
    }

    @Test("goes on counting the rate of a schedule, and fires once for the time that it was away")
    func schedulesGoOn() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lines"
        let hour: UInt64 = 3_600_000_000_000
        let clock = ManualClock()
        func open() throws -> Router {
            var configuration = configuration(folder)
            configuration.clock = clock
            configuration.watermarkInterval = .seconds(86_400)
            return try Router(configuration)
        }
        let first = try open()
        try first.putRule(
            RoutingRule(name: "three", schedule: try ScheduleExpression("rate(3 hours)")))
        try first.putTargets(
            [.file("t", input: .path(InputPath("$.time")), path: path)], of: "three")
        clock.advance(by: 2 * hour)
        try first.close()
        let second = try open()
        clock.advance(by: hour)
        await wait { lines(path).count == 1 }
        #expect(lines(path) == [#""2026-01-01T03:00:00Z""#])
        try second.close()
    }

    @Test("refuses a configuration that is damaged, and leaves it as it was")
    func refusesDamage() throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        for number in 0..<20 { try first.createBus("bus-\(number)") }
        try first.close()
        let path = folder.path + "/router/configuration"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: RouterError.self) { try Router(configuration(folder)) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test("says which targets it can't deliver to, keeps them, and delivers to the others")
    func tellsProblems() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lines"
        let store = MemoryConfigurationStore()
        var configuration = configuration(folder)
        configuration.store = store
        let scope = ResourceScope(account: configuration.account, region: configuration.region)
        let rule = RuleID("all", of: BusID(in: scope))
        var batch = ConfigurationBatch()
        try batch.put(.bus(rule.bus), StoredBus(.default))
        try batch.put(
            .rule(rule),
            StoredRule(try RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)))
        let queue = "arn:aws:sqs:eu-west-1:111122223333:orders"
        try batch.put(
            .target(rule, id: "queue"),
            StoredTarget(TargetDefinition(id: "queue", try TargetDestination(queue)), order: 1))
        try batch.put(
            .target(rule, id: "file"),
            StoredTarget(TargetDefinition(id: "file", .file(path: path)), order: 2))
        try store.apply(batch)
        let router = try Router(configuration)
        #expect(router.configurationProblems.count == 1)
        #expect(router.configurationProblems.first?.contains(queue) == true)
        #expect(Set(try router.targets(of: "all").map(\.id)) == ["queue", "file"])
        try await router.publishAndConfirm(event(0))
        await wait { lines(path).count == 1 }
        #expect(throws: RouterError.self) {
            try router.putTargets(
                [TargetDefinition(id: "other", try TargetDestination(queue))], of: "all")
        }
        try router.close()
        #expect(try store.entry(RouterKey.target(rule, id: "queue").key()) != nil)
    }

    @Test("buses of other accounts and regions are buses beside one's own, by their resource names")
    func otherAccounts() async throws {
        let folder = try TemporaryFolder()
        let arn = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
        let path = folder.path + "/lines"
        let first = try Router(configuration(folder))
        try first.createBus(arn)
        try first.putRule(
            RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: arn)
        try first.putTargets([.file("t", path: path)], of: "all", on: arn)
        try await first.publishAndConfirm(event(7), to: arn)
        try await first.publishAndConfirm(event(8))
        await wait { lines(path).count == 1 }
        try first.close()
        let second = try Router(configuration(folder))
        #expect(second.buses.map(\.name) == [arn, "default"])
        try await second.publishAndConfirm(event(9), to: arn)
        await wait { lines(path).count == 2 }
        #expect(lines(path) == [event(7), event(9)])
        #expect(throws: RouterError.self) { try second.removeBus(arn) }
        try second.close()
    }
}
