package import JSONScan

extension OperationModel {
    /// Checks what goes into an operation, and throws what AWS answers if it is wrong.
    ///
    /// First the types of JSON, of which the first that is wrong is reported (`SerializationException`);
    /// then what the model demands of the values, of which up to ten violations are
    /// (``validationCode``):
    ///
    /// ```
    /// 2 validation errors detected: Value 'x' at 'connectionArn' failed to satisfy constraint: Member
    /// must satisfy regular expression pattern: …; Value null at 'name' failed to satisfy constraint:
    /// Member must not be null
    /// ```
    ///
    /// A member that is null is one that is left out, and a member that the model doesn't know is
    /// nothing, as on AWS. Of a key that is repeated the last counts.
    ///
    /// O(bytes), but for patterns (``ConstraintPattern``). What is right allocates a little where
    /// structures nest, and no string.
    ///
    /// - Parameter input: the input's members by their names on the wire, wherever these stand in
    ///   the request.
    package func check(_ input: JSONValue) throws(ServiceError) {
        guard let shape = self.input else { return }
        try TypeCheck(shapes: shapes).check(shape, input)
        var check = ConstraintCheck(input.index, shapes)
        check.structure(shape, at: input.entry)
        guard let message = check.message else { return }
        throw ServiceError(validationCode, message)
    }
}
