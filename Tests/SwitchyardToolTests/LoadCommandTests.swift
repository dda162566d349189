import TestSupport
import Testing

@Suite("switchyard load", .onThreadsOfItsOwn)
struct LoadCommandTests {
    private let small = ["--rules", "10", "--events", "200", "--warmup", "0.1"]

    @Test(
        "delivers everything that it published, and reports it",
        arguments: [["--rate", "2000"], [], ["--target", "closure", "--no-archived"]])
    func delivers(options: [String]) throws {
        let run = try Tool.run(
            ["load", "--seconds", "0.5", "--producers", "2", "--json"] + small + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.object()
        let published = try #require(report["published"] as? Int)
        #expect(published > 0 && report["delivered"] as? Int == published)
        let latency = try #require(report["latency"] as? [String: Any])
        #expect(latency["p50"] as? Int ?? 0 > 0)
        if options.first == "--rate" {
            let rate = try #require(report["eventsPerSecond"] as? Double)
            #expect(rate > 1_000 && rate < 3_000)
        }
    }

    @Test("a report that was kept can be compared with another; what is no report is refused")
    func compares() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("report.json")
        let run = try Tool.run(["load", "--seconds", "0.2", "--report", path] + small)
        #expect(run.exitCode == 0 && run.output.contains("latency p99.9"), "\(run.errors)")
        let same = try Tool.run("load", "--compare", path, path)
        #expect(same.exitCode == 0)
        #expect(same.lines.filter { $0.hasSuffix("1.00") }.count >= 8, "\(same.output)")
        let other = try folder.file("other.json", Array("{}".utf8))
        #expect(try Tool.run("load", "--compare", path, other).exitCode == 2)
        #expect(try Tool.run("load", "--compare", path).exitCode == 64)
        #expect(try Tool.run("load", "--rate", "0").exitCode == 64)
    }
}
