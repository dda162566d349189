import Foundation
import TestSupport
import Testing

/// A browser that shows no window, if this machine has one.
private enum Browser {
    static let path: String? = ["chromium", "chromium-browser", "google-chrome"]
        .map { "/usr/bin/\($0)" }.first { access($0, X_OK) == 0 }

    /// Opens a page and gives what `expression` is when the page's own scripts have run.
    static func evaluate(_ expression: String, on page: String) throws -> [String: Any] {
        let folder = try TemporaryFolder()
        let asking = page.replacingOccurrences(
            of: "</body>",
            with: "<pre id=\"answer\"></pre><script>document.getElementById(\"answer\").textContent"
                + " = JSON.stringify(\(expression));</script></body>")
        let file = try folder.file("page.html", Array(asking.utf8))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            "--user-data-dir=\(folder.path("profile"))", "file://\(file)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.start()
        let dom = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let start = try #require(dom.range(of: #"<pre id="answer">"#)).upperBound
        let end = try #require(dom[start...].range(of: "</pre>")).lowerBound
        let text = dom[start..<end].replacingOccurrences(of: "&gt;", with: ">")
        let answer = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(answer as? [String: Any])
    }
}

@Suite("the page of switchyard load", .onThreadsOfItsOwn, .enabled(if: Browser.path != nil))
struct LoadPageTests {
    /// What part of the plot `id` is drawn on, from one to another part of its width.
    private static func covered(_ id: String, _ from: Double, _ to: Double) -> String {
        """
        (chart => {
          const box = chart.bbox, x = box.left + \(from) * box.width;
          const pixels = chart.ctx.getImageData(x, box.top, \(to - from) * box.width, box.height).data;
          return pixels.filter((value, index) => index % 4 === 3 && value > 0).length * 4 / pixels.length;
        })(charts.\(id))
        """
    }

    /// Runs the command for some seconds, and gives what `expression` is on its page.
    private func run(_ options: [String], asking expression: String) throws -> [String: Any] {
        let folder = try TemporaryFolder()
        let page = folder.path("page.html")
        let run = try Tool.run(
            ["load", "--rate", "2000", "--warmup", "0", "--rules", "10", "--events", "200"]
                + ["--html", page] + options)
        #expect(run.exitCode == 0, "\(run.errors)")
        let text = String(decoding: try #require(readFile(page)), as: UTF8.self)
        return try Browser.evaluate(expression, on: text)
    }

    @Test("an outage is named and shaded, and a second in which nothing came is a gap")
    func showsOutages() throws {
        let answer = try run(
            ["--target", "closure", "--outage", "1.5", "--seconds", "3"],
            asking: """
                {
                  text: document.body.innerText, latencies: charts.latency.data[1],
                  early: [\(Self.covered("throughput", 0.05, 0.4)), \(Self.covered("memory", 0.05, 0.4))],
                  late: [\(Self.covered("throughput", 0.7, 0.95)), \(Self.covered("memory", 0.7, 0.95))]
                }
                """)
        let text = try #require(answer["text"] as? String)
        #expect(text.contains("target closure, archived; the target failed for the first 1.5 s"))
        #expect(text.contains("Shaded: the target failed.") && text.contains("nothing came"))
        #expect(text.contains("outage of the target"))
        let latencies = try #require(answer["latencies"] as? [Any])
        #expect(latencies.first is NSNull, "\(latencies)")
        #expect(latencies.contains { ($0 as? Double ?? 0) > 1_000 })
        let (early, late) = (answer["early"] as? [Double] ?? [], answer["late"] as? [Double] ?? [])
        #expect(early.count == 2 && early.allSatisfy { $0 > 0.99 }, "\(early)")
        #expect(late.count == 2 && late.allSatisfy { $0 < 0.5 }, "\(late)")
    }

    @Test("without an outage nothing is shaded or said of one")
    func showsNone() throws {
        let answer = try run(
            ["--seconds", "1"],
            asking: "{text: document.body.innerText, "
                + "early: \(Self.covered("throughput", 0.05, 0.4))}")
        let text = try #require(answer["text"] as? String)
        #expect(text.contains("Events delivered") && !text.contains("fail"))
        #expect(!text.contains("nothing came") && answer["early"] as? Double ?? 1 < 0.5)
    }
}
