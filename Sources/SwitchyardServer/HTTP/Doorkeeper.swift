#if Server
    internal import AWSSignature
    internal import AWSWire
    internal import EventEnvelope
    internal import InternalSystem

    /// Says who calls, by a request's signature.
    ///
    /// Without access keys, signatures are read and not verified: everybody is who it says it is, as
    /// is right on one's own machine. With some, a request has to be signed by one of them.
    struct Doorkeeper: Sendable {
        /// Who calls, and for which service the request was signed.
        struct Visitor: Sendable {
            var caller: Caller
            var signingName: String?
        }

        private let keys: [String: ServerSettings.AccessKey]
        private let account: String
        private let region: String
        private let verifier: SignatureVerifier?

        init(_ settings: ServerSettings) {
            var keys: [String: ServerSettings.AccessKey] = [:]
            for key in settings.keys { keys[key.id] = key }
            self.keys = keys
            account = settings.account
            region = settings.region
            verifier =
                keys.isEmpty
                ? nil
                : SignatureVerifier(
                    keys: settings.keys.map {
                        AWSCredentials(accessKeyID: $0.id, secretAccessKey: $0.secret)
                    })
        }

        /// Whether signatures are verified, and not only read.
        var verifies: Bool { verifier != nil }

        /// Who sent a request.
        ///
        /// - Throws: the request is not signed as it should be.
        func visitor(
            _ request: WireRequest, requestID: String
        ) throws(ServiceError) -> Visitor {
            var caller: Caller
            var signingName: String?
            if let verifier {
                let claim = try verify(request, verifier)
                let known = keys[claim.accessKeyID]?.account
                caller = Caller(
                    ResourceScope(
                        account: known ?? account(of: claim.accessKeyID), region: claim.region),
                    accessKeyID: claim.accessKeyID, isVerified: true)
                signingName = claim.service
            } else if let claim = Self.credential(of: request) {
                caller = Caller(
                    ResourceScope(
                        account: account(of: claim.accessKeyID), region: claim.region),
                    accessKeyID: claim.accessKeyID)
                signingName = claim.service
            } else {
                caller = Caller(ResourceScope(account: account, region: region))
            }
            caller.requestID = requestID
            caller.userAgent = request.header("user-agent") ?? ""
            return Visitor(caller: caller, signingName: signingName)
        }

        /// The account that a caller's key was given to; nil where it is not one account's alone.
        func onlyAccount(of caller: Caller) -> String? {
            let key = caller.accessKeyID
            return keys[key]?.account ?? (ResourceScope.isAccount(key) ? key : nil)
        }

        /// An access key that is a number of 12 digits is the account itself.
        private func account(of key: String) -> String {
            ResourceScope.isAccount(key) ? key : account
        }

        private func verify(
            _ request: WireRequest, _ verifier: SignatureVerifier
        ) throws(ServiceError) -> SignatureVerifier.Identity {
            do throws(SignatureError) {
                return try verifier.verify(
                    SignableRequest(
                        method: request.method, path: request.path, query: request.query,
                        headers: request.headers.map { .init($0.name, $0.value) },
                        body: .bytes(request.body)),
                    // Real time, however the server's clock was moved: who signs has its own.
                    at: SignatureTime(nanosecondsSinceEpoch: wallClockNanoseconds()))
            } catch {
                throw ServiceError(error.code, error.message, status: error.queryStatus)
            }
        }

        /// What a signature says that is not verified; nil if there is none that can be read.
        private static func credential(of request: WireRequest) -> SignatureV4.Credential? {
            guard let header = request.header("authorization") else { return nil }
            return try? AuthorizationHeader(header).credential
        }
    }
#endif
