#if Server
    internal import ArgumentParser
    internal import AsyncHTTPClient
    internal import JSONScan
    internal import NIOCore

    /// Shows what goes over a bus, as it does.
    struct TailCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tail", abstract: "Show what goes over a bus of a server that runs.",
            discussion: """
                Prints each event as a line of JSON, until Ctrl-C. How many events were left out, because \
                this reads too slowly, is said on standard error.

                EXAMPLES
                  switchyard-server tail --pattern '{"source": ["shop"]}'
                  switchyard-server tail --bus orders | jq .detail
                """)

        @Option(help: ArgumentHelp("Only events that this pattern matches.", valueName: "JSON"))
        var pattern: String?

        @Option(help: "The name or resource name of the bus. (default: default)")
        var bus: String?

        @Option(help: ArgumentHelp("How many events to be behind before some are left out."))
        var lag: Int?

        @Flag(help: "Print also when each event came in, and its number, and what was left out.")
        var json = false

        @OptionGroup var options: ServerOptions

        func run() async throws {
            let client = try AdminClient(options)
            let command = self
            try await ClientRun.untilStopped { try await command.follow(client) }
        }

        private func follow(_ client: AdminClient) async throws {
            let body = try await client.stream(
                "/tail", [("bus", bus), ("pattern", pattern), ("lag", lag.map { "\($0)" })])
            var messages = ServerSentEvents()
            for try await part in body {
                for message in messages.add(part.readableBytesView) { try show(message) }
            }
            throw AdminClientError(description: "the server has ended the connection")
        }

        private func show(_ message: ServerSentEvents.Message) throws {
            switch message.name {
            case "event":
                let line = json ? message.data : Self.member("event", of: message.data)
                try ClientRun.print(line + [UInt8(ascii: "\n")])
            case "leftOut":
                if json { try ClientRun.print(message.data + [UInt8(ascii: "\n")]) }
                let count = String(
                    decoding: Self.member("events", of: message.data), as: UTF8.self)
                StandardError.write("\(count) events were left out: they came too fast\n")
            case "end":
                let reason = Self.member("reason", of: message.data)
                throw AdminClientError(description: String(decoding: reason, as: UTF8.self))
            default: break
            }
        }

        /// A member of an object as it was written; empty if there is none.
        private static func member(_ name: ExactString, of object: [UInt8]) -> [UInt8] {
            let text = try? JSONValue.reading(object, orThrow: \.self) { value throws(JSONError) in
                value[name].map { Array($0.text) }
            }
            return text ?? []
        }
    }
#endif
