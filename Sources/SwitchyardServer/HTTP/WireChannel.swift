#if Server
    internal import EventBridgeService
    internal import HummingbirdCore
    internal import InternalSystem
    internal import Logging
    internal import NIOCore
    internal import NIOHTTP1
    internal import NIOHTTPTypes
    internal import NIOHTTPTypesHTTP1

    /// A connection: HTTP/1.1 as Hummingbird's own has it, with ``QuickAnswers`` before the rest.
    ///
    /// Hummingbird's `HTTP1Channel` has its guard of idle connections behind all other handlers, where it would
    /// not see what they answer; so the pipeline is put together here.
    struct WireChannel: ServerChildChannel, HTTPChannelHandler {
        typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

        let responder: Responder
        let front: WireFront
        let loops: QuickLoops
        let headerBytesMax: Int
        let idleTimeout: Duration

        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                var limits = NIOHTTPDecoderLimitConfiguration()
                limits.maxHeaderFieldSize = headerBytesMax
                limits.maxHeaderListSize = headerBytesMax
                limits.maxHeaderFieldCount = 100
                // Neither assistance with pipelining, for requests are answered in their order; nor with
                // errors, which Hummingbird answers.
                try pipeline.configureHTTPServerPipeline(
                    withPipeliningAssistance: false, withErrorHandling: false,
                    withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
                    withDecoderLimitConfiguration: limits)
                try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                try pipeline.addHandler(
                    HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
                try pipeline.addHandler(
                    QuickAnswers(
                        front, loops.loop(channel.eventLoop), quickTargets: loops.quickTargets))
                return try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }

        func handle(value channel: Value, logger: Logger) async {
            await handleHTTP(asyncChannel: channel, logger: logger)
        }
    }

    /// What each event loop has for its connections: made when its first one comes.
    final class QuickLoops: Sendable {
        private let bridge: EventBridge
        let quickTargets: Set<String>
        private let loops = Guarded<[ObjectIdentifier: Box]>([:])

        /// Only touched on its own event loop.
        private struct Box: @unchecked Sendable { let loop: QuickLoop }

        init(_ bridge: EventBridge, quickTargets: Set<String>) {
            self.bridge = bridge
            self.quickTargets = quickTargets
        }

        /// What a loop has. To be called on it.
        func loop(_ loop: any EventLoop) -> QuickLoop {
            loop.assertInEventLoop()
            return loops.withLock { loops in
                let id = ObjectIdentifier(loop)
                if let known = loops[id] { return known }
                let made = Box(loop: QuickLoop(bridge, loop))
                loops[id] = made
                return made
            }.loop
        }
    }
#endif
