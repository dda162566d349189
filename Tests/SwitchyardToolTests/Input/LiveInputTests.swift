import Foundation
import TestSupport
import Testing

/// Events that come while the tool runs.
@Suite("Input that goes on", .onThreadsOfItsOwn)
struct LiveInputTests {
    private let folder: TemporaryFolder
    private let rules: String

    init() throws {
        folder = try TemporaryFolder()
        rules = try folder.file("rules.jsonl", lines: ruleLines)
    }

    @Test(
        "what an event leads to is shown while the next one is awaited, however events are laid out",
        arguments: [
            ["{\"a\":1}\n", "{\"a\":2}\n"], ["{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n"],
            ["[{\"a\":1},\n", "{\"a\":2},\n"],
            ["{\"Entries\":[\n", "{\"DetailType\":\"x\",\"Source\":\"y\",\"Detail\":\"{}\"},\n"],
        ], ["match", "explain"])
    func showsAtOnce(parts: [String], command: String) throws {
        let pipe = folder.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        // Held open, so that its end does not come.
        let writer = open(pipe, O_RDWR)
        defer { close(writer) }
        let run = try RunningTool([command, "--rules", rules, "--events", pipe])
        for part in parts {
            let bytes = Array(part.utf8)
            // Before: what it leads to may be there at once.
            let shown = run.lines
            try #require(write(writer, bytes, bytes.count) == bytes.count)
            guard part.contains("}") else { continue }
            // All of it is shown before any more is written.
            try run.wait { run.lines > shown }
        }
        #expect(run.isRunning)
    }
}

extension RunningTool {
    /// How many whole lines it has written.
    fileprivate var lines: Int { output.count { $0 == "\n" } }
}
