#if Server
    internal import AWSSignature
    internal import ArgumentParser
    internal import AsyncHTTPClient
    internal import FoundationEssentials
    internal import InternalSystem
    internal import JSONScan
    internal import NIOCore
    internal import NIOHTTP1

    /// Which server a command asks, and as whom.
    struct ServerOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The server. (default: AWS_ENDPOINT_URL, if it is set, or the port SWITCHYARD_PORT, or "
                    + "4010, of this machine)", valueName: "URL"))
        var server: String?

        @Option(
            help: ArgumentHelp(
                "The access key to sign with, where the server demands signatures. (default: "
                    + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, if they are set)",
                valueName: "ID:SECRET"))
        var key: String?

        /// The server's address.
        func address(_ environment: [String: String]) -> String {
            if let server { return server }
            for name in ["AWS_ENDPOINT_URL_EVENTBRIDGE", "AWS_ENDPOINT_URL"] {
                if let address = environment[name], !address.isEmpty { return address }
            }
            return "http://127.0.0.1:\(environment["SWITCHYARD_PORT"] ?? "4010")"
        }

        /// Who signs; nil for nobody.
        func credentials(_ environment: [String: String]) throws -> AWSCredentials? {
            if let key {
                let parts = key.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else {
                    throw ValidationError("key: expected ID:SECRET")
                }
                return AWSCredentials(
                    accessKeyID: String(parts[0]), secretAccessKey: String(parts[1]))
            }
            do throws(IncompleteCredentials) {
                return try AWSCredentials(environment: environment)
            } catch { throw ValidationError(error.description) }
        }
    }

    /// Why a server's admin API gives no answer.
    struct AdminClientError: Error, CustomStringConvertible { let description: String }

    /// Asks the admin API of a server that runs.
    struct AdminClient: Sendable {
        private let server: String
        private let credentials: AWSCredentials?
        /// For as long as the command runs. A server that is not there is not waited for.
        private static let http: HTTPClient = {
            var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(10)))
            configuration.connectionPool.retryConnectionEstablishment = false
            return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }()

        /// The most bytes of an answer that is read as a whole: of 10,000 rules, and more.
        private static let answerBytesMax = 256 << 20
        /// How long an answer may take: a dry run of a large archive takes its time.
        private static let patience = TimeAmount.minutes(10)

        /// - Throws: the address or the key is none.
        init(_ options: ServerOptions) throws {
            let environment = ProcessInfo.processInfo.environment
            let address = options.address(environment)
            guard let url = URLComponents(string: address), url.host?.isEmpty == false,
                url.scheme == "http" || url.scheme == "https", url.query == nil
            else {
                throw ValidationError(
                    "server: \"\(address)\" can't be used: it is an address as in "
                        + "http://127.0.0.1:4010")
            }
            server = address.last == "/" ? String(address.dropLast()) : address
            credentials = try options.credentials(environment)
        }

        /// Gets what is at an address, as a whole.
        func get(_ path: String, _ query: [(String, String?)] = []) async throws -> [UInt8] {
            try await whole(of: try await send(.GET, path, query, []))
        }

        /// Posts an object, and gives the answer.
        func post(_ path: String, _ object: [UInt8]) async throws -> [UInt8] {
            try await whole(of: try await send(.POST, path, [], object))
        }

        /// Gets what is at an address, piece by piece as it comes.
        func stream(
            _ path: String, _ query: [(String, String?)]
        ) async throws -> HTTPClientResponse.Body {
            try await send(.GET, path, query, []).body
        }

        private func whole(of response: HTTPClientResponse) async throws -> [UInt8] {
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            return Array(body.readableBytesView)
        }

        /// Sends a request.
        ///
        /// - Throws: ``AdminClientError``: nobody answers, or with an error.
        private func send(
            _ method: HTTPMethod, _ path: String, _ query: [(String, String?)], _ body: [UInt8]
        ) async throws -> HTTPClientResponse {
            let parts = query.compactMap { name, value in
                value.map { "\(name)=\(PercentEncoding.encoded($0))" }
            }
            let target =
                "\(AdminAPI.root)\(path)" + (parts.isEmpty ? "" : "?")
                + parts.joined(separator: "&")
            var request = HTTPClientRequest(url: server + target)
            request.method = method
            if !body.isEmpty {
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(body)
            }
            try sign(&request, target, body)
            let response: HTTPClientResponse
            do {
                response = try await Self.http.execute(request, timeout: Self.patience)
            } catch let error where !(error is CancellationError) {
                throw AdminClientError(
                    description: "no server answers at \(server): \(Self.reason(error))")
            }
            guard response.status == .ok else {
                let answer = try await whole(of: response)
                throw AdminClientError(
                    description: Self.message(answer)
                        ?? "\(server) answers with \(response.status): is it a switchyard-server?")
            }
            return response
        }

        private func sign(
            _ request: inout HTTPClientRequest, _ target: String, _ body: [UInt8]
        ) throws {
            guard let credentials, let url = URLComponents(string: server), let host = url.host
            else { return }
            let address = url.port.map { "\(host):\($0)" } ?? host
            var signable = SignableRequest(
                method: request.method.rawValue, target: url.path + target,
                headers: [.init("Host", address)], body: .bytes(body))
            let signer = RequestSigner(
                credentials: credentials, region: "us-east-1", service: "switchyard")
            try signer.sign(
                &signable, at: SignatureTime(nanosecondsSinceEpoch: wallClockNanoseconds()))
            for header in signable.headers {
                request.headers.replaceOrAdd(name: header.name, value: header.value)
            }
        }

        /// What an answer says that is an error.
        private static func message(_ answer: [UInt8]) -> String? {
            try? JSONValue.reading(answer, orThrow: \.self) { value throws(JSONError) in
                value["error"]?.string?.description
            }
        }

        private static func reason(_ error: any Error) -> String {
            switch error {
            case let error as IOError: describe(errorNumber: error.errnoCode)
            case let error as HTTPClientError: error.shortDescription
            default: "\(error)"
            }
        }
    }
#endif
