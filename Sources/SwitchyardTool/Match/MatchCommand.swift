import ArgumentParser
import CommandOutput
import EventMatching
import JSONScan

/// `switchyard match`
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Print, for each event, the names of the rules that match.",
        discussion: """
            Without --json, a line is the event's number, a tab, and the names joined by commas (- \
            where no rule matches). The number is that of its line; where events are not one a \
            line, its place in the file. A name with a tab, a comma or the like in it is written as \
            a JSON string.

            EXAMPLES
              switchyard match --rules data/rules.jsonl --events data/events.jsonl
              tail -f events.jsonl | switchyard match --rules rules.jsonl --events - --json
            """)

    @Option(
        help: ArgumentHelp("The rules: JSON Lines of {\"name\", \"pattern\"}.", valueName: "file"))
    var rules: String
    @Option(help: EventForm.help)
    var events: String
    @Flag(help: "Print {\"event\": NUMBER, \"rules\": [sorted names]} a line.")
    var json = false
    @OptionGroup var policy: InputPolicy

    func validate() throws {
        guard rules != "-" || events != "-" else {
            throw ValidationError("Only one of --rules and --events can be standard input.")
        }
    }

    func run() throws {
        var skipped = SkippedLines(policy)
        let ruleSet = try loadRules(rules, &skipped)
        var matcher = Matcher(ruleSet)
        try forEachEvent(of: events, &skipped) { event in
            let matching = matcher.match(event.index)
            let names = matching.indices.map { ruleSet.names[Int(matching[$0])] }.sorted()
            Terminal.print(json ? jsonLine(event.number, names) : textLine(event.number, names))
        }
        try skipped.finish()
    }

    private func textLine(_ number: Int, _ names: [String]) -> String {
        "\(number)\t\(names.isEmpty ? "-" : names.map(ShownName.text).joined(separator: ","))"
    }

    private func jsonLine(_ number: Int, _ names: [String]) -> String {
        let quoted = names.map(JSONText.quoted).joined(separator: ",")
        return "{\"event\":\(number),\"rules\":[\(quoted)]}"
    }
}
