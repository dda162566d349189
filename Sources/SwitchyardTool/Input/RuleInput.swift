import ArgumentParser
import CommandOutput
import EventMatching
import EventPattern
import JSONScan
import Switchyard

/// Reading rules and events as commands do: what is wrong is said with file, line and column, and
/// skipped, or with `--strict` ends the command.
struct InputPolicy: ParsableArguments {
    @Flag(help: "Stop at the first line that is wrong instead of skipping it.")
    var strict = false
}

/// Counts what was skipped, so that the exit code can tell.
struct SkippedLines {
    private let isStrict: Bool
    private(set) var count = 0

    /// Counts for a command; without a policy nothing ends it early.
    init(_ policy: InputPolicy? = nil) { isStrict = policy?.strict ?? false }

    /// Reports a line that is wrong.
    ///
    /// - Throws: where the policy is strict, the code to end with.
    mutating func skip(_ problem: LineProblem) throws {
        Terminal.error("\(problem)")
        count += 1
        if isStrict { throw Outcome.wrong }
    }

    /// Ends a command: says how many lines were skipped, if any.
    func finish() throws {
        Output.standard.flush()
        guard count > 0 else { return }
        Terminal.note("\(count) \(count == 1 ? "line was" : "lines were") skipped")
        throw Outcome.wrong
    }
}

/// Reads and compiles a rules file.
func loadRules(_ path: String, _ skipped: inout SkippedLines) throws -> RuleSet {
    try compile(try readRules(path, &skipped))
}

/// Reads the rules of a rules file.
func readRules(_ path: String, _ skipped: inout SkippedLines) throws -> [Rule] {
    try readRulesFile(path, &skipped).rules
}

/// Reads a rules file, and says what there is to say of it.
///
/// - Parameter mayBeEmpty: whether it may have no usable rule.
func readRulesFile(
    _ path: String, _ skipped: inout SkippedLines, mayBeEmpty: Bool = false
) throws -> RulesFile {
    let file: RulesFile
    do { file = try RulesFile(path: path) } catch { throw Outcome.failure(error) }
    for note in file.notes { Terminal.note("note: \(note)") }
    for problem in file.problems { try skipped.skip(problem) }
    guard mayBeEmpty || !file.rules.isEmpty else {
        throw Outcome.failure("\(path) has no usable rule")
    }
    return file
}

/// Compiles rules.
func compile(_ rules: [Rule]) throws -> RuleSet {
    do { return try RuleSet(rules) } catch { throw Outcome.failure(error) }
}

/// Calls `body` with each line of a file.
func forEachLine(
    of path: String, _ body: (JSONLines.Line) throws -> Void
) throws {
    do {
        var blocks = try LineBlocks(path: path)
        while let block = try blocks.next() {
            for line in block { try body(line) }
            // Input can come slowly, from a pipe: what it led to should not wait for more of it.
            Output.standard.flush()
        }
    } catch let error as InputError {
        throw Outcome.failure(error)
    }
}
