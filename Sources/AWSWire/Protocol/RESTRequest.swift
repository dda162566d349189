internal import JSONScan

/// A request of the REST-JSON protocol: the operation by method and path, its members from the path, the
/// query, header fields and the body, all by their names on the wire.
struct RESTRequest {
    private let request: WireRequest
    private let parts: [String]

    init(_ request: WireRequest) {
        self.request = request
        parts = Self.parts(of: request.path)
    }

    /// The parts of a path between slashes; one at the end counts for nothing.
    private static func parts(of path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map(String.init).reversed().drop { $0.isEmpty }.reversed()
    }

    /// The operation that the request asks for, and its members as a JSON object.
    func call(in model: ServiceModel) throws(ServiceError) -> (String, [UInt8]) {
        var isPathKnown = false
        for operation in model.operations {
            guard let labels = labels(of: operation) else { continue }
            isPathKnown = true
            guard operation.method == request.method else { continue }
            return (operation.name, try input(of: operation, labels))
        }
        guard isPathKnown else {
            throw .unknownOperation(
                "\(model.signingName) has nothing at \(request.path).")
        }
        throw ServiceError(
            "MethodNotAllowedException",
            "\(model.signingName) does not take \(request.method) at \(request.path).", status: 405)
    }

    /// What stands for the labels of an operation's path; nil if the request's path is another one.
    private func labels(of operation: OperationModel) -> [String: String]? {
        let path = operation.requestURI.split(separator: "?").first.map(String.init) ?? "/"
        let wanted = Self.parts(of: path)
        guard wanted.count == parts.count else { return nil }
        var labels: [String: String] = [:]
        for (want, part) in zip(wanted, parts) {
            if want.hasPrefix("{"), want.hasSuffix("}") {
                guard !part.isEmpty else { return nil }
                labels[String(want.dropFirst().dropLast())] = FormText.decoded(part)
            } else if want != part {
                return nil
            }
        }
        return labels
    }

    private func input(
        of operation: OperationModel, _ labels: [String: String]
    ) throws(ServiceError) -> [UInt8] {
        guard let shape = operation.input else { return [] }
        let query = FormText.form(request.query)
        var members: [(name: String, json: [UInt8])] = []
        var hasBody = false
        for member in shape.members {
            let kind = operation.shape(member.shape).kind
            switch member.location {
            case .uri:
                if let text = labels[member.wireName] {
                    members.append((member.wireName, try Self.json(text, kind, member.name)))
                }
            case .queryString:
                let values = query.filter { $0.name == member.wireName }.map(\.value)
                guard !values.isEmpty else { continue }
                members.append((member.wireName, try Self.json(values, kind, member.name)))
            case .header:
                if let text = request.header(member.wireName) {
                    members.append((member.wireName, try Self.json(text, kind, member.name)))
                }
            case nil: hasBody = true
            case .headers, .statusCode: continue
            }
        }
        if !request.body.isEmpty, hasBody { members += try bodyMembers() }
        var input = JSONObjectWriter()
        for member in members { input.member(member.name, json: member.json) }
        return input.finish()
    }

    private func bodyMembers() throws(ServiceError) -> [(name: String, json: [UInt8])] {
        try JSONValue.reading(
            request.body, orThrow: { ServiceError.serialization($0.description) }
        ) { value throws(ServiceError) in
            value.members.map { ($0.key.description, Array($0.value.text)) }
        }
    }

    private static func json(
        _ texts: [String], _ kind: Shape.Kind, _ name: String
    ) throws(ServiceError) -> [UInt8] {
        guard kind == .list else { return try json(texts[0], kind, name) }
        var bytes = [UInt8(ascii: "[")]
        for (position, text) in texts.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += JSONString.quoted(text)
        }
        return bytes + [UInt8(ascii: "]")]
    }

    /// A text of the path, the query or a header as JSON of the kind that the model wants.
    private static func json(
        _ text: String, _ kind: Shape.Kind, _ name: String
    ) throws(ServiceError) -> [UInt8] {
        switch kind {
        case .integer, .long:
            guard let number = Int64(text) else {
                throw .serialization("\(name): \"\(text)\" is no whole number")
            }
            return Array("\(number)".utf8)
        case .boolean:
            guard text == "true" || text == "false" else {
                throw .serialization("\(name): \"\(text)\" is neither true nor false")
            }
            return Array(text.utf8)
        default: return JSONString.quoted(text)
        }
    }
}
