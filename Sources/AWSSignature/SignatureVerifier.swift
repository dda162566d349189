#if Server
    internal import Crypto

    /// Finds out whether a request was signed with a secret that we know, and is as it was signed.
    ///
    /// ```swift
    /// let verifier = SignatureVerifier { $0 == "AKIDEXAMPLE" ? credentials : nil }
    /// let identity = try verifier.verify(request, at: now)
    /// ```
    ///
    /// A request is refused, in this order, if what it says of its signature can't be read; if its
    /// time is more than 15 minutes from `now`, or its URL is too old; if it does not sign its
    /// `Host` and all of its `X-Amz-…` headers; if its scope is not what it should be; if nobody
    /// has its key; if its body is not signed, where that is not allowed, or is not what its header
    /// says; if the signature is another one, which is compared in constant time; and if it was
    /// there before.
    ///
    /// Can be used from any thread. A request of 10 KB takes about 37 µs of a busy machine's core,
    /// 7 of them for the body's SHA-256; the keys of the day are cached.
    public struct SignatureVerifier: Sendable {
        /// Who sent a request.
        public struct Identity: Sendable, Hashable {
            /// The name of the key.
            public let accessKeyID: String
            /// The day that it was signed for, `20150830`.
            public let day: String
            /// The region that it was signed for.
            public let region: String
            /// The service that it was signed for.
            public let service: String
            /// When it was signed.
            public let time: SignatureTime
            /// Whether it is a URL that was signed for others to use.
            public let isPresigned: Bool
            /// Whether the body is signed too.
            public let isBodySigned: Bool
        }

        /// What is accepted.
        public struct Policy: Sendable {
            /// Whether the body may be unsigned (`X-Amz-Content-SHA256: UNSIGNED-PAYLOAD`, and
            /// presigned URLs of S3).
            public var allowsUnsignedPayload = false
            /// What refuses requests that were there before; nil to let them pass, as AWS does.
            public var repeats: RepeatWindow?

            /// Nothing unsigned, and no window.
            public init() {}
        }

        private let policy: Policy
        private let keys = SigningKeys()
        private let credentials: @Sendable (_ accessKeyID: String) -> AWSCredentials?

        /// Creates a verifier.
        ///
        /// - Parameter credentials: the secret of a key; nil if there is no such key. Called for
        ///   each request, from any thread; what it says counts from the next request on.
        public init(
            policy: Policy = Policy(),
            credentials: @escaping @Sendable (_ accessKeyID: String) -> AWSCredentials?
        ) {
            self.policy = policy
            self.credentials = credentials
        }

        /// Creates a verifier for some keys. The last one counts where two have the same name.
        public init(policy: Policy = Policy(), keys: [AWSCredentials]) {
            let table = Dictionary(keys.map { ($0.accessKeyID, $0) }) { $1 }
            self.init(policy: policy) { table[$0] }
        }

        /// Verifies a request. O(request).
        ///
        /// - Parameters:
        ///   - request: the request with its body, or the body's hash.
        ///   - claim: what was read of it before; nil to read it now.
        ///   - now: the time.
        ///   - service: the service that was called; nil for any.
        ///   - region: the region that is ours; nil for any.
        /// - Returns: who sent it.
        /// - Throws: ``SignatureError``
        public func verify(
            _ request: SignableRequest, claim: SignatureClaim? = nil, at now: SignatureTime,
            service: String? = nil, region: String? = nil
        ) throws(SignatureError) -> Identity {
            let claim = if let claim { claim } else { try SignatureClaim(request) }
            try Self.check(timeOf: claim, now)
            try Self.check(headersOf: request, claim)
            try Self.check(scopeOf: claim, service, region)
            let credential = claim.credential
            guard let known = credentials(credential.accessKeyID),
                known.sessionToken == claim.sessionToken
            else { throw .unknownClient }
            let payload = try payload(of: request, claim)
            let canonical = try CanonicalRequest(
                request, service: credential.service, signedHeaders: claim.signedHeaders,
                isPresigned: claim.isPresigned, payload: payload)
            guard let signature = Self.bytes(claim.signature) else { throw .noMatch }
            let text = canonical.stringToSign(at: claim.time, scope: credential.scope)
            let key = keys.key(for: credential, secret: known.secretAccessKey)
            // In constant time.
            guard
                HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: text, using: key)
            else { throw .noMatch }
            keys.keep(key, for: credential, secret: known.secretAccessKey)
            // A URL is signed to be used as often as it is valid.
            if !claim.isPresigned, let repeats = policy.repeats,
                !repeats.take(claim.signature, at: now)
            {
                throw .repeated
            }
            return Identity(
                accessKeyID: credential.accessKeyID, day: credential.day,
                region: credential.region, service: credential.service, time: claim.time,
                isPresigned: claim.isPresigned,
                isBodySigned: payload != SignatureV4.unsignedPayload)
        }

        /// What stands for the body in the canonical request.
        private func payload(
            of request: SignableRequest, _ claim: SignatureClaim
        ) throws(SignatureError) -> String {
            let isS3 = SignatureV4.keepsPaths(claim.credential.service)
            let stated = request.value(of: "x-amz-content-sha256")
            if stated == SignatureV4.unsignedPayload
                || stated == nil && isS3 && claim.isPresigned
            {
                guard policy.allowsUnsignedPayload else { throw .noMatch }
                return SignatureV4.unsignedPayload
            }
            let computed = request.body.hash.hexadecimal
            guard let stated, stated != computed else { return computed }
            throw isS3 ? .contentMismatch : .noMatch
        }

        private static func check(
            timeOf claim: SignatureClaim, _ now: SignatureTime
        ) throws(SignatureError) {
            let latest = now.adding(seconds: SignatureV4.skewSecondsMax)
            guard claim.time <= latest else {
                throw SignatureError(
                    .invalidSignature,
                    "Signature not yet current: \(claim.time) is still later than \(latest) "
                        + "(\(now) + 15 min.)")
            }
            if let seconds = claim.expirySeconds {
                guard now < claim.time.adding(seconds: seconds) else { throw .expired }
                return
            }
            let earliest = now.adding(seconds: -SignatureV4.skewSecondsMax)
            guard claim.time >= earliest else {
                throw SignatureError(
                    .invalidSignature,
                    "Signature expired: \(claim.time) is now earlier than \(earliest) "
                        + "(\(now) - 15 min.)")
            }
        }

        private static func check(
            headersOf request: SignableRequest, _ claim: SignatureClaim
        ) throws(SignatureError) {
            guard claim.signs("host") else { throw .unsignedHost }
            for header in request.headers where isOfAmazon(header.name) {
                guard claim.signs(header.name) else { throw .unsignedHeaders }
            }
        }

        private static func isOfAmazon(_ name: String) -> Bool {
            let prefix = "x-amz-"
            return name.utf8.count > prefix.utf8.count
                && zip(name.utf8, prefix.utf8).allSatisfy { $0.lowercased == $1 }
        }

        /// All that is wrong with a scope, in one message.
        private static func check(
            scopeOf claim: SignatureClaim, _ service: String?, _ region: String?
        ) throws(SignatureError) {
            let credential = claim.credential
            var faults = ""
            if let region, region != credential.region {
                faults += "Credential should be scoped to a valid region. "
            }
            if let service, service != credential.service {
                faults += "Credential should be scoped to correct service: '\(service)'. "
            }
            if credential.terminator != SignatureV4.terminator {
                faults +=
                    "Credential should be scoped with a valid terminator: "
                    + "'\(SignatureV4.terminator)', not '\(credential.terminator)'. "
            }
            let day = claim.time.day
            if credential.day != day {
                faults +=
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                    + "date from HTTP: '\(credential.day)' != '\(day)', from '\(claim.time)'."
            }
            guard faults.isEmpty else { throw SignatureError(.invalidSignature, faults) }
        }

        /// The bytes of a signature; nil if it is none: 64 lower-case digits.
        private static func bytes(_ signature: String) -> [UInt8]? {
            guard signature.utf8.count == 64 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(32)
            var high: UInt8?
            for digit in signature.utf8 {
                let value: UInt8
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
                default: return nil
                }
                if let first = high {
                    bytes.append(first << 4 | value)
                    high = nil
                } else {
                    high = value
                }
            }
            return bytes
        }
    }
#endif
