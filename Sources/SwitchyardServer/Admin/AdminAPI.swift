#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import EventEnvelope
    internal import FoundationEssentials
    internal import HTTPTypes
    internal import Hummingbird
    internal import InternalSystem
    internal import JSONScan
    internal import Logging
    internal import NIOCore
    internal import Switchyard

    /// What can be asked of the server itself, under `/_switchyard/`.
    ///
    /// This is the place to begin reading `Admin`: ``routes`` has all that there is, each in a file of its
    /// own, and `openapi.json` says of each what it takes and answers. Whatever is wrong is an
    /// ``AdminFailure``, `{"error": "..."}` with a status.
    ///
    /// Who listens on an address that others can reach wants these requests signed too, as any: by one of
    /// its keys that is not given to one account alone, for any service. Pages of other sites, which a
    /// browser on this machine may show, are refused in any case, and so is who calls this machine by a
    /// name that others gave it.
    struct AdminAPI: Sendable {
        let bridge: EventBridge
        let routing: WireRouting
        let clock: MovableClock
        /// Who says whose requests are answered; nil where everybody's are, who can reach the server.
        let doorkeeper: Doorkeeper?
        let logger: Logger
        let tails = AdminPlaces(tailsMax, of: "readers that follow a bus")
        /// Who reads whole logs and archives: two have the disk and a core, and leave others to events.
        let readings = AdminPlaces(2, of: "dry runs and traces")
        /// Who has all rules of a bus explained, of which there can be 100,000: some seconds of a core.
        let explanations = AdminPlaces(4, of: "explanations")

        /// The server's version.
        static let version = "0.1.0"
        /// Where all of it is, but for `/moto-api/reset`.
        static let root = "/_switchyard"
        /// The most bytes of a body: the largest event, with a pattern and what belongs to both.
        static let bodyBytesMax = 2 << 20

        /// All that can be asked.
        static let routes: [AdminRoute] = [
            AdminRoute(.get, "/health", isOpen: true) { api, _ throws(AdminFailure) in
                try api.health()
            },
            AdminRoute(.get, "/version") { _, _ throws(AdminFailure) in
                try json(["version": version])
            },
            AdminRoute(.get, "/coverage") { api, _ throws(AdminFailure) in
                try json(api.coverage)
            },
            AdminRoute(.post, "/reset", query: ["account"]) { api, request throws(AdminFailure) in
                try await api.reset(request)
            },
            AdminRoute(.get, "/clock") { api, _ throws(AdminFailure) in
                try json(ClockState(api.clock))
            },
            AdminRoute(.post, "/clock") { api, request throws(AdminFailure) in
                try await api.moveClock(request)
            },
            AdminRoute(.post, "/explain") { api, request throws(AdminFailure) in
                try await api.explain(request)
            },
            AdminRoute(.post, "/dry-run") { api, request throws(AdminFailure) in
                try await api.dryRun(request)
            },
            AdminRoute(.get, "/metrics") { api, _ throws(AdminFailure) in await api.metrics() },
            AdminRoute(.get, "/tail", query: ["bus", "pattern", "lag", "account", "region"]) {
                api, request throws(AdminFailure) in try await api.tail(request)
            },
            AdminRoute(.get, "/trace/{id}", query: ["bus", "limit", "account", "region"]) {
                api, request throws(AdminFailure) in try await api.trace(request)
            },
            AdminRoute(.get, "/replays", query: ["account", "region"]) {
                api, request throws(AdminFailure) in try api.listReplays(request)
            },
            AdminRoute(.post, "/replays/{name}") { api, request throws(AdminFailure) in
                try await api.changeReplay(request)
            },
            AdminRoute(.get, "/status", query: ["bus", "account", "region"]) {
                api, request throws(AdminFailure) in try await api.status(request)
            },
            AdminRoute(.get, "/openapi.json") { _, _ throws(AdminFailure) in document },
        ]

        var router: Switchyard.Router { bridge.router }

        /// The account and region of whoever names none.
        var scope: ResourceScope {
            ResourceScope(
                account: router.configuration.account, region: router.configuration.region)
        }

        /// Answers a request. What changes something is logged at info, and what only looks, at debug.
        func respond(to request: Request) async -> Response {
            let begun = monotonicNanoseconds()
            let response = await answerOrFailure(request)
            logger.log(
                level: request.method == .post ? .info : .debug,
                "\(request.method.rawValue) \(request.uri.path)",
                metadata: [
                    "status": "\(response.status.code)",
                    "us": "\((monotonicNanoseconds() &- begun) / 1_000)",
                ])
            return response
        }

        private func answerOrFailure(_ request: Request) async -> Response {
            do throws(AdminFailure) {
                return try await answer(request)
            } catch {
                var body = JSONObjectWriter()
                body.member("error", error.message)
                var response = WireResponse(
                    status: error.status, headers: [.init("content-type", "application/json")],
                    body: body.finish())
                if !error.methods.isEmpty {
                    let methods = error.methods.joined(separator: ", ")
                    response.headers.append(.init("allow", methods))
                }
                return HTTPFront.http(response)
            }
        }

        private func answer(_ request: Request) async throws(AdminFailure) -> Response {
            let body = try await body(of: request)
            let (route, parameters) = try route(of: request)
            try check(request, body, route)
            let query = try query(of: request, route)
            return try await route.answer(
                self, AdminRequest(parameters: parameters, query: query, body: body))
        }

        /// What stands behind the `?` of a request; of a repeated name the last one counts.
        private func query(
            of request: Request, _ route: AdminRoute
        ) throws(AdminFailure) -> [String: String] {
            var query: [String: String] = [:]
            for (name, value) in FormText.form(request.uri.query ?? "") {
                guard route.query.contains(name) else {
                    throw .invalid("\(name) is not known here, behind \(request.uri.path)?")
                }
                query[name] = value
            }
            return query
        }

        private func route(
            of request: Request
        ) throws(AdminFailure) -> (AdminRoute, [String: String]) {
            let path = request.uri.path
            let place = path == "/moto-api/reset" ? "/reset" : path.dropFirst(Self.root.count)
            let parts = place.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                .map { FormText.decoded($0) }
            let found = Self.routes.compactMap { route in
                route.parameters(of: parts).map { (route, $0) }
            }
            guard !found.isEmpty else {
                throw .missing("\(request.method.rawValue) \(path) is not known here.")
            }
            guard let (route, parameters) = found.first(where: { $0.0.method == request.method })
            else {
                let methods = found.map(\.0.method.rawValue)
                throw AdminFailure(
                    status: 405,
                    message: "\(methods.joined(separator: " or ")) is wanted at \(path).",
                    methods: methods)
            }
            return (route, parameters)
        }

        /// Whether a request is one that may be answered.
        private func check(
            _ request: Request, _ body: [UInt8], _ route: AdminRoute
        ) throws(AdminFailure) {
            if let origin = request.headers[.origin], !Self.isOfThisMachine(origin) {
                throw .forbidden("Pages of \(origin) have no business here.")
            }
            guard let doorkeeper else {
                // Else a page could have its own name stand for this machine, and read what it likes.
                guard let host = request.head.authority, !Self.isOfThisMachine("http://\(host)")
                else { return }
                throw .forbidden(
                    "\(host) is no name of this machine's own, to which alone this answers without keys: "
                        + "ask for localhost.")
            }
            if route.isOpen { return }
            var wire = WireRequest(request.head)
            wire.body = body
            let caller: Caller
            do throws(ServiceError) {
                caller = try doorkeeper.visitor(wire, requestID: "").caller
            } catch { throw .forbidden(error.message) }
            if let account = doorkeeper.onlyAccount(of: caller) {
                throw .forbidden(
                    "The key is one of account \(account) alone, and this is about all accounts.")
            }
        }

        /// Whether an address is one of this machine's own.
        private static func isOfThisMachine(_ address: String) -> Bool {
            guard let host = URLComponents(string: address)?.host else { return false }
            return ServerSettings.isLoopback(host)
        }

        private func body(of request: Request) async throws(AdminFailure) -> [UInt8] {
            do {
                var buffer = try await request.body.collect(upTo: Self.bodyBytesMax)
                return buffer.readBytes(length: buffer.readableBytes) ?? []
            } catch is NIOTooManyBytesError {
                throw AdminFailure(
                    status: 413,
                    message: "The body has more than \(Self.bodyBytesMax) bytes.")
            } catch { throw .invalid("The body can't be read: \(error)") }
        }

        /// An answer with a value as JSON.
        ///
        /// - Throws: it has a number that JSON can't say.
        static func json(_ value: some Encodable) throws(AdminFailure) -> Response {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body: Data
            do { body = try encoder.encode(value) } catch { throw .broken("\(error)") }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }
#endif
