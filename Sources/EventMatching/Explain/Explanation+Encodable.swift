// Explanations for programs: their members are named as in Swift, what they say in words is `sentence`.

extension Explanation: Encodable {
    private enum CodingKeys: String, CodingKey { case rule, matches, branches }

    /// Writes the explanation.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(rule, forKey: .rule)
        try members.encode(matches, forKey: .matches)
        try members.encode(branches, forKey: .branches)
    }
}

extension Explanation.Branch: Encodable {
    private enum CodingKeys: String, CodingKey { case holds, sameElement, fields }

    /// Writes the branch.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(holds, forKey: .holds)
        try members.encode(!fieldsDisagree, forKey: .sameElement)
        try members.encode(fields, forKey: .fields)
    }
}

extension Explanation.Field: Encodable {
    private enum CodingKeys: String, CodingKey { case path, pattern, holds, sentence, values }

    /// Writes the field.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(path, forKey: .path)
        try members.encode(pattern, forKey: .pattern)
        try members.encode(holds, forKey: .holds)
        try members.encode(sentence, forKey: .sentence)
        try members.encode(values, forKey: .values)
    }
}

extension Explanation.Value: Encodable {
    private enum CodingKeys: String, CodingKey { case location, value, matches, incomparable }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(location, forKey: .location)
        try members.encode(text, forKey: .value)
        try members.encode(matches, forKey: .matches)
        try members.encode(isIncomparable, forKey: .incomparable)
    }
}
