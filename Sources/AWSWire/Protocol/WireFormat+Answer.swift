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
        let code = WireText.string(error.code)
        let message = WireText.string(error.message)
        switch self {
        case .json(let version):
            return WireResponse(
                status: error.status,
                headers: [
                    .init("x-amzn-RequestId", requestID),
                    .init("Content-Type", "application/x-amz-json-\(version)"),
                ], body: WireText.object([("__type", code), ("message", message)]))
        case .restJSON:
            return WireResponse(
                status: error.status,
                headers: [
                    .init("x-amzn-RequestId", requestID), .init("Content-Type", "application/json"),
                    .init("x-amzn-errortype", error.code),
                ], body: WireText.object([("Code", code), ("Message", message)]))
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
        return read(output) { members in
            WireText.object(
                members.map { member in
                    let name = member.key.description
                    return (
                        shape.member(named: name)?.wireName ?? name, Array(member.value.text)
                    )
                })
        } ?? output
    }

    /// The members of an object as XML, for answers that are flat.
    private static func xml(of output: [UInt8]) -> String {
        read(output) { members in
            members.map { member in
                let name = member.key.description
                let text =
                    member.value.string?.description
                    ?? String(decoding: member.value.text, as: UTF8.self)
                return "<\(name)>\(WireText.escaped(text))</\(name)>"
            }.joined()
        } ?? ""
    }

    private static func read<Result>(
        _ json: [UInt8], _ body: ([JSONValue.Member]) -> Result
    ) -> Result? {
        var scanner = StructuralScanner()
        return json.withUnsafeBytes { bytes in
            guard let index = try? scanner.scan(bytes) else { return nil }
            return body(JSONValue(index).members)
        }
    }
}
