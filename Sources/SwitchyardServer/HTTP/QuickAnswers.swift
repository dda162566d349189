#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import EventEnvelope
    internal import HTTPTypes
    internal import InternalSystem
    internal import NIOCore
    internal import NIOHTTPTypes

    /// Answers on a connection's event loop what can be answered there: `PutEvents`, as ``/EventBridgeService``
    /// takes it at speed, and operations that neither wait nor write. All else goes on to ``HTTPFront``.
    ///
    /// A request is held back until its body is whole, which its length tells before. So one that turns out
    /// to be for the other way goes on as if it had never been here. Answers keep the order of requests:
    /// while one goes the other way, all that follow do; while one is being answered here, what follows waits,
    /// and no more is read.
    final class QuickAnswers: ChannelDuplexHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequestPart
        typealias InboundOut = HTTPRequestPart
        typealias OutboundIn = HTTPResponsePart
        typealias OutboundOut = HTTPResponsePart

        private enum State {
            /// Between requests.
            case idle
            /// A request's body is coming in.
            case collecting(HTTPRequest, Operation, ByteBuffer?)
            /// A request goes on to the other way, part by part.
            case passing
            /// An answer is awaited.
            case answering
        }

        private enum Operation {
            case putEvents
            case other
        }

        private let front: WireFront
        private let loop: QuickLoop
        private let quickTargets: Set<String>
        private var state = State.idle
        /// Requests that went the other way and are not answered yet.
        private var othersLeft = 0
        private var held = CircularBuffer<HTTPRequestPart>()
        private var wantsRead = false
        /// Whether the client sends nothing more, which nobody is told before its last request is answered.
        private var isInputClosed = false
        /// What the last `Authorization` said, since clients that do not sign say it again and again.
        private var known: (authorization: String, visitor: Doorkeeper.Visitor)?

        init(_ front: WireFront, _ loop: QuickLoop, quickTargets: Set<String>) {
            self.front = front
            self.loop = loop
            self.quickTargets = quickTargets
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            if case .answering = state {
                held.append(part)
            } else {
                take(part, context)
            }
        }

        private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
            switch (state, part) {
            case (.idle, .head(let head)):
                if othersLeft == 0, let operation = operation(head) {
                    state = .collecting(head, operation, nil)
                    return
                }
                othersLeft += 1
                state = .passing
            case (.collecting(let head, let operation, let collected), .body(var more)):
                // Or the buffer would be copied.
                state = .idle
                guard var body = collected else {
                    state = .collecting(head, operation, more)
                    return
                }
                body.writeBuffer(&more)
                state = .collecting(head, operation, body)
                return
            case (.collecting(let head, let operation, let body), .end):
                answer(head, operation, body ?? ByteBuffer(), context)
                return
            case (.passing, .end): state = .idle
            default: break
            }
            context.fireChannelRead(wrapInboundOut(part))
        }

        /// What a request that begins so is, if it may be answered here.
        private func operation(_ head: HTTPRequest) -> Operation? {
            guard head.method == .post, let target = head.headerFields[.amzTarget],
                let length = head.headerFields[.contentLength].flatMap({ Int($0) }),
                length <= front.bodyBytesMax, head.headerFields[.contentEncoding] == nil,
                head.headerFields[.expect] == nil, head.headerFields[.transferEncoding] == nil,
                // Connections are ended elsewhere.
                head.headerFields[.connection].map({ $0.lowercased() == "keep-alive" }) ?? true,
                !HTTPFront.isOwn(head.path ?? "/")
            else { return nil }
            if target == "AWSEvents.PutEvents" { return .putEvents }
            return quickTargets.contains(target) ? .other : nil
        }

        private func answer(
            _ head: HTTPRequest, _ operation: Operation, _ body: ByteBuffer,
            _ context: ChannelHandlerContext
        ) {
            switch operation {
            case .putEvents:
                if putEvents(head, body, context) { return }
            case .other:
                var request = WireRequest(head)
                request.body = Array(body.readableBytesView)
                if let response = front.respondAtOnce(to: request) {
                    state = .idle
                    write(response, context)
                    return
                }
            }
            // The other way, as if it had never been here.
            othersLeft += 1
            state = .idle
            context.fireChannelRead(wrapInboundOut(.head(head)))
            context.fireChannelRead(wrapInboundOut(.body(body)))
            context.fireChannelRead(wrapInboundOut(.end(nil)))
        }

        /// Has a request's events put; false if it is for the other way.
        private func putEvents(
            _ head: HTTPRequest, _ body: ByteBuffer, _ context: ChannelHandlerContext
        ) -> Bool {
            guard let visitor = visitor(head, body) else { return false }
            let begun = monotonicNanoseconds()
            state = .answering
            // The pipeline has this handler, whose answer comes on its loop: neither goes to another thread.
            nonisolated(unsafe) let context = context
            let isTaken = body.withUnsafeReadableBytes { bytes in
                loop.intake.put(bytes, from: visitor.caller.scope) { [self] result in
                    let requestID = loop.nextRequestID()
                    var code: String?
                    if case .failure(let error) = result { code = error.code }
                    let response =
                        switch result {
                        case .success(let output):
                            WireResponse(headers: Self.headers(head, requestID), body: output)
                        case .failure(let error):
                            front.routing.format(of: WireRequest(head), signedFor: nil)
                                .answer(error, requestID: requestID)
                        }
                    front.log.request(
                        "events PutEvents", account: visitor.caller.account,
                        status: response.status, nanoseconds: monotonicNanoseconds() &- begun,
                        code: code)
                    finish(response, context)
                } != nil
            }
            if !isTaken { state = .idle }
            return isTaken
        }

        private static func headers(
            _ head: HTTPRequest, _ requestID: String
        ) -> [WireRequest.Header] {
            let isOld = head.headerFields[.contentType]?.hasPrefix("application/x-amz-json-1.0")
            return [
                .init("x-amzn-RequestId", requestID),
                .init("Content-Type", "application/x-amz-json-1.\(isOld == true ? 0 : 1)"),
            ]
        }

        /// Who sends a request; nil if it is not clear that it may.
        private func visitor(_ head: HTTPRequest, _ body: ByteBuffer) -> Doorkeeper.Visitor? {
            let authorization = head.headerFields[.authorization] ?? ""
            if !front.doorkeeper.verifies, let known, known.authorization == authorization {
                return known.visitor
            }
            var request = WireRequest(head)
            if front.doorkeeper.verifies { request.body = Array(body.readableBytesView) }
            guard let visitor = try? front.doorkeeper.visitor(request, requestID: "") else {
                return nil
            }
            known = (authorization, visitor)
            return visitor
        }

        /// Writes an answer that was awaited, and goes on with what was held back meanwhile.
        private func finish(_ response: WireResponse, _ context: ChannelHandlerContext) {
            state = .idle
            guard context.channel.isActive else { return }
            write(response, context)
            while let part = held.popFirst() {
                take(part, context)
                if case .answering = state { return }
            }
            if isInputClosed {
                isInputClosed = false
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            }
            if wantsRead {
                wantsRead = false
                context.read()
            }
        }

        private func write(_ response: WireResponse, _ context: ChannelHandlerContext) {
            var fields = HTTPFields(response)
            fields[.contentLength] = String(response.body.count)
            let head = HTTPResponse(
                status: HTTPResponse.Status(code: response.status), headerFields: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        /// The answers of the other way.
        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            if case .end = unwrapOutboundIn(data) { othersLeft -= 1 }
            context.write(data, promise: promise)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .answering = state, case .inputClosed? = event as? ChannelEvent {
                isInputClosed = true
            } else {
                context.fireUserInboundEventTriggered(event)
            }
        }

        func read(context: ChannelHandlerContext) {
            if case .answering = state {
                wantsRead = true
            } else {
                context.read()
            }
        }
    }

    /// What the connections of an event loop share.
    final class QuickLoop {
        let intake: PutEventsIntake
        private var identifiers = EventIdentifiers()

        init(_ bridge: EventBridge, _ loop: any EventLoop) {
            intake = PutEventsIntake(bridge) { work in loop.execute(work) }
        }

        /// The id of a request, as its answer tells it.
        func nextRequestID() -> String { identifiers.next() }
    }

    extension HTTPField.Name {
        /// Which operation of which service is meant.
        // It is a token of HTTP.
        static let amzTarget = HTTPField.Name("X-Amz-Target")!
    }
#endif
