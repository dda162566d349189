import Foundation
import InternalSystem
import StoreConformance
import TestSupport
import Testing

@testable import Switchyard

/// What a batch made durable survives a power cut, whatever else reached the disk.
@Suite("Power cuts of a configuration", .onThreadsOfItsOwn)
struct ConfigurationPowerCutTests {
    @Test(
        "after a cut at any moment there are all batches that were done, whole, and at most one more"
    )
    func anyMoment() throws {
        for round in 0..<4 as Range<UInt64> {
            var random = SeededGenerator(seed: testSeed() &+ round)
            let folder = try TemporaryFolder()
            let disk = PowerCutDisk(folder.path, pageBytes: 512)
            // What the store held after each revision.
            var states: [[String]] = [[]]
            Self.done = 0
            var cuts = 0
            var failure: (any Error)?
            var cutter = SeededGenerator(seed: testSeed() &+ 1_000 &+ round)
            disk.interruption = {
                guard Int.random(in: 0..<8, using: &cutter) == 0, failure == nil else { return }
                cuts += 1
                do { try Self.cut(disk, states, &cutter) } catch { failure = error }
            }
            let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
            for number in 0..<120 {
                let (batch, state) = try Self.change(states[number], number, &random)
                // The batch may be there from now on, and is when the call has returned.
                states.append(state)
                Self.done = number
                try store.apply(batch)
                Self.done = number + 1
            }
            store.close()
            disk.interruption = nil
            try Self.cut(disk, states, &random)
            if let failure {
                Issue.record("\(failure), SWITCHYARD_SEED=\(testSeed()), round \(round)")
            }
            #expect(cuts > 10)
            let rewritten = try FileConfigurationStore(directory: folder.path)
            #expect(try rewritten.texts() == states.last)
            rewritten.close()
        }
    }

    @Test("a file whose name a crash left undurable keeps what is put into it afterwards")
    func crashBeforeNameIsDurable() throws {
        var random = SeededGenerator(stream: 43)
        let folder = try TemporaryFolder()
        let disk = PowerCutDisk(folder.path, pageBytes: 512)
        var calls = disk.calls
        let sync = calls.syncFile
        // As if the process had ended just before.
        calls.syncFile = { file in
            var status = stat()
            fstat(file, &status)
            return status.st_mode & S_IFMT == S_IFDIR ? 0 : sync(file)
        }
        try FileConfigurationStore(directory: folder.path, calls: calls).close()
        let store = try FileConfigurationStore(directory: folder.path, calls: disk.calls)
        try store.apply(ConfigurationBatch(["a": "1"]))
        for _ in 0..<20 {
            let left = try TemporaryFolder()
            try disk.cut(into: left.path("left"), using: &random)
            let again = try FileConfigurationStore(directory: left.path("left"))
            #expect(try again.texts() == ["a=1"])
        }
    }

    /// How many batches are done. One test, on one thread.
    nonisolated(unsafe) private static var done = 0

    private static func cut(
        _ disk: PowerCutDisk, _ states: [[String]], _ random: inout SeededGenerator
    ) throws {
        let left = try TemporaryFolder()
        let path = left.path("left")
        try disk.cut(into: path, using: &random)
        for _ in 0..<2 {
            let store = try FileConfigurationStore(directory: path)
            defer { store.close() }
            let revision = Int(store.revision)
            guard revision == done || revision == done + 1, revision < states.count else {
                throw Wrong("revision \(revision) after \(done) batches")
            }
            guard try store.texts() == states[revision] else {
                throw Wrong("other values than at revision \(revision)")
            }
        }
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Some puts and removals, and what there is afterwards. Some batches have several sectors, some
    /// values hold nothing but zeros, and there is enough of it for the file to be written anew.
    private static func change(
        _ before: [String], _ number: Int, _ random: inout SeededGenerator
    ) throws -> (ConfigurationBatch, [String]) {
        var state = Dictionary(
            uniqueKeysWithValues: before.map { text in
                let parts = text.split(separator: "=", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            })
        var batch = ConfigurationBatch()
        var names = Set<String>()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let name = "key/\(Int.random(in: 0..<12, using: &random))"
            guard names.insert(name).inserted else { continue }
            if Int.random(in: 0..<4, using: &random) == 0 {
                batch.remove(try key(name))
                state[name] = nil
            } else {
                let character = number % 10 == 0 ? "\0" : "\(number % 7)"
                let value = String(
                    repeating: character, count: Int.random(in: 0...2_400, using: &random))
                batch.put(try key(name), Array(value.utf8))
                state[name] = value
            }
        }
        return (
            batch,
            state.map { "\($0)=\($1)" }.sorted {
                $0.split(separator: "=")[0] < $1.split(separator: "=")[0]
            }
        )
    }
}
