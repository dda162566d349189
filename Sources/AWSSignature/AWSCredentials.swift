#if Server
    /// A key, its secret, and for temporary ones the token of the session.
    ///
    /// Neither `print`, string interpolation nor `dump` shows the secret or the token.
    public struct AWSCredentials: Sendable, Hashable {
        /// The name of the key, which is no secret.
        public let accessKeyID: String
        /// The secret.
        public let secretAccessKey: String
        /// The session's token; nil for a key that lasts.
        public let sessionToken: String?

        /// Creates credentials.
        public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
        }
    }

    extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        /// The key's name alone.
        public var description: String {
            "AWSCredentials(\(accessKeyID)\(sessionToken == nil ? "" : ", of a session"))"
        }

        /// The key's name alone.
        public var debugDescription: String { description }

        /// The key's name alone.
        public var customMirror: Mirror {
            Mirror(self, children: ["accessKeyID": accessKeyID], displayStyle: .struct)
        }
    }
#endif
