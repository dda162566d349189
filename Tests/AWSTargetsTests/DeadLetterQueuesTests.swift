#if Server
    import AWSTargets
    import EventDelivery
    import Foundation
    import HTTPTestSupport
    import NIOHTTP1
    import InternalSystem
    import Switchyard
    import TestSupport
    import Testing

    @Suite("Queues of dead letters")
    struct DeadLetterQueuesTests {
        private static let deadLetters =
            #","DeadLetterConfig":{"Arn":"arn:aws:sqs:eu-west-1:111122223333:dead"}"#
        private static let function = "arn:aws:lambda:eu-west-1:111122223333:function:f"

        /// The attributes of a message, by their names.
        private func attributes(_ request: TestServer.Request) throws -> [String: String] {
            let body = try #require(
                try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
            #expect(body["MessageBody"] as? String == TargetRouter.event)
            let attributes = try #require(
                body["MessageAttributes"] as? [String: [String: String]])
            #expect(attributes.values.allSatisfy { $0["DataType"] == "String" })
            return attributes.compactMapValues { $0["StringValue"] }
        }

        @Test("a queue gets the event as it was published, and why it was given up")
        func sends() async throws {
            let stage = try await Stage { request, _ in
                request.target.hasSuffix("/invocations")
                    ? TestServer.Answer(status: .serviceUnavailable, body: "no \u{1}")
                    : .success(for: request)
            }
            let queues = DeadLetterQueues(stage.client)
            let router = try TargetRouter(
                [stage.adapter], arn: Self.function, Self.deadLetters + #","Input":"1""#,
                retries: 1, observer: queues)
            try await router.publish()
            #expect(await queues.drain(within: .seconds(30)) == 0)
            #expect(queues.statistics.sent == 1 && queues.statistics.failed == 0)
            let sent = try #require(stage.server.requests.last)
            #expect(sent.operation == "AmazonSQS.SendMessage")
            try sent.verify(service: "sqs")
            var attributes = try attributes(sent)
            let message = attributes.removeValue(forKey: "ERROR_MESSAGE")
            #expect(message?.hasSuffix("no ?") == true)
            #expect(
                attributes == [
                    "RULE_ARN": "arn:aws:events:eu-west-1:111122223333:rule/all",
                    "TARGET_ARN": Self.function, "ERROR_CODE": "ERROR_FROM_TARGET",
                    "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "1",
                ])
            try router.close()
            try await stage.close()
        }

        @Test("what was not tried again has no attributes of that")
        func leavesOutRetries() async throws {
            let stage = try await Stage { request, _ in
                request.target.hasSuffix("/invocations")
                    ? TestServer.Answer(
                        status: .notFound,
                        headers: [("x-amzn-ErrorType", "ResourceNotFoundException")])
                    : .success(for: request)
            }
            let queues = DeadLetterQueues(stage.client)
            let router = try TargetRouter(
                [stage.adapter], arn: Self.function, Self.deadLetters, retries: 9,
                observer: queues)
            try await router.publish()
            #expect(await queues.drain(within: .seconds(30)) == 0)
            let attributes = try attributes(try #require(stage.server.requests.last))
            #expect(
                Set(attributes.keys) == ["RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE"])
            #expect(attributes["ERROR_CODE"] == "NO_RESOURCE")
            try router.close()
            try await stage.close()
        }

        @Test("a target without such a queue has nothing sent")
        func needsQueues() async throws {
            let stage = try await Stage { _, _ in TestServer.Answer(status: .unauthorized) }
            let queues = DeadLetterQueues(stage.client)
            let router = try TargetRouter(
                [stage.adapter], arn: Self.function, observer: queues)
            try await router.publish()
            #expect(queues.statistics == DeadLetterQueues.Statistics())
            try router.close()
            try await stage.close()
        }

        @Test("a queue that can't be reached gets the event later, or never")
        func triesAgain() async throws {
            for (failures, sent) in [(2, 1), (9, 0)] as [(Int, UInt64)] {
                let count = Guarded(0)
                let stage = try await Stage { request, _ in
                    if request.target.hasSuffix("/invocations") {
                        return TestServer.Answer(status: .forbidden)
                    }
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    return number <= failures
                        ? TestServer.Answer(status: .internalServerError)
                        : .success(for: request)
                }
                let reports = Inbox()
                let queues = DeadLetterQueues(
                    stage.client,
                    policy: RetryPolicy(maximumRetries: 4, firstDelay: .milliseconds(1))
                ) { reports.take($0) }
                let router = try TargetRouter(
                    [stage.adapter], arn: Self.function, Self.deadLetters, observer: queues)
                try await router.publish()
                #expect(await queues.drain(within: .seconds(30)) == 0)
                #expect(queues.statistics.sent == sent && queues.statistics.failed == 1 - sent)
                #expect(reports.count == Int(1 - sent))
                try router.close()
                try await stage.close()
            }
        }

        @Test(
            "what is no standard queue gets nothing, and that is said",
            arguments: ["arn:aws:sqs:eu-west-1:111122223333:d.fifo", "arn:aws:sns:a:1:t", "x"])
        func wantsQueues(arn: String) async throws {
            let stage = try await Stage { _, _ in TestServer.Answer(status: .forbidden) }
            let reports = Inbox()
            let queues = DeadLetterQueues(stage.client) { reports.take($0) }
            let router = try TargetRouter(
                [stage.adapter], arn: Self.function, #","DeadLetterConfig":{"Arn":"\#(arn)"}"#,
                observer: queues)
            try await router.publish()
            #expect(await queues.drain(within: .seconds(30)) == 0)
            #expect(queues.statistics.failed == 1 && stage.server.requests.count == 1)
            #expect(reports.texts.allSatisfy { $0.contains(arn) })
            try router.close()
            try await stage.close()
        }
    }
#endif
