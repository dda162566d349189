import Foundation
import TestSupport
import Testing

@Suite("A writer that is killed", .onThreadsOfItsOwn)
struct CrashTests {
    /// Kills a writer again and again at random moments; each time the next one goes on where it was.
    @Test("what was archived is there, sound and replayable, and the next writer goes on behind it")
    func kill() throws {
        var random = SeededGenerator(stream: 90)
        let folder = try TemporaryFolder()
        let archive = folder.path("archive")
        let options = try endless(in: folder)
        var before = 0
        for round in 0..<5 {
            let segmentMebibytes = Int.random(in: 1...8, using: &random)
            let run = try RunningTool(
                ["bench", "--archive", archive, "--segment-mebibytes", "\(segmentMebibytes)"]
                    + options)
            try run.wait { archivedSequence(in: run.errors) != nil }
            usleep(UInt32.random(in: 0..<1_000_000, using: &random))
            run.signal(SIGKILL)
            #expect(run.waitForEnd() == -SIGKILL)
            let archived = try #require(archivedSequence(in: run.errors))
            #expect(archived >= before)

            let verify = try Tool.run("archive", "verify", archive, "--json")
            #expect(try verify.object()["sound"] as? Bool == true)
            #expect(verify.exitCode == 0, "round \(round): \(verify.errors)")
            let info = try Tool.run("archive", "info", archive, "--json").object()
            let records = try #require(info["records"] as? Int)
            #expect(records == info["endSequence"] as? Int && records >= archived)
            let replay = try Tool.run(
                "archive", "replay", archive, "--rules", folder.path("endless rules"), "--count",
                "--json", "--from", "\(before)")
            #expect(try replay.object()["events"] as? Int == records - before)
            #expect(replay.exitCode == 0)
            before = records
        }
        #expect(before > 0)
    }

    @Test("a second writer is refused while the first one lives, and readers are not")
    func secondWriter() throws {
        let folder = try TemporaryFolder()
        let archive = folder.path("archive")
        let options = ["bench", "--archive", archive, "--segment-mebibytes", "1"]
        let first = try RunningTool(options + endless(in: folder))
        try first.wait { archivedSequence(in: first.errors) != nil }
        let second = try Tool.run(options + ["--events", "10", "--rules", "1", "--passes", "1"])
        #expect(second.exitCode == 2 && second.errors.contains(archive))
        let verify = try Tool.run("archive", "verify", archive)
        #expect(verify.exitCode == 0, "\(verify.errors)")
        first.signal(SIGKILL)
        #expect(first.waitForEnd() == -SIGKILL)
        let third = try Tool.run(options + ["--events", "10", "--rules", "1", "--passes", "1"])
        #expect(third.exitCode == 0, "\(third.errors)")
    }

    /// The last sequence number that the progress lines name.
    private func archivedSequence(in errors: String) -> Int? {
        errors.split(separator: "\n").compactMap { line in
            line.split(separator: "archived to sequence number ").dropFirst().first.flatMap {
                Int($0)
            }
        }.last
    }
}
