#if Server
    /// Why a signature was refused, in AWS's words.
    public struct SignatureError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Nothing says who sent the request.
            case missingAuthenticationToken = "MissingAuthenticationToken"
            /// What says so can't be read.
            case incompleteSignature = "IncompleteSignature"
            /// The signature, its time or its scope is not right.
            case invalidSignature = "InvalidSignature"
            /// Nobody has this key, or not with this session token.
            case unrecognizedClient = "UnrecognizedClient"
            /// A presigned URL is too old.
            case requestExpired = "RequestExpired"
            /// A header that has to be signed is not.
            case unsignedHeader = "UnsignedHeader"
            /// The query can't be read.
            case malformedQuery = "MalformedQuery"
            /// The body is not what the header says that it is.
            case contentMismatch = "ContentMismatch"
        }

        /// What is wrong.
        public let kind: Kind
        /// AWS's sentence.
        public let message: String

        /// Creates an error.
        public init(_ kind: Kind, _ message: String) {
            self.kind = kind
            self.message = message
        }

        /// AWS's code for services that speak JSON.
        public var code: String {
            switch kind {
            case .missingAuthenticationToken: "MissingAuthenticationTokenException"
            case .incompleteSignature: "IncompleteSignatureException"
            case .invalidSignature: "InvalidSignatureException"
            case .unrecognizedClient: "UnrecognizedClientException"
            case .requestExpired: "RequestExpired"
            case .unsignedHeader: "AccessDeniedException"
            case .malformedQuery: "MalformedQueryString"
            case .contentMismatch: "XAmzContentSHA256Mismatch"
            }
        }

        /// AWS's code for services that take forms and answer in XML, such as STS and SNS.
        public var queryCode: String {
            switch kind {
            case .missingAuthenticationToken: "MissingAuthenticationToken"
            case .incompleteSignature: "IncompleteSignature"
            case .invalidSignature: "SignatureDoesNotMatch"
            case .unrecognizedClient: "InvalidClientTokenId"
            case .requestExpired: "RequestExpired"
            case .unsignedHeader: "AccessDenied"
            case .malformedQuery: "MalformedQueryString"
            case .contentMismatch: "XAmzContentSHA256Mismatch"
            }
        }

        /// The status of services that take forms, and of API Gateway; services of JSON 1.x answer
        /// 400.
        public var queryStatus: Int {
            switch kind {
            case .incompleteSignature, .requestExpired, .malformedQuery, .contentMismatch: 400
            default: 403
            }
        }

        /// The code and the sentence.
        public var description: String { "\(code): \(message)" }
    }

    extension SignatureError {
        static let noToken = SignatureError(
            .missingAuthenticationToken, "Missing Authentication Token")
        static let noMatch = SignatureError(
            .invalidSignature,
            "The request signature we calculated does not match the signature you provided. "
                + "Check your AWS Secret Access Key and signing method. Consult the service "
                + "documentation for details.")
        static let unknownClient = SignatureError(
            .unrecognizedClient, "The security token included in the request is invalid.")
        static let unsignedHost = SignatureError(
            .invalidSignature,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        static let unsignedHeaders = SignatureError(
            .unsignedHeader,
            "There were headers present in the request which were not signed")
        static let expired = SignatureError(.requestExpired, "Request has expired.")
        static let malformedQuery = SignatureError(
            .malformedQuery, "The query string contains a syntax error.")
        static let contentMismatch = SignatureError(
            .contentMismatch,
            "The provided 'x-amz-content-sha256' header does not match what was computed.")
        static let repeated = SignatureError(
            .invalidSignature, "The signature was used before; a request can be sent once.")

        static func unsupported(algorithm: String) -> SignatureError {
            SignatureError(
                .incompleteSignature,
                "Unsupported AWS 'algorithm': '\(algorithm)' (only AWS4-HMAC-SHA256 for now). ")
        }

        static func noDate(_ found: String) -> SignatureError {
            SignatureError(
                .incompleteSignature,
                "Date must be in ISO-8601 'basic format'. Got '\(found)'. See "
                    + "http://en.wikipedia.org/wiki/ISO_8601")
        }
    }
#endif
