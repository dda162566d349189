import EventArchive
import EventEnvelope
import EventPattern
import Foundation
import InternalSystem
import Switchyard
import TestSupport
import Testing

@Suite("An archive of a name")
struct ArchiveTests {
    @Test("keeps what it wants from when it is made, by a rule of its own, and replays it")
    func keepsAndReplays() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try await router.publishAndConfirm(event(0))
        try router.createArchive(archive(pattern: #"{"n":[{"numeric":["<",3]}]}"#, days: 7))
        for number in 1..<6 { try await router.publishAndConfirm(event(number)) }
        try await wait(for: 2, in: "kept", of: router)

        let rule = try #require(try router.rules().last?.rule)
        #expect(rule.name == "Events-Archive-kept")
        #expect(rule.managedBy == "prod.vhs.events.aws.internal")
        let pattern = #"{"n":[{"numeric":["<",3]}],"replay-name":[{"exists":false}]}"#
        #expect(try rule.pattern == EventPattern(pattern))
        let status = try router.archive("kept")
        #expect(status.arn == "arn:aws:events:local:000000000000:archive/kept")
        #expect(try router.targets(of: rule.name).map(\.arn) == [status.arn])
        #expect(status.bytes == UInt64(event(1).utf8.count + event(2).utf8.count))
        #expect(status.isFed && status.failure == nil && status.definition.retentionDays == 7)
        #expect(status.creationTime != nil)
        #expect(try router.archives() == [status])
        // By the resource name too.
        #expect(try router.archive(status.arn) == status)

        let again = try await replayed("kept", of: router, count: 2)
        #expect(again == [1, 2].map { #"{"replay-name":"again","n":\#($0)}"# })
        // What is replayed does not come into the archive again, nor what is published from there.
        let replay = try router.startReplay(
            ReplayRequest(name: "published", ofArchive: "kept", isArchivedAgain: true))
        await wait { replay.progress.state == .completed }
        try await router.publishAndConfirm(event(1))
        try await wait(for: 3, in: "kept", of: router)
        try router.close()
    }

    @Test("is there again when the router is opened on its directory, and goes on")
    func survivesRestart() async throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createBus("audit")
        try first.createArchive(archive())
        try first.createArchive(archive("others", of: "audit"))
        for number in 0..<3 { try await first.publishAndConfirm(event(number)) }
        try await first.publishAndConfirm(event(9), to: "audit")
        try first.close()

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems == [])
        let archives = try second.archives()
        #expect(archives.map(\.definition.name) == ["kept", "others"])
        #expect(archives.map(\.definition.bus) == ["default", "audit"])
        #expect(archives.map(\.events) == [3, 1])
        #expect(archives.map(\.isFed) == [true, true])
        #expect(try second.rules().last?.rule.managedBy != nil)
        try await second.publishAndConfirm(event(3))
        try await wait(for: 4, in: "kept", of: second)
        #expect(try await replayed("kept", of: second, count: 4).count == 4)
        try second.close()
    }

    @Test("gets what it missed from the journal when it could not be written")
    func catchesUp() async throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createArchive(archive())
        try await first.publishAndConfirm(event(0))
        try await wait(for: 1, in: "kept", of: first)
        let directory = try first.archive("kept").directory
        try first.close()

        // Somebody else has the archive: the router opens without it.
        let other = try ArchiveWriter(directory: directory)
        let second = try Router(configuration(folder))
        #expect(second.configurationProblems.count == 1)
        let locked = try second.archive("kept")
        #expect(!locked.isFed && locked.failure != nil)
        try await second.publishAndConfirm(event(1))
        try second.close()
        try other.close()

        let third = try Router(configuration(folder))
        #expect(third.configurationProblems == [])
        try await wait(for: 2, in: "kept", of: third)
        try third.close()
    }

    @Test("can be changed: what it wants, for how long, and what it is for")
    func changes() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createArchive(archive())
        try await router.publishAndConfirm(event(1))
        try await wait(for: 1, in: "kept", of: router)
        try router.updateArchive("kept", pattern: try EventPattern(#"{"n":[2]}"#))
        try await router.publishAndConfirm(event(1))
        try await router.publishAndConfirm(event(2))
        try await wait(for: 2, in: "kept", of: router)
        try router.updateArchive("kept", retentionDays: 3, description: "twos")
        #expect(throws: RouterError.self) { try router.updateArchive("kept") }
        #expect(throws: RouterError.self) { try router.updateArchive("kept", retentionDays: -1) }
        #expect(throws: RouterError.self) { try router.updateArchive("other", retentionDays: 1) }
        try router.putArchive(archive(pattern: #"{"n":[2]}"#, days: 4))
        #expect(try router.archive("kept").definition.retentionDays == 4)
        try router.putArchive(archive("new"))
        try router.putArchive(archive())
        #expect(try router.archive("kept").definition.pattern == nil)
        try router.createBus("audit")
        #expect(throws: RouterError.self) { try router.putArchive(archive(of: "audit")) }
        try router.updateArchive(
            "kept", pattern: try EventPattern(#"{"n":[2]}"#), retentionDays: 3, description: "twos")
        try router.close()
        let second = try Router(configuration(folder))
        let kept = try second.archive("kept")
        #expect(try kept.definition.pattern == EventPattern(#"{"n":[2]}"#))
        #expect(kept.definition.retentionDays == 3 && kept.definition.description == "twos")
        #expect(kept.events == 2)
        try second.close()
    }

    @Test("forgets events that are older than it keeps them, by the clock")
    func forgets() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let day: UInt64 = 86_400_000_000_000
        let router = try makeRouter(folder) {
            $0.clock = clock
            $0.watermarkInterval = .seconds(30 * 86_400)
        }
        try router.createArchive(archive(days: 2))
        try await router.publishAndConfirm(event(0))
        try await wait(for: 1, in: "kept", of: router)
        clock.advance(by: 3 * day)
        #expect(try router.archive("kept").events == 0)
        try await router.publishAndConfirm(event(1))
        // They share a file, which the younger one keeps.
        try await wait(for: 2, in: "kept", of: router)
        let again = try await replayed("kept", of: router, count: 1)
        #expect(again == [#"{"replay-name":"again","n":1}"#])
        try router.updateArchive("kept", retentionDays: 0)
        #expect(try await replayed("kept", of: router, count: 2, name: "all").count == 2)
        try router.close()
    }

    @Test("removes files whose events are all too old, also after its limit was changed")
    func removesOldFiles() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let day: UInt64 = 86_400_000_000_000
        let router = try makeRouter(folder) {
            $0.clock = clock
            $0.watermarkInterval = .seconds(300 * 86_400)
            $0.entryLimits.requestBytes = 4_096
            $0.slabBytes = 4_096
            $0.namedArchives = ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none)
        }
        try router.createArchive(archive())
        let large = #"{"n":1,"filler":"\#(String(repeating: "x", count: 3_000))"}"#
        let count: UInt64 = 800
        for _ in 0..<count { try router.publish(large) }
        try await wait(for: count, in: "kept", of: router)
        let directory = try router.archive("kept").directory
        let before = try ArchiveReader(directory: directory).info.segments.count
        #expect(before >= 3)
        try router.updateArchive("kept", retentionDays: 2)
        #expect(try router.archive("kept").events == count)
        clock.advance(by: 3 * day)
        await wait {
            (try? ArchiveReader(directory: directory).info.segments.count) ?? before <= 2
        }
        #expect(try router.archive("kept").events == 0)
        try router.close()
    }

    @Test("is removed with its rule and its files, and one of its name begins anew")
    func isRemoved() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createArchive(archive())
        try await router.publishAndConfirm(event(0))
        try await wait(for: 1, in: "kept", of: router)
        let directory = try router.archive("kept").directory
        try router.deleteArchive("kept")
        #expect(try router.rules().map(\.rule.name) == ["all"])
        #expect(try router.archives() == [])
        #expect(!FileManager.default.fileExists(atPath: directory))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/router/archives")
                == [])
        #expect(throws: RouterError.self) { try router.archive("kept") }
        #expect(throws: RouterError.self) { try router.deleteArchive("kept") }
        #expect(throws: ReplayError.self) {
            try router.startReplay(ReplayRequest(name: "none", ofArchive: "kept"))
        }
        try router.createArchive(archive())
        #expect(try router.archive("kept").events == 0)
        try await router.publishAndConfirm(event(1))
        try await wait(for: 1, in: "kept", of: router)
        try router.deleteArchive("kept")
        try router.close()
        let second = try Router(configuration(folder))
        #expect(try second.archives() == [])
        #expect(try second.rules().map(\.rule.name) == ["all"])
        try second.close()
    }

    @Test("has a rule that only its archive changes, and that only force removes")
    func ownsItsRule() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createArchive(archive())
        let name = "Events-Archive-kept"
        let own = try RoutingRule(name: name, pattern: #"{"n":[1]}"#)
        let changes: [() throws -> Void] = [
            { try router.putRule(own) },
            { try router.setRule(name, isEnabled: false) },
            { try router.putTargets([.inline("mine") { _ in }], of: name) },
            { try router.removeTargets([name], of: name) },
            { try router.removeRule(name) },
        ]
        for change in changes {
            do {
                try change()
                Issue.record("it was taken")
            } catch RouterError.managedRule(name, owner: "prod.vhs.events.aws.internal") {}
        }
        #expect(try router.archive("kept").isFed)
        // An archive is no target of other rules.
        let arn = try router.archive("kept").arn
        #expect(throws: RouterError.self) {
            try router.putTargets([TargetDefinition(id: "t", .other(arn))], of: "all")
        }
        try await router.publishAndConfirm(event(0))
        try await wait(for: 1, in: "kept", of: router)
        try router.removeTargets([name], of: name, force: true)
        #expect(try !router.archive("kept").isFed)
        try router.removeRule(name, force: true)
        try await router.publishAndConfirm(event(1))
        // A change has it fed again.
        try router.updateArchive("kept", description: "again")
        #expect(try router.archive("kept").isFed)
        try await router.publishAndConfirm(event(2))
        try await wait(for: 2, in: "kept", of: router)
        let again = try await replayed("kept", of: router, count: 2)
        #expect(again == [0, 2].map { #"{"replay-name":"again","n":\#($0)}"# })
        try router.close()
    }

    @Test("outlives its bus, and is fed again when it is changed and there is one of the name")
    func outlivesItsBus() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createBus("audit")
        try router.createArchive(archive(of: "audit"))
        try await router.publishAndConfirm(event(0), to: "audit")
        try await wait(for: 1, in: "kept", of: router)
        try router.removeBus("audit")
        #expect(try router.archive("kept").events == 1)
        #expect(try !router.archive("kept").isFed)
        try router.updateArchive("kept", description: "without a bus")
        try router.createBus("audit")
        #expect(try !router.archive("kept").isFed)
        try router.updateArchive("kept", description: "with a bus")
        try await router.publishAndConfirm(event(1), to: "audit")
        try await wait(for: 2, in: "kept", of: router)
        try router.close()
    }
}
