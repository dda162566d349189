import Foundation
import JSONScan
import TestSupport
import Testing

@Suite("switchyard bench", .onThreadsOfItsOwn)
struct BenchCommandTests {
    private static let small = ["--events", "2000", "--passes", "1", "--json"]

    @Test(
        "each benchmark reports its stages as JSON, and its self-check holds",
        arguments: [
            (
                ["bench", "--rules", "50"],
                ["route", "publish", "scan", "append", "match", "deliver", "replay"]
            ),
            (["bench", "match", "--rules", "50"], ["scan", "match"]),
            (["bench", "archive"], ["append", "first read", "read"]),
            (["bench", "rings"], ["spsc 1", "mpsc 1", "spsc 64", "mpsc 64"]),
        ])
    func report(command: [String], stages: [String]) throws {
        let result = try Tool.run(command + Self.small)
        #expect(result.exitCode == 0 && result.lines.count == 1, "\(result.errors)")
        // On standard error there is progress, where it takes long, and nothing else.
        let errors = result.errors.split(separator: "\n")
        #expect(errors.allSatisfy { $0.hasPrefix("bench") }, "\(result.errors)")
        let report = try result.object()
        #expect(report["events"] as? Int == 2_000)
        // Through rings go descriptors alone.
        let bytesEach = command.contains("rings") ? 32 : 500
        #expect(report["bytes"] as? Int ?? 0 >= 2_000 * bytesEach)
        #expect(report["selfCheck"] as? Bool == true)
        let measured = try #require(report["stages"] as? [String: [String: [String: Double]]])
        #expect(Set(measured.keys) == Set(stages))
        for (stage, figures) in measured {
            let names: Set = ["eventsPerSecond", "megabytesPerSecond", "nanosecondsPerEvent"]
            #expect(Set(figures.keys) == names)
            for (name, spread) in figures {
                let values = ["min", "median", "max"].compactMap { spread[$0] }
                #expect(values.count == 3 && values == values.sorted(), "\(stage) \(name)")
                #expect(values[0] > 0, "\(stage) \(name)")
            }
        }
        for part in ["date", "build", "processor"] {
            #expect((report[part] as? String)?.isEmpty == false, "\(part)")
        }
        guard command.contains("--rules") else { return }
        #expect(report["rules"] as? Int == 50)
        #expect(report["matches"] as? Int ?? 0 > 0)
        let compile = try #require(report["compile"] as? [String: Any])
        #expect(compile["bytesPerRule"] as? Double ?? 0 > 0)
        #expect(compile["rulesPerSecond"] as? [String: Double] != nil)
    }

    @Test("an event longer than usual is routed too", arguments: ["route", "archive"])
    func longEvent(command: String) throws {
        let folder = try TemporaryFolder()
        let event = #"{"a":"\#(String(repeating: "x", count: 3 << 20))"}"#
        let events = try folder.file("long", lines: [event])
        let result = try Tool.run(
            "bench", command, "--events", events, "--repeat", "3", "--passes", "1", "--json")
        #expect(result.exitCode == 0)
        #expect(try result.object()["selfCheck"] as? Bool == true)
    }

    @Test(
        "what is asked for has limits",
        arguments: [
            ["--rules", "3000000"], ["--events", "0"], ["rings", "--batch", "0"],
            ["--events", "99999999999999999999"],
            ["--repeat", "0"], ["--segment-mebibytes", "99999999999999"],
        ])
    func limits(options: [String]) throws {
        #expect(try Tool.run(["bench"] + options).exitCode == 64)
    }

    @Test(
        "a kernel can be chosen only where it is used",
        .enabled(if: ScanKernel.supported.count > 1))
    func kernel() throws {
        let portable = ["--kernel", "portable"] + Self.small
        #expect(try Tool.run(["bench"] + portable).exitCode == 64)
        #expect(try Tool.run(["bench", "archive"] + portable).exitCode == 64)
        #expect(try Tool.run(["bench", "archive", "--rules", "5"] + Self.small).exitCode == 64)
        let report = try Tool.run(["bench", "match"] + portable).object()
        #expect(report["kernel"] as? String == "portable")
    }

