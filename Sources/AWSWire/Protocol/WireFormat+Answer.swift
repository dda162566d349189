internal import JSONScan

extension WireFormat {
    /// Writes an answer.
    ///
    /// - Parameters:
    ///   - output: a JSON object of the operation's members; empty for an answer without a body.
    public func answer(_ output: [UInt8], to call: WireCall, requestID: String) -> WireResponse {
        let operation = call.service.model.operation(named: call.operation)
        switch self {
        case .json(let version):
            return WireResponse(
                headers: [
                    .init("x-amzn-RequestId", requestID),
                    .init("Content-Type", "application/x-amz-json-\(version)"),
                ], body: output)
        case .restJSON:
            return WireResponse(
                status: operation?.status ?? 200,
                headers: [
                    .init("x-amzn-RequestId", requestID), .init("Content-Type", "application/json"),
                ], body: operation.map { Self.renamed(output, for: $0) } ?? output)
        case .xml(let namespace):
            let name = call.operation
            let wrapper = operation?.resultWrapper ?? "\(name)Result"
            let members = Self.xml(of: output)
            return Self.xml(
                status: 200,
                "<\(name)Response xmlns=\"\(namespace)\"><\(wrapper)>\(members)</\(wrapper)>"
                    + "<ResponseMetadata><RequestId>\(requestID)</RequestId></ResponseMetadata>"
                    + "</\(name)Response>", requestID)
        }
    }

    /// Writes an error.
    public func answer(_ error: ServiceError, requestID: String) -> WireResponse {
        func body(_ code: String, _ message: String) -> [UInt8] {
            var object = JSONObjectWriter()
            object.member(code, error.code)
            object.member(message, error.message)
            return object.finish()
        }
        switch self {
        case .json(let version):
            return WireResponse(
                status: error.status,
                headers: [
                    .init("x-amzn-RequestId", requestID),
                    .init("Content-Type", "application/x-amz-json-\(version)"),
                ], body: body("__type", "message"))
        case .restJSON:
            return WireResponse(
                status: error.status,
                headers: [
                    .init("x-amzn-RequestId", requestID), .init("Content-Type", "application/json"),
                    .init("x-amzn-errortype", error.code),
                ], body: body("Code", "Message"))
        case .xml(let namespace):
            return Self.xml(
                status: error.status,
                "<ErrorResponse xmlns=\"\(namespace)\"><Error><Type>"
                    + (error.status < 500 ? "Sender" : "Receiver")
                    + "</Type><Code>\(WireText.escaped(error.code))</Code><Message>"
                    + "\(WireText.escaped(error.message))</Message></Error>"
                    + "<RequestId>\(requestID)</RequestId></ErrorResponse>", requestID)
        }
    }

    private static func xml(status: Int, _ text: String, _ requestID: String) -> WireResponse {
        WireResponse(
            status: status,
            headers: [
                .init("x-amzn-RequestId", requestID), .init("Content-Type", "text/xml"),
            ], body: Array(text.utf8))
    }

    /// The answer's members by the names that they have on the wire.
    private static func renamed(_ output: [UInt8], for operation: OperationModel) -> [UInt8] {
        guard let shape = operation.output, !output.isEmpty,
            shape.members.contains(where: { $0.wireName != $0.name })
        else { return output }
        let renamed = try? JSONValue.reading(output, orThrow: \.self) { value throws(JSONError) in
            var object = JSONObjectWriter()
            for member in value.members {
                let name = member.key.description
                object.member(
                    shape.member(named: name)?.wireName ?? name, json: member.value.text)
            }
            return object.finish()
        }
        return renamed ?? output
    }

    /// The members of an object as XML, for answers that are flat.
    private static func xml(of output: [UInt8]) -> String {
        let members = try? JSONValue.reading(output, orThrow: \.self) { value throws(JSONError) in
            value.members.map { member in
                let name = member.key.description
                let text =
                    member.value.string?.description
                    ?? String(decoding: member.value.text, as: UTF8.self)
                return "<\(name)>\(WireText.escaped(text))</\(name)>"
            }.joined()
        }
        return members ?? ""
    }
}
