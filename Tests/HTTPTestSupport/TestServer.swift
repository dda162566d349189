#if HTTP
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// An HTTP server on this machine that keeps what it is asked, and answers as it is told.
    final class TestServer: Sendable {
        struct Request: Sendable {
            var method: String
            var target: String
            var headers: HTTPHeaders
            var body: String
        }

        struct Answer: Sendable {
            var status: HTTPResponseStatus = .ok
            var headers: [(String, String)] = []
            var body = ""
            /// Whether nothing is answered at all.
            var isMissing = false
        }

        private let channel: any Channel
        private let log: Log

        /// - Parameter answer: for a request, and how many came before it.
        init(_ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in Answer() })
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

        var requests: [Request] { log.kept.withLock { $0 } }
        var port: Int { channel.localAddress?.port ?? 0 }
        func address(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

        func close() async throws { try await channel.close().get() }

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
