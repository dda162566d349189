import Foundation
import Switchyard
import TestSupport
import Testing

/// What waits for a target is its successor's, or a dead letter.
@Suite struct ReplacedTargetTests {
    @Test("the end of a target passes over nothing that it had not delivered")
    func watermarkStays() async throws {
        let folder = try TemporaryFolder()
        let (gate, isWaiting) = (Gate(), Switch(false))
        let (first, second) = (Inbox(), Inbox())
        do {
            let router = try makeRouter(folder) {
                $0.targetQueueEvents = 1 << 16
                $0.watermarkInterval = .milliseconds(500)
            }
            try router.putTargets(
                [
                    .closure("t", retry: seldom) {
                        if $0.text == event(0) { throw Refusal() }
                        if $0.text == event(1) {
                            isWaiting.isOn = true
                            gate.wait()
                        }
                        first.take($0.text)
                    }
                ], of: "all")
            try await router.publishAndConfirm(event(0))
            try await wait { try router.statistics(target: "t", of: "all").pending == 1 }
            try router.publish(event(1))
            await wait { isWaiting.isOn }
            _ = try router.publish(contentsOf: (2..<20_000).map(event))
            try await router.confirm()
            // It is to be noted how far the bus is, which can't be seen from here.
            try await Task.sleep(for: .milliseconds(1_200))
            _ = try router.publish(contentsOf: (20_000..<40_000).map(event))
            try await router.confirm()
            let broken = Target.closure("t", retry: seldom) { _ in throw Refusal() }
            try router.putTargets([broken], of: "all")
            gate.open()
            await first.wait(for: 39_999)
            try router.close(within: .zero)
        }
        let router = try makeRouter(folder)
        try router.putTargets([.closure("t") { second.take($0.text) }], of: "all")
        await wait { second.texts.contains(event(0)) }
        try router.close()
    }

    @Test("without an archive, what waited for a target that was replaced becomes a dead letter")
    func lettersWithoutArchive() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.archive = nil
            $0.targetQueueEvents = 64
        }
        let (gate, isWaiting, inbox) = (Gate(), Switch(false), Inbox())
        try router.putTargets(
            [
                .closure("t", retry: seldom) { _ in
                    isWaiting.isOn = true
                    gate.wait()
                    throw Refusal()
                }
            ], of: "all")
        for number in 0..<10 { try await router.publishAndConfirm(event(number)) }
        await wait { isWaiting.isOn }
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        try router.publish(event(10))
        for _ in 0..<10 { gate.open() }
        await inbox.wait(for: 1)
        try await wait { try router.deadLetters().count == 10 }
        try router.close()
        let letters = try router.deadLetters().map { String(decoding: $0.event, as: UTF8.self) }
        #expect(Set(letters) == Set((0..<10).map(event)) && inbox.texts == [event(10)])
    }

    @Test("one target that is put in two places serves both")
    func isSharedByRules() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        let router = try makeRouter()
        try router.putRule(RoutingRule(name: "too", pattern: #"{"n":[{"exists":true}]}"#))
        let target = Target.file("t", path: path)
        try router.putTargets([target], of: "all")
        try router.putTargets([target], of: "too")
        for number in 0..<2_000 { try router.publish(event(number)) }
        try await wait { try router.statistics(target: "t", of: "too").delivered == 2_000 }
        try router.removeTargets(["t"], of: "too")
        for number in 2_000..<3_000 { try router.publish(event(number)) }
        try router.close()
        let lines = (readFile(path) ?? []).split(separator: 0x0A).map {
            String(decoding: $0, as: UTF8.self)
        }
        let expected = (0..<3_000).map(event) + (0..<2_000).map(event)
        #expect(lines.sorted() == expected.sorted())
    }
}
