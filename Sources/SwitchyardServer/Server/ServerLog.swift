#if Server
    internal import EventEnvelope
    internal import JSONScan
    internal import Logging

    internal import Glibc

    /// What is logged, on standard error: a line of text for people, a line of JSON for machines.
    enum ServerLog {
        /// Has everything logged so from now on.
        static func start(_ settings: ServerSettings) {
            let isJSON = settings.logsJSON ?? (isatty(2) == 0)
            let level = Logger.Level(rawValue: settings.logLevel) ?? .info
            LoggingSystem.bootstrap { label in
                LineHandler(label: label, isJSON: isJSON, logLevel: level)
            }
        }

        private struct LineHandler: LogHandler {
            let label: String
            let isJSON: Bool
            var logLevel: Logger.Level
            var metadata: Logger.Metadata = [:]

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let fields = metadata.merging(event.metadata ?? [:]) { $1 }
                    .sorted { $0.key < $1.key }
                let time = EventTime.now.description
                var line: String
                if isJSON {
                    line =
                        "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"logger\":"
                        + quoted(label) + ",\"message\":" + quoted("\(event.message)")
                    for (name, value) in fields {
                        line += ",\(quoted(name)):\(quoted("\(value)"))"
                    }
                    line += "}\n"
                } else {
                    line = "\(time.prefix(19)) \(event.level) \(event.message)"
                    for (name, value) in fields { line += " \(name)=\(value)" }
                    line += "\n"
                }
                StandardError.write(line)
            }

            private func quoted(_ text: String) -> String {
                String(decoding: JSONString.quoted(text), as: UTF8.self)
            }
        }
    }
#endif
