import Foundation
import TestSupport
import Testing

@Suite("switchyard load", .onThreadsOfItsOwn)
struct LoadCommandTests {
    private let small = ["--rules", "10", "--events", "200", "--warmup", "0.1"]

    @Test(
        "delivers everything that it published, and reports it",
        arguments: [
            ["--rate", "2000"], [], ["--target", "closure"], ["--no-archived"],
            ["--no-archived", "--buses", "3"], ["--no-archived", "--buses", "3", "--deal"],
        ])
    func delivers(options: [String]) throws {
        let run = try Tool.run(
            ["load", "--seconds", "0.5", "--producers", "2", "--json"] + small + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.object()
        let published = try #require(report["published"] as? Int)
        #expect(published > 0 && report["delivered"] as? Int == published)
        let latency = try #require(report["latency"] as? [String: Any])
        #expect(latency["p50"] as? Int ?? 0 > 0)
        // Only who has a schedule can be late.
        let lateness = report["lateness"] as? [String: Any]
        #expect((lateness != nil) == (options.first == "--rate"))
        if options.first == "--rate" {
            // To be late is a part of what an event took.
            #expect(lateness?["p50"] as? Int ?? 0 > 0)
            #expect(lateness?["p50"] as? Int ?? .max <= latency["max"] as? Int ?? 0)
            // Half a second of them, and a tenth before.
            #expect(published == 1_200)
            #expect(report["eventsPerSecond"] as? Double ?? 0 > 0)
        }
    }

    @Test("a target that fails at first gets every event afterwards")
    func catchesUp() throws {
        // More than its queue and what waits for another try can hold, unless the machine is very busy.
        let options = ["--rate", "40000", "--target", "closure", "--outage", "0.7", "--json"]
        let run = try Tool.run(["load", "--seconds", "1"] + small + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.object()
        let published = try #require(report["published"] as? Int)
        #expect(published > 0 && report["delivered"] as? Int == published)
        #expect(report["outageSeconds"] as? Double == 0.7)
        let latency = try #require(report["latency"] as? [String: Any])
        #expect(latency["max"] as? Int ?? 0 > 500_000_000)
        #expect(latency["p50"] as? Int ?? 0 > 0)
        for wrong in [
            ["--seconds", "1", "--outage", "1"], ["--seconds", "-1"], ["--seconds", "nan"],
            ["--seconds", "1", "--outage", "2", "--target", "closure"],
            ["--report", "one", "--html", "one"],
        ] {
            #expect(try Tool.run(["load"] + small + wrong).exitCode == 64)
        }
    }

    @Test(
        "an open loop publishes exactly as many events as the rate says, and measures them",
        arguments: [
            (["--rate", "10", "--seconds", "1"], 10), (["--rate", "30", "--seconds", "1.1"], 33),
            (["--rate", "7", "--seconds", "1", "--producers", "3"], 7),
        ])
    func keepsRates(options: [String], count: Int) throws {
        let load = ["load", "--rules", "10", "--events", "200", "--json"] + options
        let report = try Tool.run(load + ["--warmup", "0"]).object()
        #expect(report["published"] as? Int == count && report["delivered"] as? Int == count)
        let intervals = try #require(report["intervals"] as? [[String: Any]])
        #expect(intervals.reduce(0) { $0 + ($1["events"] as? Int ?? 0) } == count)
        let warm = try Tool.run(load + ["--warmup", "1"]).object()
        let rate = Int(try #require(warm["targetRate"] as? Double))
        #expect(warm["published"] as? Int == count + rate)
        let measured = try #require(warm["intervals"] as? [[String: Any]])
        // Those of the warm-up may come late; then they are measured too.
        let events = measured.reduce(0) { $0 + ($1["events"] as? Int ?? 0) }
        #expect((count...count + rate).contains(events))
    }

    @Test("a page or a report on standard output is refused, with what to do instead")
    func refusesStandardOutput() throws {
        for (option, hint) in [("--html", "name a file"), ("--report", "--json prints")] {
            let run = try Tool.run(["load", option, "-"] + small)
            #expect(run.exitCode == 64 && run.errors.contains(hint), "\(run.errors)")
            #expect(run.output.isEmpty && access("-", F_OK) != 0)
        }
    }

    @Test("what a target catches up with after the last second is measured too")
    func measuresTheRest() throws {
        let options = ["--rate", "4000", "--target", "closure", "--outage", "0.5", "--json"]
        let run = try Tool.run(["load", "--seconds", "0.5"] + small + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let intervals = try #require(try run.object()["intervals"] as? [[String: Any]])
        let measured = intervals.reduce(0) { $0 + ($1["events"] as? Int ?? 0) }
        #expect(measured >= 2_000)
    }

    @Test("events of more than an archive's default limit are taken")
    func takesLongEvents() throws {
        let folder = try TemporaryFolder()
        let filler = String(repeating: "y", count: 2 << 20)
        let event = #"{"source":"a","detail":{"x":""# + filler + #""}}"#
        let events = try folder.file("long.jsonl", Array(event.utf8))
        let run = try Tool.run(
            ["load", "--rate", "20", "--seconds", "0.5", "--warmup", "0.1", "--rules", "10"]
                + ["--repeat", "2", "--events", events, "--json"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.object()
        #expect(report["published"] as? Int ?? 0 > 0 && report["unarchived"] as? Int == 0)
    }

    @Test("a report that was kept can be compared with another; what is no report is refused")
    func compares() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("report.json")
        let run = try Tool.run(["load", "--seconds", "0.2", "--report", path] + small)
        #expect(run.exitCode == 0 && run.output.contains("latency p50"), "\(run.errors)")
        #expect(run.output.contains("processors busy") && !run.output.contains("late p50"))
        let same = try Tool.run("load", "--compare", path, path)
        #expect(same.exitCode == 0)
        #expect(same.lines.filter { $0.hasSuffix("1.00") }.count >= 8, "\(same.output)")
        let other = try folder.file("other.json", Array("{}".utf8))
        #expect(try Tool.run("load", "--compare", path, other).exitCode == 2)
        #expect(try Tool.run("load", "--compare", path).exitCode == 64)
        #expect(try Tool.run("load", "--rate", "0").exitCode == 64)
        #expect(try Tool.run("load", "--deal").exitCode == 64)
    }

    @Test("a page has everything in it: the scripts, the report that was kept, and no addresses")
    func writesPages() throws {
        let folder = try TemporaryFolder()
        let (page, kept, both) = (
            folder.path("report.html"), folder.path("report.json"), folder.path("both.html")
        )
        // A name after which the script that the report is in would not end.
        let rules = try folder.file(
            "<!--<script>.jsonl", Array(#"{"name":"a","pattern":{"source":["b"]}}"#.utf8))
        let run = try Tool.run(
            ["load", "--seconds", "0.3", "--warmup", "0.1", "--events", "200"]
                + ["--rules", rules, "--report", kept, "--html", page])
        #expect(run.exitCode == 0, "\(run.errors)")
        let text = String(decoding: try #require(readFile(page)), as: UTF8.self)
        #expect(text.hasPrefix("<!doctype html>") && text.contains("uPlot.js"))
        #expect(!text.contains("{{") && !text.contains("src=") && !text.contains("<!--"))
        let reports = try reports(in: text)
        #expect(try reports == [report(at: kept)])
        #expect((reports[0]["distribution"] as? [Any])?.count ?? 0 > 10)

        #expect(try Tool.run("load", "--compare", kept, kept, "--html", both).exitCode == 0)
        let comparison = String(decoding: try #require(readFile(both)), as: UTF8.self)
        #expect(try self.reports(in: comparison) == [reports[0], reports[0]])
    }

    @Test("files that can't be written are errors before the run, and both kinds say why")
    func refusesFiles() throws {
        let nowhere = "/nowhere/report"
        for option in ["--report", "--html"] {
            let run = try Tool.run(["load", "--seconds", "60", option, nowhere] + small)
            #expect(run.exitCode == 2 && run.errors.contains("No such file or directory"))
        }
        let run = try Tool.run("load", "--compare", nowhere, nowhere)
        #expect(run.errors == "error: can't read \(nowhere): No such file or directory\n")
        let folder = try TemporaryFolder()
        let other = try folder.file("other.json", Array(#"{"version":1}"#.utf8))
        #expect(try Tool.run("load", "--compare", other, other).errors.contains("is missing"))
    }

    @Test("what was asked for and not reached is said, and what comparisons leave out is refused")
    func saysWhatIsMissing() throws {
        let missed = try Tool.run(["load", "--seconds", "0.3", "--rate", "1e9"] + small)
        #expect(missed.errors.contains("note: the rate was not kept") && missed.exitCode == 0)
        let empty = try Tool.run(
            ["load", "--seconds", "0.1", "--rate", "0.01", "--rules", "1", "--events", "9"]
                + ["--warmup", "0.1"])
        #expect(empty.errors.contains("no event was delivered") && empty.exitCode == 1)
        for option in [["--json"], ["--rate", "5"], ["--report", "x"]] {
            #expect(try Tool.run(["load", "--compare", "a", "b"] + option).exitCode == 64)
        }
        let negative = try Tool.run("load", "--rate", "-5")
        #expect(negative.errors.contains("has to be more than 0") && negative.exitCode == 64)
    }

    @Test("what is expected and not met ends it with 1, and is named with what it was")
    func expects() throws {
        let run = ["load", "--rate", "1000", "--seconds", "0.3", "--json"] + small
        let met = ["--expect", "max<3600s", "--expect", "rate >= 0.01", "--expect", "events/s>1"]
        let good = try Tool.run(run + met)
        #expect(good.exitCode == 0 && !good.errors.contains("error"), "\(good.errors)")
        let bad = try Tool.run(run + met + ["--expect", "p50<1ns", "--expect=p99.99<=3600s"])
        #expect(bad.exitCode == 1)
        #expect(bad.errors.contains("error: not as expected: p50<1ns: it was "), "\(bad.errors)")
        #expect(
            bad.errors.contains(" events can't tell p99.99\n"), "\(bad.errors)")
        #expect(!bad.errors.contains("max<"))
        let expectations = try bad.object()["expectations"] as? [String: Bool]
        #expect(expectations?.filter { !$0.value }.keys.sorted() == ["p50<1ns", "p99.99<=3600s"])
        #expect(expectations?.count == 5)
    }

    @Test(
        "an expectation that is none is a wrong command line, with what one looks like",
        arguments: [
            "", "p99", "p99=5ms", "p99>5ms", "p95<5ms", "p99<5", "p99<5 m", "p99<-1ms", "p99<ms",
            "rate<1", "rate>=2", "rate>1", "rate>=x", "rate>=0", "events/s>nan", "speed>1", "<5ms",
        ])
    func refusesExpectations(text: String) throws {
        let run = try Tool.run(["load", "--rate", "10", "--expect", text] + small)
        #expect(run.exitCode == 64 && run.output.isEmpty)
        #expect(run.errors.contains("--expect 'p99<5ms'"), "\(run.errors)")
    }

    @Test("a part of no rate can't be expected, and nothing of a comparison")
    func refusesExpecting() throws {
        let run = try Tool.run(["load", "--expect", "rate>=0.9"] + small)
        #expect(run.exitCode == 64 && run.errors.contains("is a part of --rate"))
        #expect(
            try Tool.run("load", "--compare", "a", "b", "--expect", "p50<1ms").exitCode == 64)
    }

    @Test("percentiles that so few events can't tell are left out, of tables and reports")
    func leavesPercentilesOut() throws {
        let options =
            ["load", "--rate", "50", "--seconds", "0.4", "--warmup", "0", "--rules", "1"]
            + ["--events", "9"]
        let report = try Tool.run(options + ["--json"]).object()
        let latency = try #require(report["latency"] as? [String: Any])
        #expect(Set(latency.keys) == ["p50", "p90", "max"])
        let table = try Tool.run(options)
        #expect(table.output.contains("latency p90") && !table.output.contains("latency p99"))
        #expect(table.output.contains("latency longest"))
    }

    @Test("a report tells when, by which program and on what, and a comparison what of it differs")
    func tellsOrigin() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("report.json")
        let run = try Tool.run(["load", "--seconds", "0.2", "--report", path] + small)
        let text = String(decoding: try #require(readFile(path)), as: UTF8.self)
        let origin = try #require(try report(at: path)["origin"] as? [String: String])
        #expect(Set(origin.keys) == ["date", "build", "processor"])
        for part in origin.values { #expect(run.output.contains(part) && part.count > 4) }
        let same = try Tool.run("load", "--compare", path, path)
        #expect(same.errors.isEmpty && same.output.contains(origin["date"] ?? "?"))
        let other = try folder.file(
            "other.json",
            Array(
                text.replacing(" online\"", with: " more online\"")
                    .replacing("\"0.1.0 ", with: "\"0.0.9 ").utf8))
        let different = try Tool.run("load", "--compare", path, other)
        #expect(different.errors.contains("the build, the processor\n"), "\(different.errors)")
        #expect(different.exitCode == 0)
    }

    @Test("the last thing that it says of its progress is no line of zeros")
    func endsWithoutZeros() throws {
        let run = try Tool.run(["load", "--rate", "2000", "--seconds", "1.2"] + small)
        #expect(!run.errors.contains("0.0 events/s") && !run.errors.contains("p50 0 ns"))
    }

    @Test("whether it is stopped or its output fails, the archive does not stay behind")
    func cleansUp() throws {
        let folder = try TemporaryFolder()
        let run = try RunningTool(
            ["load", "--seconds", "60", "--warmup", "60", "--rules", "10", "--events", "200"],
            temporaryFolder: folder.path)
        func left() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
        }
        try run.wait { try !left().isEmpty }
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
        #expect(try left().isEmpty && run.errors.contains("stopped before anything was measured"))

        let full = Process()
        full.executableURL = URL(fileURLWithPath: Tool.path)
        full.arguments = ["load", "--seconds", "0.2"] + small
        full.environment = ["TMPDIR": folder.path]
        full.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        full.standardError = FileHandle.nullDevice
        try full.start()
        full.waitUntilExit()
        #expect(full.terminationStatus == 2)
        #expect(try left().isEmpty)
    }

    private func report(at path: String) throws -> NSDictionary {
        let data = Data(try #require(readFile(path)))
        return try #require(JSONSerialization.jsonObject(with: data) as? NSDictionary)
    }

    /// The reports that a page shows.
    private func reports(in page: String) throws -> [NSDictionary] {
        let start = try #require(page.range(of: #"id="reports">"#)).upperBound
        let end = try #require(page[start...].range(of: "</script>")).lowerBound
        let list = try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8))
        return try #require(list as? [NSDictionary])
    }
}
