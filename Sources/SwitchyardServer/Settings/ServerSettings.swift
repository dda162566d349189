#if Server
    internal import AWSTargets
    internal import Configuration
    internal import EventEnvelope
    internal import FoundationEssentials
    internal import Logging
    internal import Switchyard
    internal import SystemPackage

    /// What is wrong with a setting, and what would be right.
    struct SettingsError: Error, CustomStringConvertible {
        let description: String

        init(_ setting: String, _ value: String, _ wanted: String) {
            description = "\(setting): \"\(value)\" can't be used: \(wanted)"
        }

        init(_ text: String) { description = text }
    }

    /// How the server runs: from options, the environment and a file, in this order.
    struct ServerSettings: Sendable {
        var host = "127.0.0.1"
        var port = 4010
        var directory = ""
        var isEphemeral = false
        var account = "000000000000"
        var region = "us-east-1"
        /// Where AWS's other services are; nil for nowhere.
        var backend: String?
        /// The same for one service each.
        var endpoints: [String: String] = [:]
        /// What gets the events of targets instead, by patterns of their resource names.
        var targets: [(pattern: String, destination: String)] = []
        var keys: [AccessKey] = []
        var isDurable = false
        var allowsPrivateAddresses = false
        /// Whether rules may have targets that write files or run programs, whoever asks for them.
        var allowsLocalTargets = false
        var connectionsMax = 4_096
        var logsJSON: Bool?
        var logLevel = "info"
        /// The file that some of it is from; nil for none.
        var file: String?

        /// The most bytes of a request's body: ten of the largest entries and their JSON.
        var bodyBytesMax = 10 << 20
        /// The most bytes of all header fields, and of one.
        var headerBytesMax = 16 << 10
        /// How long a connection may say nothing.
        var idleSeconds = 120

        /// An access key whose signatures are verified.
        struct AccessKey: Sendable {
            var id: String
            var secret: String
            /// The account that it is of; by default that of the settings, or its own 12 digits.
            var account: String?
        }

        /// Reads the settings.
        ///
        /// - Parameters:
        ///   - given: what the command line says.
        ///   - file: a file of YAML; nil for none.
        ///   - environment: the environment, whose names begin with `SWITCHYARD_`.
        init(
            given: [AbsoluteConfigKey: ConfigValue], file: String?,
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) async throws {
            let variables = EnvironmentVariablesProvider(
                environmentVariables: environment, secretsSpecifier: .specific(["SWITCHYARD_KEY"])
            ).prefixKeys(with: "switchyard")
            var providers: [any ConfigProvider] = [
                InMemoryProvider(name: "options", values: given), variables,
            ]
            if let file = file ?? environment["SWITCHYARD_CONFIG"] {
                self.file = file
                do {
                    try SettingNames.check(fileAt: file)
                    providers.append(
                        try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
                } catch let error as SettingsError {
                    throw error
                } catch { throw SettingsError("config", file, "\(error)") }
            }
            try read(ConfigReader(providers: providers), environment)
        }

        private mutating func read(
            _ values: ConfigReader, _ environment: [String: String]
        ) throws {
            let reader = SettingReader(values)
            host = try reader.string("host") ?? host
            port = try reader.int("port") ?? port
            isEphemeral = try reader.bool("ephemeral") ?? false
            account = try reader.string("account") ?? account
            region = try reader.string("region") ?? region
            backend = try reader.string("backend")
            allowsPrivateAddresses = try reader.bool("allow-private-addresses") ?? false
            allowsLocalTargets = try reader.bool("allow-local-targets") ?? false
            connectionsMax = try reader.int("connections") ?? connectionsMax
            logLevel = try reader.string("log-level") ?? logLevel
            if isEphemeral, let data = try reader.string("data") {
                throw SettingsError(
                    "data", data, "with ephemeral everything is kept in a directory of its own")
            }
            directory =
                try reader.string("data") ?? (isEphemeral ? "" : Self.directory(environment))
            guard (0...65_535).contains(port) else {
                throw SettingsError("port", "\(port)", "a port is a number from 0 to 65535")
            }
            guard ResourceScope.isAccount(account) else {
                throw SettingsError("account", account, "an account is a number of 12 digits")
            }
            guard (1...1_000_000).contains(connectionsMax) else {
                throw SettingsError("connections", "\(connectionsMax)", "at least 1 is wanted")
            }
            guard Logger.Level(rawValue: logLevel) != nil else {
                throw SettingsError(
                    "log-level", logLevel,
                    "it is " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
            }
            switch try reader.string("durability") ?? "process" {
            case "process": isDurable = false
            case "disk": isDurable = true
            case let other:
                throw SettingsError("durability", other, "it is process or disk")
            }
            switch try reader.string("log-format") {
            case "json": logsJSON = true
            case "text": logsJSON = false
            case nil: logsJSON = nil
            case let other?: throw SettingsError("log-format", other, "it is text or json")
            }
            if let backend { try Self.checkURL("backend", backend) }
            for text in try reader.stringArray("endpoint") ?? [] {
                let (service, url) = try Self.pair("endpoint", text, "SERVICE=URL")
                try Self.checkURL("endpoint", url)
                guard AWSService(rawValue: service) != nil else {
                    let known = AWSService.allCases.map(\.rawValue).joined(separator: ", ")
                    throw SettingsError("endpoint", text, "the services are \(known)")
                }
                endpoints[service] = url
            }
            for text in try reader.stringArray("target") ?? [] {
                let (pattern, place) = try Self.pair("target", text, "ARN=URL")
                targets.append((pattern, place))
                do throws(InvalidDestination) {
                    _ = try TargetMapping(pattern, to: place)
                } catch { throw SettingsError("target", text, error.reason) }
            }
            for text in try reader.stringArray("key", isSecret: true) ?? [] {
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
                    throw SettingsError("key: expected ID:SECRET or ID:SECRET:ACCOUNT")
                }
                keys.append(
                    AccessKey(
                        id: String(parts[0]), secret: String(parts[1]),
                        account: parts.count == 3 ? String(parts[2]) : nil))
            }
            guard isLoopback || !keys.isEmpty else {
                throw SettingsError(
                    "host", host,
                    "who listens on an address that others can reach has to verify signatures: give "
                        + "--key ID:SECRET")
            }
        }

        /// Whether only this machine can reach the address.
        var isLoopback: Bool { Self.isLoopback(host) }

        /// Whether an address or a name of one is this machine's, for itself alone.
        static func isLoopback(_ host: String) -> Bool {
            if ["localhost", "::1", "[::1]"].contains(host) { return true }
            let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
            return numbers.count == 4 && numbers[0] == "127"
                && numbers.allSatisfy { UInt8($0) != nil }
        }

        private static func directory(_ environment: [String: String]) -> String {
            if let base = environment["XDG_DATA_HOME"], !base.isEmpty {
                return base + "/switchyard"
            }
            return (environment["HOME"] ?? ".") + "/.local/share/switchyard"
        }

        private static func pair(
            _ setting: String, _ text: String, _ wanted: String
        ) throws -> (String, String) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
                text.index(after: equals) < text.endIndex
            else { throw SettingsError(setting, text, "expected \(wanted)") }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }

        private static func checkURL(_ setting: String, _ text: String) throws {
            if let problem = AWSBackend.problem(with: text) {
                throw SettingsError(setting, text, problem)
            }
        }
    }

    extension ServerSettings: CustomStringConvertible {
        private static func list(_ values: [String]) -> String {
            values.isEmpty ? "none" : values.joined(separator: ", ")
        }

        private var allowed: [String] {
            (allowsPrivateAddresses ? ["private addresses"] : [])
                + (allowsLocalTargets ? ["targets that run programs and write files"] : [])
        }

        /// What would run.
        var description: String {
            """
            address      \(host):\(port)
            data         \(isEphemeral ? "in a directory that is removed at the end" : directory)
            account      \(account), region \(region) where a request names none
            signatures   \(keys.isEmpty ? "not verified" : "verified for \(keys.count) access keys")
            durability   \(isDurable ? "an event is taken when it is on the disk"
                : "an event is taken when it survives the end of this process")
            backend      \(backend ?? "none: targets of other services become dead letters")
            endpoints    \(Self.list(endpoints.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }))
            targets      \(Self.list(targets.map { "\($0.pattern)=\($0.destination)" }))
            allowed      \(Self.list(allowed))
            connections  \(connectionsMax) at most
            log          \(logLevel) and above
            file         \(file ?? "none")
            """
        }
    }
#endif
