#if Server
    internal import Configuration
    internal import InternalSystem

    /// Reads settings, and refuses what can't be read as what it should be, which is not the same as not
    /// being there.
    struct SettingReader {
        private let values: ConfigReader

        init(_ values: ConfigReader) { self.values = values }

        func string(_ name: String) throws -> String? {
            try read(name, "a text", values.string(forKey: ConfigKey([name])))
        }

        func int(_ name: String) throws -> Int? {
            try read(name, "a number", values.int(forKey: ConfigKey([name])))
        }

        func bool(_ name: String) throws -> Bool? {
            try read(name, "true or false", values.bool(forKey: ConfigKey([name])))
        }

        /// A list; in the environment with commas between, in a file perhaps a single text.
        func stringArray(_ name: String, isSecret: Bool = false) throws -> [String]? {
            let key = ConfigKey([name])
            let list =
                values.stringArray(forKey: key, isSecret: isSecret)
                ?? values.string(forKey: key, isSecret: isSecret).map { [$0] }
            return try read(name, "a list of texts", list, isSecret: isSecret)
        }

        private func read<Value>(
            _ name: String, _ wanted: String, _ value: Value?, isSecret: Bool = false
        ) throws -> Value? {
            if let value { return value }
            let key = ConfigKey([name])
            // Where it is something else, it is there.
            let text = values.string(forKey: key, isSecret: isSecret)
            guard
                text != nil || values.bool(forKey: key) != nil || values.int(forKey: key) != nil
                    || values.double(forKey: key) != nil || values.stringArray(forKey: key) != nil
            else { return nil }
            throw SettingsError(
                name, isSecret ? "..." : text ?? "what is there", "\(wanted) is wanted")
        }
    }

    /// The names that settings have in files: those of the options.
    enum SettingNames {
        static let all: Set<String> = [
            "host", "port", "data", "ephemeral", "account", "region", "backend", "endpoint",
            "target",
            "key", "durability", "allow-private-addresses", "allow-local-targets", "connections",
            "log-format", "log-level",
        ]

        /// Refuses names of a file that are none of settings. They begin its lines; what is written in
        /// braces is not looked at.
        static func check(fileAt path: String) throws {
            // One that is not there is said where it is read.
            guard let bytes = try WholeFile.read(path) else { return }
            let lines = String(decoding: bytes, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                guard let first = line.first, first.isLetter,
                    let colon = line.firstIndex(of: ":"), case let name = String(line[..<colon]),
                    !all.contains(name)
                else { continue }
                throw SettingsError(
                    "config", "\(path):\(number + 1)",
                    "there is no setting \"\(name)\"; there are "
                        + all.sorted().joined(separator: ", "))
            }
        }
    }
#endif
