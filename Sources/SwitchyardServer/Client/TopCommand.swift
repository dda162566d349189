#if Server
    internal import ArgumentParser
    internal import EventEnvelope
    internal import FoundationEssentials

    internal import Glibc

    /// Shows what each bus, rule and target does, anew every few seconds.
    struct TopCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "top",
            abstract: "Show what each bus, rule and target of a server that runs does.",
            discussion: """
                Counts are from the server's start. BEHIND is how many events of its bus a target is not \
                known to be done with, wanted by its rule or not; OLDEST is how long the oldest of them has \
                been there, where any waits for the target.

                EXAMPLES
                  switchyard-server top
                  switchyard-server top --once --bus orders
                """)

        @Option(help: "Only this bus, by its name or resource name.")
        var bus: String?

        @Flag(help: "Print the table once.")
        var once = false

        @Option(help: ArgumentHelp("How often to look, in seconds.", valueName: "seconds"))
        var interval = 2.0

        @OptionGroup var options: ServerOptions

        func validate() throws {
            guard (0.1...3_600).contains(interval) else {
                throw ValidationError("--interval has to be from 0.1 to 3600.")
            }
        }

        func run() async throws {
            let client = try AdminClient(options)
            let command = self
            try await ClientRun.untilStopped {
                while true {
                    let answer = try await client.get("/status", [("bus", command.bus)])
                    let status = try JSONDecoder().decode(
                        AdminAPI.Status.self, from: Data(answer))
                    try command.show(StatusTable(status).lines)
                    if command.once { return }
                    try await Task.sleep(for: .seconds(command.interval))
                }
            }
        }

        private func show(_ lines: [String]) throws {
            guard !once, isatty(1) != 0 else {
                return try ClientRun.print(lines.joined(separator: "\n") + (once ? "" : "\n"))
            }
            var size = winsize()
            let rows = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_row) : 0
            // A line for what is left out, and one for the cursor.
            let room = rows > 4 ? rows - 2 : lines.count
            let more = lines.count > room ? ["... and \(lines.count - room) more lines"] : []
            let clear = "\u{1B}[H\u{1B}[2J"
            try ClientRun.print(
                clear + (lines.prefix(room) + more).joined(separator: "\n"))
        }
    }

    /// The state of a server as a table: a line for each target, or for what has none.
    struct StatusTable {
        private static let head = [
            "BUS", "RULE", "TARGET", "IN", "MATCHED", "DELIVERED", "FAILED", "BEHIND", "OLDEST",
        ]
        /// How many columns are words, at their left ends.
        private static let wordColumns = 3

        /// The lines, the first of them the head.
        let lines: [String]

        init(_ status: AdminAPI.Status) {
            let now = EventTime(status.time)
            var rows = [Self.head]
            for bus in status.buses {
                let name =
                    (try? BusID(nameOrARN: bus.bus, in: ResourceScope.unknown))
                    .map { "\($0.account)/\($0.region)/\($0.name)" } ?? bus.bus
                let own = [name, "", "", "\(bus.accepted)", "\(bus.matched)", "", "", "", ""]
                rows.append(own)
                for rule in bus.rules {
                    let shown = rule.isEnabled ? rule.rule : "\(rule.rule) (disabled)"
                    if rule.targets.isEmpty {
                        rows.append(["", shown, "", "", "\(rule.matched)", "", "", "", ""])
                    }
                    for (position, target) in rule.targets.enumerated() {
                        let isFirst = position == 0
                        rows.append([
                            "", isFirst ? shown : "", target.target, "",
                            isFirst ? "\(rule.matched)" : "", "\(target.delivered)",
                            "\(target.failedAttempts)", target.behind.map { "\($0)" } ?? "?",
                            Self.age(target.oldestUndelivered.flatMap { EventTime($0) }, now),
                        ])
                    }
                }
            }
            let widths = Self.head.indices.map { column in
                rows.map { $0[column].count }.max() ?? 0
            }
            lines = rows.map { row in
                var line = ""
                for (column, cell) in row.enumerated() {
                    let blanks = String(repeating: " ", count: widths[column] - cell.count)
                    line += column < Self.wordColumns ? cell + blanks : blanks + cell
                    line += "  "
                }
                while line.last == " " { line.removeLast() }
                return line
            }
        }

        /// How long ago something was: `1.5s`, `12m`, `3h`.
        private static func age(_ time: EventTime?, _ now: EventTime?) -> String {
            guard let time, let now else { return "-" }
            let seconds = Double(now.nanoseconds - time.nanoseconds) / 1e9
            switch seconds {
            case ..<60: return "\((max(0, seconds) * 10).rounded() / 10)s"
            case ..<3_600: return "\(Int(seconds / 60))m"
            default: return "\(Int(seconds / 3_600))h"
            }
        }
    }

    extension ResourceScope {
        /// That of names which have none.
        fileprivate static let unknown = ResourceScope(account: "", region: "")
    }
#endif
