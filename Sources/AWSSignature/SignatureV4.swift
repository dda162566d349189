#if Server
    /// AWS Signature Version 4: who sent a request, and that it is as they sent it.
    ///
    /// This is the place to begin reading `AWSSignature`. A signature is an HMAC of four things in
    /// a row, each made of the one before:
    ///
    /// ```
    /// SignableRequest ──CanonicalRequest──► canonical request     method to body
    ///                                            │ SHA-256
    ///                                            ▼
    ///                  algorithm, time, scope, hash              the string to sign
    ///                                            │ HMAC with a key of SigningKeys
    ///                                            ▼
    ///                                        signature           64 hexadecimal digits
    /// ```
    ///
    /// What a request says of itself is read by ``SignatureClaim``, from an ``AuthorizationHeader``
    /// or from the query of a presigned URL; a ``SignatureVerifier`` makes the signature again and
    /// compares. A ``RequestSigner`` signs what we send. Every refusal is a ``SignatureError`` in
    /// AWS's words.
    ///
    /// Nothing here knows HTTP: a request is what came over the wire, as strings.
    public enum SignatureV4 {
        /// The only algorithm there is: keys that both sides know.
        public static let algorithm = "AWS4-HMAC-SHA256"
        /// How a credential's scope ends.
        public static let terminator = "aws4_request"
        /// How far a request's clock may be from ours, in seconds: what AWS allows.
        public static let skewSecondsMax = 15 * 60
        /// How long a presigned URL can be valid, in seconds: a week.
        public static let expirySecondsMax = 7 * 24 * 3_600
        /// The most headers that a request can say it signed. AWS names no limit; clients sign
        /// about ten, and each costs a look through all headers.
        public static let signedHeadersMax = 128
        /// What stands for the body's hash where the body is not signed.
        public static let unsignedPayload = "UNSIGNED-PAYLOAD"

        /// Whose signature it is, and what it is good for:
        /// `AKIDEXAMPLE/20150830/us-east-1/events/aws4_request`.
        public struct Credential: Sendable, Hashable, CustomStringConvertible {
            /// The name of the key.
            public let accessKeyID: String
            /// The day, `20150830`.
            public let day: String
            /// The region, `us-east-1`.
            public let region: String
            /// The service's signing name, `events`.
            public let service: String
            /// How it ends; ``SignatureV4/terminator`` for all that are valid.
            public let terminator: String

            /// Creates a credential of its parts.
            public init(accessKeyID: String, day: String, region: String, service: String) {
                self.accessKeyID = accessKeyID
                self.day = day
                self.region = region
                self.service = service
                self.terminator = SignatureV4.terminator
            }

            /// Reads one. O(length).
            ///
            /// - Throws: ``SignatureError``: it has not five parts, or the first is empty.
            public init(_ text: String) throws(SignatureError) {
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 5, !parts[0].isEmpty else {
                    throw SignatureError(
                        .incompleteSignature,
                        "Credential must have exactly 5 slash-delimited elements, e.g. "
                            + "keyid/date/region/service/term, got '\(text)'")
                }
                accessKeyID = String(parts[0])
                day = String(parts[1])
                region = String(parts[2])
                service = String(parts[3])
                terminator = String(parts[4])
            }

            /// The scope: all but the key.
            public var scope: String { "\(day)/\(region)/\(service)/\(terminator)" }

            /// As it is in a request.
            public var description: String { "\(accessKeyID)/\(scope)" }
        }

        /// Whether paths of a service are encoded once and left as they are: those of S3, where
        /// `a//b` and `a/../b` are names like others. All else is normalised and encoded twice.
        static func keepsPaths(_ service: String) -> Bool {
            switch service {
            case "s3", "s3express", "s3-object-lambda", "s3-outposts": true
            default: false
            }
        }
    }
#endif
