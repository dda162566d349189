#if Server
    import AWSTargets
    import EventDelivery
    import HTTPTestSupport
    import NIOHTTP1
    import InternalSystem
    import Switchyard
    import Testing

    /// One API destination, which a test changes.
    private final class Destinations: DestinationSource {
        private let current: Guarded<Result<ResolvedDestination, DeliveryError>>

        init(_ destination: ResolvedDestination) { current = Guarded(.success(destination)) }

        func destination(_ arn: String) throws(DeliveryError) -> ResolvedDestination {
            try current.withLock { $0 }.get()
        }

        func change(_ destination: Result<ResolvedDestination, DeliveryError>) {
            current.withLock { $0 = destination }
        }
    }

    @Suite("API destinations by their ARNs")
    struct DestinationTargetTests {
        private static let arn =
            "arn:aws:events:eu-west-1:111122223333:api-destination/hook/"
            + "8c2f4d0e-5b86-4c5c-9b0d-4f3b0f0c7a11"

        private func resolved(
            _ endpoint: String, version: String = "1", _ parameters: String
        ) -> ResolvedDestination {
            ResolvedDestination(
                version: version, endpoint: endpoint, method: "PUT", rateLimit: 300
            ) { Array(parameters.utf8) }
        }

        @Test("a request has what destination, connection and target say, and fixed headers")
        func sends() async throws {
            let server = try await TestServer()
            let source = Destinations(
                resolved(
                    server.address("/a/*"),
                    """
                    {"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"secret"},
                     "InvocationHttpParameters":{
                       "HeaderParameters":[{"Key":"X-Both","Value":"connection"},
                                           {"Key":"user-agent","Value":"mine"}],
                       "QueryStringParameters":[{"Key":"q","Value":"1","IsValueSecret":true}],
                       "BodyParameters":[{"Key":"added","Value":"yes"}]}}
                    """))
            let router = try TargetRouter(
                [DestinationTargetAdapter(source, allowsPrivateAddresses: true)], arn: Self.arn,
                #","Input":"{\"a\":1}","HttpParameters":{"PathParameterValues":["$.detail.n"],"#
                    + #""HeaderParameters":{"X-Own":"own","X-Both":"target"},"#
                    + #""QueryStringParameters":{"p":"$.source"}}"#)
            try await router.publish()
            #expect(router.letters == [])
            let request = try #require(server.requests.first)
            #expect(request.method == "PUT" && request.target == "/a/1?p=shop&q=1")
            #expect(request.body == #"{"a":1,"added":"yes"}"#)
            #expect(request.headers["X-Key"] == ["secret"])
            #expect(request.headers["X-Own"] == ["own"])
            #expect(request.headers["X-Both"] == ["connection"])
            #expect(request.headers["User-Agent"] == ["Amazon/EventBridge/ApiDestinations"])
            #expect(request.headers["Range"] == ["bytes=0-1048575"])
            try router.close()
            try await server.close()
        }

        @Test("an event goes to where the destination is then, and nowhere once it is gone")
        func follows() async throws {
            let (first, second) = (try await TestServer(), try await TestServer())
            let basic = #"{"BasicAuthParameters":{"Username":"u","Password":"p"}}"#
            let source = Destinations(resolved(first.address(), basic))
            let router = try TargetRouter(
                [DestinationTargetAdapter(source, allowsPrivateAddresses: true)], arn: Self.arn,
                retries: 3)
            try await router.publish()
            try await router.publish()
            source.change(.success(resolved(second.address(), version: "2", basic)))
            try await router.publish()
            #expect(first.requests.count == 2 && second.requests.count == 1)
            #expect(second.requests.first?.headers["Authorization"] == ["Basic dTpw"])
            source.change(.failure(DeliveryError(.noResource, "it is gone")))
            try await router.publish()
            let letter = try #require(router.letters.first)
            #expect(letter.code == .noResource && letter.attempts == 1)
            #expect(letter.message == "it is gone" && letter.targetARN == Self.arn)
            try router.close()
            try await first.close()
            try await second.close()
        }

        @Test("a private address is refused unless it is allowed")
        func refusesPrivateAddresses() async throws {
            let server = try await TestServer()
            let source = Destinations(resolved(server.address(), "{}"))
            let router = try TargetRouter(
                [DestinationTargetAdapter(source, allowsPrivateAddresses: false)], arn: Self.arn)
            try await router.publish()
            #expect(try #require(router.letters.first).code == .noPermissions)
            #expect(server.requests.isEmpty)
            try router.close()
            try await server.close()
        }

        @Test("a token is asked for as the connection says", arguments: ["POST", "GET"])
        func asksForTokens(method: String) async throws {
            let server = try await TestServer { request, _ in
                request.target.hasPrefix("/token")
                    ? TestServer.Answer(body: #"{"access_token":"t","expires_in":60}"#)
                    : TestServer.Answer()
            }
            let source = Destinations(
                resolved(
                    server.address("/hook"),
                    """
                    {"OAuthParameters":{
                       "ClientParameters":{"ClientID":"id","ClientSecret":"s"},
                       "AuthorizationEndpoint":"\(server.address("/token"))",
                       "HttpMethod":"\(method)",
                       "OAuthHttpParameters":{
                         "BodyParameters":[{"Key":"scope","Value":"all"}]}}}
                    """))
            let router = try TargetRouter(
                [DestinationTargetAdapter(source, allowsPrivateAddresses: true)], arn: Self.arn)
            try await router.publish()
            let fields = "grant_type=client_credentials&client_id=id&client_secret=s&scope=all"
            let (token, hook) = (server.requests[0], server.requests[1])
            #expect(token.method == method)
            #expect(token.target == (method == "GET" ? "/token?\(fields)" : "/token"))
            #expect(token.body == (method == "GET" ? "" : fields))
            #expect(hook.headers["Authorization"] == ["Bearer t"])
            try router.close()
            try await server.close()
        }

        @Test("a connection whose secrets can't be read is one that lets nobody through")
        func needsSecrets() async throws {
            struct WrongKey: Error {}
            let source = Destinations(
                ResolvedDestination(
                    version: "1", endpoint: "https://example.com/", method: "POST", rateLimit: nil
                ) { throw WrongKey() })
            let router = try TargetRouter(
                [DestinationTargetAdapter(source, allowsPrivateAddresses: true)], arn: Self.arn)
            try await router.publish()
            #expect(try #require(router.letters.first).code == .noPermissions)
            try router.close()
        }
    }
#endif
