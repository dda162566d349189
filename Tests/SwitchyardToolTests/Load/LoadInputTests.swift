import Foundation
import TestSupport
import Testing

@Suite("switchyard load, stopped and compared", .onThreadsOfItsOwn)
struct LoadInputTests {
    private let small = ["--warmup", "0", "--rules", "2", "--events", "10"]

    @Test("a run that is stopped says that its expectations were not judged, and reports none")
    func stopped() throws {
        let folder = try TemporaryFolder()
        let report = folder.path("report.json")
        let run = try RunningTool(
            ["load", "--seconds", "60", "--expect", "p50<1ns", "--report", report] + small)
        // It tells every second how far it is.
        try run.wait { run.errors.contains("events/s") }
        run.signal(SIGTERM)
        #expect(run.waitForEnd() == 130)
        #expect(run.errors.contains("the expectations were not judged"), "\(run.errors)")
        #expect(!run.errors.contains("not as expected"))
        let data = Data(try #require(readFile(report)))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect(object?["expectations"] == nil && object?["published"] != nil)
    }

    @Test("one of the reports that are compared can be standard input")
    func comparesStandardInput() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("report.json")
        _ = try Tool.run(["load", "--seconds", "0.2", "--report", path] + small)
        let text = String(decoding: try #require(readFile(path)), as: UTF8.self)
        let expected = try Tool.run("load", "--compare", path, path)
        #expect(expected.exitCode == 0 && !expected.output.isEmpty)
        for reports in [["-", path], [path, "-"]] {
            let run = try Tool.run(["load", "--compare"] + reports, input: text)
            #expect(run.output == expected.output && run.exitCode == 0, "\(run)")
        }
        let empty = try Tool.run("load", "--compare", "-", path)
        #expect(empty.errors.contains("standard input") && empty.exitCode == 2)
        let both = try Tool.run("load", "--compare", "-", "-", input: text)
        #expect(both.errors.contains("Only one of the reports") && both.exitCode == 64)
    }
}
