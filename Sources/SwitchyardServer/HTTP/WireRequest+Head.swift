#if Server
    internal import AWSWire
    internal import HTTPTypes

    extension WireRequest {
        /// A request as it came, but for its body, which is still to be read.
        init(_ head: HTTPRequest) {
            let target = head.path ?? "/"
            let mark = target.firstIndex(of: "?") ?? target.endIndex
            self.init(
                method: head.method.rawValue, path: String(target[..<mark]),
                query: String(target[mark...].dropFirst()))
            headers = head.headerFields.map { .init($0.name.rawName, $0.value) }
            // The host is no field of its own any more.
            if let host = head.authority { headers.append(.init("host", host)) }
        }
    }
#endif
