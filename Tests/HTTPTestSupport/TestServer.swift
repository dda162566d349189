#if HTTP
    internal import NIOCore
    public import NIOHTTP1
    internal import NIOPosix
    internal import Synchronization

    /// An HTTP server on this machine that keeps what it is asked, and answers as it is told.
    public final class TestServer: Sendable {
        /// What it was asked.
        public struct Request: Sendable {
            /// `POST`
            public var method: String
            /// Path and query, as they came.
            public var target: String
            /// All headers.
            public var headers: HTTPHeaders
            /// The body, which is text.
            public var body: String
        }

        /// What it answers.
        public struct Answer: Sendable {
            /// The status.
            public var status: HTTPResponseStatus
            /// Headers besides the body's length.
            public var headers: [(String, String)]
            /// The body.
            public var body: String
            /// Whether nothing is answered at all.
            public var isMissing: Bool

            /// Creates an answer, by default one of success.
            public init(
                status: HTTPResponseStatus = .ok, headers: [(String, String)] = [],
                body: String = "", isMissing: Bool = false
            ) {
                self.status = status
                self.headers = headers
                self.body = body
                self.isMissing = isMissing
            }
        }

        private let channel: any Channel
        private let log: Log

        /// Starts one, on a port of its own.
        ///
        /// - Parameter answer: for a request, and how many came before it.
        public init(_ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in Answer() })
            async throws
        {
            let log = Log()
            self.log = log
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handlers = channel.pipeline.syncOperations
                        try handlers.configureHTTPServerPipeline()
                        try handlers.addHandler(
                            Handler { answer($0, log.keep($0)) })
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        deinit { channel.close(promise: nil) }

        /// What it was asked so far.
        public var requests: [Request] { log.kept.withLock { $0 } }
        /// Its port.
        public var port: Int { channel.localAddress?.port ?? 0 }
        /// Its address.
        public func address(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

        /// Stops listening.
        public func close() async throws { try await channel.close().get() }

        private final class Log: Sendable {
            let kept = Mutex<[Request]>([])

            /// Keeps a request, and gives how many there were before.
            func keep(_ request: Request) -> Int {
                kept.withLock { kept in
                    kept.append(request)
                    return kept.count - 1
                }
            }
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = HTTPServerRequestPart
            typealias OutboundOut = HTTPServerResponsePart
            private let answer: (Request) -> Answer
            private var request: Request?

            init(_ answer: @escaping (Request) -> Answer) { self.answer = answer }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                switch unwrapInboundIn(data) {
                case .head(let head):
                    request = Request(
                        method: head.method.rawValue, target: head.uri, headers: head.headers,
                        body: "")
                case .body(let part): request?.body += String(buffer: part)
                case .end:
                    guard let request else { return }
                    let answer = answer(request)
                    if answer.isMissing { return }
                    var headers = HTTPHeaders(answer.headers)
                    headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
                    let head = HTTPResponseHead(
                        version: .http1_1, status: answer.status, headers: headers)
                    context.write(wrapOutboundOut(.head(head)), promise: nil)
                    let body = ByteBuffer(string: answer.body)
                    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }
    }
#endif
