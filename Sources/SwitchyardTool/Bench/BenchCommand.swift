import ArgumentParser

/// `switchyard bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the way of events: all of it, or one part alone.",
        discussion: """
            Without a subcommand it is "bench route", the main job; see its help for the options. \
            bench --sweep AXIS prints a growth table: time and memory against the number of rules, of \
            paths, of event bytes or of array elements.

            EXAMPLES
              switchyard bench
              switchyard bench --workload aws --events 1000000 --rules 1000
              switchyard bench --rules rules.jsonl --events events.jsonl --archive DIR
              switchyard bench match --workload geojson-exact --rules 5 --passes 7 --json
              switchyard bench archive --durability batch
              switchyard bench rings --producers 4
              switchyard bench --sweep rules --plot rules.svg
            """,
        subcommands: [
            BenchRouteCommand.self, BenchMatchCommand.self, BenchArchiveCommand.self,
            BenchRingsCommand.self,
        ],
        defaultSubcommand: BenchRouteCommand.self)
}
