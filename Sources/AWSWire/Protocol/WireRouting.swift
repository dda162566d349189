internal import JSONScan

/// What a request asks for: an operation of a service, with the members that it is given.
public struct WireCall: Sendable {
    /// The service.
    public let service: WireService
    /// The operation's name.
    public let operation: String
    /// The members as a JSON object; empty for none.
    public let input: [UInt8]
    /// How the answer is written.
    public let format: WireFormat
}

/// How answers and errors of a request are written.
public enum WireFormat: Sendable, Hashable {
    /// JSON, with the error's code in its body: AWS's JSON protocol of this version.
    case json(version: String)
    /// JSON, with the error's code in a header.
    case restJSON
    /// XML, in the namespace of the service.
    case xml(namespace: String)
}

/// The services of one endpoint, told apart by what a request says.
public struct WireRouting: Sendable {
    /// The services.
    public let services: [WireService]
    private let byTarget: [String: WireService]

    /// Serves these services.
    public init(_ services: [WireService]) {
        self.services = services
        var byTarget: [String: WireService] = [:]
        for service in services {
            if let prefix = service.model.targetPrefix { byTarget[prefix] = service }
        }
        self.byTarget = byTarget
    }

    /// What `X-Amz-Target` says for operations that ``WireService/answerAtOnce(_:_:_:)`` can do.
    public var quickTargets: Set<String> {
        var targets: Set<String> = []
        for (prefix, service) in byTarget {
            for (name, operation) in service.operations where operation.isQuick {
                targets.insert("\(prefix).\(name)")
            }
        }
        return targets
    }

    /// How to answer a request of which nothing else is known.
    ///
    /// - Parameter signingName: the service in the scope of its signature, if it has one.
    public func format(of request: WireRequest, signedFor signingName: String?) -> WireFormat {
        if request.header("x-amz-target") != nil {
            let type = request.header("content-type") ?? ""
            return .json(version: type.hasPrefix("application/x-amz-json-1.0") ? "1.0" : "1.1")
        }
        let service = services.first { $0.model.signingName == signingName }
        switch service?.model.wireProtocol {
        case .restJSON: return .restJSON
        case .query: return .xml(namespace: Self.namespace)
        case .json, nil:
            let type = request.header("content-type") ?? ""
            return type.hasPrefix("application/x-www-form-urlencoded")
                ? .xml(namespace: Self.namespace) : .json(version: "1.1")
        }
    }

    /// Finds out what a request asks for. O(bytes).
    ///
    /// - Parameter signingName: the service in the scope of its signature, if it has one.
    /// - Throws: that no service here has such an operation, or that the request can't be read.
    public func call(
        of request: WireRequest, signedFor signingName: String?
    ) throws(ServiceError) -> WireCall {
        let format = format(of: request, signedFor: signingName)
        if let target = request.header("x-amz-target") {
            return try call(of: request, target: target, format)
        }
        if case .xml = format { return try queryCall(of: request, format) }
        guard let service = services.first(where: { $0.model.signingName == signingName }) else {
            let name = signingName.map { "The service \"\($0)\"" } ?? "What the request is for"
            let names = services.map(\.model.signingName).sorted().joined(separator: ", ")
            throw .unknownOperation(
                "\(name) is not served here: there is no X-Amz-Target, and no signature that names "
                    + "one of \(names).")
        }
        guard service.model.wireProtocol == .restJSON else {
            throw .unknownOperation(
                "The header X-Amz-Target is missing: \(service.model.signingName) is asked for "
                    + "\"\(service.model.targetPrefix ?? "").OPERATION\" there.")
        }
        let (operation, input) = try RESTRequest(request).call(in: service.model)
        return WireCall(service: service, operation: operation, input: input, format: format)
    }

    private func call(
        of request: WireRequest, target: String, _ format: WireFormat
    ) throws(ServiceError) -> WireCall {
        guard let dot = target.lastIndex(of: "."),
            let service = byTarget[String(target[..<dot])]
        else {
            throw .unknownOperation("No service here is asked for by X-Amz-Target \"\(target)\".")
        }
        guard request.method == "POST" else {
            throw ServiceError(
                "MethodNotAllowedException",
                "\(service.model.signingName) takes POST requests only, not \(request.method).",
                status: 405)
        }
        let name = String(target[target.index(after: dot)...])
        return WireCall(
            service: service, operation: name, input: request.body, format: format)
    }

    private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

    private func queryCall(
        of request: WireRequest, _ format: WireFormat
    ) throws(ServiceError) -> WireCall {
        let text = String(decoding: request.body, as: UTF8.self)
        let form = FormText.form(text.isEmpty ? request.query : text)
        guard let action = form.first(where: { $0.name == "Action" })?.value else {
            throw ServiceError("MissingAction", "The parameter Action is missing.")
        }
        guard
            let service = services.first(where: {
                $0.model.wireProtocol == .query && $0.model.operation(named: action) != nil
            })
        else {
            throw ServiceError(
                "InvalidAction", "Could not find operation \(action) in any service here.")
        }
        var input = JSONObjectWriter()
        for field in form where field.name != "Action" && field.name != "Version" {
            input.member(field.name, field.value)
        }
        return WireCall(
            service: service, operation: action, input: input.finish(), format: format)
    }
}
