#if Server
    internal import AWSWire
    internal import Hummingbird

    extension WireRequest {
        /// A request as it came, but for its body, which is still to be read.
        init(_ request: Request) {
            self.init(
                method: request.method.rawValue, path: request.uri.path,
                query: request.uri.query ?? "",
                headers: request.headers.map { .init($0.name.rawName, $0.value) })
            // The host is no field of its own any more.
            if let host = request.head.authority { headers.append(.init("host", host)) }
        }
    }
#endif
