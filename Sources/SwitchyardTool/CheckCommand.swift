import ArgumentParser
import EventPattern
import JSONScan
import Switchyard

/// `switchyard check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate event patterns.",
        discussion: """
            Prints the canonical form of each valid pattern. Exits with 1 if any is invalid.

            EXAMPLES
              switchyard check '{"source": ["aws.ec2"]}'
              switchyard check - < pattern.json
              switchyard check --rules rules.jsonl
            """)

    @Argument(help: "Patterns; - reads one from standard input.")
    var patterns: [String] = []
    @Option(help: ArgumentHelp("A rules file, each line of which is checked.", valueName: "file"))
    var rules: String?
    @Flag(help: "Print one object a pattern.")
    var json = false

    func validate() throws {
        guard !patterns.isEmpty || rules != nil else {
            throw ValidationError("Name at least one pattern, or a rules file with --rules.")
        }
    }

    private struct Verdict: Encodable {
        var valid: Bool
        var canonical: String?
        var branches: Int?
        var paths: Int?
        var error: String?
        var line: Int?
        var column: Int?
    }

    func run() throws {
        var invalid = 0
        for pattern in patterns {
            let text = pattern == "-" ? try standardInput() : Array(pattern.utf8)
            let parsed = Result { () throws(PatternError) in
                let pattern = try EventPattern(text.span.bytes)
                return (pattern, try pattern.branches())
            }
            switch parsed {
            case .success(let (pattern, branches)): try report(pattern, branches)
            case .failure(let error):
                invalid += 1
                try report(error, in: text)
            }
        }
        if let rules {
            var skipped = SkippedLines()
            let count = try readRules(rules, &skipped).count
            Terminal.note("\(count) valid rules, \(skipped.count) invalid")
            invalid += skipped.count
        }
        Output.standard.flush()
        if invalid > 0 { throw Outcome.wrong }
    }

    private func standardInput() throws -> [UInt8] {
        var text: [UInt8] = []
        var lineNumber = 1
        try forEachLine(of: "-") { line in
            // Blank lines are passed over, but errors have to name the right line.
            text += repeatElement(UInt8(ascii: "\n"), count: line.number - lineNumber)
            text += line.text
            lineNumber = line.number
        }
        return text
    }

    private func report(_ pattern: EventPattern, _ branches: [PatternBranch]) throws {
        guard json else { return Terminal.print(pattern.canonicalJSON) }
        Terminal.print(
            try JSONText.encoded(
                Verdict(
                    valid: true, canonical: pattern.canonicalJSON, branches: branches.count,
                    paths: Set(branches.flatMap { $0.conditions.map(\.path) }).count)))
    }

    private func report(_ error: PatternError, in text: [UInt8]) throws {
        guard !json else {
            return Terminal.print(
                try JSONText.encoded(
                    Verdict(
                        valid: false, error: error.message, line: error.line, column: error.column))
            )
        }
        Terminal.error("\(error)")
        // The line it is on, with a mark below the place, unless the line is too long to read so.
        // Lines are told apart by bytes: to a String "\r\n" is one character, and no "\n".
        let line = String(
            decoding: text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[
                error.line - 1], as: UTF8.self
        ).filter { $0 != "\r" }
        if line.count <= 200 {
            Terminal.note("  \(line)\n  \(String(repeating: " ", count: error.column - 1))^")
        }
    }
}
