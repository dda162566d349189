#if Server
    public import Crypto

    /// A request as it is on the wire, whatever library reads or writes it.
    public struct SignableRequest: Sendable {
        /// A header.
        public struct Header: Sendable, Hashable {
            /// The name, in any case.
            public var name: String
            /// The value as it came.
            public var value: String

            /// Creates a header.
            public init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }

        /// `POST`
        public var method: String
        /// The path as it is on the wire, percent-encoded: all before the `?`.
        public var path: String
        /// The query as it is on the wire, without the `?`; empty for none.
        public var query: String
        /// All headers in their order, those that come several times too.
        public var headers: [Header]
        /// The body, or its hash.
        public var body: Payload

        /// Creates a request.
        public init(
            method: String, path: String, query: String = "", headers: [Header] = [],
            body: Payload = .bytes([])
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
        }

        /// Creates a request from the target of a request line, `/path?query`.
        public init(
            method: String, target: String, headers: [Header] = [], body: Payload = .bytes([])
        ) {
            let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
            self.init(
                method: method, path: String(target[..<(mark ?? target.endIndex)]),
                query: mark.map { String(target[target.utf8.index(after: $0)...]) } ?? "",
                headers: headers, body: body)
        }

        /// The values of a header, joined as a signature has them; nil if there is none.
        func value(of name: String) -> String? {
            var found: String?
            for header in headers where header.name.isSameHeader(as: name) {
                found = found.map { "\($0),\(header.value)" } ?? header.value
            }
            return found
        }

        /// The body of a request.
        public enum Payload: Sendable {
            /// All bytes.
            case bytes([UInt8])
            /// The hash of the bytes, where they are held as something else.
            case hash(PayloadHash)

            var hash: PayloadHash {
                switch self {
                case .bytes(let bytes): bytes.withUnsafeBytes { PayloadHash(of: $0) }
                case .hash(let hash): hash
                }
            }
        }
    }

    /// The SHA-256 of a body.
    public struct PayloadHash: Sendable, Hashable {
        private let digest: SHA256Digest

        /// Computes it: about 7 µs for 10 KB where the processor has instructions for it. O(bytes).
        public init(of bytes: UnsafeRawBufferPointer) {
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            digest = hash.finalize()
        }

        /// Takes one that was computed piece by piece.
        public init(_ digest: SHA256Digest) { self.digest = digest }

        /// 64 digits.
        public var hexadecimal: String {
            var bytes: [UInt8] = []
            append(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }

        func append(to bytes: inout [UInt8]) { digest.appendHexadecimal(to: &bytes) }
    }

    extension Sequence<UInt8> {
        /// Appends each byte as two lower-case digits.
        func appendHexadecimal(to bytes: inout [UInt8]) {
            for byte in self {
                bytes.append(lowerDigit(byte >> 4))
                bytes.append(lowerDigit(byte & 15))
            }
        }
    }

    private func lowerDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    extension String {
        /// Whether both name the same header.
        func isSameHeader(as other: String) -> Bool {
            self[...].utf8.isSameHeader(as: other[...].utf8)
        }
    }

    extension Substring.UTF8View {
        /// Whether both name the same header. Most that do not differ in length or at the end.
        func isSameHeader(as other: Substring.UTF8View) -> Bool {
            let isSame = withContiguousStorageIfAvailable { own in
                other.withContiguousStorageIfAvailable { other in
                    guard own.count == other.count else { return false }
                    var place = own.count - 1
                    while place >= 0 {
                        if own[place].lowercased != other[place].lowercased { return false }
                        place -= 1
                    }
                    return true
                }
            }
            // Strings that Foundation made elsewhere are not in one piece.
            return (isSame ?? nil)
                ?? (count == other.count
                    && zip(self, other).allSatisfy { $0.lowercased == $1.lowercased })
        }
    }

    extension UInt8 {
        /// Itself, if it is no upper-case letter of ASCII.
        var lowercased: UInt8 {
            self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
        }
    }
#endif
