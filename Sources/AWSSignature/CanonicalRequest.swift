#if Server
    internal import InternalSystem

    /// The one form that all spellings of a request have in common, which is what is signed.
    ///
    /// ```
    /// POST                                     method
    /// /v1/registries/a%2520b                   path
    /// limit=5&nextToken=x%3D                   query, sorted
    /// content-type:application/json            headers that are signed, in the order of their list
    /// host:localhost:8787
    ///
    /// content-type;host                        the list
    /// e3b0c44298fc1c149afbf4c8996fb92427ae…    the body's SHA-256
    /// ```
    struct CanonicalRequest {
        private(set) var bytes: [UInt8] = []

        private static let lineEnd = UInt8(ascii: "\n")

        /// Makes it. O(request without its body), and for each signed header a look at every
        /// header.
        ///
        /// - Parameters:
        ///   - signedHeaders: their list, as in the request.
        ///   - isPresigned: whether the query holds the signature, which then does not count.
        ///   - payload: what stands for the body.
        /// - Throws: ``SignatureError``: the query can't be read, or a header of the list is not
        ///   there.
        init(
            _ request: SignableRequest, service: String, signedHeaders: String,
            isPresigned: Bool = false, payload: String
        ) throws(SignatureError) {
            bytes.reserveCapacity(1_024)
            bytes += request.method.utf8
            bytes.append(Self.lineEnd)
            if SignatureV4.keepsPaths(service) {
                try appendKept(request.path)
            } else {
                appendNormalized(request.path)
            }
            bytes.append(Self.lineEnd)
            try append(query: request.query, isPresigned: isPresigned)
            bytes.append(Self.lineEnd)
            try append(signedHeaders, of: request.headers)
            bytes.append(Self.lineEnd)
            bytes += signedHeaders.utf8
            bytes.append(Self.lineEnd)
            bytes += payload.utf8
        }

        /// A path of S3: as it is, encoded once.
        private mutating func appendKept(_ path: String) throws(SignatureError) {
            if path.isEmpty { bytes.append(UInt8(ascii: "/")) }
            guard
                Self.appendNormalized(
                    path[...].utf8, keeping: UInt8(ascii: "/"), to: &bytes)
            else { throw .malformedQuery }
        }

        /// A path of all other services: without empty parts, `.` and `..` (RFC 3986, 5.2.4), and
        /// what is left encoded once more.
        private mutating func appendNormalized(_ path: String) {
            let slash = UInt8(ascii: "/")
            var parts: [Substring.UTF8View] = []
            for part in path[...].utf8.split(separator: slash) {
                if part.elementsEqual("..".utf8) {
                    _ = parts.popLast()
                } else if !part.elementsEqual(".".utf8) {
                    parts.append(part)
                }
            }
            for part in parts {
                bytes.append(slash)
                for byte in part { PercentEncoding.append(byte, to: &bytes) }
            }
            if parts.isEmpty || path.utf8.last == slash { bytes.append(slash) }
        }

        /// The query: names and values encoded, sorted by both. What was between two `&` and is
        /// empty does not count. A `+` stays what it is: it is no space here, as clients of AWS
        /// write `%20`.
        private mutating func append(query: String, isPresigned: Bool) throws(SignatureError) {
            if query.isEmpty { return }
            var encoded: [UInt8] = []
            encoded.reserveCapacity(2 * query.utf8.count)
            // Where a name begins, its value, and the value's end.
            var pairs: [(start: Int, middle: Int, end: Int)] = []
            for pair in query[...].utf8.split(separator: UInt8(ascii: "&")) {
                let equals = pair.firstIndex(of: UInt8(ascii: "="))
                let start = encoded.count
                try append(pair[..<(equals ?? pair.endIndex)], to: &encoded)
                let middle = encoded.count
                if isPresigned, encoded[start...].elementsEqual("X-Amz-Signature".utf8) {
                    encoded.removeSubrange(start...)
                    continue
                }
                if let equals { try append(pair[pair.index(after: equals)...], to: &encoded) }
                pairs.append((start, middle, encoded.count))
            }
            pairs.sort { one, other in
                let names = (encoded[one.start..<one.middle], encoded[other.start..<other.middle])
                if names.0.elementsEqual(names.1) {
                    return encoded[one.middle..<one.end].lexicographicallyPrecedes(
                        encoded[other.middle..<other.end])
                }
                return names.0.lexicographicallyPrecedes(names.1)
            }
            for (index, pair) in pairs.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: "&")) }
                bytes += encoded[pair.start..<pair.middle]
                bytes.append(UInt8(ascii: "="))
                bytes += encoded[pair.middle..<pair.end]
            }
        }

        private func append(
            _ text: Substring.UTF8View, to encoded: inout [UInt8]
        ) throws(SignatureError) {
            guard
                Self.appendNormalized(
                    text, keeping: UInt8(ascii: "+"), to: &encoded)
            else { throw .malformedQuery }
        }

        /// A line for each header of the list; those that come several times are joined.
        private mutating func append(
            _ list: String, of headers: [SignableRequest.Header]
        ) throws(SignatureError) {
            for name in list[...].utf8.split(
                separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            {
                for byte in name { bytes.append(byte.lowercased) }
                var separator = UInt8(ascii: ":")
                for header in headers where header.name[...].utf8.isSameHeader(as: name) {
                    bytes.append(separator)
                    separator = UInt8(ascii: ",")
                    append(value: header.value)
                }
                if separator == UInt8(ascii: ":") { throw .noMatch }
                bytes.append(Self.lineEnd)
            }
        }

        /// A value without space around it, and each run of space in it as one.
        private mutating func append(value: String) {
            let start = bytes.count
            var hasSpace = false
            for byte in value.utf8 {
                if byte == 0x20 || (0x09...0x0D).contains(byte) {
                    hasSpace = true
                } else {
                    if hasSpace, bytes.count > start { bytes.append(0x20) }
                    hasSpace = false
                    bytes.append(byte)
                }
            }
        }

        /// Appends what was encoded once, in the only form that AWS knows: what needs no encoding
        /// is decoded, and what does is encoded. O(length).
        ///
        /// - Parameter kept: a byte that stays as it is.
        /// - Returns: whether it was encoded: each `%` stands before two digits.
        private static func appendNormalized(
            _ text: Substring.UTF8View, keeping kept: UInt8, to bytes: inout [UInt8]
        ) -> Bool {
            var rest = text
            while let byte = rest.popFirst() {
                if byte == kept {
                    bytes.append(byte)
                } else if byte == UInt8(ascii: "%") {
                    guard let high = rest.popFirst().flatMap(PercentEncoding.digit),
                        let low = rest.popFirst().flatMap(PercentEncoding.digit)
                    else { return false }
                    PercentEncoding.append(high << 4 | low, to: &bytes)
                } else {
                    PercentEncoding.append(byte, to: &bytes)
                }
            }
            return true
        }
    }
#endif
