#if Server
    internal import AWSWire
    internal import HTTPTypes
    internal import Hummingbird
    internal import NIOCore
    internal import NIOHTTPTypes

    /// Takes the bodies of requests, and has them answered.
    struct HTTPFront: HTTPResponder {
        typealias Context = BasicRequestContext

        let wire: WireFront
        let admin: AdminAPI

        func respond(to request: Request, context: Context) async throws -> Response {
            if Self.isOwn(request.uri.path) { return await admin.respond(to: request) }
            var wired = WireRequest(request.head)
            do throws(ServiceError) {
                wired.body = try await body(of: request)
                return Self.http(await wire.respond(to: wired))
            } catch { return Self.http(wire.refuse(wired, error)) }
        }

        /// Whether a path is the server's own, and not AWS's.
        static func isOwn(_ path: some StringProtocol) -> Bool {
            path == AdminAPI.root || path.hasPrefix(AdminAPI.root + "/")
                || path == "/moto-api/reset"
        }

        /// The body of a request, as it came.
        private func body(of request: Request) async throws(ServiceError) -> [UInt8] {
            let limit = wire.bodyBytesMax
            if let text = request.headers[.contentLength], let length = Int(text), length > limit {
                throw .tooLarge(limit: limit)
            }
            do {
                var buffer = try await request.body.collect(upTo: limit)
                return buffer.readBytes(length: buffer.readableBytes) ?? []
            } catch is NIOTooManyBytesError {
                throw .tooLarge(limit: limit)
            } catch { throw .serialization("The body can't be read: \(error)") }
        }

        static func http(_ response: WireResponse) -> Response {
            var headers = HTTPFields(response)
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

    extension HTTPFields {
        /// The header fields of an answer.
        init(_ response: WireResponse) {
            self.init()
            for field in response.headers {
                if let name = HTTPField.Name(field.name) { self[name] = field.value }
            }
        }
    }
#endif
