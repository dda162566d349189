#if HTTP
    /// Who we are to an API destination, and what is added to each request for that.
    public struct HTTPConnection: Sendable {
        /// How we show who we are.
        public enum Authorization: Sendable {
            /// Not at all.
            case none
            /// A user's name and password, in the header `Authorization` (RFC 7617).
            case basic(username: String, password: String)
            /// A header of its own with a secret.
            case apiKey(name: String, value: String)
            /// A token that a server of its own gives for an id and a secret (RFC 6749, 4.4).
            case oauthClientCredentials(OAuthClientCredentials)
        }

        /// How we show who we are.
        public var authorization: Authorization
        /// What is added to each request; it counts where a target has something of the same name.
        public var parameters: [HTTPParameter]

        /// Creates a connection, by default one that adds nothing.
        public init(_ authorization: Authorization = .none, parameters: [HTTPParameter] = []) {
            self.authorization = authorization
            self.parameters = parameters
        }
    }

    /// What a server wants to know before it gives a token.
    public struct OAuthClientCredentials: Sendable {
        /// Where tokens are to be had: an `http` or `https` address.
        public var endpoint: String
        /// How it is asked: what has no body, `GET` for one, has the fields in its query.
        public var method = APIDestination.Method.post
        /// Who we are.
        public var clientID: String
        /// How we show it.
        public var clientSecret: String
        /// What is added to the request; body parameters are fields of its form, `scope` for one.
        public var parameters: [HTTPParameter]

        /// Creates credentials.
        public init(
            endpoint: String, clientID: String, clientSecret: String,
            parameters: [HTTPParameter] = []
        ) {
            self.endpoint = endpoint
            self.clientID = clientID
            self.clientSecret = clientSecret
            self.parameters = parameters
        }

        /// The fields of the request's form; what is added counts where both have one of a name.
        var fields: [(name: String, value: String)] {
            var fields = [
                ("grant_type", "client_credentials"), ("client_id", clientID),
                ("client_secret", clientSecret),
            ]
            for case .body(let name, let value) in parameters {
                fields.removeAll { $0.0 == name }
                fields.append((name, value))
            }
            return fields
        }
    }

    /// Something that is added to a request.
    public enum HTTPParameter: Sendable, Hashable {
        /// A header.
        case header(String, String)
        /// A part of the query; name and value are percent-encoded.
        case query(String, String)
        /// A member of the body, which then has to be a JSON object: a string. It comes last, so that
        /// readers take it where the object has a member of that name.
        case body(String, String)
    }

    /// Why no request can be made of a destination.
    public enum HTTPDestinationError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The endpoint is no address that requests can be sent to.
        case endpoint(String, reason: String)
        /// The endpoint's path has another number of `*` than there are values.
        case pathValues(wildcards: Int, values: Int)
        /// The name of a header is none, or is one that each request has of its own.
        case headerName(String)
        /// The value of a header has control characters in it.
        case headerValue(name: String)
        /// Requests of this kind have no body that a parameter could be added to.
        case bodyParameter(name: String, method: APIDestination.Method)
        /// The rate limit is not at least 1.
        case rateLimit(Int)
        /// A parameter's value begins like a path into the event, and is none.
        case parameterPath(String, reason: String)

        /// What is wrong, in words.
        public var description: String {
            switch self {
            case .endpoint(let endpoint, let reason): "the endpoint \(endpoint) \(reason)"
            case .pathValues(let wildcards, let values):
                "the endpoint's path has \(wildcards) *, but there are \(values) values for them"
            case .headerName(let name): "a request can't be given the header \"\(name)\""
            case .headerValue(let name): "the value of the header \(name) has control characters"
            case .bodyParameter(let name, let method):
                "\(method.rawValue) has no body that \"\(name)\" could be added to"
            case .rateLimit(let limit): "\(limit) requests a second are no rate: 1 at least"
            case .parameterPath(let text, let reason):
                "the parameter \"\(text)\" begins like a path, and is none: \(reason)"
            }
        }
    }
#endif
