import EventArchive
import Foundation
import InternalSystem
import Switchyard
import TestSupport
import Testing

@Suite("An archive of a name")
struct ArchiveFaultTests {
    @Test("that can't be made says why, and leaves nothing")
    func refuses() throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createArchive(archive("known"))
        try router.putRule(
            RoutingRule(name: "Events-Archive-own", pattern: #"{"n":[{"exists":true}]}"#))
        let foreign = folder.path + "/router/archives/foreign.archive"
        try FileManager.default.createDirectory(
            atPath: foreign, withIntermediateDirectories: false)
        let wrong: [(ArchiveDefinition, String)] = [
            (try archive("known"), "Archive known already exists."),
            (try archive("a", of: "none"), "Event bus none does not exist."),
            (try archive("a/b"), "can't be the name of an archive"),
            (try archive(String(repeating: "a", count: 49)), "1 to 48 characters"),
            (try archive("a", days: -1), "for -1 days"),
            (try archive("a", days: .max), "expected 1 to 106751"),
            (try archive("a", pattern: #"{"replay-name":["x"]}"#), "events of replays"),
            (try archive("own"), "has a rule Events-Archive-own of the program's own"),
            (try archive("foreign"), foreign),
            (
                try archive("arn:aws:events:local:111111111111:archive/a"),
                "another account or region"
            ),
        ]
        for (definition, words) in wrong {
            do {
                try router.createArchive(definition)
                Issue.record("\(definition.name) was made")
            } catch { #expect("\(error)".contains(words), "\(error)") }
        }
        #expect(try router.archives().map(\.definition.name) == ["known"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/router/archives")
                .sorted() == ["foreign.archive", "known.archive"])
        try router.close()

        let nowhere = try makeRouter()
        #expect(throws: RouterError.self) { try nowhere.createArchive(archive()) }
        try nowhere.close()
    }

    @Test("stays as it is while the configuration can't be kept, and goes on")
    func staysAsItIs() async throws {
        let folder = try TemporaryFolder()
        let store = FullStore()
        let router = try makeRouter(folder) { $0.store = store }
        try router.createArchive(archive())
        store.isFull.isOn = true
        let changes: [() throws -> Void] = [
            { try router.createArchive(archive("new")) },
            { try router.updateArchive("kept", retentionDays: 3) },
            { try router.putArchive(archive(pattern: #"{"n":[7]}"#)) },
            { try router.deleteArchive("kept") },
        ]
        for change in changes {
            do {
                try change()
                Issue.record("it was taken")
            } catch RouterError.configuration(.diskFull) {}
        }
        #expect(try router.archives().map(\.definition) == [archive()])
        #expect(try router.rules().map(\.rule.name) == ["all", "Events-Archive-kept"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/router/archives")
                == ["kept.archive"])
        try await router.publishAndConfirm(event(0))
        try await wait(for: 1, in: "kept", of: router)
        store.isFull.isOn = false
        for change in changes { try change() }
        #expect(try router.archives().map(\.definition.name) == ["new"])
        try router.close()
    }

    @Test("that was being made or removed when the process died is there whole, or not at all")
    func isWholeOrNot() async throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createArchive(archive("known"))
        try await first.publishAndConfirm(event(0))
        try await wait(for: 1, in: "known", of: first)
        try first.close()
        let archives = folder.path + "/router/archives"
        // Before and behind the change of the configuration.
        try Data().write(to: URL(fileURLWithPath: archives + "/known.archive.unwanted"))
        try FileManager.default.copyItem(
            atPath: archives + "/known.archive", toPath: archives + "/gone.archive")
        try Data().write(to: URL(fileURLWithPath: archives + "/gone.archive.unwanted"))

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems == [])
        #expect(try second.archives().map(\.definition.name) == ["known"])
        #expect(try second.archive("known").events == 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: archives) == ["known.archive"])
        try second.close()
    }

    @Test("that a newer program made keeps its files, whatever was begun with them")
    func keepsWhatIsNewer() throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createArchive(archive("newer"))
        let directory = try first.archive("newer").directory
        try first.close()
        let store = try FileConfigurationStore(directory: folder.path + "/router")
        var batch = ConfigurationBatch()
        let key = try ConfigurationKey(["archive", "000000000000", "local", "newer"])
        batch.put(key, Array(#"{"Version":99}"#.utf8))
        _ = try store.apply(batch)
        store.close()
        let mark = directory + ".unwanted"
        try Data().write(to: URL(fileURLWithPath: mark))
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems.contains { $0.contains("newer") })
        #expect(throws: RouterError.self) { try second.archive("newer") }
        try second.close()
        #expect(!files.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == files)
        #expect(FileManager.default.fileExists(atPath: mark))
    }

    @Test(
        "whose disk is full says so, and gets its events when there is room",
        .enabled(if: SmallDisk.isPossible))
    func waitsForRoom() async throws {
        let disk = try SmallDisk(kilobytes: 8 << 10)
        var configuration = RouterConfiguration(directory: disk.path + "/router", archive: nil)
        configuration.entryLimits.requestBytes = 4_096
        configuration.slabBytes = 4_096
        configuration.namedArchives = ArchiveConfiguration(segmentBytes: 1 << 20)
        let clock = ManualClock()
        configuration.clock = clock
        configuration.watermarkInterval = .seconds(86_400)
        let router = try Router(configuration)
        try router.createArchive(archive())
        let filler = disk.path + "/filler"
        let text = #"{"n":1,"filler":"\#(String(repeating: "x", count: 3_000))"}"#
        // Until the archive has its next segment from nowhere.
        try Data().write(to: URL(fileURLWithPath: filler))
        let file = try #require(FileHandle(forWritingAtPath: filler))
        while (try? file.write(contentsOf: Data(count: 4_096))) != nil {}
        var published: UInt64 = 0
        while try router.archive("kept").failure == nil, published < 5_000 {
            try await router.publishAndConfirm(text)
            published += 1
            await wait {
                guard let status = try? router.archive("kept") else { return false }
                return status.events == published || status.failure != nil
            }
        }
        #expect(published < 5_000)
        try file.truncate(atOffset: 0)
        // Retries are due in seconds.
        await wait {
            clock.advance(by: 60_000_000_000)
            return (try? router.archive("kept"))?.events == published
        }
        let status = try router.archive("kept")
        #expect(status.events == published && status.failure == nil)
        #expect(try router.deadLetters(limit: 1).isEmpty)
        try router.close()
    }
}
