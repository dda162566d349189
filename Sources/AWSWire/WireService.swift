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

    /// An operation that is built.
    public struct Operation: Sendable {
        /// What the model says of it.
        public let model: OperationModel
        /// Whether it neither waits nor writes: then it may be done where requests are read.
        public let isQuick: Bool
        /// What it does.
        public let handler: Handler
    }

    /// The service's model.
    public let model: ServiceModel
    /// The operations that are built, by name.
    public private(set) var operations: [String: Operation] = [:]

    /// A service without operations.
    public init(_ model: ServiceModel) { self.model = model }

    /// Adds an operation, which the model has to know.
    public mutating func on(_ name: String, isQuick: Bool = false, raw handler: @escaping Handler) {
        guard let operation = model.operation(named: name) else {
            preconditionFailure("\(model.signingName) has no operation \(name)")
        }
        operations[name] = Operation(model: operation, isQuick: isQuick, handler: handler)
    }

    /// Adds an operation whose members are read into a value, and whose result is written from one.
    public mutating func on<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ name: String, isQuick: Bool = false,
        _ body: @escaping @Sendable (Input, Caller) throws(ServiceError) -> Output
    ) {
        on(name, isQuick: isQuick) { input, caller throws(ServiceError) in
            try WireJSON.encode(try body(try WireJSON.decode(input), caller))
        }
    }

    /// Adds an operation that has no result.
    public mutating func on<Input: Decodable & SendableMetatype>(
        _ name: String, isQuick: Bool = false,
        _ body: @escaping @Sendable (Input, Caller) throws(ServiceError) -> Void
    ) {
        on(name, isQuick: isQuick) { input, caller throws(ServiceError) in
            try body(try WireJSON.decode(input), caller)
            return []
        }
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

    /// Checks a request against the model, and does what it asks for.
    ///
    /// - Parameter input: a JSON object of the operation's members; empty for none.
    /// - Returns: a JSON object of the answer's members; empty for an answer without a body.
    public func answer(
        _ name: String, _ input: [UInt8], _ caller: Caller
    ) throws(ServiceError) -> [UInt8] {
        let operation = try operation(name)
        let input = input.isEmpty ? Array("{}".utf8) : input
        try operation.model.check(input)
        return try operation.handler(input, caller)
    }
}
