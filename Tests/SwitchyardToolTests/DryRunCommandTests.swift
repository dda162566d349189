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

    @Test("an archive that is not there, and a file without rules, end it with code 2")
    func fails() throws {
        #expect(try Tool.run("dry-run", rules, "--archive", folder.path("none")).exitCode == 2)
        let empty = try folder.file("empty", lines: ["[]"])
        #expect(try Tool.run("dry-run", empty, "--archive", archive).exitCode == 2)
    }
}
