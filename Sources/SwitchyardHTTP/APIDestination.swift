#if HTTP
    public import Switchyard

    /// An address that gets an HTTP request for each event: what the service calls an API destination.
    ///
    /// This is the place to begin reading `SwitchyardHTTP`, which is there with the package trait
    /// `HTTP` only, so that who wants no HTTP builds and fetches no network stack. An
    /// ``APIDestination`` and what a target adds to it become a `RequestTemplate`, checked once; the
    /// `HTTPTarget` makes a `RequestPlan` and a request of it for each event, as often a second as the
    /// destination takes (`InvocationPace`), with a token where the ``HTTPConnection`` wants one (`OAuthTokens`), and
    /// only to addresses that `AddressRules` allow; an `HTTPOutcome` says what became of it.
    public struct APIDestination: Sendable {
        /// What a request does.
        public enum Method: String, Sendable, Hashable, CaseIterable {
            case get = "GET"
            case head = "HEAD"
            case post = "POST"
            case options = "OPTIONS"
            case put = "PUT"
            case patch = "PATCH"
            case delete = "DELETE"

            /// Whether a request of this kind carries the event.
            var hasBody: Bool { self != .get && self != .head && self != .options }
        }

        /// Where requests go: an `http` or `https` address. Each `*` in its path stands for one of
        /// the target's path values.
        public var endpoint: String
        /// What a request does.
        public var method: Method
        /// Who we are, and what is added to each request for that.
        public var connection: HTTPConnection
        /// How many requests a second it takes, at least 1; 300 is the service's default. Events
        /// that come faster wait in the target's queue.
        public var invocationRateLimitPerSecond = 300
        /// When a request counts as failed; 5 s is what the service allows.
        public var timeout: Duration = .seconds(5)
        /// Whether requests may go to this machine and to networks that are nobody else's: loopback,
        /// link-local, private and shared ranges, multicast. What counts is the address that the
        /// connection is to, not the name.
        public var allowsPrivateAddresses = false

        /// Creates a destination; a target made of it says what is wrong with it.
        public init(
            endpoint: String, method: Method = .post, connection: HTTPConnection = HTTPConnection()
        ) {
            self.endpoint = endpoint
            self.method = method
            self.connection = connection
        }
    }

    extension Target {
        /// An API destination, which gets a request for each event, up to `concurrency` at a time.
        ///
        /// Requests are tried again where they were not answered, or with 401, 407, 409, 429 or a
        /// server's error, no sooner than `Retry-After` says. Other answers than success are final,
        /// and redirects are not followed.
        ///
        /// A path value, or the value of a header or of a part of the query, can be a path: where the
        /// whole of it is one, as in `$.detail.id`, what the matched event has there stands for it,
        /// whatever the target's `input` is; a string without its quotes, anything else as JSON. An
        /// event that has nothing there becomes a dead letter, with
        /// ``DeliveryError/Code/invalidParameter``: what the service does then is not documented.
        ///
        /// - Parameters:
        ///   - pathValues: what stands for each `*` in the endpoint's path; it is percent-encoded.
        ///   - parameters: what is added to each request. Where the connection adds something of the
        ///     same name, that counts.
        /// - Throws: ``HTTPDestinationError``, if no request can be made of all this.
        public static func http(
            _ id: String, _ destination: APIDestination, pathValues: [String] = [],
            parameters: [HTTPParameter] = [], input: TargetInput = .event,
            retry: RetryPolicy = RetryPolicy(), concurrency: Int = 8
        ) throws(HTTPDestinationError) -> Target {
            let template = try RequestTemplate(
                destination, pathValues: pathValues, parameters: parameters)
            let target = try HTTPTarget(template, destination)
            return .custom(id, input: input, retry: retry, concurrency: concurrency, target)
        }
    }

    extension APIDestination {
        /// What sends the requests of a target, for targets whose destination may change.
        ///
        /// - Parameter pace: that of all targets of the destination; nil for one of its own.
        /// - Throws: ``HTTPDestinationError``, if no request can be made of all this.
        package func sender(
            pathValues: [String], parameters: [HTTPParameter], pace: SharedPace?
        ) throws(HTTPDestinationError) -> any DeferredTarget {
            let template = try RequestTemplate(
                self, pathValues: pathValues, parameters: parameters)
            return try HTTPTarget(template, self, pace: pace)
        }
    }
#endif
