#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import FoundationEssentials
    internal import HTTPTypes
    internal import Hummingbird
    internal import InternalSystem
    internal import NIOCore
    internal import Switchyard

    /// What can be asked of the server itself, under `/_switchyard/`.
    struct AdminAPI: Sendable {
        let bridge: EventBridge
        let routing: WireRouting
        let clock: MovableClock

        /// The server's version.
        static let version = "0.1.0"

        struct Health: Encodable {
            let status: String
            let problems: [String]
        }

        struct Coverage: Encodable {
            struct Service: Encodable {
                let built: [String]
                let missing: [String]
            }
            let services: [String: Service]
        }

        struct Failure: Encodable { let error: String }

        func respond(to request: Request) async throws -> Response {
            let path = request.uri.path
            if path == "/moto-api/reset" { return try reset(request) }
            switch (request.method, path.dropFirst("/_switchyard".count)) {
            case (.get, "/health"):
                return Self.json(
                    Health(status: "ok", problems: bridge.router.configurationProblems))
            case (.get, "/version"): return Self.json(["version": Self.version])
            case (.get, "/coverage"): return Self.json(coverage)
            case (.post, "/reset"): return try reset(request)
            case (.get, "/clock"): return Self.json(ClockState(clock))
            case (.post, "/clock"): return try await moveClock(request)
            default:
                return Self.json(
                    Failure(error: "\(request.method.rawValue) \(path) is not known here."),
                    status: .notFound)
            }
        }

        private var coverage: Coverage {
            var services: [String: Coverage.Service] = [:]
            for service in routing.services {
                let names = service.model.operations.map(\.name)
                services[service.model.signingName] = Coverage.Service(
                    built: names.filter { service.operations[$0] != nil }.sorted(),
                    missing: names.filter { service.operations[$0] == nil }.sorted())
            }
            return Coverage(services: services)
        }

        /// Removes everything, or with `?account=` that of one account.
        private func reset(_ request: Request) throws -> Response {
            guard request.method == .post else {
                return Self.json(Failure(error: "POST is wanted."), status: .methodNotAllowed)
            }
            let account = request.uri.queryParameters["account"].map(String.init)
            do throws(ServiceError) { try bridge.reset(account: account) } catch {
                return Self.json(Failure(error: error.message), status: .internalServerError)
            }
            return Self.json(["status": "ok"])
        }

        static func json(
            _ value: some Encodable, status: HTTPResponse.Status = .ok
        ) -> Response {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body = (try? encoder.encode(value)) ?? Data("{}".utf8)
            return Response(
                status: status, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }
#endif
