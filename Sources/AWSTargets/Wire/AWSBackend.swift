#if Server
    public import AWSSignature
    internal import FoundationEssentials

    /// Where AWS's other services are, and who we are to them.
    ///
    /// An address may hold `{service}` and `{region}`: `https://{service}.{region}.amazonaws.com` is
    /// AWS itself, `http://127.0.0.1:5000` an emulator of everything.
    public struct AWSBackend: Sendable {
        /// Where all services are that have no address of their own; nil for nowhere.
        public var address: String?
        /// Where single services are, by their names: `sqs`, `lambda`.
        public var addresses: [String: String]
        /// Who we are. Nil for credentials that only emulators take: the access key is then the account
        /// of the resource, which is where they look for it.
        public var credentials: AWSCredentials?

        /// Creates a backend, by default one that is nowhere.
        public init(
            _ address: String? = nil, addresses: [String: String] = [:],
            credentials: AWSCredentials? = nil
        ) {
            self.address = address
            self.addresses = addresses
            self.credentials = credentials
        }

        /// Whether a service has an address.
        public func reaches(_ service: AWSService) -> Bool {
            addresses[service.rawValue] != nil || address != nil
        }

        /// Why an address can't be used, in a sentence; nil if it can.
        public static func problem(with address: String) -> String? {
            ServiceAddress(filling: address, service: "sqs", region: "us-east-1") == nil
                ? "it is an address as in http://127.0.0.1:5000, which can hold {service} and {region}"
                : nil
        }

        func address(of service: AWSService, region: String) -> ServiceAddress? {
            (addresses[service.rawValue] ?? address).flatMap {
                ServiceAddress(filling: $0, service: service.rawValue, region: region)
            }
        }

        func credentials(for account: String) -> AWSCredentials {
            credentials
                ?? AWSCredentials(
                    accessKeyID: account.isEmpty ? "test" : account, secretAccessKey: "test")
        }
    }

    /// The address of a service in a region, taken apart.
    struct ServiceAddress: Sendable, Hashable {
        /// `http://127.0.0.1:5000`, without a path.
        let origin: String
        /// What a request calls the host, `127.0.0.1:5000`.
        let host: String
        /// What stands before each path: empty, or `/prefix`.
        let prefix: String

        init?(filling address: String, service: String, region: String) {
            let text = address.replacing("{service}", with: service)
                .replacing("{region}", with: region)
            guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
                scheme == "http" || scheme == "https", let name = parts.percentEncodedHost,
                !name.isEmpty, parts.user == nil, parts.query == nil
            else { return nil }
            let usual = scheme == "http" ? 80 : 443
            let port = parts.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
            host = name + port
            origin = "\(scheme)://\(host)"
            let path = parts.percentEncodedPath
            prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
        }
    }
#endif
