#if Server
    internal import NIOCore

    /// A connection, with at most one request on its way. All of it belongs to the event loop.
    ///
    /// `@unchecked Sendable`: it is made for one event loop, and used by that alone.
    final class LoadConnection: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let generator: LoadGenerator
        private var context: ChannelHandlerContext?
        private var reader = AnswerReader()
        /// When the request on its way was due, and when it was sent; nil while there is none.
        private(set) var request: (due: UInt64, sent: UInt64)?
        /// Why the connection ends, if not because the other side ended it.
        private var reason: String?

        init(_ generator: LoadGenerator) { self.generator = generator }

        /// Sends a request.
        func send(_ bytes: ByteBuffer, due: UInt64, at time: UInt64) {
            request = (due, time)
            context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }

        /// Ends the connection, and with it the request on its way.
        func close(because reason: String) {
            self.reason = self.reason ?? reason
            context?.close(promise: nil)
        }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.append(unwrapInboundIn(data))
            do throws(AnswerError) {
                while let answer = try reader.next() {
                    guard let request else { throw .unexpected }
                    self.request = nil
                    generator.take(answer, from: self, due: request.due)
                    if answer.isLast { return context.close(promise: nil) }
                }
            } catch { close(because: error.description) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            let wasUnderWay = request != nil
            request = nil
            generator.lose(
                self, wasUnderWay: wasUnderWay,
                reason: reason ?? "the endpoint closed the connection")
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            close(because: "\(error)")
        }
    }
#endif
