import Foundation
import TestSupport
import Testing

/// The built command-line tool, run as a process of its own.
enum Tool {
    /// What a run gave.
    struct Result {
        var exitCode: Int32
        var output: String
        var errors: String

        /// The lines of the output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// The output as a JSON object.
        func object() throws -> [String: Any] {
            try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// Where the tool is: the build puts it beside the tests.
    static let path = builtFolder.appendingPathComponent("switchyard").path

    /// Runs the tool to its end.
    static func run(_ arguments: String..., input: String = "") throws -> Result {
        try run(arguments, input: input)
    }

    /// Runs the tool to its end.
    static func run(_ arguments: [String], input: String = "") throws -> Result {
        // How far it is it says or not as it is slow or quick.
        let run = try RunningTool(
            arguments, input: input, environment: ["SWITCHYARD_PROGRESS": "0"])
        let exitCode = run.waitForEnd()
        return Result(exitCode: exitCode, output: run.output, errors: run.errors)
    }
}

/// A run of the tool that can be watched and stopped.
final class RunningTool {
    private let process = Process()
    private let folder: TemporaryFolder

    /// Starts the tool. What it writes goes through files, so that it never waits for a reader.
    ///
    /// - Parameter temporaryFolder: where it puts its own temporary files.
    init(
        _ arguments: [String], input: String = "", temporaryFolder: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: Tool.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["TMPDIR": temporaryFolder ?? folder.path]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle(
            forReadingAtPath: try folder.file("input", Array(input.utf8)))
        process.standardOutput = FileHandle(forWritingAtPath: try folder.file("output", []))
        process.standardError = FileHandle(forWritingAtPath: try folder.file("errors", []))
        try process.start()
    }

    deinit { if process.isRunning { signal(SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var output: String { text(of: "output") }
    var errors: String { text(of: "errors") }

    private func text(of name: String) -> String {
        String(decoding: readFile(folder.path(name)) ?? [], as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end, and gives the exit code, or minus the signal that ended it.
    func waitForEnd() -> Int32 {
        process.waitUntilExit()
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? -status : status
    }

    /// Waits until `condition` holds, at most a minute; fails if the tool ends before.
    func wait(until condition: () throws -> Bool) throws {
        for _ in 0..<6_000 {
            if try condition() { return }
            try #require(process.isRunning, "it ended: \(errors)")
            usleep(10_000)
        }
        Issue.record("nothing happened for a minute: \(errors)")
    }
}

/// A file of rules that match some of ``eventLines``, and what is wrong with it.
let ruleLines = [
    #"{"name":"two","pattern":{"a":[2]}}"#,
    #"{"name":"any","pattern":{"a":[{"exists":true}]}}"#,
    #"{"name":"state \"x\"","pattern":{"detail":{"state":["x"]}}}"#,
]

let eventLines = [
    #"{"a":1}"#, "", #"{"a":[1,2]}"#, #"{"b":1}"#, #"{"detail":{"state":"x"},"a":null}"#,
]
