#if HTTP
    import AsyncHTTPClient
    import Foundation
    import InternalSystem
    import NIOCore
    import NIOHTTP1
    import Switchyard

    /// The token that a destination wants with each request, asked for when there is none, when it
    /// ends soon, and when the destination does not take it.
    actor OAuthTokens {
        private let credentials: OAuthClientCredentials
        private let plan: RequestPlan
        private let timeout: Duration
        private var current: Token?
        /// Several deliveries that want a token wait for the same answer.
        private var pending: Task<Token, any Error>?

        struct Token: Sendable {
            var text: String
            var end: ContinuousClock.Instant
        }

        init(_ credentials: OAuthClientCredentials, timeout: Duration) throws(HTTPDestinationError)
        {
            self.credentials = credentials
            self.timeout = timeout
            plan = try RequestPlan(tokensOf: credentials)
        }

        /// A token that is good for a while, other than one that was refused.
        func token(
            _ client: HTTPClient, insteadOf refused: String? = nil
        ) async throws -> String {
            if let current, current.text != refused, current.end > .now { return current.text }
            let task =
                pending
                ?? Task { [plan, credentials, timeout] in
                    try await Self.ask(client, plan, credentials, timeout)
                }
            pending = task
            defer { if pending == task { pending = nil } }
            let token = try await task.value
            current = token
            return token.text
        }

        private static func ask(
            _ client: HTTPClient, _ plan: RequestPlan, _ credentials: OAuthClientCredentials,
            _ timeout: Duration
        ) async throws -> Token {
            let form = credentials.fields.map {
                PercentEncoding.encoded($0) + "=" + PercentEncoding.encoded($1)
            }.joined(separator: "&")
            let response = try await client.execute(
                plan.request(body: Array(form.utf8)), timeout: TimeAmount(timeout))
            let body = try await Data(response.body.collect(upTo: 1 << 20).readableBytesView)
            guard response.status == .ok else {
                throw DeliveryError(
                    .noPermissions,
                    "\(credentials.endpoint) gives no token: \(response.status.code)",
                    isRetriable: HTTPOutcome.isRetriable(response.status))
            }
            guard let answer = try? JSONDecoder().decode(Answer.self, from: body) else {
                throw DeliveryError(
                    .noPermissions, "\(credentials.endpoint) answers without a token",
                    isRetriable: true)
            }
            // Some time before its end, so that it does not end on the way; an hour if nothing is said.
            let seconds = max((answer.expires_in ?? 3_600) * 0.9 - 1, 0)
            return Token(text: answer.access_token, end: .now + .seconds(seconds))
        }

        /// The members of RFC 6749, 5.1 that matter.
        private struct Answer: Decodable {
            var access_token: String
            var expires_in: Double?
        }
    }
#endif
