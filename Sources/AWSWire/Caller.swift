public import EventEnvelope

/// Who calls an operation, and from where.
public struct Caller: Sendable, Hashable {
    /// The account and region that the request is for: by its access key and its signature's scope.
    public var scope: ResourceScope
    /// The principal's resource name, `arn:aws:iam::111122223333:root`.
    public var principalARN: String
    /// The access key; empty for a request without any.
    public var accessKeyID: String
    /// Whether the signature was verified, and not only read.
    public var isVerified: Bool
    /// The request's id, as the answer tells it.
    public var requestID: String
    /// The address that the request came from, if it came over a network.
    public var sourceAddress: String
    /// What the client says of itself.
    public var userAgent: String

    /// Creates a caller: without more, the root user of its account.
    public init(
        _ scope: ResourceScope, principalARN: String? = nil, accessKeyID: String = "",
        isVerified: Bool = false, requestID: String = "", sourceAddress: String = "",
        userAgent: String = ""
    ) {
        self.scope = scope
        self.principalARN =
            principalARN ?? "arn:\(scope.partition):iam::\(scope.account):root"
        self.accessKeyID = accessKeyID
        self.isVerified = isVerified
        self.requestID = requestID
        self.sourceAddress = sourceAddress
        self.userAgent = userAgent
    }

    /// The account.
    public var account: String { scope.account }
    /// The region.
    public var region: String { scope.region }
}
