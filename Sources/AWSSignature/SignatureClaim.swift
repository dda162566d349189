#if Server
    internal import InternalSystem

    /// What a request says of its signature, in its headers or in its query. Nothing of it is
    /// checked but that it can be read; so a server can find out which service is meant before it
    /// has the body.
    public struct SignatureClaim: Sendable, Hashable {
        /// Who is said to have signed, and for what.
        public let credential: SignatureV4.Credential
        /// The names of the headers that are signed, as they are in the request.
        public let signedHeaders: String
        /// The signature.
        public let signature: String
        /// When it is said to have been signed.
        public let time: SignatureTime
        /// The token of the session; nil for none.
        public let sessionToken: String?
        /// Whether it is in the query.
        public let isPresigned: Bool
        /// For how many seconds a presigned URL is valid; nil if nothing says so.
        public let expirySeconds: Int?

        /// Reads it. O(headers and query).
        ///
        /// - Throws: ``SignatureError``
        public init(_ request: SignableRequest) throws(SignatureError) {
            let header = request.value(of: "authorization")
            let query = try PresignedQuery(request.query)
            switch (header, query) {
            case (let header?, nil): try self.init(header: header, of: request)
            case (nil, let query?): try self.init(query: query)
            case (nil, nil): throw .noToken
            case (_?, _?):
                throw SignatureError(
                    .invalidSignature,
                    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as "
                        + "HTTP header.")
            }
            try Self.check(signedHeaders: signedHeaders)
        }

        private init(
            header text: String, of request: SignableRequest
        ) throws(SignatureError) {
            let date = request.value(of: "x-amz-date") ?? request.value(of: "date")
            let header = try AuthorizationHeader(text, hasDate: date != nil)
            let found = date ?? ""
            guard let time = SignatureTime(header: found) else { throw .noDate(found) }
            credential = header.credential
            signedHeaders = header.signedHeaders
            signature = header.signature
            self.time = time
            sessionToken = request.value(of: "x-amz-security-token")
            isPresigned = false
            expirySeconds = nil
        }

        private init(query: PresignedQuery) throws(SignatureError) {
            let found = try query.required()
            guard let time = SignatureTime(basic: found.date) else { throw .noDate(found.date) }
            credential = try SignatureV4.Credential(found.credential)
            signedHeaders = found.signedHeaders
            signature = found.signature
            self.time = time
            sessionToken = query.sessionToken
            isPresigned = true
            expirySeconds = try query.expirySeconds()
        }

        /// Names are tokens of HTTP, each once: anything else could be read in two ways where it is
        /// signed.
        private static func check(signedHeaders: String) throws(SignatureError) {
            let names = signedHeaders[...].utf8.split(
                separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            guard names.count <= SignatureV4.signedHeadersMax else {
                throw SignatureError(
                    .incompleteSignature,
                    "At most \(SignatureV4.signedHeadersMax) headers can be signed, found "
                        + "\(names.count).")
            }
            for (index, name) in names.enumerated() {
                let isRepeated = names[..<index].contains { $0.isSameHeader(as: name) }
                guard !name.isEmpty, name.allSatisfy(isToken), !isRepeated else {
                    throw SignatureError(
                        .incompleteSignature, "'SignedHeaders' is no list of names of headers.")
                }
            }
        }

        private static func isToken(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: "!#$%&'*+.^_`|~".utf8.contains(byte)
            }
        }

        /// Whether a header is in the list. O(length of the list).
        func signs(_ name: String) -> Bool {
            var rest = signedHeaders[...].utf8
            while true {
                let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
                if rest[..<end].isSameHeader(as: name[...].utf8) { return true }
                if end == rest.endIndex { return false }
                rest = rest[rest.index(after: end)...]
            }
        }
    }

    /// The parameters of a query that make a presigned URL.
    private struct PresignedQuery {
        private static let names = [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders",
            "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token",
        ]

        private var values: [String: String] = [:]

        /// Reads them; nil if the query names no algorithm, which makes it one like others.
        init?(_ query: String) throws(SignatureError) {
            if query.isEmpty { return nil }
            for pair in query[...].utf8.split(separator: UInt8(ascii: "&")) {
                // What can't be one of them is not decoded.
                guard pair.first == UInt8(ascii: "X") || pair.first == UInt8(ascii: "%") else {
                    continue
                }
                let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
                guard let name = Self.decoded(pair[..<equals]),
                    Self.names.contains(name)
                else { continue }
                guard let value = Self.decoded(pair[equals...].dropFirst()) else {
                    throw .malformedQuery
                }
                guard values.updateValue(value, forKey: name) == nil else {
                    throw SignatureError(
                        .incompleteSignature,
                        "AWS query-string parameters must include '\(name)' once. Re-examine the "
                            + "query-string parameters.")
                }
            }
            if values["X-Amz-Algorithm"] == nil { return nil }
        }

        var sessionToken: String? { values["X-Amz-Security-Token"] }

        /// What has to be there.
        func required() throws(SignatureError) -> (
            credential: String, signature: String, signedHeaders: String, date: String
        ) {
            let missing = Self.names[..<5].filter { (values[$0] ?? "").isEmpty }
                .map { "AWS query-string parameters must include '\($0)'. " }.joined()
            guard missing.isEmpty, let credential = values["X-Amz-Credential"],
                let signature = values["X-Amz-Signature"],
                let signedHeaders = values["X-Amz-SignedHeaders"],
                let date = values["X-Amz-Date"]
            else {
                throw SignatureError(
                    .incompleteSignature, missing + "Re-examine the query-string parameters.")
            }
            let algorithm = values["X-Amz-Algorithm"] ?? ""
            guard algorithm == SignatureV4.algorithm else {
                throw .unsupported(algorithm: algorithm)
            }
            return (credential, signature, signedHeaders, date)
        }

        func expirySeconds() throws(SignatureError) -> Int? {
            guard let text = values["X-Amz-Expires"] else { return nil }
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(text)
            else {
                throw SignatureError(.incompleteSignature, "X-Amz-Expires should be a number")
            }
            guard seconds <= SignatureV4.expirySecondsMax else {
                throw SignatureError(
                    .incompleteSignature,
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                        + "X-Amz-Expires must be less than \(SignatureV4.expirySecondsMax) seconds")
            }
            return seconds
        }

        /// What a value of a query stands for; nil if it is not encoded as it should be, or no text.
        private static func decoded(_ text: Substring.UTF8View) -> String? {
            PercentEncoding.decoded(text).flatMap { String(validating: $0, as: UTF8.self) }
        }
    }
#endif
