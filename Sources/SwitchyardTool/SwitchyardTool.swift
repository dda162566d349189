import ArgumentParser
import Foundation

/// The command-line tool: `switchyard VERB ...`.
@main
struct SwitchyardTool: ParsableCommand {
    /// Runs the command that the arguments name.
    static func main() {
        // A reader that went away, as head does, is the end of the output and no fault: it shows when the
        // output is written, and ends the process there, with 0.
        signal(SIGPIPE, SIG_IGN)
        main(nil)
    }

    /// As reports tell it.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "switchyard",
        abstract: "Route events on your own machine: match, archive, replay, measure.",
        discussion: """
            Patterns are EventBridge event patterns. A rules file is JSON Lines of \
            {"name": ..., "pattern": {...}}, or what aws events list-rules prints. An events file \
            is JSON Lines, one event a line; or events over several lines, in a list, in \
            CloudTrail's {"Records": [...]}, as entries of PutEvents. Either may be compressed \
            with gzip. Wherever a file is named, - stands for standard input.

            EXIT CODES
              0    done, and nothing was wrong
              1    done, but something is wrong: a line was skipped, a pattern is invalid, an \
            answer differs, an archive is damaged, a self-check failed
              2    could not be done: a file can't be read, an archive can't be opened, the disk \
            is full
              64   the command line is wrong
              130  stopped by Ctrl-C, in good order

            EXAMPLES
              switchyard bench
              switchyard load --rate 100000 --rules 100
              switchyard match --rules data/rules.jsonl --events data/events.jsonl
              switchyard check '{"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}'
              switchyard explain --rules data/rules.jsonl --rule NAME --events data/events.jsonl
              switchyard archive replay DIR --rules data/rules.jsonl
            """,
        version: version,
        subcommands: [
            BenchCommand.self, LoadCommand.self, MatchCommand.self, ExplainCommand.self,
            CheckCommand.self, DryRunCommand.self,
            ConformanceCommand.self, ArchiveCommand.self,
        ])
}
