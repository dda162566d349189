#if Server
    internal import ArgumentParser

    /// The command `switchyard-server`.
    ///
    /// This is the place to begin reading `SwitchyardServer`. The way of a request:
    ///
    /// 1. SwiftNIO reads it, within the limits of `ServerSettings`, on a `WireChannel`;
    /// 2. what can be answered on the connection's event loop is: `QuickAnswers`, for `PutEvents` above all;
    /// 3. the rest goes on to Hummingbird, and `HTTPFront` takes its body. What is asked for under
    ///    `/_switchyard/` goes to the `AdminAPI`;
    /// 4. anything else is AWS's, and `WireFront`'s: the `Doorkeeper` says who calls, by the request's
    ///    signature, `WireRouting` what operation is meant, and the service's function answers.
    ///
    /// `ServerProcess` puts it all together, on a data directory, and takes it down again. `Client` and `Load`
    /// are the commands that ask a server from outside.
    @main
    struct SwitchyardServer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "switchyard-server",
            abstract: "Amazon EventBridge on your own machine: buses, rules, targets, archives.",
            discussion: """
                awscli, boto3 and other AWS SDKs talk to it unchanged, with AWS_ENDPOINT_URL.

                EXAMPLES
                  switchyard-server
                  switchyard-server tail --pattern '{"source": ["shop"]}'
                  switchyard-server --port 4010 --data ./events --backend http://127.0.0.1:5000
                  AWS_ENDPOINT_URL=http://127.0.0.1:4010 aws events list-event-buses

                Each setting is also one of the environment, SWITCHYARD_PORT for --port, and of a file of \
                YAML that --config names: "port: 4010". Options count more than the environment, and that \
                more than the file.

                EXIT CODES
                  0   it was stopped, and everything is on the disk
                  1   it could not do what it should
                  64  the command line or a setting is wrong
                """,
            subcommands: [
                ServeCommand.self, LoadCommand.self, TailCommand.self, ExplainCommand.self,
                TopCommand.self,
            ],
            defaultSubcommand: ServeCommand.self)
    }
#else
    @main
    struct SwitchyardServer {
        static func main() {
            print("switchyard-server was built without itself: swift build --traits Server")
        }
    }
#endif
