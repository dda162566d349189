#if Server
    /// Half of the credentials is in the environment.
    public struct IncompleteCredentials: Error, Sendable, Hashable, CustomStringConvertible {
        /// The variable that is missing.
        public let missing: String

        /// What is missing, and what it belongs to.
        public var description: String {
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: \(missing) is missing."
        }
    }

    extension AWSCredentials {
        /// Takes the credentials from the environment, as AWS's SDKs do; nil where there are none.
        ///
        /// - Throws: ``IncompleteCredentials``
        public init?(environment: [String: String]) throws(IncompleteCredentials) {
            func value(_ name: String) -> String? {
                environment[name].flatMap { $0.isEmpty ? nil : $0 }
            }
            switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
            case (let id?, let secret?):
                self.init(
                    accessKeyID: id, secretAccessKey: secret,
                    sessionToken: value("AWS_SESSION_TOKEN"))
            case (nil, nil): return nil
            case (nil, _): throw IncompleteCredentials(missing: "AWS_ACCESS_KEY_ID")
            case (_, nil): throw IncompleteCredentials(missing: "AWS_SECRET_ACCESS_KEY")
            }
        }
    }
#endif
