#if Server
    internal import Crypto

    /// The value of an `Authorization` header of Signature Version 4, as text:
    ///
    /// ```
    /// AWS4-HMAC-SHA256 Credential=KEY/20150830/us-east-1/events/aws4_request,
    ///     SignedHeaders=host;x-amz-date, Signature=5fa0…
    /// ```
    public struct AuthorizationHeader: Sendable, Hashable, CustomStringConvertible {
        /// Who signed, and for what.
        public let credential: SignatureV4.Credential
        /// The names of the headers that are signed, with `;` between them, as they are.
        public let signedHeaders: String
        /// The signature: 64 digits, if it is one.
        public let signature: String

        /// Creates a header's value.
        public init(credential: SignatureV4.Credential, signedHeaders: String, signature: String) {
            self.credential = credential
            self.signedHeaders = signedHeaders
            self.signature = signature
        }

        /// Reads one. Parameters have commas or spaces between them, in any order. O(length).
        ///
        /// - Parameter hasDate: whether the request has one of the headers that say when it was
        ///   signed: what is missing is said in one sentence.
        /// - Throws: ``SignatureError``: it is of another scheme, or something is missing in it.
        ///   The message has the header only as its hash, as AWS's has, so that it shows no secret
        ///   that somebody put there by mistake.
        public init(_ text: String, hasDate: Bool = true) throws(SignatureError) {
            let words = text.utf8.split { $0 == UInt8(ascii: ",") || $0 == 0x20 || $0 == 0x09 }
            guard let algorithm = words.first, algorithm.starts(with: "AWS4-".utf8) else {
                throw .noToken
            }
            var fields = Fields()
            for word in words.dropFirst() {
                guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else {
                    throw SignatureError(
                        .incompleteSignature,
                        "Invalid key=value pair (missing equal-sign) in Authorization header "
                            + "(hashed with SHA-256 and encoded with Base64): '\(Self.hash(text))'."
                    )
                }
                let value = String(Substring(word[word.index(after: equals)...]))
                try fields.set(String(Substring(word[..<equals])), to: value)
            }
            var missing = fields.missing.map { "Authorization header requires '\($0)' parameter. " }
                .joined()
            if !hasDate {
                missing +=
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                    + "header. "
            }
            guard missing.isEmpty, let credential = fields.credential,
                let signedHeaders = fields.signedHeaders, let signature = fields.signature
            else {
                throw SignatureError(
                    .incompleteSignature,
                    missing + "(Hashed with SHA-256 and encoded with Base64) "
                        + "Authorization=\(Self.hash(text))")
            }
            guard algorithm.elementsEqual(SignatureV4.algorithm.utf8) else {
                throw .unsupported(algorithm: String(Substring(algorithm)))
            }
            self.credential = try SignatureV4.Credential(credential)
            self.signedHeaders = signedHeaders
            self.signature = signature
        }

        /// The header's value.
        public var description: String {
            "\(SignatureV4.algorithm) Credential=\(credential), SignedHeaders=\(signedHeaders), "
                + "Signature=\(signature)"
        }

        private struct Fields {
            var credential: String?
            var signature: String?
            var signedHeaders: String?

            /// Takes a parameter; those that nobody knows do not count.
            mutating func set(_ name: String, to value: String) throws(SignatureError) {
                let isRepeated: Bool
                switch name {
                case "Credential":
                    isRepeated = credential != nil
                    credential = value
                case "Signature":
                    isRepeated = signature != nil
                    signature = value
                case "SignedHeaders":
                    isRepeated = signedHeaders != nil
                    signedHeaders = value
                default: return
                }
                guard !isRepeated else {
                    throw SignatureError(
                        .incompleteSignature,
                        "Authorization header has the '\(name)' parameter more than once.")
                }
            }

            /// What AWS's message lists, in its order.
            var missing: [String] {
                [
                    ("Credential", credential), ("Signature", signature),
                    ("SignedHeaders", signedHeaders),
                ].filter { ($0.1 ?? "").isEmpty }.map(\.0)
            }
        }

        private static func hash(_ text: String) -> String {
            base64(Array(SHA256.hash(data: Array(text.utf8))))
        }

        private static func base64(_ bytes: [UInt8]) -> String {
            let digits = Array(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            var text: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let group = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
                let bits = group[0] << 16 | group[1] << 8 | group[2]
                for place in 0..<4 {
                    let isFilled = start + place <= bytes.count
                    let digit = digits[Int(bits >> UInt32(18 - 6 * place)) & 63]
                    text.append(isFilled ? digit : UInt8(ascii: "="))
                }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
#endif
