#if HTTP
    import AsyncHTTPClient
    import Foundation
    import InternalSystem
    import NIOHTTP1

    /// Everything of a destination's requests that does not depend on the event, checked.
    struct RequestPlan: Sendable {
        let url: String
        let method: APIDestination.Method
        private(set) var headers = HTTPHeaders()
        /// Members of the body, as JSON.
        private(set) var members: [String] = []

        /// Headers that a request has of its own.
        private static let reserved: Set<String> = [
            "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection",
            "te",
            "trailer", "transfer-encoding", "upgrade",
        ]

        /// Plans the requests of a target.
        init(
            _ destination: APIDestination, pathValues: [String], parameters: [HTTPParameter]
        ) throws(HTTPDestinationError) {
            guard destination.invocationRateLimitPerSecond >= 1 else {
                throw .rateLimit(destination.invocationRateLimitPerSecond)
            }
            method = destination.method
            // The connection's come last, and replace what is there.
            let all = parameters + destination.connection.parameters
            url = try Self.url(destination.endpoint, pathValues, all)
            if method.hasBody {
                headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            }
            headers.add(name: "User-Agent", value: "Switchyard")
            try addHeaders(all)
            try addBody(all)
            switch destination.connection.authorization {
            case .none: break
            case .basic(let username, let password):
                let encoded = Data("\(username):\(password)".utf8).base64EncodedString()
                try set("Authorization", "Basic \(encoded)")
            case .apiKey(let name, let value): try set(name, value)
            case .oauthClientCredentials(let credentials):
                _ = try RequestPlan(tokensOf: credentials)
            }
        }

        /// Plans the request for a token.
        init(tokensOf credentials: OAuthClientCredentials) throws(HTTPDestinationError) {
            method = credentials.method
            let fields = credentials.fields.map { HTTPParameter.query($0.name, $0.value) }
            url = try Self.url(
                credentials.endpoint, [],
                credentials.parameters + (method.hasBody ? [] : fields))
            if method.hasBody {
                headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            }
            headers.add(name: "Accept", value: "application/json")
            headers.add(name: "User-Agent", value: "Switchyard")
            try addHeaders(credentials.parameters)
        }

        /// A request with a body, or without one where the method has none.
        func request(body: [UInt8]) -> HTTPClientRequest {
            var request = HTTPClientRequest(url: url)
            request.method = HTTPMethod(rawValue: method.rawValue)
            request.headers = headers
            if method.hasBody { request.body = .bytes(body) }
            return request
        }

        /// The body for an event: the event with the members that are added to it; nil if it is no
        /// object that they could be added to.
        func body(_ event: [UInt8]) -> [UInt8]? {
            guard !members.isEmpty else { return event }
            func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
            guard let first = event.firstIndex(where: { !isSpace($0) }),
                event[first] == UInt8(ascii: "{"),
                let last = event.lastIndex(where: { !isSpace($0) }),
                event[last] == UInt8(ascii: "}")
            else { return nil }
            let isEmpty = event[(first + 1)..<last].allSatisfy(isSpace)
            let added = (isEmpty ? "" : ",") + members.joined(separator: ",") + "}"
            return event[..<last] + Array(added.utf8)
        }

        private static func url(
            _ endpoint: String, _ pathValues: [String], _ parameters: [HTTPParameter]
        ) throws(HTTPDestinationError) -> String {
            guard var parts = URLComponents(string: endpoint) else {
                throw .endpoint(endpoint, reason: "is no address")
            }
            guard let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme) else {
                throw .endpoint(endpoint, reason: "has to begin with https:// or http://")
            }
            guard let host = parts.host, !host.isEmpty else {
                throw .endpoint(endpoint, reason: "names no host")
            }
            guard parts.user == nil, parts.password == nil else {
                throw .endpoint(endpoint, reason: "has a user in it, who belongs in the connection")
            }
            let pieces = parts.percentEncodedPath.components(separatedBy: "*")
            guard pieces.count == pathValues.count + 1 else {
                throw .pathValues(wildcards: pieces.count - 1, values: pathValues.count)
            }
            parts.percentEncodedPath = zip(
                pieces, pathValues.map { PercentEncoding.encoded($0) } + [""]
            )
            .map { $0 + $1 }.joined()
            var query = (parts.percentEncodedQuery ?? "").split(separator: "&").map(String.init)
            for case .query(let name, let value) in parameters {
                let start = PercentEncoding.encoded(name) + "="
                query.removeAll { $0.hasPrefix(start) }
                query.append(start + PercentEncoding.encoded(value))
            }
            parts.percentEncodedQuery = query.isEmpty ? nil : query.joined(separator: "&")
            parts.fragment = nil
            guard let url = parts.string else { throw .endpoint(endpoint, reason: "is no address") }
            return url
        }

        private mutating func addHeaders(
            _ parameters: [HTTPParameter]
        ) throws(HTTPDestinationError) {
            for case .header(let name, let value) in parameters { try set(name, value) }
        }

        private mutating func addBody(_ parameters: [HTTPParameter]) throws(HTTPDestinationError) {
            var values: [(name: String, value: String)] = []
            for case .body(let name, let value) in parameters {
                guard method.hasBody else { throw .bodyParameter(name: name, method: method) }
                values.removeAll { $0.name == name }
                values.append((name, value))
            }
            members = values.map { "\(JSONText.quoted($0.name)):\(JSONText.quoted($0.value))" }
        }

        private mutating func set(_ name: String, _ value: String) throws(HTTPDestinationError) {
            // A token of RFC 9110, 5.6.2.
            let isToken =
                !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    (0x21...0x7E).contains(byte) && !#"(),/:;<=>?@[\]{}""#.utf8.contains(byte)
                }
            guard isToken, !Self.reserved.contains(name.lowercased()) else {
                throw .headerName(name)
            }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .headerValue(name: name)
            }
            headers.replaceOrAdd(name: name, value: value)
        }
    }

    /// Strings as JSON has them.
    enum JSONText {
        static func quoted(_ text: String) -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            // A string is encoded whatever it holds.
            let data = (try? encoder.encode(text)) ?? Data(#""""#.utf8)
            return String(decoding: data, as: UTF8.self)
        }
    }
#endif
