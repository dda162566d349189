#if Server
    internal import HTTPTypes
    internal import Hummingbird

    /// A method at an address of the admin API, and what answers there.
    struct AdminRoute: Sendable {
        let method: HTTPRequest.Method
        /// The address behind `/_switchyard`, as the OpenAPI file has it: `/replays/{name}`.
        let path: String
        /// What may stand behind its `?`.
        let query: Set<String>
        /// Whether it answers whoever asks: to tell whether the server is there.
        let isOpen: Bool
        let answer: @Sendable (AdminAPI, AdminRequest) async throws(AdminFailure) -> Response

        init(
            _ method: HTTPRequest.Method, _ path: String, query: Set<String> = [],
            isOpen: Bool = false,
            _ answer:
                @escaping @Sendable (AdminAPI, AdminRequest) async throws(AdminFailure)
                -> Response
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.isOpen = isOpen
            self.answer = answer
        }

        /// The parts of an address that stand for something, if it is this route's.
        ///
        /// - Parameter parts: what is between its slashes, percent-encoding undone.
        func parameters(of parts: [String]) -> [String: String]? {
            let own = path.split(separator: "/")
            guard own.count == parts.count else { return nil }
            var parameters: [String: String] = [:]
            for (name, part) in zip(own, parts) {
                if name.hasPrefix("{") {
                    parameters[String(name.dropFirst().dropLast())] = part
                } else if name != part {
                    return nil
                }
            }
            return parameters
        }
    }
#endif
