#if Server
    internal import AWSSignature
    internal import CommandOutput
    internal import InternalSystem
    internal import NIOCore

    /// The requests of a load test, ready to be written: some of them, which come again and again.
    ///
    /// A signature holds for a second and longer, so each request is signed once a second at most, and the
    /// load is not that of the signing. Used by one thread.
    struct LoadRequests {
        /// So many are all different, and fit together into a processor's cache.
        private static let countMax = 64
        private static let bytesMax = 4 << 20
        /// `{"number":639,"padding":""}`
        static let detailBytesMin = 32

        private struct Prepared {
            let body: ByteBuffer
            let hash: PayloadHash
            /// Head and body; signed in `second`.
            var bytes: ByteBuffer
            var second = 0
        }

        private let authority: String
        private let signer: RequestSigner?
        private var prepared: [Prepared] = []
        private var place = 0

        /// Makes the requests.
        init(_ command: LoadCommand, _ endpoint: LoadEndpoint, _ signing: LoadSigning) {
            authority = endpoint.authority
            signer = signing.signer
            let bytes = command.entries * command.size
            let count = max(1, min(Self.countMax, Self.bytesMax / bytes))
            for number in 0..<count {
                let body = Self.body(command, first: number * command.entries)
                let hash = Array(body.readableBytesView).withUnsafeBytes { PayloadHash(of: $0) }
                prepared.append(Prepared(body: body, hash: hash, bytes: ByteBuffer()))
            }
        }

        private static func body(_ command: LoadCommand, first: Int) -> ByteBuffer {
            let entries = (first..<first + command.entries).map { number in
                let start = #"{"number":\#(number),"padding":""#
                let padding = command.size - start.utf8.count - 2
                let detail = start + String(repeating: "x", count: padding) + #""}"#
                let members = [
                    ("Source", command.source), ("DetailType", command.detailType),
                    ("EventBusName", command.bus), ("Detail", detail),
                ]
                return "{"
                    + members.map { "\"\($0)\":\(JSONText.quoted($1))" }.joined(separator: ",")
                    + "}"
            }
            return ByteBuffer(string: #"{"Entries":["# + entries.joined(separator: ",") + "]}")
        }

        /// The bytes of the request whose turn it is.
        ///
        /// - Throws: that it can't be signed.
        mutating func next() throws(SignatureError) -> ByteBuffer {
            place = place + 1 == prepared.count ? 0 : place + 1
            let second = Int(wallClockNanoseconds() / 1_000_000_000)
            if prepared[place].second == 0 || signer != nil && prepared[place].second != second {
                try write(place, at: second)
            }
            return prepared[place].bytes
        }

        private mutating func write(_ place: Int, at second: Int) throws(SignatureError) {
            let body = prepared[place].body
            var request = SignableRequest(
                method: "POST", path: "/",
                headers: [
                    .init("Host", authority),
                    .init("User-Agent", "switchyard-server/\(AdminAPI.version) load"),
                    .init("Content-Type", "application/x-amz-json-1.1"),
                    .init("X-Amz-Target", "AWSEvents.PutEvents"),
                    .init("Content-Length", "\(body.readableBytes)"),
                ],
                body: .hash(prepared[place].hash))
            try signer?.sign(&request, at: SignatureTime(secondsSinceEpoch: second))
            var text = "POST / HTTP/1.1\r\n"
            for header in request.headers { text += "\(header.name): \(header.value)\r\n" }
            var bytes = ByteBuffer()
            bytes.reserveCapacity(text.utf8.count + 2 + body.readableBytes)
            bytes.writeString(text + "\r\n")
            bytes.writeImmutableBuffer(body)
            prepared[place].bytes = bytes
            prepared[place].second = second
        }
    }
#endif
