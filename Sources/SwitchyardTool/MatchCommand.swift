import ArgumentParser
import EventMatching
import JSONScan
import Switchyard

/// `switchyard match`
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Print, for each event, the names of the rules that match.",
        discussion: """
            Without --json, a line is the event's line number, a tab, and the names joined by \
            commas (- where no rule matches). A name with a tab, a comma or the like in it is \
            written as a JSON string.

            EXAMPLES
              switchyard match --rules data/rules.jsonl --events data/events.jsonl
              tail -f events.jsonl | switchyard match --rules rules.jsonl --events - --json
            """)

    @Option(
        help: ArgumentHelp("The rules: JSON Lines of {\"name\", \"pattern\"}.", valueName: "file"))
    var rules: String
    @Option(help: ArgumentHelp("The events: JSON Lines.", valueName: "file"))
    var events: String
    @Flag(help: "Print {\"event\": LINE, \"rules\": [sorted names]} a line.")
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
        var scanner = StructuralScanner()
        var matcher = Matcher(ruleSet)
        let name = events == "-" ? "standard input" : events
        try forEachLine(of: events) { line in
            do throws(LineProblem) {
                let event = try LineProblem.scan(line, of: name, &scanner)
                let matching = matcher.match(event)
                let names = matching.indices.map { ruleSet.names[Int(matching[$0])] }.sorted()
                Terminal.print(json ? jsonLine(line.number, names) : textLine(line.number, names))
            } catch {
                try skipped.skip(error)
            }
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
