#if Server
    /// Signs what we send.
    ///
    /// ```swift
    /// let signer = RequestSigner(credentials: credentials, region: "eu-west-1", service: "sqs")
    /// signer.sign(&request, at: now)
    /// ```
    ///
    /// Signed are `Host`, `Content-Type`, `Content-MD5` and all `X-Amz-…` headers: what nobody on
    /// the way changes. The key of the day is cached. Can be used from any thread.
    public struct RequestSigner: Sendable {
        /// Whose requests they are.
        public let credentials: AWSCredentials
        /// The region that they are for.
        public let region: String
        /// The service's signing name.
        public let service: String
        /// Whether requests say their body's hash in a header too, as S3 wants it.
        public let addsContentHash: Bool

        private let keys = SigningKeys()

        /// Creates a signer.
        ///
        /// - Parameter addsContentHash: whether requests say their body's hash in a header; nil to
        ///   do so for S3 only.
        public init(
            credentials: AWSCredentials, region: String, service: String,
            addsContentHash: Bool? = nil
        ) {
            self.credentials = credentials
            self.region = region
            self.service = service
            self.addsContentHash = addsContentHash ?? SignatureV4.keepsPaths(service)
        }

        /// Gives a request its signature: the headers `X-Amz-Date`, for a session
        /// `X-Amz-Security-Token`, `X-Amz-Content-SHA256` if wanted, and `Authorization`, instead
        /// of those that it has. It needs a `Host` header, and its path and query as they will be
        /// on the wire. O(request).
        ///
        /// - Throws: ``SignatureError``: it has no `Host`, or its query can't be read.
        public func sign(
            _ request: inout SignableRequest, at time: SignatureTime
        ) throws(SignatureError) {
            guard request.value(of: "host") != nil else { throw .unsignedHost }
            let own = [
                "authorization", "date", "x-amz-date", "x-amz-security-token",
                "x-amz-content-sha256",
            ]
            request.headers.removeAll { header in
                own.contains { header.name.isSameHeader(as: $0) }
            }
            let payload = request.body.hash.hexadecimal
            request.headers.append(SignableRequest.Header("X-Amz-Date", "\(time)"))
            if let token = credentials.sessionToken {
                request.headers.append(SignableRequest.Header("X-Amz-Security-Token", token))
            }
            if addsContentHash {
                request.headers.append(SignableRequest.Header("X-Amz-Content-SHA256", payload))
            }
            let credential = SignatureV4.Credential(
                accessKeyID: credentials.accessKeyID, day: time.day, region: region,
                service: service)
            let signedHeaders = Self.signedHeaders(of: request)
            let canonical = try CanonicalRequest(
                request, service: service, signedHeaders: signedHeaders, payload: payload)
            let signature = keys.signature(
                of: canonical.stringToSign(at: time, scope: credential.scope), credential,
                secret: credentials.secretAccessKey)
            let header = AuthorizationHeader(
                credential: credential, signedHeaders: signedHeaders, signature: signature)
            request.headers.append(SignableRequest.Header("Authorization", "\(header)"))
        }

        /// The list of those that are signed, sorted.
        private static func signedHeaders(of request: SignableRequest) -> String {
            let names = request.headers.map { $0.name.lowercased() }.filter {
                ["host", "content-type", "content-md5"].contains($0) || $0.hasPrefix("x-amz-")
            }
            return Set(names).sorted().joined(separator: ";")
        }
    }
#endif
