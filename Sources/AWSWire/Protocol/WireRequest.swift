/// A request as it came over the wire, whatever brought it.
public struct WireRequest: Sendable {
    /// A header field. Names are compared without regard to case.
    public struct Header: Sendable, Hashable {
        /// The name, as it came.
        public var name: String
        /// The value.
        public var value: String

        /// Creates a field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method, `POST`.
    public var method: String
    /// The path as it came, percent-encoded.
    public var path: String
    /// The query as it came, without `?`; empty for none.
    public var query: String
    /// The header fields, in their order.
    public var headers: [Header]
    /// The body, decompressed.
    public var body: [UInt8]

    /// Creates a request.
    public init(
        method: String = "POST", path: String = "/", query: String = "", headers: [Header] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The value of the first field of a name; nil if there is none. O(fields).
    public func header(_ name: String) -> String? {
        headers.first { field in
            field.name.utf8.count == name.utf8.count
                && zip(field.name.utf8, name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }?.value
    }
}

/// An answer as it goes over the wire.
public struct WireResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The header fields besides those that the transport adds.
    public var headers: [WireRequest.Header]
    /// The body.
    public var body: [UInt8]

    /// Creates an answer.
    public init(status: Int = 200, headers: [WireRequest.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
