#if HTTP
    import EventArchive
    import HTTPTestSupport
    import NIOHTTP1
    import Switchyard
    import SwitchyardHTTP
    import TestSupport
    import Testing

    /// A router whose events, all that have a member `n`, go to one destination.
    private struct HTTPRouter {
        let folder: TemporaryFolder
        let router: Router

        init(
            _ destination: APIDestination, pathValues: [String] = [],
            parameters: [HTTPParameter] = [], input: TargetInput = .event, retries: Int = 0
        ) throws {
            folder = try TemporaryFolder()
            router = try Router(
                RouterConfiguration(
                    directory: folder.path + "/router",
                    archive: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none)))
            try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
            let retry = RetryPolicy(
                maximumRetries: retries, firstDelay: .milliseconds(1),
                maximumDelay: .milliseconds(1))
            try router.putTargets(
                [
                    .http(
                        "hook", destination, pathValues: pathValues, parameters: parameters,
                        input: input, retry: retry)
                ], of: "all")
        }

        /// Publishes events, and waits until none is under way.
        func publish(_ events: String...) async throws {
            let before = try settled()
            for event in events { try router.publish(event) }
            for _ in 0..<3_000 {
                if try settled() == before + UInt64(events.count) { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("the events were neither delivered nor given up")
        }

        private func settled() throws -> UInt64 {
            let statistics = try router.statistics(target: "hook", of: "all")
            return statistics.delivered + statistics.deadLettered
        }

        var letters: [DeadLetter] { get throws { try router.deadLetters() } }

        func close() throws { _ = try router.close(within: .seconds(30)) }
    }

    /// A destination on this machine.
    private func destination(
        _ endpoint: String, _ method: APIDestination.Method = .post,
        _ connection: HTTPConnection = HTTPConnection()
    ) -> APIDestination {
        var destination = APIDestination(endpoint: endpoint, method: method, connection: connection)
        destination.allowsPrivateAddresses = true
        return destination
    }

    @Suite("HTTP targets")
    struct HTTPTargetTests {
        @Test("a request has the event as its body, and what target and connection add to it")
        func sendsRequests() async throws {
            let server = try await TestServer()
            let connection = HTTPConnection(
                .basic(username: "Aladdin", password: "open sesame"),
                parameters: [.header("X-Both", "connection"), .query("both", "connection")])
            let router = try HTTPRouter(
                destination(server.address("/a/*/c?fixed=1"), .put, connection),
                pathValues: ["x/y z"],
                parameters: [
                    .header("X-Own", "own"), .header("X-Both", "target"), .query("q", "a&b=ü"),
                    .query("both", "target"),
                ])
            try await router.publish(#"{"n":1}"#)
            try router.close()
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1)
            #expect(request.method == "PUT" && request.body == #"{"n":1}"#)
            #expect(request.target == "/a/x%2Fy%20z/c?fixed=1&q=a%26b%3D%C3%BC&both=connection")
            #expect(request.headers["Authorization"] == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
            #expect(request.headers["Content-Type"] == ["application/json; charset=utf-8"])
            #expect(request.headers["X-Own"] == ["own"])
            #expect(request.headers["X-Both"] == ["connection"])
        }

        @Test("a body parameter is a member of the body; without an object there is a dead letter")
        func addsToBodies() async throws {
            let server = try await TestServer()
            let connection = HTTPConnection(
                .apiKey(name: "X-Key", value: "k"),
                parameters: [.body("env", "connection"), .body("quote", "\"")])
            let router = try HTTPRouter(
                destination(server.address(), .post, connection),
                parameters: [.body("env", "target")],
                input: .path(try InputPath("$.d")))
            try await router.publish(#"{"n":1,"d":{"a":1}}"#)
            try await router.publish(#"{"n":1,"d":{ }}"#)
            try await router.publish(#"{"n":1,"d":[1]}"#)
            try router.close()
            #expect(
                server.requests.map(\.body) == [
                    #"{"a":1,"env":"connection","quote":"\""}"#,
                    #"{ "env":"connection","quote":"\""}"#,
                ])
            #expect(server.requests.allSatisfy { $0.headers["X-Key"] == ["k"] })
            #expect(try router.letters.map(\.code) == [.invalidParameter])
        }

        @Test("a value that is a path is what the event has there, whatever the input is")
        func readsParametersFromEvents() async throws {
            let server = try await TestServer()
            let router = try HTTPRouter(
                destination(server.address("/orders/*/of/*"), .post),
                pathValues: ["$.detail.id", "shop"],
                parameters: [
                    .header("X-Who", "$.detail.name"), .header("X-Price", "$5"),
                    .query("sizes", "$.detail.sizes"), .query("n", "$.n"),
                ],
                input: .constant("{}"))
            try await router.publish(
                #"{"n":1,"detail":{"id":"a/b \u0031","name":"\"Zo\u00eb\"","sizes":[1,"x"]}}"#)
            try router.close()
            let request = try #require(server.requests.first)
            #expect(request.target == "/orders/a%2Fb%201/of/shop?sizes=%5B1%2C%22x%22%5D&n=1")
            #expect(request.headers["X-Who"] == ["\"Zoë\""] && request.body == "{}")
            #expect(request.headers["X-Price"] == ["$5"])
        }

        @Test("an event without a value for a path, or an unfit one, is a dead letter")
        func refusesMissingParameters() async throws {
            let server = try await TestServer()
            let router = try HTTPRouter(
                destination(server.address("/*")), pathValues: ["$.id"],
                parameters: [.header("X-H", "$.h")])
            try await router.publish(
                #"{"n":1,"h":"x"}"#, #"{"n":2,"id":"x","h":"a\nb"}"#, #"{"n":3,"id":"..","h":""}"#,
                #"{"n":4,"id":7,"h":"x"}"#)
            try router.close()
            #expect(server.requests.map(\.target) == ["/7"])
            let letters = try router.letters.sorted { $0.sequence < $1.sequence }
            #expect(
                letters.map(\.code) == [.invalidParameter, .invalidParameter, .invalidParameter])
            #expect(
                letters.map(\.message) == [
                    "the event has nothing at $.id, for path value 1",
                    "the value of the header X-H has control characters",
                    "\"..\" as a path value would lead elsewhere",
                ])
            #expect(letters.allSatisfy { $0.attempts == 1 })
        }

        @Test("requests without a body send none")
        func sendsNoBody() async throws {
            let server = try await TestServer()
            let router = try HTTPRouter(destination(server.address(), .get))
            try await router.publish(#"{"n":1}"#)
            try router.close()
            #expect(server.requests.map(\.method) == ["GET"] && server.requests[0].body.isEmpty)
        }

        @Test("what may pass is tried again", arguments: [401, 407, 409, 429, 500, 503])
        func triesAgain(status: Int) async throws {
            let server = try await TestServer { _, before in
                .init(
                    status: before < 2 ? .init(statusCode: status) : .ok,
                    headers: [("Retry-After", "0")])
            }
            let router = try HTTPRouter(destination(server.address()), retries: 5)
            try await router.publish(#"{"n":1}"#)
            try router.close()
            #expect(server.requests.count == 3)
            #expect(try router.letters.isEmpty)
        }

        @Test(
            "what will not pass is a dead letter at once",
            arguments: [
                (400, DeliveryError.Code.invalidParameter), (403, .noPermissions),
                (404, .noResource),
                (302, .errorFromTarget),
            ])
        func givesUp(status: Int, code: DeliveryError.Code) async throws {
            let elsewhere = try await TestServer()
            let place = elsewhere.address()
            let server = try await TestServer { _, _ in
                .init(
                    status: .init(statusCode: status), headers: [("Location", place)],
                    body: "not so")
            }
            let router = try HTTPRouter(destination(server.address()), retries: 5)
            try await router.publish(#"{"n":1}"#)
            try router.close()
            #expect(server.requests.count == 1 && elsewhere.requests.isEmpty)
            let letter = try #require(try router.letters.first)
            #expect(letter.code == code && letter.message.contains("answered \(status)"))
            #expect(letter.message.contains("not so"))
        }

        @Test("no answer in time, and no connection, say so in the dead letter")
        func reportsSilence() async throws {
            let server = try await TestServer { _, _ in .init(isMissing: true) }
            var silent = destination(server.address())
            silent.timeout = .milliseconds(200)
            let router = try HTTPRouter(silent)
            try await router.publish(#"{"n":1}"#)
            try router.close()
            #expect(server.requests.count == 1)
            #expect(try router.letters.map(\.code) == [.timeout])

            let address = server.address()
            try await server.close()
            let other = try HTTPRouter(destination(address))
            try await other.publish(#"{"n":1}"#)
            try other.close()
            #expect(try other.letters.map(\.code) == [.connectionFailure])
        }

        @Test("without leave no request goes to a private address, whatever its name")
        func refusesPrivateAddresses() async throws {
            let server = try await TestServer()
            for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
                let router = try HTTPRouter(
                    APIDestination(endpoint: "http://\(host):\(server.port)/"), retries: 5)
                try await router.publish(#"{"n":1}"#)
                try router.close()
                #expect(try router.letters.map(\.code) == [.noPermissions], "\(host)")
            }
            #expect(server.requests.isEmpty)
        }

        @Test("a token is asked for once, and again when it is refused")
        func usesTokens() async throws {
            let tokens = try await TestServer { _, before in
                .init(
                    body: #"{"access_token":"t\#(before)","token_type":"Bearer","expires_in":3600}"#
                )
            }
            let server = try await TestServer { request, before in
                let isFresh = before < 2 || request.headers["Authorization"] == ["Bearer t1"]
                return .init(status: isFresh ? .ok : .unauthorized)
            }
            let credentials = OAuthClientCredentials(
                endpoint: tokens.address("/token"), clientID: "me & co", clientSecret: "s=1",
                parameters: [.body("scope", "events")])
            let router = try HTTPRouter(
                destination(
                    server.address(), .post, HTTPConnection(.oauthClientCredentials(credentials))))
            for number in 0..<4 { try await router.publish(#"{"n":\#(number)}"#) }
            try router.close()
            #expect(try router.letters.isEmpty)
            #expect(
                server.requests.flatMap { $0.headers["Authorization"] }
                    == ["t0", "t0", "t0", "t1", "t1"].map { "Bearer \($0)" })
            #expect(
                tokens.requests.map(\.body)
                    == Array(
                        repeating: "grant_type=client_credentials&client_id=me%20%26%20co"
                            + "&client_secret=s%3D1&scope=events", count: 2))
        }

        @Test("without a token there is no request")
        func needsTokens() async throws {
            let tokens = try await TestServer { _, before in
                before == 0 ? .init(status: .badRequest) : .init(body: "{}")
            }
            let server = try await TestServer()
            let credentials = OAuthClientCredentials(
                endpoint: tokens.address(), clientID: "", clientSecret: "")
            let router = try HTTPRouter(
                destination(
                    server.address(), .post, HTTPConnection(.oauthClientCredentials(credentials))))
            try await router.publish(#"{"n":1}"#, #"{"n":2}"#)
            try router.close()
            #expect(server.requests.isEmpty)
            #expect(try router.letters.map(\.code) == [.noPermissions, .noPermissions])
        }
    }
#endif
