#if Server
    internal import ArgumentParser
    internal import Configuration

    /// Runs the server: what `switchyard-server` does if nothing else is said.
    struct ServeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve", abstract: "Run the server (what is done if nothing is said).")

        @Option(help: "A file of settings, in YAML.", completion: .file())
        var config: String?

        @Option(help: "The address to listen on. (default: 127.0.0.1)")
        var host: String?

        @Option(help: "The port to listen on; 0 for any that is free. (default: 4010)")
        var port: Int?

        @Option(
            help: "Where everything is kept. (default: switchyard in $XDG_DATA_HOME)",
            completion: .directory)
        var data: String?

        @Flag(help: "Keep everything in a directory that is removed at the end.")
        var ephemeral = false

        @Option(help: "The account of callers whose access key is none. (default: 000000000000)")
        var account: String?

        @Option(help: "The region of requests without a signature. (default: us-east-1)")
        var region: String?

        @Option(
            help: ArgumentHelp(
                "Where SQS, SNS, Lambda and the like are: AWS's protocols, real or emulated.",
                valueName: "URL"))
        var backend: String?

        @Option(
            name: .customLong("endpoint"),
            help: ArgumentHelp(
                "Where one of these services is, if not at the backend. Repeatable.",
                valueName: "SERVICE=URL"))
        var endpoints: [String] = []

        @Option(
            name: .customLong("target"),
            help: ArgumentHelp(
                "What gets a target's events instead: an address, or a command. Repeatable.",
                valueName: "ARN=URL"))
        var targets: [String] = []

        @Option(
            name: .customLong("key"),
            help: ArgumentHelp(
                "An access key whose signatures are verified. Repeatable.",
                valueName: "ID:SECRET[:ACCOUNT]"))
        var keys: [String] = []

        @Option(
            help: ArgumentHelp(
                "When an event counts as taken: in the log (process), or also on the disk (disk). "
                    + "(default: process)", valueName: "process|disk"))
        var durability: String?

        @Flag(help: "Let API destinations and mapped targets be in private networks.")
        var allowPrivateAddresses = false

        @Flag(help: "Let rules have targets that run programs, and on any address write files.")
        var allowLocalTargets = false

        @Option(help: "How many connections there can be. (default: 4096)")
        var connections: Int?

        @Option(help: ArgumentHelp("text or json. (default: text on a terminal)"))
        var logFormat: String?

        @Option(help: "trace, debug, info, notice, warning, error. (default: info)")
        var logLevel: String?

        @Flag(help: "Check the settings, say what would run, and end.")
        var check = false

        /// What the command line says, by the names of the settings, which are those of the options.
        private var given: [AbsoluteConfigKey: ConfigValue] {
            var given: [AbsoluteConfigKey: ConfigValue] = [:]
            func set(_ name: String, _ content: ConfigContent?, isSecret: Bool = false) {
                if let content { given[[name]] = ConfigValue(content, isSecret: isSecret) }
            }
            func list(_ values: [String]) -> ConfigContent? {
                values.isEmpty ? nil : .stringArray(values)
            }
            set("host", host.map { .string($0) })
            set("port", port.map { .int($0) })
            set("data", data.map { .string($0) })
            set("ephemeral", ephemeral ? .bool(true) : nil)
            set("account", account.map { .string($0) })
            set("region", region.map { .string($0) })
            set("backend", backend.map { .string($0) })
            set("endpoint", list(endpoints))
            set("target", list(targets))
            set("key", list(keys), isSecret: true)
            set("durability", durability.map { .string($0) })
            set("allow-private-addresses", allowPrivateAddresses ? .bool(true) : nil)
            set("allow-local-targets", allowLocalTargets ? .bool(true) : nil)
            set("connections", connections.map { .int($0) })
            set("log-format", logFormat.map { .string($0) })
            set("log-level", logLevel.map { .string($0) })
            return given
        }

        func run() async throws {
            let settings: ServerSettings
            do {
                settings = try await ServerSettings(given: given, file: config)
            } catch let error as SettingsError {
                throw ValidationError(error.description)
            }
            if check {
                print(settings.description)
                return
            }
            do {
                try await ServerProcess.run(settings)
            } catch {
                StandardError.write("switchyard-server: \(error)\n")
                throw ExitCode(1)
            }
        }
    }
#endif
