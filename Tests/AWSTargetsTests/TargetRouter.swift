#if Server
    import AWSSignature
    import AWSTargets
    import EventArchive
    import HTTPTestSupport
    import InternalSystem
    import JSONScan
    import NIOHTTP1
    import Switchyard
    import TestSupport
    import Testing

    /// A router with one rule for all events, and one target of it.
    final class TargetRouter: Sendable {
        let router: Router
        private let folder: TemporaryFolder
        private let inbox: LetterBox

        /// Keeps what was given up.
        final class LetterBox: DeadLetterObserver {
            private let letters = Guarded<[DeadLetter]>([])
            private let next: (any DeadLetterObserver)?

            init(_ next: (any DeadLetterObserver)? = nil) { self.next = next }

            var all: [DeadLetter] { letters.withLock { $0 } }

            func gaveUp(_ letter: DeadLetter) {
                next?.gaveUp(letter)
                letters.withLock { $0.append(letter) }
            }
        }

        /// - Parameters:
        ///   - arn: the target's.
        ///   - members: further members of its definition, in JSON, with a comma before each.
        init(
            _ adapters: [any TargetAdapter], arn: String, _ members: String = "",
            retries: Int = 0, observer: (any DeadLetterObserver)? = nil,
            clock: any TimeSource = SystemClock.shared
        ) throws {
            folder = try TemporaryFolder()
            inbox = LetterBox(observer)
            var configuration = RouterConfiguration(
                directory: folder.path + "/router",
                archive: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none))
            configuration.account = "111122223333"
            configuration.region = "eu-west-1"
            configuration.adapters = TargetAdapters(adapters)
            configuration.deadLetterObserver = inbox
            configuration.clock = clock
            router = try Router(configuration)
            try router.putRule(RoutingRule(name: "all", pattern: #"{"source":["shop"]}"#))
            let retry = #"{"MaximumRetryAttempts":\#(retries)}"#
            let json = #"{"Id":"t","Arn":"\#(arn)","RetryPolicy":\#(retry)\#(members)}"#
            try router.putTargets([TargetDefinition(json: Array(json.utf8))], of: "all")
        }

        static let id = "6a7e8feb-b491-4cf7-a9f1-bf3703467718"
        /// 2021-06-16T11:33:45Z
        static let milliseconds = 1_623_843_225_000
        static let event =
            #"{"version":"0","id":"\#(id)","detail-type":"Order","source":"shop","#
            + #""account":"111122223333","time":"2021-06-16T11:33:45Z","region":"eu-west-1","#
            + #""resources":[],"detail":{"n":1,"who":"é\"x"}}"#

        /// Publishes the event, and waits until it was delivered or given up.
        func publish(_ event: String = TargetRouter.event) async throws {
            let before = try settled
            try router.publish(event)
            try await wait { try settled > before }
        }

        private var settled: UInt64 {
            get throws { try statistics.delivered + UInt64(inbox.all.count) }
        }

        var statistics: TargetStatistics {
            get throws { try router.statistics(target: "t", of: "all") }
        }
        var letters: [DeadLetter] { inbox.all }
        func close() throws { _ = try router.close(within: .seconds(30)) }
    }

    /// The secret of whoever `Stage` is.
    let testCredentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: "session")

    /// A service that a test plays, and a client of it.
    struct Stage {
        let server: TestServer
        let client: AWSClient
        var adapter: AWSTargetAdapter { AWSTargetAdapter(client) }

        init(
            timeout: Duration = .seconds(10),
            _ answer: @escaping @Sendable (TestServer.Request, Int) -> TestServer.Answer
        ) async throws {
            server = try await TestServer(answer)
            client = AWSClient(
                AWSBackend(server.address("/"), credentials: testCredentials), timeout: timeout)
        }

        /// One that answers each operation as a service does that is well.
        init() async throws { try await self.init { request, _ in .success(for: request) } }

        func close() async throws {
            await client.shutdown()
            try await server.close()
        }
    }

    extension TestServer.Request {
        /// `AmazonSQS.SendMessage`
        var operation: String { headers.first(name: "X-Amz-Target") ?? "" }

        /// Throws if the signature is not that of the test's credentials for a service.
        func verify(service: String, region: String = "eu-west-1") throws {
            let request = SignableRequest(
                method: method, target: target,
                headers: headers.map { .init($0.name, $0.value) }, body: .bytes(Array(body.utf8)))
            let identity = try SignatureVerifier(keys: [testCredentials]).verify(
                request, at: SignatureTime(nanosecondsSinceEpoch: wallClockNanoseconds()),
                service: service, region: region)
            #expect(identity.isBodySigned)
        }
    }

    extension TestServer.Answer {
        static func json(_ body: String, _ status: HTTPResponseStatus = .ok) -> Self {
            Self(
                status: status, headers: [("Content-Type", "application/x-amz-json-1.0")],
                body: body)
        }

        /// What the service answers that a request is to.
        static func success(for request: TestServer.Request) -> Self {
            switch request.operation.split(separator: ".").last {
            case "GetQueueUrl": json(#"{"QueueUrl":"http://sqs.test/111122223333/q"}"#)
            case "SendMessage": json(#"{"MessageId":"m","MD5OfMessageBody":"d"}"#)
            case "PutRecord":
                json(#"{"SequenceNumber":"1","ShardId":"s","RecordId":"r","Encrypted":false}"#)
            case "StartExecution": json(#"{"executionArn":"arn:...","startDate":1}"#)
            case "CreateLogStream": json("")
            case "PutLogEvents": json(#"{"nextSequenceToken":"1"}"#)
            default:
                request.target.hasSuffix("/invocations")
                    ? Self(status: .accepted)
                    : Self(
                        body: """
                            <PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">\
                            <PublishResult><MessageId>m</MessageId></PublishResult>\
                            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
                            </PublishResponse>
                            """)
            }
        }
    }
#endif
