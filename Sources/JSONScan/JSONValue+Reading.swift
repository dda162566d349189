extension JSONValue {
    /// Scans a JSON object, and gives what `body` makes of it. Bytes behind it are ignored. O(bytes); for
    /// texts one by one: who reads many keeps a ``StructuralScanner``.
    ///
    /// - Parameters:
    ///   - failure: what is thrown where the bytes are no JSON object.
    ///   - body: gets the object, which is valid until it returns.
    package static func reading<Output, Failure: Error>(
        _ json: UnsafeRawBufferPointer, orThrow failure: (JSONError) -> Failure,
        _ body: (JSONValue) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        var scanner = StructuralScanner()
        let index: StructuralIndex
        do throws(JSONError) { index = try scanner.scan(json) } catch { throw failure(error) }
        return try body(JSONValue(index))
    }

    /// The same for bytes of one's own.
    package static func reading<Output, Failure: Error>(
        _ json: [UInt8], orThrow failure: (JSONError) -> Failure,
        _ body: (JSONValue) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        let result = json.withUnsafeBytes { bytes in
            Result { () throws(Failure) in
                try reading(bytes, orThrow: failure, body)
            }
        }
        return try result.get()
    }
}
