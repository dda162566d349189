internal import Dispatch
internal import JSONScan

/// A service as the wire sees it: its model, and a function for each operation that is built.
///
/// ```swift
/// var events = WireService(.events)
/// events.on("DescribeRule") { (input: DescribeRuleInput, caller) throws(ServiceError) in
///     try bridge.describeRule(input, caller)
/// }
/// let answer = try events.answer("DescribeRule", body, caller)
/// ```
///
/// Every protocol brings its requests here as one JSON object, whose members have the names of the
/// model; the model checks it, then the operation's function gets it as a value of a Swift type. Its
/// result goes back the same way.
public struct WireService: Sendable {
    /// An operation's function: JSON to JSON. Empty for an answer without a body.
    public typealias Handler =
        @Sendable (_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8]
    /// The same for one that waits for others.
    public typealias AsyncHandler =
        @Sendable (_ input: [UInt8], _ caller: Caller) async throws(ServiceError) -> [UInt8]

    /// An operation that is built.
    public struct Operation: Sendable {
        /// How it is done.
        enum Body: Sendable {
            /// At once: it neither waits nor writes.
            case quick(Handler)
            /// On a thread that may wait for the disk.
            case blocking(Handler)
            /// With a task that may be suspended.
            case suspending(AsyncHandler)
        }

        /// What the model says of it.
        public let model: OperationModel
        let body: Body

        /// Whether it neither waits nor writes.
        public var isQuick: Bool {
            if case .quick = body { true } else { false }
        }
    }

    /// The service's model.
    public let model: ServiceModel
    /// The operations that are built, by name.
    public private(set) var operations: [String: Operation] = [:]

    /// A service without operations.
    public init(_ model: ServiceModel) { self.model = model }

    /// Adds an operation, which the model has to know.
    private mutating func add(_ name: String, _ body: Operation.Body) {
        guard let operation = model.operation(named: name) else {
            preconditionFailure("\(model.signingName) has no operation \(name)")
        }
        operations[name] = Operation(model: operation, body: body)
    }

    /// Adds an operation that gets its members as JSON, and may wait for the disk.
    public mutating func on(_ name: String, raw handler: @escaping Handler) {
        add(name, .blocking(handler))
    }

    /// Adds an operation that gets its members as JSON, and neither waits nor writes.
    public mutating func on(_ name: String, atOnce handler: @escaping Handler) {
        add(name, .quick(handler))
    }

    /// Adds an operation that gets its members as JSON, and may be suspended.
    public mutating func on(_ name: String, suspending handler: @escaping AsyncHandler) {
        add(name, .suspending(handler))
    }

    /// Adds an operation whose members are read into a value, and whose result is written from one.
    ///
    /// - Parameter isQuick: whether it neither waits nor writes: then it is done at once.
    public mutating func on<
        Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype
    >(
        _ name: String, isQuick: Bool = false,
        _ body: @escaping @Sendable (Input, Caller) throws(ServiceError) -> Output
    ) {
        let handler: Handler = { input, caller throws(ServiceError) in
            try WireJSON.encode(try body(try WireJSON.decode(input), caller))
        }
        add(name, isQuick ? .quick(handler) : .blocking(handler))
    }

    /// Adds an operation that has no result.
    public mutating func on<Input: Decodable & SendableMetatype>(
        _ name: String, _ body: @escaping @Sendable (Input, Caller) throws(ServiceError) -> Void
    ) {
        add(
            name,
            .blocking { input, caller throws(ServiceError) in
                try body(try WireJSON.decode(input), caller)
                return []
            })
    }

    /// The operation of a name.
    ///
    /// - Throws: that the service has none of that name, or that it is not built here.
    public func operation(_ name: String) throws(ServiceError) -> Operation {
        if let operation = operations[name] { return operation }
        guard model.operation(named: name) == nil else {
            throw .notImplemented(name, of: model.signingName)
        }
        throw .unknownOperation("\(model.signingName) has no operation \"\(name)\".")
    }

    /// Checks a request's members against the model. O(bytes).
    private static func check(
        _ input: [UInt8], _ operation: OperationModel
    ) throws(ServiceError) {
        try JSONValue.reading(
            input, orThrow: { ServiceError.serialization("The body is no JSON object: \($0)") },
            operation.check)
    }

    /// Checks a request against the model, and does what it asks for.
    ///
    /// - Parameter input: a JSON object of the operation's members; empty for none.
    /// - Returns: a JSON object of the answer's members; empty for an answer without a body.
    public func answer(
        _ name: String, _ input: [UInt8], _ caller: Caller
    ) async throws(ServiceError) -> [UInt8] {
        let operation = try operation(name)
        let input = input.isEmpty ? Array("{}".utf8) : input
        try Self.check(input, operation.model)
        switch operation.body {
        case .quick(let handler): return try handler(input, caller)
        case .suspending(let handler): return try await handler(input, caller)
        case .blocking(let handler):
            let result = await withCheckedContinuation { continuation in
                Self.waiting.async {
                    continuation.resume(
                        returning: Result { () throws(ServiceError) in
                            try handler(input, caller)
                        })
                }
            }
            return try result.get()
        }
    }

    /// As ``answer(_:_:_:)``, for an operation that neither waits nor writes; nil for any other, with
    /// nothing done.
    public func answerAtOnce(
        _ name: String, _ input: [UInt8], _ caller: Caller
    ) throws(ServiceError) -> [UInt8]? {
        let operation = try operation(name)
        guard case .quick(let handler) = operation.body else { return nil }
        let input = input.isEmpty ? Array("{}".utf8) : input
        try Self.check(input, operation.model)
        return try handler(input, caller)
    }

    /// Where operations wait for the disk, and hold up nobody.
    private static let waiting = DispatchQueue(
        label: "switchyard.operations", attributes: .concurrent)
}
