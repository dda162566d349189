#if Server
    internal import AWSWire
    internal import FoundationEssentials
    internal import HTTPTypes
    internal import Hummingbird
    internal import InternalSystem
    internal import Logging
    internal import NIOCore
    internal import NIOHTTPTypes

    /// Answers requests: takes their bodies, finds out who calls and what is asked for, and has it done.
    struct HTTPFront: HTTPResponder {
        typealias Context = BasicRequestContext

        let routing: WireRouting
        let doorkeeper: Doorkeeper
        let admin: AdminAPI
        let bodyBytesMax: Int
        let logger: Logger
        let clock: any TimeSource

        func respond(to request: Request, context: Context) async throws -> Response {
            let begun = clock.monotonicTime
            let path = request.uri.path
            if path.hasPrefix("/_switchyard") || path == "/moto-api/reset" {
                return await admin.respond(to: request)
            }
            let requestID = UUID().uuidString.lowercased()
            var wire = WireRequest(request)
            let response: WireResponse
            var operation = "-"
            var account = "-"
            do throws(ServiceError) {
                wire.body = try await body(of: request)
                let visitor = try doorkeeper.visitor(wire, requestID: requestID)
                account = visitor.caller.account
                try wire.decompress(bytesMax: bodyBytesMax)
                let call = try routing.call(of: wire, signedFor: visitor.signingName)
                operation = "\(call.service.model.signingName) \(call.operation)"
                let output = try await call.service.answer(
                    call.operation, call.input, visitor.caller)
                response = call.format.answer(output, to: call, requestID: requestID)
            } catch {
                let format = routing.format(of: wire, signedFor: nil)
                response = format.answer(error, requestID: requestID)
                if error.status >= 500 {
                    logger.error(
                        "\(error)",
                        metadata: ["request": "\(requestID)", "operation": "\(operation)"])
                }
            }
            logger.info(
                "\(operation)",
                metadata: [
                    "status": "\(response.status)", "account": "\(account)",
                    "us": "\((clock.monotonicTime &- begun) / 1_000)",
                ])
            return Self.http(response)
        }

        /// The body of a request, as it came.
        private func body(of request: Request) async throws(ServiceError) -> [UInt8] {
            if let text = request.headers[.contentLength], let length = Int(text),
                length > bodyBytesMax
            {
                throw .tooLarge(limit: bodyBytesMax)
            }
            do {
                var buffer = try await request.body.collect(upTo: bodyBytesMax)
                return buffer.readBytes(length: buffer.readableBytes) ?? []
            } catch is NIOTooManyBytesError {
                throw .tooLarge(limit: bodyBytesMax)
            } catch { throw .serialization("The body can't be read: \(error)") }
        }

        static func http(_ response: WireResponse) -> Response {
            var headers = HTTPFields()
            for field in response.headers {
                if let name = HTTPField.Name(field.name) { headers[name] = field.value }
            }
            let body = ByteBuffer(bytes: response.body)
            let status = HTTPResponse.Status(code: response.status)
            guard status == .contentTooLarge else {
                return Response(
                    status: status, headers: headers, body: ResponseBody(byteBuffer: body))
            }
            // What was not read of the request would have to be read before the next one: the connection
            // ends instead, which a writer that fails brings about.
            headers[.connection] = "close"
            headers[.contentLength] = String(body.readableBytes)
            return Response(
                status: status, headers: headers,
                body: ResponseBody(contentLength: body.readableBytes) { writer in
                    try await writer.write(body)
                    throw UnreadBody()
                })
        }

        /// Ends a connection whose request is not read to its end.
        private struct UnreadBody: Error {}
    }
#endif
