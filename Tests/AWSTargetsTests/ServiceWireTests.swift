#if Server
    import AWSTargets
    import Foundation
    import HTTPTestSupport
    import NIOHTTP1
    import Testing

    @Suite("What services are asked")
    struct ServiceWireTests {
        /// Publishes the event for a target, and gives the requests that this made.
        private func requests(
            _ service: String, _ resource: String, _ members: String = "", of count: Int = 1
        ) async throws -> [TestServer.Request] {
            let stage = try await Stage()
            let router = try TargetRouter(
                [stage.adapter], arn: "arn:aws:\(service):eu-west-1:111122223333:\(resource)",
                members)
            for _ in 0..<count { try await router.publish() }
            try router.close()
            #expect(router.letters == [])
            let requests = stage.server.requests
            for request in requests { try request.verify(service: service) }
            try await stage.close()
            return requests
        }

        @Test("a queue's address is asked for once, and each event is a message")
        func sendsMessages() async throws {
            let requests = try await requests("sqs", "orders", of: 2)
            #expect(
                requests.map(\.operation) == [
                    "AmazonSQS.GetQueueUrl", "AmazonSQS.SendMessage", "AmazonSQS.SendMessage",
                ])
            #expect(
                requests[0].body
                    == #"{"QueueName":"orders","QueueOwnerAWSAccountId":"111122223333"}"#)
            #expect(requests[1].headers["Content-Type"] == ["application/x-amz-json-1.0"])
            #expect(requests[1].headers["X-Amz-Security-Token"] == ["session"])
            #expect(requests[1].target == "/")
            let sent = try #require(
                try JSONSerialization.jsonObject(with: Data(requests[1].body.utf8))
                    as? [String: String])
            #expect(
                sent == [
                    "QueueUrl": "http://sqs.test/111122223333/q", "MessageBody": TargetRouter.event,
                ])
        }

        @Test("a FIFO queue gets the group that the target names, and the event's id")
        func sendsToGroups() async throws {
            let requests = try await requests(
                "sqs", "orders.fifo", #","SqsParameters":{"MessageGroupId":"g"}"#)
            let body = try #require(requests.last?.body)
            #expect(body.contains(#""MessageGroupId":"g""#))
            #expect(body.contains(#""MessageDeduplicationId":"\#(TargetRouter.id)""#))
        }

        @Test("a queue gets what the target's input makes of an event")
        func sendsInput() async throws {
            let requests = try await requests("sqs", "orders", #","InputPath":"$.detail.who""#)
            #expect(try #require(requests.last?.body).contains(#""MessageBody":"\"é\\\"x\"""#))
        }

        @Test("a topic gets a form")
        func publishes() async throws {
            let requests = try await requests("sns", "orders", #","Input":"{\"a\": \"b&c\"}""#)
            #expect(
                requests.map(\.body) == [
                    "Action=Publish&Version=2010-03-31"
                        + "&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3Aorders"
                        + "&Message=%7B%22a%22%3A%20%22b%26c%22%7D"
                ])
            #expect(
                requests[0].headers["Content-Type"]
                    == ["application/x-www-form-urlencoded; charset=utf-8"])
        }

        @Test("a FIFO topic gets a group and the event's id")
        func publishesToGroups() async throws {
            let requests = try await requests(
                "sns", "orders.fifo", #","SqsParameters":{"MessageGroupId":"g"}"#)
            let body = try #require(requests.last?.body)
            #expect(
                body.hasSuffix("&MessageGroupId=g&MessageDeduplicationId=\(TargetRouter.id)"))
        }

        @Test("a function is called with the event", arguments: ["function:f", "function:f:live"])
        func invokes(function: String) async throws {
            let requests = try await requests("lambda", function)
            let request = try #require(requests.first)
            let name = "arn:aws:lambda:eu-west-1:111122223333:\(function)"
                .replacingOccurrences(of: ":", with: "%3A")
            #expect(request.method == "POST")
            #expect(request.target == "/2015-03-31/functions/\(name)/invocations")
            #expect(request.headers["X-Amz-Invocation-Type"] == ["Event"])
            #expect(request.headers["Content-Type"] == ["application/json"])
            #expect(request.body == TargetRouter.event)
        }

        @Test(
            "a log group gets a stream once, and an entry with the event's time for each event",
            arguments: ["log-group:/aws/events/x", "log-group:/aws/events/x:*"])
        func logs(resource: String) async throws {
            let requests = try await requests("logs", resource, of: 2)
            #expect(
                requests.map(\.operation) == [
                    "Logs_20140328.CreateLogStream", "Logs_20140328.PutLogEvents",
                    "Logs_20140328.PutLogEvents",
                ])
            #expect(requests[0].headers["Content-Type"] == ["application/x-amz-json-1.1"])
            let made = try #require(
                try JSONSerialization.jsonObject(with: Data(requests[0].body.utf8))
                    as? [String: String])
            #expect(made["logGroupName"] == "/aws/events/x")
            let sent = try #require(
                try JSONSerialization.jsonObject(with: Data(requests[1].body.utf8))
                    as? [String: Any])
            #expect(sent["logStreamName"] as? String == made["logStreamName"])
            let entries = try #require(sent["logEvents"] as? [[String: Any]])
            #expect(entries.count == 1)
            #expect(entries[0]["timestamp"] as? Int == TargetRouter.milliseconds)
            #expect(entries[0]["message"] as? String == TargetRouter.event)
        }

        @Test("a log group's entry is what a transformer says it is")
        func logsTransformed() async throws {
            let transformer =
                #","InputTransformer":{"InputPathsMap":{"t":"$.time"},"InputTemplate":"#
                + #""{\"timestamp\": <t>, \"message\": \"hello\"}"}"#
            let requests = try await requests("logs", "log-group:g", transformer)
            #expect(
                try #require(requests.last?.body).contains(
                    #"{"timestamp":\#(TargetRouter.milliseconds),"message":"hello"}"#))
        }

        @Test("a stream gets a record in the partition of the event's id, or of a path's value")
        func putsRecords() async throws {
            let data = Data(TargetRouter.event.utf8).base64EncodedString()
            for (members, key) in [
                ("", TargetRouter.id),
                (#","KinesisParameters":{"PartitionKeyPath":"$.detail-type"}"#, "Order"),
            ] {
                let requests = try await requests("kinesis", "stream/s", members)
                #expect(requests[0].operation == "Kinesis_20131202.PutRecord")
                #expect(
                    requests.map(\.body) == [
                        #"{"StreamName":"s","Data":"\#(data)","PartitionKey":"\#(key)"}"#
                    ])
            }
        }

        @Test("a delivery stream gets a record")
        func putsDeliveries() async throws {
            let requests = try await requests("firehose", "deliverystream/d")
            let data = Data(TargetRouter.event.utf8).base64EncodedString()
            #expect(requests[0].operation == "Firehose_20150804.PutRecord")
            #expect(
                requests.map(\.body) == [
                    #"{"DeliveryStreamName":"d","Record":{"Data":"\#(data)"}}"#
                ])
        }

        @Test("a state machine is started under a name of the event's own")
        func startsExecutions() async throws {
            let requests = try await requests("states", "stateMachine:m", of: 2)
            #expect(requests[0].operation == "AWSStepFunctions.StartExecution")
            let inputs = try requests.map {
                try #require(
                    try JSONSerialization.jsonObject(with: Data($0.body.utf8)) as? [String: String])
            }
            let names = inputs.compactMap { $0["name"] }
            #expect(names.allSatisfy { $0.hasPrefix(TargetRouter.id + "_") && $0.count <= 80 })
            #expect(Set(names).count == 2)
            #expect(inputs[0]["input"] == TargetRouter.event)
            #expect(
                inputs[0]["stateMachineArn"]
                    == "arn:aws:states:eu-west-1:111122223333:stateMachine:m")
        }
    }
#endif
