#if Server
    internal import Switchyard

    /// Why the admin API does not do what it is asked for: `{"error": "..."}`, with a status.
    struct AdminFailure: Error {
        let status: Int
        let message: String
        /// The methods that there are instead.
        var methods: [String] = []

        /// The request is not as it should be.
        static func invalid(_ message: String) -> Self { Self(status: 400, message: message) }
        /// It comes from where it may not.
        static func forbidden(_ message: String) -> Self { Self(status: 403, message: message) }
        /// What it is about does not exist.
        static func missing(_ message: String) -> Self { Self(status: 404, message: message) }
        /// What it is about is not in a state for that.
        static func conflict(_ message: String) -> Self { Self(status: 409, message: message) }
        /// As much as there can be is under way already.
        static func busy(_ message: String) -> Self { Self(status: 429, message: message) }
        /// Something is wrong here.
        static func broken(_ message: String) -> Self { Self(status: 500, message: message) }
    }

    extension AdminFailure {
        /// A router's error.
        init(_ error: RouterError) {
            let status =
                switch error {
                case .noSuchBus, .noSuchRule, .noSuchTarget, .noSuchArchive: 404
                case .invalidName: 400
                case .closed: 503
                default: 500
                }
            self.init(status: status, message: error.description)
        }
    }
#endif
