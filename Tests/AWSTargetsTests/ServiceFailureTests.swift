#if Server
    import AWSTargets
    import EventDelivery
    import HTTPTestSupport
    import NIOHTTP1
    import Switchyard
    import Testing

    @Suite("What services answer")
    struct ServiceFailureTests {
        /// Publishes the event for a target whose service answers so, and gives the dead letter.
        private func letter(
            _ service: String, _ resource: String, _ members: String = "", retries: Int = 0,
            timeout: Duration = .seconds(10),
            _ answer: @escaping @Sendable (TestServer.Request, Int) -> TestServer.Answer
        ) async throws -> (DeadLetter, requests: Int) {
            let stage = try await Stage(timeout: timeout, answer)
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:\(service):eu-west-1:111122223333:\(resource)",
                members, retries: retries)
            try await router.publish()
            try router.close()
            let letter = try #require(router.letters.first)
            let count = stage.server.requests.count
            try await stage.close()
            return (letter, count)
        }

        struct Failure: Sendable, CustomTestStringConvertible {
            let service: String
            let status: HTTPResponseStatus
            var headers: [(String, String)] = []
            let body: String
            let code: DeliveryError.Code
            let isRetriable: Bool
            var testDescription: String { "\(service) \(status.code) \(body)" }

            init(
                _ service: String, _ status: HTTPResponseStatus, _ body: String,
                headers: [(String, String)] = [], _ code: DeliveryError.Code,
                again isRetriable: Bool = false
            ) {
                self.service = service
                self.status = status
                self.headers = headers
                self.body = body
                self.code = code
                self.isRetriable = isRetriable
            }

            static func xml(_ code: String) -> String {
                "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code>"
                    + "<Message>no</Message></Error></ErrorResponse>"
            }
        }

        static let resources = [
            "sqs": "q", "sns": "t", "lambda": "function:f", "logs": "log-group:g",
            "kinesis": "stream/s", "firehose": "deliverystream/d", "states": "stateMachine:m",
        ]

        static let failures = [
            Failure(
                "sqs", .badRequest,
                #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#,
                headers: [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")],
                .noResource),
            Failure(
                "sqs", .badRequest,
                #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#, .noResource),
            Failure("sns", .notFound, Failure.xml("NotFound"), .noResource),
            Failure("sns", .forbidden, Failure.xml("AuthorizationError"), .noPermissions),
            Failure("sns", .badRequest, Failure.xml("InvalidParameter"), .invalidParameter),
            Failure("sns", .badRequest, Failure.xml("Throttling"), .throttling, again: true),
            Failure("sns", .badRequest, Failure.xml("EndpointDisabled"), .sdkClientError),
            Failure(
                "lambda", .notFound, #"{"Type":"User","Message":"Function not found: f"}"#,
                headers: [("x-amzn-ErrorType", "ResourceNotFoundException")], .noResource),
            Failure(
                "lambda", .tooManyRequests, #"{"Reason":"CallerRateLimitExceeded"}"#,
                headers: [("x-amzn-ErrorType", "TooManyRequestsException")], .throttling,
                again: true),
            Failure(
                "lambda", .conflict, #"{"message":"The operation cannot be performed"}"#,
                headers: [("x-amzn-ErrorType", "ResourceConflictException:http://x")],
                .errorFromTarget, again: true),
            Failure(
                "lambda", .payloadTooLarge, "{}",
                headers: [("x-amzn-ErrorType", "RequestTooLargeException")], .invalidParameter),
            Failure(
                "logs", .badRequest, #"{"__type":"ResourceNotFoundException","message":"no"}"#,
                .noResource),
            Failure(
                "kinesis", .badRequest,
                #"{"__type":"ProvisionedThroughputExceededException","message":"slow"}"#,
                .throttling, again: true),
            Failure(
                "kinesis", .badRequest, #"{"__type":"AccessDeniedException","Message":"no"}"#,
                .noPermissions),
            Failure(
                "firehose", .internalServerError, #"{"__type":"ServiceUnavailableException"}"#,
                .errorFromTarget, again: true),
            Failure(
                "firehose", .badRequest, #"{"__type":"InvalidArgumentException"}"#,
                .invalidParameter),
            Failure(
                "states", .badRequest, #"{"__type":"com.amazonaws#StateMachineDoesNotExist"}"#,
                .noResource),
            Failure(
                "states", .badRequest, #"{"__type":"ExecutionLimitExceeded"}"#,
                .resourceLimitExceeded, again: true),
            Failure(
                "states", .badRequest,
                #"{"__type":"UnrecognizedClientException","message":"token"}"#, .noPermissions),
            Failure("sqs", .gatewayTimeout, "", .timeout, again: true),
            Failure("sqs", .serviceUnavailable, "come back later", .errorFromTarget, again: true),
            Failure("sqs", .ok, "<html>Welcome!</html>", .errorFromTarget, again: true),
            Failure("sns", .ok, "{}", .errorFromTarget, again: true),
            Failure("lambda", .ok, "<html>Welcome!</html>", .errorFromTarget, again: true),
            Failure("kinesis", .ok, "{}", .errorFromTarget, again: true),
            Failure("states", .notFound, "<html>who?</html>", .errorFromTarget, again: true),
            Failure("firehose", .found, "", .errorFromTarget, again: true),
        ]

        @Test(
            "an error has the code of what it means, and is tried again if that may help",
            arguments: failures)
        func classifies(failure: Failure) async throws {
            let resource = try #require(Self.resources[failure.service])
            let (letter, requests) = try await letter(failure.service, resource) { _, _ in
                TestServer.Answer(
                    status: failure.status, headers: failure.headers, body: failure.body)
            }
            #expect(letter.code == failure.code, "\(letter.message)")
            #expect(letter.condition == (failure.isRetriable ? .maximumRetryAttempts : nil))
            #expect(requests == 1)
            #expect(letter.targetARN.hasSuffix(resource))
        }

        @Test("what is unavailable first gets the event then")
        func triesAgain() async throws {
            let stage = try await Stage { request, number in
                number == 0
                    ? TestServer.Answer(status: .serviceUnavailable) : .success(for: request)
            }
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:kinesis:eu-west-1:111122223333:stream/s", retries: 1)
            try await router.publish()
            try router.close()
            #expect(router.letters == [])
            #expect(stage.server.requests.count == 2)
            try await stage.close()
        }

        @Test("what does not answer in time, or not at all, is tried again")
        func timesOut() async throws {
            let (slow, _) = try await letter("sqs", "q", timeout: .milliseconds(200)) { _, _ in
                TestServer.Answer(isMissing: true)
            }
            #expect(slow.code == .timeout && slow.condition == .maximumRetryAttempts)

            let client = AWSClient(AWSBackend("http://127.0.0.1:1"))
            let router = try TargetRouter(
                [AWSTargetAdapter(client)], arn: "arn:aws:sqs:eu-west-1:111122223333:q")
            try await router.publish()
            try router.close()
            let letter = try #require(router.letters.first)
            #expect(letter.code == .connectionFailure && letter.condition == .maximumRetryAttempts)
            await client.shutdown()
        }

        @Test("an answer that is too long is no answer")
        func boundsAnswers() async throws {
            let body = String(repeating: " ", count: 2 << 20)
            let (letter, _) = try await letter("kinesis", "stream/s") { _, _ in .json(body) }
            #expect(letter.code == .errorFromTarget && letter.condition == .maximumRetryAttempts)
            #expect(letter.message.count < 200)
        }

        @Test(
            "a FIFO queue or topic without a group is given up at once, unasked",
            arguments: ["sqs", "sns"])
        func wantsGroups(service: String) async throws {
            let (letter, requests) = try await letter(service, "q.fifo", retries: 5) { request, _ in
                .success(for: request)
            }
            #expect(letter.code == .invalidParameter && letter.attempts == 1)
            #expect(letter.message.contains("MessageGroupId"))
            #expect(requests == 0)
        }

        @Test("what was started already is not started again")
        func startsOnce() async throws {
            let stage = try await Stage { _, _ in
                .json(#"{"__type":"ExecutionAlreadyExists","message":"x"}"#, .badRequest)
            }
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:states:eu-west-1:111122223333:stateMachine:m")
            try await router.publish()
            try router.close()
            #expect(try router.letters == [] && router.statistics.delivered == 1)
            try await stage.close()
        }

        @Test("a log stream that is there already, or was removed, is no obstacle")
        func makesStreamsAgain() async throws {
            let stage = try await Stage { request, number in
                switch number {
                case 0: .json(#"{"__type":"ResourceAlreadyExistsException"}"#, .badRequest)
                case 2: .json(#"{"__type":"ResourceNotFoundException"}"#, .badRequest)
                default: .success(for: request)
                }
            }
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:logs:eu-west-1:111122223333:log-group:g")
            try await router.publish()
            try await router.publish()
            try router.close()
            #expect(router.letters == [])
            #expect(
                stage.server.requests.map { $0.operation.hasSuffix("PutLogEvents") } == [
                    false, true, true, false, true,
                ])
            try await stage.close()
        }

        @Test("an entry that is too old for its log group is given up")
        func heedsRejections() async throws {
            let (letter, _) = try await letter("logs", "log-group:g", retries: 5) { request, _ in
                request.operation.hasSuffix("PutLogEvents")
                    ? .json(#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}"#)
                    : .success(for: request)
            }
            #expect(letter.code == .invalidParameter && letter.attempts == 1)
        }

        @Test("who may not ask for a queue's address sends to what such addresses look like")
        func buildsAddresses() async throws {
            let stage = try await Stage { request, _ in
                request.operation.hasSuffix("GetQueueUrl")
                    ? .json(#"{"__type":"AccessDeniedException"}"#, .forbidden)
                    : .success(for: request)
            }
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:sqs:eu-west-1:111122223333:q")
            try await router.publish()
            try router.close()
            #expect(router.letters == [])
            let url = stage.server.address("/111122223333/q")
            #expect(try #require(stage.server.requests.last?.body).contains(#""\#(url)""#))
            try await stage.close()
        }

        @Test("what has no address, or is of another service, is for others to make")
        func leavesOthers() async throws {
            let clients = [
                AWSClient(AWSBackend()),
                AWSClient(AWSBackend(addresses: ["sqs": "http://127.0.0.1:1"])),
            ]
            let adapters = clients.map { AWSTargetAdapter($0) }
            let scope = ResourceScope(account: "111122223333", region: "eu-west-1")
            for (adapter, arn, isMade) in [
                (adapters[0], "arn:aws:sqs:eu-west-1:111122223333:q", false),
                (adapters[1], "arn:aws:sqs:eu-west-1:111122223333:q", true),
                (adapters[1], "arn:aws:sns:eu-west-1:111122223333:t", false),
                (adapters[1], "arn:aws:batch:eu-west-1:111122223333:job-queue/j", false),
            ] {
                let definition = TargetDefinition(id: "t", try TargetDestination(arn))
                let made = try adapter.target(
                    for: definition, of: RuleID("r", of: BusID(in: scope)))
                #expect((made != nil) == isMade, "\(arn)")
            }
            for client in clients { await client.shutdown() }
        }
    }
#endif
