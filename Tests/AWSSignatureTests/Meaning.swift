#if Server
    import AWSSignature

    /// What a signed request means, found by rules that are written here again, and more simply
    /// than where requests are verified: two requests that mean the same have one signature.
    struct Meaning: Equatable {
        private let method: String
        private let path: [[UInt8]]
        private let query: [[[UInt16]]]
        /// Those that are signed, with their names in lower case; and `Authorization` as it is.
        private let headers: [String: [[String]]]
        private let body: [UInt8]

        /// Nil for a request that can't be read.
        init?(_ request: SignableRequest) {
            guard let claim = try? SignatureClaim(request) else { return nil }
            method = request.method
            let isS3 = claim.credential.service == "s3"
            let slash = UInt8(ascii: "/")
            if isS3 {
                // As it is, decoded.
                guard
                    let parts = Self.all(
                        request.path.utf8.split(
                            separator: slash, omittingEmptySubsequences: false
                        ).map { Self.decoded(Array($0)) })
                else { return nil }
                path = parts.map { $0.map { UInt8(truncatingIfNeeded: $0) } }
            } else {
                // Without what leads nowhere, not decoded.
                var parts: [[UInt8]] = []
                for part in request.path.utf8.split(separator: slash) {
                    switch String(Substring(part)) {
                    case ".": break
                    case "..": _ = parts.popLast()
                    default: parts.append(Array(part))
                    }
                }
                let isFolder = !parts.isEmpty && request.path.utf8.last == slash
                path = parts + (isFolder ? [[]] : [])
            }
            var pairs: [[[UInt16]]] = []
            for pair in request.query.utf8.split(separator: UInt8(ascii: "&")) {
                let parts = pair.split(
                    separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = Self.decoded(Array(parts[0])),
                    let value = Self.decoded(parts.count > 1 ? Array(parts[1]) : [])
                else { return nil }
                pairs.append([name, value])
            }
            query = pairs.sorted { one, other in
                one[0] == other[0]
                    ? one[1].lexicographicallyPrecedes(other[1])
                    : one[0].lexicographicallyPrecedes(other[0])
            }
            let signed = Set(
                claim.signedHeaders.lowercased().split(separator: ";").map(String.init))
            var headers: [String: [[String]]] = [:]
            for header in request.headers {
                let name = header.name.lowercased()
                if name == "authorization" {
                    headers[name, default: []].append([header.value])
                } else if signed.contains(name) || name.hasPrefix("x-amz-") {
                    let words = header.value.utf8.split { $0 == 32 || (9...13).contains($0) }
                    headers[name, default: []].append(words.map { String(Substring($0)) })
                }
            }
            self.headers = headers
            guard case .bytes(let bytes) = request.body else { return nil }
            body = bytes
        }

        /// The bytes that are meant; a `+` as it is differs from one that is encoded. Nil for what
        /// can't be decoded.
        private static func decoded(_ text: [UInt8]) -> [UInt16]? {
            var bytes: [UInt16] = []
            var place = 0
            while place < text.count {
                if text[place] == UInt8(ascii: "%") {
                    let digits = text[place...].dropFirst().prefix(2)
                    guard digits.count == 2, digits.allSatisfy({ Character(.init($0)).isHexDigit }),
                        let byte = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
                    else { return nil }
                    bytes.append(byte)
                    place += 3
                } else {
                    bytes.append(
                        text[place] == UInt8(ascii: "+") ? 0x100 : UInt16(text[place]))
                    place += 1
                }
            }
            return bytes
        }

        private static func all(_ parts: [[UInt16]?]) -> [[UInt16]]? {
            let found = parts.compactMap { $0 }
            return found.count == parts.count ? found : nil
        }
    }
#endif