    @Test("the same seed gives the same events and matches, another seed others")
    func seeds() throws {
        func figures(_ seed: Int) throws -> [Int?] {
            let report = try Tool.run(
                ["bench", "match", "--rules", "50", "--seed", "\(seed)"] + Self.small
            ).object()
            return [report["bytes"] as? Int, report["matches"] as? Int]
        }
        #expect(try figures(1) == figures(1))
        #expect(try figures(1) != figures(2))
    }

    @Test("all benchmarks of the same input find the same matches")
    func sameMatches() throws {
        let matches = try [
            ["bench"], ["bench", "match"], ["bench", "match", "--kernel", "portable"],
        ]
        .map { command in
            try Tool.run(command + ["--rules", "200"] + Self.small).object()["matches"] as? Int
        }
        #expect(Set(matches).count == 1 && matches[0] != nil)
    }

    @Test("without --json it is a table")
    func table() throws {
        let result = try Tool.run("bench", "--events", "500", "--rules", "5", "--passes", "1")
        #expect(result.exitCode == 0)
        for word in ["events/s", "ns/event", "route", "replay", "latency", "self-check   ok"] {
            #expect(result.output.contains(word), "\(word)")
        }
        #expect(!result.output.contains("FAILED"))
    }

    @Test("files of rules and events are used as often as asked; broken lines are skipped")
    func files() throws {
        let folder = try TemporaryFolder()
        let rules = try folder.file("rules", lines: ruleLines)
        let events = try folder.file("events", lines: eventLines + ["x"])
        let result = try Tool.run(
            "bench", "--rules", rules, "--events", events, "--repeat", "25", "--passes", "1",
            "--json")
        let report = try result.object()
        #expect(report["events"] as? Int == 100 && report["distinctEvents"] as? Int == 4)
        #expect(report["rules"] as? Int == 3 && report["matches"] as? Int == 5 * 25)
        #expect(report["selfCheck"] as? Bool == true)
        #expect(result.errors.hasPrefix("error: \(events):6:1: ") && result.exitCode == 1)
    }

    @Test(
        "Ctrl-C ends a long benchmark with 130, and nothing temporary stays behind",
        arguments: [["bench"], ["bench", "archive"]], [SIGINT, SIGTERM])
    func interrupt(command: [String], signal: Int32) throws {
        let folder = try TemporaryFolder()
        let temporary = folder.path("temporary")
        try FileManager.default.createDirectory(
            atPath: temporary, withIntermediateDirectories: false)
        let run = try RunningTool(
            command + ["--segment-mebibytes", "1"]
                + endless(in: folder, hasRules: command == ["bench"]),
            temporaryFolder: temporary)
        try run.wait { try !FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty }
        try run.wait { run.errors.contains("%") }
        run.signal(signal)
        #expect(run.waitForEnd() == 130)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
        #expect(run.errors.contains("stopped before a pass was complete"))
    }

    @Test("Ctrl-C ends the benchmark of the matcher with 130")
    func interruptMatch() throws {
        let folder = try TemporaryFolder()
        let run = try RunningTool(["bench", "match"] + endless(in: folder))
        try run.wait { run.errors.contains("%") }
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
    }
}

/// Options for a benchmark that begins at once and takes hours.
func endless(in folder: TemporaryFolder, hasRules: Bool = true) throws -> [String] {
    let events = (0..<200).map { number in
        "{\"source\":\"test\",\"detail\":{\"number\":\(number)},\"filler\":\""
            + String(repeating: "x", count: number * 7) + "\"}"
    }
    let rules = (0..<10).map { number in
        "{\"name\":\"\(number)\",\"pattern\":{\"detail\":{\"number\":[{\"numeric\":[\">\",\(number * 20)]}]}}}"
    }
    return [
        "--events", try folder.file("endless events", lines: events), "--repeat", "500000",
        "--passes", "1",
    ] + (hasRules ? ["--rules", try folder.file("endless rules", lines: rules)] : [])
}
