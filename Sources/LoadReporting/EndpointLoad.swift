/// What an endpoint of EventBridge was asked, by `switchyard-server load`, and what it refused.
package struct EndpointLoad: Codable {
    /// Where it is.
    package var url: String
    /// The bus that the events went to.
    package var bus: String
    /// How many connections there were.
    package var connections: Int
    /// How many entries a request had.
    package var entries: Int
    /// Bytes of an entry's detail.
    package var detailBytes: Int
    /// Whether the requests had signatures.
    package var isSigned: Bool
    /// How many requests there were in all, the warm-up's too.
    package var requests: UInt64
    /// How many entries were not acknowledged, by why: AWS's code, or what became of the connection.
    package var refused: [String: UInt64]
    /// How many of these because of a quota.
    package var throttled: UInt64

    /// Describes a load.
    package init(
        url: String, bus: String, connections: Int, entries: Int, detailBytes: Int, isSigned: Bool,
        requests: UInt64, refused: [String: UInt64], throttled: UInt64
    ) {
        self.url = url
        self.bus = bus
        self.connections = connections
        self.entries = entries
        self.detailBytes = detailBytes
        self.isSigned = isSigned
        self.requests = requests
        self.refused = refused
        self.throttled = throttled
    }

    /// The refusals as people read them, the most frequent first: `3 ThrottlingException`.
    package var refusals: [String] {
        refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }
    }
}
