#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import EventEnvelope
    internal import HTTPTypes
    internal import InternalSystem
    internal import NIOCore
    internal import NIOHTTPTypes

    /// Answers on a connection's event loop what can be answered there: `PutEvents`, as
    /// ``/EventBridgeService`` takes it at speed, and operations that neither wait nor write. All else goes
    /// on to ``HTTPFront``.
    ///
    /// A request is held back until its body is whole, which its length tells before, so that one that turns
    /// out to be for the other way can go on from its start. Answers keep the order of requests: while one
    /// goes the other way, all that follow do. While one is being answered here, or the client does not
    /// read its answers, what follows is held, and no more is asked for.
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

        /// The most bytes of a body that a loop is kept busy with, and all its connections wait for: what
        /// the largest entries take, a hash of what is signed, a pattern with an event; some milliseconds.
        private static let eventBytesMax = 2 << 20
        private static let signedBytesMax = 1 << 20
        private static let otherBytesMax = 256 << 10

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
        /// What came and is not looked at yet.
        private var held = CircularBuffer<HTTPRequestPart>()
        private var isDraining = false
        private var wantsRead = false
        /// Whether the client sends nothing more, and what is wrong with what it sent last: nobody is told
        /// before the requests that came before are answered.
        private var isInputClosed = false
        private var failure: (any Error)?
        /// What the last `Authorization` said, since clients that do not sign say it again and again.
        private var known: (authorization: String, visitor: Doorkeeper.Visitor)?

        init(_ front: WireFront, _ loop: QuickLoop, quickTargets: Set<String>) {
            self.front = front
            self.loop = loop
            self.quickTargets = quickTargets
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            if isDraining || !held.isEmpty || mustHold(context) {
                held.append(part)
            } else {
                take(part, context)
            }
        }

        /// Whether nothing more is to be looked at for now.
        private func mustHold(_ context: ChannelHandlerContext) -> Bool {
            if case .answering = state { true } else { !context.channel.isWritable }
        }

        /// Goes on with what was held. One call does it all, however many answers are given at once.
        private func drain(_ context: ChannelHandlerContext) {
            guard !isDraining else { return }
            isDraining = true
            while !mustHold(context), let part = held.popFirst() { take(part, context) }
            isDraining = false
            guard held.isEmpty, !mustHold(context) else { return }
            if let failure {
                self.failure = nil
                context.fireErrorCaught(failure)
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
                head.headerFields[.contentEncoding] == nil,
                head.headerFields[.expect] == nil, head.headerFields[.transferEncoding] == nil,
                // Connections are ended elsewhere.
                head.headerFields[.connection].map({ $0.lowercased() == "keep-alive" }) ?? true,
                !HTTPFront.isOwn(head.path?.prefix { $0 != "?" } ?? "/")
            else { return nil }
            if target == "AWSEvents.PutEvents" {
                return length
                    <= (front.doorkeeper.verifies ? Self.signedBytesMax : Self.eventBytesMax)
                    ? .putEvents : nil
            }
            return length <= Self.otherBytesMax && quickTargets.contains(target) ? .other : nil
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
                    if case .failure(let error) = result {
                        code = error.code
                        if error.status >= 500 {
                            front.log.failure(
                                error, operation: "events PutEvents", requestID: requestID)
                        }
                    }
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
            drain(context)
        }

        private func write(_ response: WireResponse, _ context: ChannelHandlerContext) {
            var fields = HTTPFields(response)
            fields[.contentLength] = String(response.body.count)
            fields[.date] = loop.date
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
            if case .end = unwrapOutboundIn(data) { othersLeft = max(0, othersLeft - 1) }
            context.write(data, promise: promise)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if isBehind(context), case .inputClosed? = event as? ChannelEvent {
                isInputClosed = true
            } else {
                context.fireUserInboundEventTriggered(event)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if isBehind(context) {
                failure = failure ?? error
            } else {
                context.fireErrorCaught(error)
            }
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            context.fireChannelWritabilityChanged()
            if context.channel.isWritable { drain(context) }
        }

        func read(context: ChannelHandlerContext) {
            if isBehind(context) {
                wantsRead = true
            } else {
                context.read()
            }
        }

        private func isBehind(_ context: ChannelHandlerContext) -> Bool {
            isDraining || !held.isEmpty || mustHold(context)
        }
    }

    /// What the connections of an event loop share.
    final class QuickLoop {
        let intake: PutEventsIntake
        private var identifiers = EventIdentifiers()
        private var dated: (second: Int64, text: String) = (0, "")

        init(_ bridge: EventBridge, _ loop: any EventLoop) {
            intake = PutEventsIntake(bridge) { work in loop.execute(work) }
        }

        /// The date as answers tell it (RFC 9110, 6.6.1).
        var date: String {
            let second = wallClockNanoseconds() / 1_000_000_000
            if second != dated.second {
                dated = (second, HTTPDate.text(secondsSince1970: second))
            }
            return dated.text
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
