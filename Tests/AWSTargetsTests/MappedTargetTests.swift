#if Server
    @testable import AWSTargets
    import HTTPTestSupport
    import NIOHTTP1
    import Switchyard
    import TestSupport
    import Testing

    @Suite("Mapped targets")
    struct MappedTargetTests {
        @Test(
            "what is no place is refused",
            arguments: [
                "nowhere", "ftp://host/", "http://", "https://a/*", "closure:", "command:",
                "arn:aws:events:eu-west-1:111122223333:event-bus/b",
            ])
        func refuses(place: String) {
            #expect(throws: InvalidDestination.self) { try TargetMapping("*", to: place) }
        }

        @Test("an address gets the input of each event, though it is on this machine")
        func posts() async throws {
            let server = try await TestServer()
            let arn = "arn:aws:lambda:eu-west-1:111122223333:function:resize"
            let adapter = MappedTargetAdapter([
                try TargetMapping("arn:aws:sqs:*", to: "discard:"),
                try TargetMapping("arn:aws:lambda:*:*:function:resize", to: server.address("/f?q")),
                try TargetMapping("*", to: "discard:"),
            ])
            let router = try TargetRouter([adapter], arn: arn, #","InputPath":"$.detail.n""#)
            try await router.publish()
            try router.close()
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.target == "/f?q" && request.body == "1")
            #expect(request.headers["Content-Type"] == ["application/json; charset=utf-8"])
            try await server.close()
        }

        @Test("a command gets a line for each event")
        func runsCommands() async throws {
            let folder = try TemporaryFolder()
            let adapter = MappedTargetAdapter([
                try TargetMapping(
                    "arn:*", to: "command:/usr/bin/tee?arg=-a&arg=\(folder.path)/lines")
            ])
            let router = try TargetRouter(
                [adapter], arn: "arn:aws:batch:eu-west-1:111122223333:job-queue/j")
            try await router.publish()
            let path = folder.path + "/lines"
            await wait { readFile(path) == Array((TargetRouter.event + "\n").utf8) }
            try router.close()
        }
    }
#endif
