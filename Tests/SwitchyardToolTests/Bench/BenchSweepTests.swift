import EventWorkload
import Foundation
import TestSupport
import Testing

@Suite("switchyard bench --sweep", .onThreadsOfItsOwn)
struct BenchSweepTests {
    private static let small = ["bench", "--sweep", "elements", "--sweep-to", "3", "--passes", "1"]
    private static let series = GrowthAxis.elements.series.map(\.name)

    @Test("the table has a row for each measurement, its figures under their titles at the right")
    func table() throws {
        let result = try Tool.run(Self.small)
        #expect(result.exitCode == 0)
        let lines = result.lines
        let headers = lines.filter { $0.contains("events/s") }
        #expect(headers.count == Self.series.count && Set(headers).count == 1)
        let header = try #require(headers.first)
        for title in ["elements", "ns/event", "scan", "ns/element", "tables", "resident"] {
            #expect(header.contains(" " + title), "\(title)")
        }
        let rows = lines.filter { $0.contains(/^ +[13] .* [kMG]?B$/) }
        #expect(rows.count == 2 * Self.series.count)
        #expect(rows.allSatisfy { $0.count == header.count })
        for name in Self.series { #expect(lines.contains { $0.hasPrefix("  \(name): ") }) }
        // Progress is not among the results.
        #expect(result.errors.contains("sweep elements: 0 of 8 measured"))
        #expect(!result.output.contains("FAILED"))
    }

    @Test("--json has every measurement with its spread, in order")
    func object() throws {
        let report = try Tool.run(Self.small + ["--json"]).object()
        #expect(report["axis"] as? String == "elements" && report["passes"] as? Int == 1)
        #expect(report["complete"] as? Bool == true && report["selfCheck"] as? Bool == true)
        let points = try #require(report["points"] as? [[String: Any]])
        #expect(points.map { $0["value"] as? Int } == Self.series.flatMap { _ in [1, 3] })
        #expect(points.map { $0["series"] as? String } == Self.series.flatMap { [$0, $0] })
        for point in points {
            for stage in ["scan", "match"] {
                let figures = try #require(point[stage] as? [String: [String: Double]])
                let times = try #require(figures["nanosecondsPerEvent"])
                #expect(try #require(times["min"]) > 0)
            }
            #expect(point["rules"] as? Int == 10 && point["matchesPerEvent"] as? Double ?? 0 > 0.3)
            #expect(point["tableBytes"] as? Int ?? 0 > 500)
            #expect(point["residentBytes"] as? Int ?? 0 > 1 << 20)
        }
    }

    @Test("more rules of a workload that is named, the first ones again")
    func rules() throws {
        let report = try Tool.run(
            "bench", "--sweep", "rules", "--workload", "geojson-numeric", "--sweep-to", "10",
            "--passes", "1", "--json"
        ).object()
        let points = try #require(report["points"] as? [[String: Any]])
        #expect(points.map { $0["rules"] as? Int } == [1, 3, 10])
        let matches = points.compactMap { $0["matchesPerEvent"] as? Double }
        #expect(matches.count == 3 && matches == matches.sorted())
    }

    @Test("the plot is XML with a mark for each measurement in both panels")
    func plot() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("growth.svg")
        let result = try Tool.run(Self.small + ["--plot", file])
        #expect(result.exitCode == 0 && result.errors.contains("the plot is in \(file)"))
        let svg = String(decoding: try #require(readFile(file)), as: UTF8.self)
        #expect(try openElements(svg).isEmpty, "an element is not closed")
        let points = 2 * 2 * Self.series.count
        #expect(svg.ranges(of: "class=\"point\"").count == points)
        #expect(svg.ranges(of: "<polyline").count == 2 * Self.series.count)
        for word in ["elements an event", " kB<", " us<", "prefers-color-scheme:dark"] + Self.series
        {
            #expect(svg.contains(word), "\(word)")
        }
        // Every mark lies on the image, and none has a coordinate that is no number.
        #expect(!svg.contains("nan") && !svg.contains("inf"))
        // It stands alone.
        #expect(!svg.contains("href") && svg.ranges(of: "http").count == 1)
    }

    @Test(
        "what makes no sense is refused, and says what would",
        arguments: [
            (["--sweep", "weather"], "'rules', 'paths', 'bytes'"),
            (["--plot", "a.svg"], "add --sweep"), (["--sweep-to", "10"], "add --sweep"),
            (["--sweep", "bytes", "--sweep-to", "99"], "at least 100"),
            (["--sweep", "rules", "--rules", "10"], "not for --sweep"),
            (["--sweep", "rules", "--events", "10"], "not for --sweep"),
            (["--sweep", "rules", "--archive", "d"], "not for --sweep"),
            (["--sweep", "bytes", "--workload", "pinned"], "--sweep rules"),
            (["--sweep", "rules", "--workload", "x"], "no workload named x"),
            (["--sweep", "rules", "--passes", "0"], "--passes"),
        ])
    func badOptions(options: [String], message: String) throws {
        let result = try Tool.run(["bench"] + options)
        #expect(result.exitCode == 64 && result.output.isEmpty)
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test("a plot that can't be written is an error before anything is measured")
    func unwritablePlot() throws {
        let result = try Tool.run(Self.small + ["--plot", "/nowhere/at/all.svg"])
        #expect(result.exitCode == 2 && result.output.isEmpty)
        #expect(result.errors.contains("can't write /nowhere/at/all.svg: No such file"))
        #expect(!result.errors.contains("measured"))
    }

    @Test(
        "Ctrl-C ends it with 130, and what was measured so far is printed",
        arguments: [false, true])
    func interrupt(json: Bool) throws {
        let run = try RunningTool(
            ["bench", "--sweep", "elements", "--passes", "1"] + (json ? ["--json"] : []))
        try run.wait { run.errors.contains("2 of ") }
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
        #expect(run.errors.contains("stopped early: "))
        if json {
            let report = try #require(
                JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(report["complete"] as? Bool == false)
            #expect((report["points"] as? [Any])?.count ?? 0 >= 2)
        } else {
            #expect(run.output.contains("strings: ") && !run.output.contains("nested: "))
        }
    }
}

/// Reads a text as XML, far enough to see that every element is closed.
///
/// - Returns: the elements that are open at the end.
private func openElements(_ xml: String) throws -> [Substring] {
    let tags = /<(\/?)([A-Za-z]+)((?: [A-Za-z0-9-]+="[^"<>]*")*)(\/?)>|<\?[^>]*\?>/
    var open: [Substring] = []
    for tag in xml.matches(of: tags) {
        guard let name = tag.output.2, !name.isEmpty else { continue }
        if tag.output.1 == "/" {
            try #require(open.popLast() == name, "</\(name)> closes nothing")
        } else if tag.output.4 != "/" {
            open.append(name)
        }
    }
    // What is left between the tags must not look like one.
    let rest = xml.replacing(tags, with: "")
    try #require(!rest.contains("<"), "\(rest)")
    return open
}
