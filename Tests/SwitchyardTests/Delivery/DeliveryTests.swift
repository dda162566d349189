import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct DeliveryTests {
    @Test("what a target refuses is tried again until it takes it")
    func retries() async throws {
        let router = try makeRouter()
        let (inbox, attempts) = (Inbox(), Inbox())
        try router.putTargets(
            [
                .closure("t", retry: eager) {
                    attempts.take("\($0.attempt)")
                    if $0.attempt < 4 { throw Refusal() }
                    inbox.take($0.text)
                }
            ], of: "all")
        for number in 0..<100 { try router.publish(event(number)) }
        await inbox.wait(for: 100)
        let statistics = try router.statistics(target: "t", of: "all")
        try router.close()
        #expect(Set(inbox.texts) == Set((0..<100).map(event)) && inbox.count == 100)
        #expect(statistics.failedAttempts == 300 && statistics.retries == 300)
        #expect(attempts.count == 400)
    }

    @Test("what is given up becomes a dead letter with code, reason, attempts and event")
    func writesDeadLetters() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let policy = RetryPolicy(maximumRetries: 2, firstDelay: .zero)
        try router.putTargets(
            [
                .closure("broken", retry: policy) { _ in throw Refusal() },
                .closure("gone", retry: policy) { _ in
                    throw DeliveryError(.noResource, "no such thing")
                },
                .task("slow", retry: .never, timeout: .milliseconds(20)) { _ in
                    try await Task.sleep(for: .seconds(60))
                },
            ], of: "all")
        try router.publish(event(7))
        try await wait { try router.deadLetters().count == 3 }
        let letters = try router.deadLetters().sorted { $0.target < $1.target }
        #expect(letters.map(\.target) == ["broken", "gone", "slow"])
        #expect(letters.map(\.code) == [.errorFromTarget, .noResource, .timeout])
        #expect(letters.map(\.attempts) == [3, 1, 1])
        #expect(letters.map(\.condition) == [.maximumRetryAttempts, nil, .maximumRetryAttempts])
        #expect(letters[1].message == "no such thing" && letters[0].message.contains("Refusal"))
        #expect(letters.allSatisfy { String(decoding: $0.event, as: UTF8.self) == event(7) })
        #expect(letters.allSatisfy { $0.rule == "all" && $0.bus == "default" && $0.sequence == 0 })
        #expect(letters[0].ruleARN == "arn:aws:events:local:000000000000:rule/all")
        #expect(try router.statistics(target: "broken", of: "all").deadLettered == 1)
        try router.close()
    }

    @Test("dead letters can be sent again, once; what fails again is a dead letter again")
    func redrives() async throws {
        let folder = try TemporaryFolder()
        let (inbox, works) = (Inbox(), Switch(false))
        do {
            let router = try makeRouter(folder)
            try router.putTargets(
                [
                    .closure("t", retry: .never) {
                        if !works.isOn { throw Refusal() }
                        inbox.take($0.text)
                    }
                ], of: "all")
            for number in 0..<10 { try router.publish(event(number)) }
            try await wait { try router.deadLetters().count == 10 }
            #expect(try await router.redriveDeadLetters(limit: 4) == .init(failed: 4))
            // Four new ones are behind the six that were not sent again.
            #expect(try router.deadLetters().count == 10)
            works.isOn = true
            #expect(try await router.redriveDeadLetters() == .init(delivered: 10))
            #expect(try router.deadLetters().isEmpty)
            #expect(Set(inbox.texts) == Set((0..<10).map(event)) && inbox.count == 10)
            try router.close()
        }
        // What was sent again stays sent again.
        let again = try makeRouter(folder)
        #expect(try again.deadLetters().isEmpty)
        try again.close()
    }

    @Test("a letter whose target is gone stays a dead letter")
    func keepsOrphans() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.putTargets([.closure("t", retry: .never) { _ in throw Refusal() }], of: "all")
        try router.publish(event(1))
        try await wait { try router.deadLetters().count == 1 }
        try router.removeTargets(["t"], of: "all")
        #expect(try await router.redriveDeadLetters() == .init(orphaned: 1))
        #expect(try router.deadLetters().map(\.target) == ["t"])
        try router.close()
    }

    @Test("a target that hangs holds up neither the others nor the bus nor the end")
    func isolatesHangingTargets() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) { $0.targetQueueEvents = 64 }
        let inbox = Inbox()
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        try router.putTargets(
            [
                .closure("hangs") { _ in gate.wait() },
                .closure("works") { inbox.take($0.text) },
            ], of: "all")
        for number in 0..<5_000 { try router.publish(event(number)) }
        await inbox.wait(for: 5_000)
        let remainder = try router.close(within: .milliseconds(300))
        #expect(remainder.stuckTargets == ["default/all/hangs"])
        #expect(inbox.texts.count == 5_000)
    }

    @Test("a target that falls behind gets everything from the archive, in bounded memory")
    func catchesUp() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.targetQueueEvents = 64
            $0.pendingEventsMax = 16
        }
        let (inbox, works) = (Inbox(), Switch(false))
        try router.putTargets(
            [
                .closure("t", retry: eager) {
                    if !works.isOn { throw Refusal() }
                    inbox.take($0.text)
                }
            ], of: "all")
        let publisher = try router.makePublisher()
        for number in 0..<20_000 { try publisher.publish(Array(event(number).utf8).span.bytes) }
        publisher.close()
        try await Task.sleep(for: .milliseconds(100))
        let dead = try router.statistics(target: "t", of: "all")
        #expect(dead.pending <= 16 + 4 * 64 && dead.fellBehind >= 1 && dead.delivered == 0)
        works.isOn = true
        await inbox.wait(for: 20_000)
        // And it is offered events again.
        try await wait {
            try router.publish(event(99_999))
            return try router.statistics(target: "t", of: "all").queued == 0
        }
        try router.close()
        let missing = Set((0..<20_000).map(event) + [event(99_999)]).subtracting(inbox.texts)
        #expect(missing.isEmpty)
    }

    @Test("without an archive, what finds no room becomes a dead letter, and nothing is uncounted")
    func overflowsWithoutArchive() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.archive = nil
            $0.targetQueueEvents = 64
            $0.pendingEventsMax = 16
        }
        let gate = DispatchSemaphore(value: 0)
        try router.putTargets([.closure("t") { _ in gate.wait() }], of: "all")
        for number in 0..<1_000 { try router.publish(event(number)) }
        try await wait { try router.statistics().routed == 1_000 }
        let full = try router.statistics(target: "t", of: "all")
        #expect(full.deadLettered > 500)
        for _ in 0..<1_000 { gate.signal() }
        try router.close()
        let letters = try DeadLetterCount(folder.path + "/router/dead-letters")
        let statistics = try router.statistics(target: "t", of: "all")
        #expect(letters.count == Int(statistics.deadLettered))
        #expect(statistics.delivered + statistics.deadLettered == 1_000)
    }

    @Test("asynchronous targets run side by side, as many as they may")
    func runsTasks() async throws {
        let router = try makeRouter()
        let (inbox, most) = (Inbox(), Counter())
        try router.putTargets(
            [
                .task("t", retry: eager, concurrency: 4) { delivery in
                    most.enter()
                    try await Task.sleep(for: .milliseconds(2))
                    most.leave()
                    if delivery.attempt == 1, delivery.sequence % 3 == 0 { throw Refusal() }
                    inbox.take(delivery.text)
                }
            ], of: "all")
        for number in 0..<200 { try router.publish(event(number)) }
        await inbox.wait(for: 200)
        try router.close()
        #expect(Set(inbox.texts) == Set((0..<200).map(event)) && inbox.count == 200)
        #expect(most.highest == 4)
    }

    @Test("closing delivers what was accepted; what can't be delivered in time is counted")
    func closes() throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let inbox = Inbox()
        try router.putTargets(
            [
                .closure("slow") {
                    usleep(100)
                    inbox.take($0.text)
                },
                .closure("dead", retry: seldom) { _ in
                    throw Refusal()
                },
            ], of: "all")
        for number in 0..<1_000 { try router.publish(event(number)) }
        let remainder = try router.close()
        #expect(inbox.texts == (0..<1_000).map(event))
        #expect(remainder.stuckTargets.isEmpty && remainder.givenUp == 0)
        #expect(remainder.kept > 0)
        #expect(try router.close() == .init())
    }
}

/// How many letters an archive holds.
struct DeadLetterCount {
    var count = 0

    init(_ directory: String) throws {
        var cursor = try ArchiveReader(directory: directory).cursor()
        while try cursor.next() != nil { count += 1 }
    }
}

/// How many are inside at a time.
final class Counter: Sendable {
    nonisolated(unsafe) private var inside = 0
    nonisolated(unsafe) private var most = 0
    private let lock = NSLock()

    func enter() {
        lock.withLock {
            inside += 1
            most = max(most, inside)
        }
    }
    func leave() { lock.withLock { inside -= 1 } }
    var highest: Int { lock.withLock { most } }
}
