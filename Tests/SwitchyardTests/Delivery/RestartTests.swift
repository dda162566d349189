import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct RestartTests {
    @Test("what was not delivered before the router closed is delivered after it is opened again")
    func goesOn() async throws {
        let folder = try TemporaryFolder()
        let works = Switch(true)
        let inbox = Inbox()
        func target() -> Target {
            .closure("t", retry: seldom) {
                if !works.isOn { throw Refusal() }
                inbox.take($0.text)
            }
        }
        var expected: [String] = []
        for round in 0..<3 {
            let router = try makeRouter(folder)
            works.isOn = round != 1
            try router.putTargets([target()], of: "all")
            for number in 0..<100 { try router.publish(event(round * 100 + number)) }
            if round != 1 { await inbox.wait(for: round == 0 ? 100 : 300) }
            let remainder = try router.close(within: .milliseconds(500))
            #expect(remainder.kept == (round == 1 ? 100 : 0))
            expected += (0..<100).map { event(round * 100 + $0) }
        }
        #expect(Set(inbox.texts) == Set(expected))
        // Closed in good order: nothing is delivered twice.
        #expect(inbox.count == 300)
    }

    @Test("a new target gets nothing that was published before it, also after a restart")
    func beginsAtTheEnd() async throws {
        let folder = try TemporaryFolder()
        let inbox = Inbox()
        do {
            let router = try makeRouter(folder)
            try await router.publishAndConfirm(event(1))
            try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
            try router.close()
        }
        let router = try makeRouter(folder)
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        try await router.publishAndConfirm(event(2))
        try router.putTargets([.closure("u") { inbox.take($0.text) }], of: "all")
        try router.close()
        #expect(inbox.texts == [event(2)])
    }

    @Test("a target that was removed is forgotten, one that is replaced goes on")
    func forgetsRemovedTargets() async throws {
        let folder = try TemporaryFolder()
        let inbox = Inbox()
        let router = try makeRouter(folder)
        let broken = Target.closure("t", retry: seldom) { _ in
            throw Refusal()
        }
        try router.putTargets([broken], of: "all")
        try await router.publishAndConfirm(event(1))
        try await wait { try router.statistics(target: "t", of: "all").failedAttempts >= 1 }
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        await inbox.wait(for: 1)
        try router.removeTargets(["t"], of: "all")
        try router.putTargets([broken], of: "all")
        try await router.publishAndConfirm(event(2))
        try await wait { try router.statistics(target: "t", of: "all").failedAttempts >= 1 }
        try router.removeTargets(["t"], of: "all")
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        try await router.publishAndConfirm(event(3))
        try router.close()
        #expect(inbox.texts == [event(1), event(3)])
    }

    /// A target that does not try again before a test is over: what it refuses waits for a restart.
    private func target(_ inbox: Inbox, _ works: Switch) -> Target {
        .closure("t", retry: seldom) {
            if !works.isOn { throw Refusal() }
            inbox.take($0.text)
        }
    }

    @Test("what was archived when longer events were allowed is missed, the rest delivered")
    func countsTooLong() async throws {
        let folder = try TemporaryFolder()
        let (inbox, works) = (Inbox(), Switch(false))
        let target = target(inbox, works)
        let first = try makeRouter(folder)
        try first.putTargets([target], of: "all")
        let events = (0..<10).map {
            $0 % 2 == 0
                ? event($0) : #"{"n":\#($0),"f":"\#(String(repeating: "x", count: 90_000))"}"#
        }
        for event in events { try first.publish(event) }
        #expect(try first.close(within: .milliseconds(500)).kept == 10)
        let router = try makeRouter(folder) {
            $0.slabBytes = 4_096
            $0.entryLimits.requestBytes = 4_096
        }
        works.isOn = true
        try router.putTargets([target], of: "all")
        await inbox.wait(for: 5)
        try await wait { try router.statistics(target: "t", of: "all").missed == 5 }
        try router.close()
        #expect(inbox.texts == [0, 2, 4, 6, 8].map(event))
    }

    @Test("what retention removed while a target was away is counted as missed, the rest delivered")
    func countsMissed() async throws {
        let folder = try TemporaryFolder()
        let (inbox, works) = (Inbox(), Switch(false))
        let target = target(inbox, works)
        func makeRouter() throws -> Router {
            try SwitchyardTests.makeRouter(folder) {
                $0.archive = ArchiveConfiguration(
                    segmentBytes: 64 << 10, durability: .none, prefaultBytes: 16 << 10,
                    retention: ArchiveRetention(bytes: 256 << 10))
            }
        }
        let first = try makeRouter()
        try first.putTargets([target], of: "all")
        for number in 0..<100 { try first.publish(event(number)) }
        #expect(try first.close(within: .milliseconds(500)).kept == 100)
        let router = try makeRouter()
        #expect(try router.publish(contentsOf: (100..<10_000).map(event)).accepted == 9_900)
        let archive = folder.path + "/router/buses/default.archive"
        try await wait { try ArchiveReader(directory: archive).sequences.lowerBound > 1_000 }
        works.isOn = true
        try router.putTargets([target], of: "all")
        func missed() throws -> Int {
            Int(try router.statistics(target: "t", of: "all").missed)
        }
        try await wait { try missed() + inbox.count >= 10_000 }
        try router.close()
        #expect(try missed() > 1_000)
        #expect(try inbox.texts == (missed()..<10_000).map(event))
    }

    @Test("a torn or foreign line in the file of watermarks costs deliveries twice, not events")
    func readsTornWatermarks() throws {
        let folder = try TemporaryFolder()
        let inbox = Inbox()
        func run(_ numbers: Range<Int>) throws {
            let router = try makeRouter(folder)
            try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
            for number in numbers { try router.publish(event(number)) }
            try router.close()
        }
        try run(0..<10)
        let path = folder.path + "/router/delivery.watermarks"
        let text = try #require(readFile(path))
        try Data(text.dropLast(5) + Array("\n{\"bus\":1}\nnothing\n{\"bus\":\"def".utf8))
            .write(to: URL(fileURLWithPath: path))
        try run(10..<20)
        try run(20..<30)
        #expect(Set(inbox.texts) == Set((0..<30).map(event)))
    }

    @Test("a watermark beyond the archive's end, which lost its tail, does not hide new events")
    func clampsWatermarks() async throws {
        let folder = try TemporaryFolder()
        let inbox = Inbox()
        func run() throws {
            let router = try makeRouter(folder)
            try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
            for number in 0..<10 { try router.publish(event(number)) }
            try router.close()
        }
        try run()
        try FileManager.default.removeItem(
            atPath: folder.path + "/router/buses/default.archive")
        try run()
        #expect(inbox.texts == (0..<10).map(event) + (0..<10).map(event))
        // And what is missed from now on is found again.
        let line = #"{"bus":"default","rule":"all","target":"t","sequence":4}"# + "\n"
        let path = folder.path + "/router/delivery.watermarks"
        try Data((readFile(path) ?? []) + Array(line.utf8)).write(to: URL(fileURLWithPath: path))
        let router = try makeRouter(folder)
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        await inbox.wait(for: 26)
        try router.close()
        #expect(Array(inbox.texts.suffix(6)) == (4..<10).map(event))
    }
}
