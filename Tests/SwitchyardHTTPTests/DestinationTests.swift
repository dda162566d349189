#if HTTP
    import Foundation
    import NIOCore
    import NIOHTTP1
    import Switchyard
    @testable import SwitchyardHTTP
    import Testing

    @Suite("API destinations")
    struct DestinationTests {
        @Test(
            "what no request can be made of is refused, with the reason",
            arguments: [
                ("", "has to begin with https:// or http://"), ("ftp://a/", "has to begin with"),
                ("http+unix://%2Ftmp%2Fa/", "has to begin with"), ("https:///x", "names no host"),
                ("https://a b/", "is no address"), ("https://me:secret@a/", "has a user in it"),
                ("https://a/*/*", "the endpoint's path has 2 *, but there are 1 values"),
                ("https://a/", "the endpoint's path has 0 *, but there are 1 values"),
            ])
        func refusesEndpoints(endpoint: String, reason: String) throws {
            let error = #expect(throws: HTTPDestinationError.self) {
                try Target.http("t", APIDestination(endpoint: endpoint), pathValues: ["x"])
            }
            #expect("\(try #require(error))".contains(reason), "\(error.map { "\($0)" } ?? "")")
        }

        @Test("headers that are none, that each request has of its own, or that would split it")
        func refusesParameters() throws {
            let cases: [(HTTPParameter, HTTPDestinationError)] = [
                (.header("", "x"), .headerName("")), (.header("a b", "x"), .headerName("a b")),
                (.header("a:", "x"), .headerName("a:")),
                (.header("Host", "x"), .headerName("Host")),
                (.header("content-LENGTH", "1"), .headerName("content-LENGTH")),
                (.header("X", "a\r\nY: b"), .headerValue(name: "X")),
                (.body("b", "x"), .bodyParameter(name: "b", method: .get)),
            ]
            for (parameter, error) in cases {
                #expect(throws: error) {
                    try Target.http(
                        "t", APIDestination(endpoint: "https://a/", method: .get),
                        parameters: [parameter])
                }
            }
            let path = #expect(throws: HTTPDestinationError.self) {
                try Target.http(
                    "t", APIDestination(endpoint: "https://a/"),
                    parameters: [.query("q", "$.detail[x]")])
            }
            #expect("\(try #require(path))".contains("$.detail[x]"))
            var none = APIDestination(endpoint: "https://a/")
            none.invocationRateLimitPerSecond = 0
            #expect(throws: HTTPDestinationError.rateLimit(0)) { try Target.http("t", none) }
            let credentials = OAuthClientCredentials(
                endpoint: "token", clientID: "", clientSecret: "")
            #expect(throws: HTTPDestinationError.self) {
                try Target.http(
                    "t",
                    APIDestination(
                        endpoint: "https://a/",
                        connection: HTTPConnection(.oauthClientCredentials(credentials))))
            }
        }

        @Test(
            "addresses of this machine and of private networks are told from others",
            arguments: [
                ("127.0.0.1", true), ("10.1.2.3", true), ("172.16.0.1", true),
                ("172.32.0.1", false),
                ("192.168.1.1", true), ("169.254.169.254", true), ("100.64.0.1", true),
                ("100.128.0.1", false), ("0.0.0.0", true), ("224.0.0.1", true),
                ("255.255.255.255", true), ("8.8.8.8", false), ("193.0.6.139", false),
                ("::1", true), ("::", true), ("fe80::1", true), ("fd00::1", true),
                ("fc00::1", true),
                ("ff02::1", true), ("::ffff:10.0.0.1", true), ("::ffff:8.8.8.8", false),
                ("64:ff9b::7f00:1", true), ("64:ff9b::808:808", false), ("64:ff9b:1::1", true),
                ("2002:a00:1::1", true), ("2002:808:808::1", false), ("2606:4700::1111", false),
                ("2001:db8::1", true), ("2001:67c:2e8:22::c100:68b", false),
            ])
        func knowsPrivateAddresses(text: String, isPrivate: Bool) throws {
            let address = try SocketAddress(ipAddress: text, port: 80)
            #expect(AddressRules.isPrivate(address) == isPrivate)
        }

        @Test("turns are taken at even distances, and a tenth of a second's worth after a pause")
        func paces() {
            var pace = InvocationPace(perSecond: 100)
            // Where each turn asks to wait for its time, and waits.
            var now = Duration.seconds(5)
            var times: [Duration] = []
            for _ in 0..<50 {
                now += pace.takeTurn(at: now)
                times.append(now)
            }
            #expect(times.prefix(10).allSatisfy { $0 == .seconds(5) })
            for (one, next) in zip(times.dropFirst(10), times.dropFirst(11)) {
                #expect(next - one == .milliseconds(10))
            }
            // However turns are asked for, no second has more than the limit and the burst.
            let second = times.filter { $0 < .seconds(6) }.count
            #expect(second <= 110)
            var slow = InvocationPace(perSecond: 1)
            #expect(slow.takeTurn(at: .seconds(9)) == .zero)
            #expect(slow.takeTurn(at: .seconds(9)) == .seconds(1))
        }

        @Test("Retry-After has seconds or a date")
        func readsRetryAfter() {
            func after(_ text: String) -> Duration? {
                HTTPOutcome.retryAfter(
                    ["Retry-After": text], now: Date(timeIntervalSince1970: 1_445_412_420))
            }
            #expect(after("120") == .seconds(120))
            #expect(after("Wed, 21 Oct 2015 07:28:00 GMT") == .seconds(60))
            #expect(after("Wed, 21 Oct 2015 07:26:00 GMT") == .zero)
            #expect(after("soon") == nil && after("-1") == nil)
        }
    }
#endif
