#if Server
    internal import CAdminDocument
    internal import Hummingbird
    internal import NIOCore

    // What all of this takes and answers, for programs.
    extension AdminAPI {
        /// The OpenAPI file.
        static var document: Response {
            let document = sw_admin_document()
            let bytes = UnsafeRawBufferPointer(start: document.bytes, count: document.count)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
#endif
