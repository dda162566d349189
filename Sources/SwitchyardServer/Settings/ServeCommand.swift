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

        /// What the command line says, by the names of the settings.
        private var given: [AbsoluteConfigKey: ConfigValue] {
            var given: [AbsoluteConfigKey: ConfigValue] = [:]
            func text(_ name: String, _ value: String?) {
                if let value { given[[name]] = ConfigValue(.string(value), isSecret: false) }
            }
            func number(_ name: String, _ value: Int?) {
                if let value { given[[name]] = ConfigValue(.int(value), isSecret: false) }
            }
            func flag(_ name: String, _ value: Bool) {
                if value { given[[name]] = ConfigValue(.bool(true), isSecret: false) }
            }
            func list(_ name: String, _ values: [String]) {
                if !values.isEmpty {
                    given[[name]] = ConfigValue(.stringArray(values), isSecret: name == "keys")
                }
            }
            text("host", host)
            number("port", port)
            text("data", data)
            flag("ephemeral", ephemeral)
            text("account", account)
            text("region", region)
            text("backend", backend)
            list("endpoints", endpoints)
            list("targets", targets)
            list("keys", keys)
            text("durability", durability)
            flag("allowPrivateAddresses", allowPrivateAddresses)
            flag("allowLocalTargets", allowLocalTargets)
            number("connections", connections)
            text("logFormat", logFormat)
            text("logLevel", logLevel)
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
