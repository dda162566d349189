import AWSWire
import EventEnvelope
import Switchyard
import Testing

@testable import EventBridgeService

/// Seals by turning bytes over: enough to see that they were sealed, and for what.
private struct TurningSeal: SecretSealing {
    struct WrongContext: Error {}

    func seal(_ secret: [UInt8], for context: String) -> [UInt8] {
        Array((context + "|").utf8) + secret.map { ~$0 }
    }

    func open(_ sealed: [UInt8], for context: String) throws -> [UInt8] {
        let start = Array((context + "|").utf8)
        guard sealed.starts(with: start) else { throw WrongContext() }
        return sealed.dropFirst(start.count).map { ~$0 }
    }
}

@Suite("API destinations as they are looked up")
struct DestinationLookupTests {
    private let bridge: EventBridge
    private let caller = Caller(ResourceScope(account: "111122223333", region: "eu-west-1"))

    init() throws {
        let store = MemoryConfigurationStore()
        var configuration = RouterConfiguration()
        configuration.store = store
        configuration.otherKeys = EventBridge.storedKinds
        bridge = try EventBridge(Router(configuration), store: store, secrets: TurningSeal())
    }

    private static let parameters =
        #"{"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"sesame"}}"#

    /// Makes a connection and a destination, and gives the destination's ARN.
    private func make() throws -> String {
        let connection =
            #"{"Name":"c","AuthorizationType":"API_KEY","AuthParameters":\#(Self.parameters)}"#
        let made = try bridge.createConnection(Array(connection.utf8), caller)
        let arn = try #require(
            JSONMember(String(decoding: made, as: UTF8.self))?["ConnectionArn"])
        guard case .text(let connectionARN) = arn else { throw TurningSeal.WrongContext() }
        return try bridge.createApiDestination(
            CreateApiDestinationInput(
                name: "d", description: nil, connectionArn: connectionARN,
                invocationEndpoint: "https://example.com/a", httpMethod: "PUT",
                invocationRateLimitPerSecond: 7), caller
        ).apiDestinationArn
    }

    @Test("a destination has its connection's parameters, with what is secret of them")
    func opensSecrets() throws {
        let found = try bridge.apiDestination(try make())
        #expect(found.endpoint == "https://example.com/a" && found.method == "PUT")
        #expect(found.rateLimit == 7)
        #expect(try found.authParameters() == Array(Self.parameters.utf8))
    }

    @Test("a change of either makes another version")
    func hasVersions() throws {
        let arn = try make()
        let before = try bridge.apiDestination(arn).version
        #expect(try bridge.apiDestination(arn).version == before)
        _ = try bridge.updateApiDestination(
            UpdateApiDestinationInput(
                name: "d", description: nil, connectionArn: nil,
                invocationEndpoint: "https://example.com/b", httpMethod: nil,
                invocationRateLimitPerSecond: nil), caller)
        let between = try bridge.apiDestination(arn).version
        let other = Self.parameters.replacing("sesame", with: "poppy")
        let change = #"{"Name":"c","AuthorizationType":"API_KEY","AuthParameters":\#(other)}"#
        _ = try bridge.updateConnection(Array(change.utf8), caller)
        let after = try bridge.apiDestination(arn).version
        #expect(Set([before, between, after]).count == 3)
    }

    @Test("what is gone or not authorized is said so")
    func refuses() throws {
        let arn = try make()
        #expect(throws: DestinationLookupError.noDestination("x")) {
            try bridge.apiDestination("x")
        }
        _ = try bridge.deauthorizeConnection(NameInput(name: "c"), caller)
        let error = #expect(throws: DestinationLookupError.self) {
            try bridge.apiDestination(arn)
        }
        guard case .notAuthorized(_, state: "DEAUTHORIZED") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        _ = try bridge.deleteConnection(NameInput(name: "c"), caller)
        #expect(throws: DestinationLookupError.self) { try bridge.apiDestination(arn) }
    }
}
