import ArgumentParser
import CommandOutput
import EventMatching
import EventPattern
import JSONScan
import Switchyard

/// `switchyard explain`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say field by field why rules match an event, or why not.",
        discussion: """
            Exits with 1 if the pattern is invalid, or a line was skipped.

            EXAMPLES
              switchyard explain --rules rules.jsonl --rule stopped --events events.jsonl --event 3
              switchyard explain --pattern '{"detail": {"state": ["stopped"]}}' --events -
            """)

    @Option(
        help: ArgumentHelp("The rules: JSON Lines of {\"name\", \"pattern\"}.", valueName: "file"))
    var rules: String?
    @Option(help: ArgumentHelp("Explain only this rule; can be repeated.", valueName: "name"))
    var rule: [String] = []
    @Option(help: "Explain this pattern instead of a rules file.")
    var pattern: String?
    @Option(help: EventForm.help)
    var events: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Explain only this event: that on this line, or where events are not one a line, the one \
            at this place in the file.
            """, valueName: "number"))
    var event: Int?
    @Flag(help: "Print one object for each event and rule.")
    var json = false
    @OptionGroup var policy: InputPolicy

    func validate() throws {
        guard (rules == nil) != (pattern == nil) else {
            throw ValidationError("Give either --rules or --pattern.")
        }
        guard pattern == nil || rule.isEmpty else {
            throw ValidationError("--rule chooses from a rules file; --pattern is one already.")
        }
        guard rules != "-" || events != "-" else {
            throw ValidationError("Only one of --rules and --events can be standard input.")
        }
    }

    func run() throws {
        var skipped = SkippedLines(policy)
        var rules = try chosenRules(&skipped)
        if !json { for position in rules.indices { rules[position].showName() } }
        let name = events == "-" ? "standard input" : events
        var isFirst = true
        var isFound = event == nil
        try forEachEvent(of: events, only: event, &skipped) { event in
            isFound = true
            for rule in rules {
                let explanation: Explanation
                do throws(ExplanationError) {
                    explanation = try Explanation(of: rule, for: event.text.bytes)
                } catch {
                    switch error {
                    case .pattern(let error): Terminal.error("\(error)")
                    // The event was scanned already.
                    case .event(let error): Terminal.error("\(event.problem(error.message))")
                    }
                    throw Outcome.wrong
                }
                Terminal.print(
                    json
                        ? try JSONText.encoded(
                            EventExplanation(event: event.number, explanation: explanation))
                        : "\(isFirst ? "" : "\n")event \(event.number), \(explanation)")
                isFirst = false
            }
        }
        if !isFound, let event { throw Outcome.failure("\(name) has no event \(event)") }
        try skipped.finish()
    }

    private func chosenRules(_ skipped: inout SkippedLines) throws -> [Rule] {
        if let pattern {
            do {
                let rule = try Rule(name: "pattern", pattern: pattern)
                Terminal.noteRepeatedKeys(in: Array(pattern.utf8))
                return [rule]
            } catch {
                Terminal.error(error, in: Array(pattern.utf8))
                throw Outcome.wrong
            }
        }
        // validate() saw that there is one or the other.
        let file = try readRulesFile(self.rules ?? "-", &skipped, mayBeEmpty: !rule.isEmpty)
        guard !rule.isEmpty else { return file.rules }
        return try rule.map { name in
            guard let found = file.rules.first(where: { $0.name == name }) else {
                guard !file.disabledNames.contains(name) else {
                    throw Outcome.failure(
                        "the rule \"\(name)\" is DISABLED, and so matches no event; to see whether "
                            + "it would, give its pattern with --pattern")
                }
                throw Outcome.failure("there is no rule named \"\(name)\"")
            }
            return found
        }
    }
}

extension Rule {
    /// Gives itself the name that a line of text shows.
    fileprivate mutating func showName() { name = ShownName.text(name) }
}

/// An explanation as `--json` prints it: that of an event.
private struct EventExplanation: Encodable {
    private enum CodingKeys: String, CodingKey { case event }

    let event: Int
    let explanation: Explanation

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(event, forKey: .event)
        try explanation.encode(to: encoder)
    }
}
