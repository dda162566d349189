#if Server
    internal import AWSSignature
    internal import AsyncHTTPClient
    internal import EventDelivery
    internal import InternalSystem
    internal import NIOCore
    internal import NIOHTTP1
    internal import SwitchyardHTTP

    /// Sends signed requests to AWS's services, over connections that all targets share.
    ///
    /// Nothing is tried again here: that is the router's to say. From any thread.
    public final class AWSClient: Sendable {
        /// Where the services are.
        public let backend: AWSBackend
        private let http: HTTPClient
        private let timeout: Duration
        /// One for each key, region and service: it keeps the key of the day.
        private let signers = Guarded<[SignerKey: RequestSigner]>([:])
        /// The addresses of queues that were looked up.
        let queueURLs = Guarded<[String: String]>([:])

        private struct SignerKey: Hashable {
            let accessKeyID: String
            let region: String
            let service: AWSService
        }

        /// The most bytes of an answer that are read: those of all operations that are called here have
        /// less than a hundredth of it.
        private static let answerBytesMax = 1 << 20
        /// The most entries of each table: more than that, and they begin anew.
        static let tableEntriesMax = 10_000

        /// Creates a client.
        ///
        /// - Parameter timeout: when a request counts as failed.
        public init(_ backend: AWSBackend, timeout: Duration = .seconds(10)) {
            self.backend = backend
            self.timeout = timeout
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .nanoseconds(Int64(clamping: timeout.wholeNanoseconds))))
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
            http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        /// Ends all connections. Nothing can be sent afterwards.
        public func shutdown() async { try? await http.shutdown() }

        /// Asks, and gives the answer if it is one of success.
        ///
        /// - Throws: why there is none, as a target's error.
        func send(_ request: AWSRequest) async throws(DeliveryError) -> AWSAnswer {
            let answer = try await answer(to: request)
            guard answer.isSuccess else {
                throw AWSFailure(answer).error(from: request.service)
            }
            return answer
        }

        /// The address at which a service is in a region.
        func address(
            of service: AWSService, region: String
        ) throws(DeliveryError) -> ServiceAddress {
            guard let address = backend.address(of: service, region: region) else {
                throw DeliveryError(
                    .noResource, "nothing here says where \(service.rawValue) is")
            }
            return address
        }

        private func answer(to request: AWSRequest) async throws(DeliveryError) -> AWSAnswer {
            let address = try address(of: request.service, region: request.region)
            let signed = try sign(request, at: address)
            let target = signed.path + (signed.query.isEmpty ? "" : "?\(signed.query)")
            var outgoing = HTTPClientRequest(url: address.origin + target)
            outgoing.method = .RAW(value: request.method)
            for header in signed.headers {
                outgoing.headers.add(name: header.name, value: header.value)
            }
            outgoing.body = .bytes(request.body)
            do {
                let response = try await http.execute(
                    outgoing, timeout: .nanoseconds(Int64(clamping: timeout.wholeNanoseconds)))
                let body = try await response.body.collect(upTo: Self.answerBytesMax)
                return AWSAnswer(
                    status: Int(response.status.code),
                    errorType: response.headers.first(name: "x-amzn-query-error")
                        ?? response.headers.first(name: "x-amzn-errortype"),
                    retryAfter: HTTPOutcome.retryAfter(response.headers),
                    body: Array(body.readableBytesView))
            } catch is NIOTooManyBytesError {
                throw DeliveryError(
                    .errorFromTarget,
                    "the answer has more than \(Self.answerBytesMax) bytes", isRetriable: true)
            } catch { throw HTTPOutcome.error(error, timeout: timeout) }
        }

        /// The request as it goes over the wire.
        private func sign(
            _ request: AWSRequest, at address: ServiceAddress
        ) throws(DeliveryError) -> SignableRequest {
            var signable = SignableRequest(
                method: request.method, path: address.prefix + request.path, query: request.query,
                headers: [.init("Host", address.host), .init("User-Agent", "Switchyard")],
                body: .bytes(request.body))
            signable.headers += request.headers.map { .init($0.name, $0.value) }
            let credentials = backend.credentials(for: request.account)
            let key = SignerKey(
                accessKeyID: credentials.accessKeyID, region: request.region,
                service: request.service)
            let signer = signers.withLock { signers in
                if let known = signers[key] { return known }
                if signers.count >= Self.tableEntriesMax { signers.removeAll() }
                let signer = RequestSigner(
                    credentials: credentials, region: request.region,
                    service: request.service.rawValue)
                signers[key] = signer
                return signer
            }
            // Real time, however the router's clock was moved: who verifies it has its own.
            let now = SignatureTime(nanosecondsSinceEpoch: wallClockNanoseconds())
            do throws(SignatureError) { try signer.sign(&signable, at: now) } catch {
                throw DeliveryError(.sdkClientError, "the request can't be signed: \(error)")
            }
            return signable
        }
    }
#endif
