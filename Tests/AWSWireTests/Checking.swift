internal import AWSWire
internal import JSONScan
internal import Testing

/// What AWS would answer to an input: nil if nothing.
func answer(_ service: ServiceModel, _ operation: String, _ input: String) throws -> ServiceError? {
    let model = try #require(service.operation(named: operation))
    return try answer(model, input)
}

/// As above, for an operation at hand.
func answer(_ operation: OperationModel, _ input: String) throws -> ServiceError? {
    var scanner = StructuralScanner()
    return try Array(input.utf8).withUnsafeBytes { bytes in
        let value = JSONValue(try scanner.scan(bytes))
        do throws(ServiceError) {
            try operation.check(value)
            return nil
        } catch {
            return error
        }
    }
}

/// The message of what a model demands and an input breaks; nil if it breaks nothing.
func violations(_ service: ServiceModel, _ operation: String, _ input: String) throws -> String? {
    let error = try answer(service, operation, input)
    if let error {
        #expect(error.code == "ValidationException")
        #expect(error.status == 400)
    }
    return error?.message
}
