#if Server
    public import EventDelivery
    internal import JSONScan
    internal import SwitchyardHTTP

    /// Knows API destinations and their connections, as they are now.
    public protocol DestinationSource: Sendable {
        /// What a destination's ARN stands for. Called for each delivery: it has to be quick.
        ///
        /// - Throws: why nothing can be sent there: it is gone, or its connection, or that is not
        ///   authorized.
        func destination(_ arn: String) throws(DeliveryError) -> ResolvedDestination
    }

    /// An API destination with its connection.
    public struct ResolvedDestination: Sendable {
        /// Differs where anything of it does: what is made of it is made anew then.
        public var version: String
        /// Where requests go.
        public var endpoint: String
        /// `POST`
        public var method: String
        /// How many requests a second; nil for the service's default.
        public var rateLimit: Int?
        /// Gives `AuthParameters` of the connection, in JSON, with its secrets: asked for when requests
        /// are made anew.
        public var authParameters: @Sendable () throws -> [UInt8]

        /// Creates a destination.
        public init(
            version: String, endpoint: String, method: String, rateLimit: Int?,
            authParameters: @escaping @Sendable () throws -> [UInt8]
        ) {
            self.version = version
            self.endpoint = endpoint
            self.method = method
            self.rateLimit = rateLimit
            self.authParameters = authParameters
        }
    }

    extension ResolvedDestination {
        /// Headers that each request has, whatever connection and target say.
        private static let fixedHeaders: [HTTPParameter] = [
            .header("User-Agent", "Amazon/EventBridge/ApiDestinations"),
            .header("Range", "bytes=0-1048575"),
        ]

        /// The destination as requests are made of it.
        func destination(allowsPrivateAddresses: Bool) throws -> APIDestination {
            var connection = HTTPConnection(json: try authParameters())
            connection.parameters += Self.fixedHeaders
            var destination = APIDestination(
                endpoint: endpoint, method: APIDestination.Method(rawValue: method) ?? .post,
                connection: connection)
            if let rateLimit { destination.invocationRateLimitPerSecond = rateLimit }
            destination.allowsPrivateAddresses = allowsPrivateAddresses
            return destination
        }
    }

    extension HTTPConnection {
        /// Reads `AuthParameters`; what is no JSON adds nothing.
        init(json: [UInt8]) {
            self.init()
            var read = self
            json.withScannedJSON { value in
                if let basic = value["BasicAuthParameters"] {
                    read.authorization = .basic(
                        username: basic.string("Username"), password: basic.string("Password"))
                } else if let key = value["ApiKeyAuthParameters"] {
                    read.authorization = .apiKey(
                        name: key.string("ApiKeyName"), value: key.string("ApiKeyValue"))
                } else if let oauth = value["OAuthParameters"] {
                    let client = oauth["ClientParameters"]
                    var credentials = OAuthClientCredentials(
                        endpoint: oauth.string("AuthorizationEndpoint"),
                        clientID: client?.string("ClientID") ?? "",
                        clientSecret: client?.string("ClientSecret") ?? "",
                        parameters: oauth["OAuthHttpParameters"]?.parameters ?? [])
                    credentials.method =
                        APIDestination.Method(rawValue: oauth.string("HttpMethod")) ?? .post
                    read.authorization = .oauthClientCredentials(credentials)
                }
                read.parameters = value["InvocationHttpParameters"]?.parameters ?? []
            }
            self = read
        }
    }

    extension JSONValue {
        fileprivate func string(_ name: ExactString) -> String {
            self[name]?.string?.description ?? ""
        }

        /// `HeaderParameters`, `QueryStringParameters` and `BodyParameters`.
        fileprivate var parameters: [HTTPParameter] {
            func all(
                _ name: ExactString, _ make: (String, String) -> HTTPParameter
            ) -> [HTTPParameter] {
                (self[name]?.elements ?? []).map { make($0.string("Key"), $0.string("Value")) }
            }
            return all("HeaderParameters", HTTPParameter.header)
                + all("QueryStringParameters", HTTPParameter.query)
                + all("BodyParameters", HTTPParameter.body)
        }
    }
#endif
