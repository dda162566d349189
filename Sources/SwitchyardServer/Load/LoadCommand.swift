#if Server
    internal import ArgumentParser
    internal import CommandOutput
    internal import Foundation
    internal import LoadReporting

    /// `switchyard-server load`: an endpoint of EventBridge under load, over the wire.
    ///
    /// This is the place to begin reading `Load`. `LoadRequests` makes the requests once; the
    /// `LoadGenerator`, on a thread of its own, sends them over each `LoadConnection` when they are due and
    /// counts what the `AnswerReader` finds in the answers; `EndpointRun` looks at it once a second.
    struct LoadCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "load",
            abstract: "Put events to any endpoint of EventBridge, and measure it.",
            discussion: """
                With --rate the loop is open: every request has a time at which it should be sent, and its \
                latency counts from that time until its answer is there, so that a stall shows in all \
                requests that it held up. Without --rate each connection sends its next request as soon \
                as it has the answer to the one before.

                Requests are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; \
                without these, they have no signature. AWS_CA_BUNDLE is a file of certificates to trust \
                instead of the system's. Nothing is sent a second time: what is not \
                acknowledged is counted, by AWS's code, and the command ends with 1.

                One thread sends everything. "Own processors busy" says how much of a processor that took: \
                near 1, it is not the endpoint that is measured.

                The endpoint is charged, and filled, as by any other client. The page and the JSON are those \
                of `switchyard load`, whose --compare reads both.

                EXAMPLES
                  switchyard-server load --endpoint http://127.0.0.1:4010
                  switchyard-server load --endpoint http://127.0.0.1:4010 --rate 10000 --expect 'p99<5ms'
                  switchyard-server load --endpoint https://events.eu-west-1.amazonaws.com --rate 500 \
                --bus test --html report.html

                EXIT CODES
                  0    done, and every entry was acknowledged
                  1    done, but not everything was acknowledged, or something was not as expected
                  2    could not be done: nobody answers at the endpoint, a file can't be written
                  64   the command line is wrong
                  130  stopped by Ctrl-C; the report is of the time until then
                """)

        @Option(
            help: ArgumentHelp(
                "Where EventBridge is: http://HOST:PORT, or https://HOST.", valueName: "URL"))
        var endpoint: String

        @Option(
            parsing: .unconditional,
            help: "Entries a second, all connections together. [default: as fast as it goes]")
        var rate: Double?

        @Option(parsing: .unconditional, help: "How many connections there are.")
        var connections = 16

        @Option(parsing: .unconditional, help: "How many entries a request has, 1 to 10.")
        var entries = 1

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("How long the detail of an entry is.", valueName: "bytes"))
        var size = 1_024

        @Option(parsing: .unconditional, help: "How long to measure.")
        var seconds = 10.0

        @Option(parsing: .unconditional, help: "How long to run before that.")
        var warmup = 1.0

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "When a request without an answer counts as failed.", valueName: "seconds"))
        var timeout = 30.0

        @Option(help: "The bus, by its name or ARN.")
        var bus = "default"

        @Option(help: "The entries' source.")
        var source = "switchyard.load"

        @Option(help: "The entries' detail type.")
        var detailType = "load test"

        @Option(
            help: """
                The region that requests are signed for. [default: AWS_REGION, AWS_DEFAULT_REGION, the \
                endpoint's, or us-east-1]
                """)
        var region: String?

        @Flag(help: "Print the report as JSON instead of a table.")
        var json = false

        @Option(
            help: ArgumentHelp(
                "Write the report as an HTML page with plots.", valueName: "file"),
            completion: .file())
        var html: String?

        @Option(parsing: .unconditionalSingleValue, help: LoadExpectation.help)
        var expect: [String] = []

        /// An endpoint that closes more than this at a time would not be tested, but attacked.
        static let connectionsMax = 10_000
        /// Of all entries of a request, as EventBridge has it.
        static let requestBytesMax = 1 << 20

        func validate() throws {
            try ResultFile.refuseStandardOutput(
                html, option: "--html", "name a file for the page")
            if let rate, !(rate > 0 && rate <= 1e9) {
                throw ValidationError("--rate has to be more than 0 and at most 1e9.")
            }
            guard (1...Self.connectionsMax).contains(connections) else {
                throw ValidationError("--connections has to be from 1 to \(Self.connectionsMax).")
            }
            guard (1...10).contains(entries) else {
                throw ValidationError(
                    "--entries has to be from 1 to 10: EventBridge takes no more.")
            }
            let sizeMax = Self.requestBytesMax / entries - source.utf8.count - detailType.utf8.count
            guard size >= LoadRequests.detailBytesMin, size < sizeMax else {
                throw ValidationError(
                    "--size has to be from \(LoadRequests.detailBytesMin) to \(sizeMax - 1): a request "
                        + "has at most 1 MiB.")
            }
            guard (0.1...86_400).contains(seconds), (0...3_600).contains(warmup) else {
                throw ValidationError("--seconds is 0.1 to 86400, --warmup 0 to 3600.")
            }
            guard (0.1...3_600).contains(timeout) else {
                throw ValidationError("--timeout is 0.1 to 3600.")
            }
            guard !bus.isEmpty, !source.isEmpty, !detailType.isEmpty else {
                throw ValidationError("--bus, --source and --detail-type can't be empty.")
            }
            _ = try place()
            _ = try LoadSigning(place(), region: region)
            let expected = try expect.map { try LoadExpectation($0) }
            guard rate != nil || !expected.contains(where: { $0.figure == .rate }) else {
                throw ValidationError("--expect 'rate>=...' is a part of --rate: give one.")
            }
        }

        /// Where the endpoint is.
        func place() throws(ValidationError) -> LoadEndpoint { try LoadEndpoint(endpoint) }

        func run() throws {
            let page = html.map { ResultFile(path: $0) }
            try page?.check()
            let signing = try LoadSigning(place(), region: region)
            if signing.signer == nil {
                Terminal.note("requests have no signature: there is no AWS_ACCESS_KEY_ID")
            }
            Interrupt.listen()
            let run = try EndpointRun(self, signing)
            defer { run.end() }
            try run.drive()
            Terminal.clearProgress()
            guard run.hasFigures || !Interrupt.isRequested else {
                Terminal.note("stopped before anything was measured: there are no figures")
                throw Outcome.interrupted
            }
            var report = run.report()
            let failures = try judgeExpectations(&report)
            if json { Terminal.print(try JSONText.encoded(report)) } else { report.printTable() }
            Output.standard.flush()
            if let page {
                try page.write(LoadPage(reports: [report]).html)
                Terminal.note("the page is in \(page.path)")
            }
            try judge(report, run, failures)
        }

        /// Notes in the report which expectations were met; a run that was stopped is not judged.
        ///
        /// - Returns: the others, and what was found instead.
        private func judgeExpectations(_ report: inout LoadReport) throws -> [String] {
            guard !expect.isEmpty, !Interrupt.isRequested else { return [] }
            let judged = try expect.map { ($0, try LoadExpectation($0).failure(of: report)) }
            report.expectations = Dictionary(judged.map { ($0, $1 == nil) }) { $1 }
            return judged.compactMap(\.1)
        }

        /// Says what is not as it was asked for.
        private func judge(
            _ report: LoadReport, _ run: EndpointRun, _ failures: [String]
        ) throws {
            for (code, message) in run.reasons { Terminal.note("\(code): \(message)") }
            if report.delivered < report.published {
                Terminal.error(
                    "\(Figure.count(report.published - report.delivered)) of "
                        + "\(Figure.count(report.published)) entries were not acknowledged")
            }
            if let absence = run.absence {
                Terminal.error("the endpoint went away: \(absence)")
            }
            for failure in failures { Terminal.error("not as expected: \(failure)") }
            if Interrupt.isRequested { throw Outcome.interrupted }
            guard report.delivered == report.published, run.absence == nil, failures.isEmpty
            else { throw Outcome.wrong }
            guard report.eventsPerSecond > 0 else {
                Terminal.error(
                    "nothing was answered in the measured time: raise --seconds or --rate")
                throw Outcome.wrong
            }
            if let rate, report.eventsPerSecond < 0.98 * rate {
                Terminal.note(
                    "note: the rate was not kept: \(Figure.eventRate(report.eventsPerSecond)) of "
                        + "\(Figure.eventRate(rate)). Latencies count the delay that grew meanwhile"
                )
            }
        }
    }
#endif
