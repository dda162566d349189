import EventArchive
import EventMatching
import Foundation
import Switchyard
import TestSupport
import Testing

/// What would grow for ever, and does not.
@Suite struct BoundsTests {
    @Test("dead letters take no more room than they may; the oldest go, and are counted")
    func deadLetters() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.entryLimits.requestBytes = 4_096
            $0.slabBytes = 4_096
            $0.deadLetterBytesMax = 0
        }
        try router.putTargets([.closure("t", retry: .never) { _ in throw Refusal() }], of: "all")
        let filler = String(repeating: "x", count: 2_000)
        let count = 4_000
        for number in 0..<count { try router.publish(#"{"n":\#(number),"f":"\#(filler)"}"#) }
        try await wait {
            try router.statistics(target: "t", of: "all").deadLettered == UInt64(count)
        }
        await wait { router.snapshot().removedDeadLetters > 0 }
        // Segments that are full are sealed, and the oldest removed, by others.
        try await wait {
            let before = router.snapshot().removedDeadLetters
            let letters = try router.deadLetters(limit: .max)
            return before == router.snapshot().removedDeadLetters
                && letters.count + Int(before) == count
        }
        let letters = try router.deadLetters(limit: .max)
        #expect(letters.last?.sequence == UInt64(count) - 1)
        #expect(letters.count < count / 2)
        try router.close()
    }

    @Test("letters that were sent again leave room: they are not counted when they go")
    func sentLetters() async throws {
        let folder = try TemporaryFolder()
        let works = Switch(false)
        let router = try makeRouter(folder) {
            $0.entryLimits.requestBytes = 4_096
            $0.slabBytes = 4_096
            $0.deadLetterBytesMax = 0
        }
        try router.putTargets(
            [.closure("t", retry: .never) { _ in if !works.isOn { throw Refusal() } }], of: "all")
        let filler = String(repeating: "x", count: 2_000)
        for round in 0..<20 {
            works.isOn = false
            for number in 0..<100 {
                try router.publish(#"{"n":\#(round * 100 + number),"f":"\#(filler)"}"#)
            }
            try await wait { try router.deadLetters().count == 100 }
            works.isOn = true
            #expect(try await router.redriveDeadLetters() == .init(delivered: 100))
        }
        #expect(router.snapshot().removedDeadLetters == 0)
        try router.close()
    }

    @Test("of the replays that have ended, the newest thousand are kept")
    func replays() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try await router.publishAndConfirm(event(1))
        let count = Router.endedReplaysMax + 20
        for number in 0..<count {
            let replay = try router.startReplay(ReplayRequest(name: "r\(number)"))
            _ = await replay.finished()
        }
        let names = Set(router.replays.map(\.request.name))
        #expect(names.count <= Router.endedReplaysMax + 1)
        #expect(names.contains("r\(count - 1)") && !names.contains("r0"))
        try router.close()
    }

    @Test("of records that are no events, all are counted, and the first thousand named")
    func invalidRecords() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("archive")
        let writer = try ArchiveWriter(directory: path)
        for _ in 0..<1_500 {
            try Array("nothing".utf8).withUnsafeBytes {
                _ = try writer.append($0, eventTime: 0, ingestTime: 0)
            }
        }
        try writer.close()
        let reader = try ArchiveReader(directory: path)
        let rule = try Rule(name: "any", pattern: #"{"n":[{"exists":true}]}"#)
        var replay = Replay(of: reader, through: try RuleSet([rule]))
        while try replay.step() {}
        #expect(replay.invalidCount == 1_500 && replay.invalid == Array(0..<1_000))
        var run = try DryRun(of: [DryRun.Candidate(rule: rule)], over: reader)
        while try run.step() {}
        #expect(run.invalidCount == 1_500 && run.invalid == Array(0..<1_000))
    }
}
