#if Server
    internal import ArgumentParser
    internal import FoundationEssentials
    internal import JSONScan

    /// Says which rules of a bus match an event, and why others do not.
    struct ExplainCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract:
                "Say which rules of a server that runs match an event, and why others do not.",
            discussion: """
                EXAMPLES
                  switchyard-server explain event.json
                  jq .events[0] trace.json | switchyard-server explain - --bus orders --rule paid
                """)

        @Argument(
            help: "A file with the event, a JSON object; - for standard input.",
            completion: .file())
        var event: String

        @Option(help: "The name or resource name of the bus. (default: default)")
        var bus: String?

        @Option(help: "The only rule to explain.")
        var rule: String?

        @Option(help: "How many rules to explain. (default: 100)")
        var limit: Int?

        @Flag(help: "Print what the server answers, an object.")
        var json = false

        @OptionGroup var options: ServerOptions

        /// What is shown of the answer.
        private struct Answer: Decodable {
            struct Explanation: Decodable {
                let isEnabled: Bool
                let text: String
            }
            let rules: Int
            let matched: [String]
            let explanations: [Explanation]
            let leftOut: Int
        }

        func run() async throws {
            let client = try AdminClient(options)
            let (command, text) = (self, try readEvent())
            try await ClientRun.untilStopped {
                var body = JSONObjectWriter()
                body.member("bus", command.bus)
                body.member("rule", command.rule)
                body.member("limit", number: command.limit)
                body.member("event", json: text)
                let answer = try await client.post("/explain", body.finish())
                if command.json { return try ClientRun.print(answer + [UInt8(ascii: "\n")]) }
                try Self.show(try JSONDecoder().decode(Answer.self, from: Data(answer)))
            }
        }

        private func readEvent() throws -> [UInt8] {
            do {
                var documents = try JSONDocuments(path: event)
                guard let document = try documents.next() else {
                    throw ValidationError("\(event): expected an event, a JSON object")
                }
                switch document.content {
                case .success(let index): return Array(JSONValue(index).text)
                case .failure(let error):
                    let (line, column) = document.position(of: error.offset)
                    throw ValidationError(
                        "\(event):\(line):\(column): \(document.message(of: error))")
                }
            } catch let error as InputError { throw ValidationError("\(error)") }
        }

        private static func show(_ answer: Answer) throws {
            for explanation in answer.explanations {
                try ClientRun.print(
                    (explanation.isEnabled ? "" : "(disabled) ") + explanation.text)
            }
            if answer.leftOut > 0 {
                StandardError.write("\(answer.leftOut) further rules, which match less\n")
            }
            StandardError.write("\(answer.matched.count) of \(answer.rules) rules match\n")
        }
    }
#endif
