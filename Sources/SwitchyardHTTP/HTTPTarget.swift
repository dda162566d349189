#if HTTP
    import AsyncHTTPClient
    import NIOCore
    import NIOHTTP1
    import Switchyard
    import Synchronization

    /// Sends a request for each event.
    final class HTTPTarget: DeferredTarget {
        private let template: RequestTemplate
        private let timeout: Duration
        private let allowsPrivateAddresses: Bool
        private let pace: SharedPace
        private let tokens: OAuthTokens?
        private let state = Mutex(State())

        private struct State {
            var client: HTTPClient?
            var isClosed = false
        }

        init(
            _ template: RequestTemplate, _ destination: APIDestination, pace: SharedPace? = nil
        ) throws(HTTPDestinationError) {
            self.template = template
            timeout = destination.timeout
            allowsPrivateAddresses = destination.allowsPrivateAddresses
            self.pace =
                pace ?? SharedPace(perSecond: destination.invocationRateLimitPerSecond)
            if case .oauthClientCredentials(let credentials) = destination.connection.authorization
            {
                tokens = try OAuthTokens(credentials, timeout: timeout)
            } else {
                tokens = nil
            }
        }

        func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
            Task {
                do {
                    try await deliver(match)
                    settle(nil)
                } catch {
                    settle(HTTPOutcome.error(error, timeout: timeout))
                }
            }
        }

        func close() {
            let client = state.withLock { state in
                state.isClosed = true
                defer { state.client = nil }
                return state.client
            }
            guard let client else { return }
            // What is under way ends with an error, which nobody waits for any more.
            Task { try? await client.shutdown() }
        }

        private func deliver(_ match: EventMatch) async throws {
            let plan = try template.plan(for: match.event)
            guard let body = plan.body(match.bytes) else {
                throw DeliveryError(
                    .invalidParameter,
                    "the input is no JSON object, to which parameters can be added")
            }
            let client = try openClient()
            try await pace.wait()
            guard let tokens else {
                if let error = try await send(client, plan, body, token: nil) { throw error }
                return
            }
            let token = try await tokens.token(client)
            guard let error = try await send(client, plan, body, token: token) else { return }
            // A token may end before its time. Once: a second refusal means something else.
            guard error.code == .noPermissions, error.isRetriable else { throw error }
            let fresh = try await tokens.token(client, insteadOf: token)
            if let error = try await send(client, plan, body, token: fresh) { throw error }
        }

        /// Sends a request, and gives what the answer means.
        private func send(
            _ client: HTTPClient, _ plan: RequestPlan, _ body: [UInt8], token: String?
        ) async throws -> DeliveryError? {
            var request = plan.request(body: body)
            if let token {
                request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)")
            }
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            var beginning: [UInt8] = []
            // An answer is read to its end, for the connection to be used again, unless it is long.
            var count = 0
            for try await part in response.body {
                beginning += part.readableBytesView.prefix(
                    max(0, Self.quotedBytes - beginning.count))
                count += part.readableBytes
                if count > Self.answerBytesMax { break }
            }
            return HTTPOutcome.error(
                response.status, response.headers, body: String(decoding: beginning, as: UTF8.self))
        }

        /// So much of an answer is told in an error.
        private static let quotedBytes = 200
        /// So much of an answer is read.
        private static let answerBytesMax = 1 << 20

        /// The client, made for the first event.
        private func openClient() throws -> HTTPClient {
            try state.withLock { state in
                guard !state.isClosed else {
                    throw DeliveryError(.internalError, "the target is closed")
                }
                if let client = state.client { return client }
                var configuration = HTTPClient.Configuration(
                    redirectConfiguration: .disallow,
                    timeout: .init(connect: TimeAmount(timeout)))
                // Whether and when something is tried again is the router's to say.
                configuration.connectionPool.retryConnectionEstablishment = false
                if !allowsPrivateAddresses {
                    configuration.http1_1ConnectionDebugInitializer = AddressRules.check
                    configuration.http2ConnectionDebugInitializer = AddressRules.check
                }
                let client = HTTPClient(
                    eventLoopGroupProvider: .singleton, configuration: configuration)
                state.client = client
                return client
            }
        }
    }
#endif
