import Foundation
import TestSupport
import Testing

@Suite("switchyard dry-run", .onThreadsOfItsOwn)
struct DryRunCommandTests {
    private let folder: TemporaryFolder
    private let archive: String
    private let rules: String

    init() throws {
        folder = try TemporaryFolder()
        archive = folder.path("archive")
        let events = (0..<300).map { #"{"source":"shop","n":\#($0)}"# }
        rules = try folder.file(
            "rules",
            lines: [
                #"{"name":"few","pattern":{"n":[{"numeric":["<",7]}]},"targets":[{"Id":"t","InputPath":"$.n"}]}"#,
                #"{"name":"none","pattern":{"source":["bank"]}}"#,
            ])
        let bench = try Tool.run(
            "bench", "--events", try folder.file("events", lines: events), "--repeat", "1",
            "--rules", rules, "--passes", "1", "--archive", archive, "--segment-mebibytes", "1")
        try #require(bench.exitCode == 0, "\(bench.errors)")
    }

    @Test("it says for each rule how many events would have matched, and which ones")
    func counts() throws {
        let run = try Tool.run("dry-run", rules, "--archive", archive)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(
            run.lines == [
                "few: would have matched 7 of 300 events (2.3%): 0, 1, 2, 3, 4, ...; 7 deliveries",
                "none: would have matched 0 of 300 events (0%)",
            ])
    }

    @Test("with --show it prints each match, and what the targets would have got")
    func shows() throws {
        let run = try Tool.run(
            "dry-run", rules, "--archive", archive, "--show", "--from", "5", "--before", "9",
            "--json")
        #expect(run.exitCode == 0)
        let objects = try run.lines.map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
        #expect(objects.count == 4)
        #expect(objects[0]["sequence"] as? Int == 5 && objects[0]["rule"] as? String == "few")
        let deliveries = try #require(objects[0]["deliveries"] as? [[String: String]])
        #expect(deliveries == [["target": "t", "input": "5"]])
        #expect(objects[2]["matched"] as? Int == 2 && objects[2]["events"] as? Int == 4)
    }

    @Test("all of them is 100 %, and almost all is not")
    func shares() throws {
        let few = try folder.file(
            "shares",
            lines: [
                #"{"name":"all","pattern":{"source":["shop"]}}"#,
                #"{"name":"most","pattern":{"n":[{"numeric":[">",0]}]}}"#,
                #"{"name":"one","pattern":{"n":[0]},"targets":[{"Id":"t"}]}"#,
            ])
        let run = try Tool.run("dry-run", few, "--archive", archive, "--first", "0")
        #expect(
            run.lines == [
                "all: would have matched 300 of 300 events (100%)",
                "most: would have matched 299 of 300 events (99.7%)",
                "one: would have matched 1 of 300 events (0.33%); 1 delivery",
            ])
    }

    @Test("a member that no target has, and an Id that another has, are errors")
    func targets() throws {
        let wrong = try folder.file(
            "wrong",
            lines: [
                #"{"name":"a","pattern":{"n":[1]},"targets":[{"Id":"t","InputPth":"$.n"}]}"#,
                #"{"name":"b","pattern":{"n":[1]},"targets":[{"Id":"t"},{"Id":"t"}]}"#,
                #"{"name":"c","pattern":{"n":[1]},"targets":[{"Id":"t","Arn":"x"},{"Id":"u"}]}"#,
            ])
        let run = try Tool.run("dry-run", wrong, "--archive", archive)
        #expect(run.exitCode == 1)
        #expect(run.lines == ["c: would have matched 1 of 300 events (0.33%): 1; 2 deliveries"])
        #expect(run.errors.contains("wrong:1:"))
        #expect(run.errors.contains("target \"t\": there is no member \"InputPth\" of a target"))
        #expect(run.errors.contains("wrong:2:"))
        #expect(run.errors.contains("another target of this rule has the Id \"t\""))
    }

    @Test("Ctrl-C ends it at once while it awaits its rules", arguments: [false, true])
    func awaitingRules(isReplay: Bool) throws {
        let pipe = folder.path("pipe-\(isReplay)")
        try #require(mkfifo(pipe, 0o600) == 0)
        // Held open, so that its end does not come.
        let writer = open(pipe, O_RDWR)
        defer { close(writer) }
        let run = try RunningTool(
            isReplay
                ? ["archive", "replay", archive, "--rules", pipe]
                : ["dry-run", pipe, "--archive", archive])
        usleep(300_000)
        try #require(run.isRunning)
        // Not SIGINT, which a shell's background jobs inherit ignored; they are dealt with alike.
        run.signal(SIGTERM)
        for _ in 0..<1_000 where run.isRunning { usleep(10_000) }
        #expect(!run.isRunning)
        if run.isRunning { run.signal(SIGKILL) }
        #expect(run.waitForEnd() == -SIGTERM)
    }

    @Test("an archive that is not there, and a file without rules, end it with code 2")
    func fails() throws {
        #expect(try Tool.run("dry-run", rules, "--archive", folder.path("none")).exitCode == 2)
        let empty = try folder.file("empty", lines: ["[]"])
        #expect(try Tool.run("dry-run", empty, "--archive", archive).exitCode == 2)
    }
}
