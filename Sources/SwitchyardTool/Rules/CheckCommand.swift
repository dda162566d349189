import ArgumentParser
import CommandOutput
import EventPattern
import Foundation
import JSONScan
import Switchyard

/// `switchyard check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate event patterns.",
        discussion: """
            Prints the canonical form of each valid pattern, and before it, in a rules file, the \
            rule's name and a tab. Exits with 1 if any is invalid.

            EXAMPLES
              switchyard check '{"source": ["aws.ec2"]}'
              switchyard check - < pattern.json
              switchyard check --rules rules.jsonl
            """)

    @Argument(help: "Patterns; - reads one from standard input.")
    var patterns: [String] = []
    @Option(help: ArgumentHelp("A rules file, each rule of which is checked.", valueName: "file"))
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
        var name: String?
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
            var text = pattern == "-" ? try standardInput() : Array(pattern.utf8)
            text.removeFirst(ByteOrderMark.count(at: text))
            let parsed = Result { () throws(PatternError) in
                let pattern = try EventPattern(text.span.bytes)
                return (pattern, try pattern.branches())
            }
            switch parsed {
            case .success(let (pattern, branches)):
                try report(pattern, branches)
                Terminal.noteRepeatedKeys(in: text)
                noteRest(of: text)
            case .failure(let error):
                invalid += 1
                try report(error, in: text)
                if access(pattern, F_OK) == 0 {
                    Terminal.note(
                        "note: \(pattern) is a file; its patterns are checked by --rules \(pattern) "
                            + "if it is JSON Lines of rules, or by - < \(pattern) if it is one pattern"
                    )
                }
            }
        }
        if let rules {
            invalid += try checkRules(rules)
        }
        Output.standard.flush()
        if invalid > 0 { throw Outcome.wrong }
    }

    /// Says that there is more than a pattern, which the service takes too.
    private func noteRest(of text: [UInt8]) {
        var scanner = StructuralScanner()
        let length = text.withUnsafeBytes { try? scanner.scan($0).textLength }
        guard let length else { return }
        let rest = String(decoding: text[length...], as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        if !rest.isEmpty {
            Terminal.note("note: what comes after the pattern is ignored: \(rest.prefix(60))")
        }
    }

    /// Checks the lines of a rules file.
    ///
    /// - Returns: how many are invalid.
    private func checkRules(_ path: String) throws -> Int {
        let file: RulesFile
        do { file = try RulesFile(path: path) } catch { throw Outcome.failure(error) }
        for rule in file.rules {
            let canonical = rule.pattern.canonicalJSON
            Terminal.print(
                json
                    ? try JSONText.encoded(
                        Verdict(valid: true, name: rule.name, canonical: canonical))
                    : "\(ShownName.text(rule.name))\t\(canonical)")
        }
        for problem in file.problems {
            if json {
                let verdict = Verdict(
                    valid: false, error: problem.message, line: problem.line,
                    column: problem.column)
                Terminal.print(try JSONText.encoded(verdict))
            } else {
                Terminal.error("\(problem)")
            }
        }
        for note in file.notes { Terminal.note("note: \(note)") }
        guard !file.rules.isEmpty || !file.problems.isEmpty || !file.notes.isEmpty else {
            throw Outcome.failure("\(path) has no rules")
        }
        let plural = file.rules.count == 1 ? "" : "s"
        Terminal.note("\(file.rules.count) valid rule\(plural), \(file.problems.count) invalid")
        return file.problems.count
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
        Terminal.error(error, in: text)
    }
}

extension Terminal {
    /// Reports what is wrong with a pattern: below it the line it is on, with a mark at the place, unless
    /// that line is too long to read so.
    static func error(_ error: PatternError, in text: [UInt8]) {
        Self.error("\(error)")
        // Lines are told apart by bytes: to a String "\r\n" is one character, and no "\n".
        let line = String(
            decoding: text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[
                error.line - 1], as: UTF8.self
        ).filter { $0 != "\r" }
        if line.count <= 200 {
            note("  \(line)\n  \(String(repeating: " ", count: error.column - 1))^")
        }
    }

    /// Says which keys a pattern has twice, and what that means.
    static func noteRepeatedKeys(in text: [UInt8]) {
        for repeated in RepeatedKey.inPattern(text) {
            let place = text.withUnsafeBytes { textPosition(of: repeated.offset, in: $0) }
            note("note: \(repeated.ofPattern) at line \(place.line), column \(place.column)")
        }
    }
}
