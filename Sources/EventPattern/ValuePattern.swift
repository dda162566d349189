public import JSONScan

/// One element of a field's list: what a single value of the event has to be.
///
/// "Value" is a leaf of the event: a string, number, `true`, `false` or `null`.
public enum ValuePattern: Hashable, Sendable {
    /// The same string; where it spells an IP address, any string that spells the same address.
    case string(ExactString)
    /// `{"exactly": s}`: the same string, address or not.
    case exactly(ExactString)
    /// The same number.
    case number(PatternNumber)
    /// The same one of `true`, `false` and `null`.
    case literal(PatternLiteral)
    /// A test of strings alone.
    case text(TextPattern)
    /// `{"numeric": [...]}`: a comparable number within bounds.
    case numeric(NumericRange)
    /// `{"cidr": "a/n"}`: a string that spells an address of this block.
    case cidr(AddressBlock)
    /// `{"exists": b}`: whether the field has any value.
    case exists(Bool)
    /// `{"anything-but": x}`: any value that is none of these.
    case anythingBut(AnythingBut)
}

/// `true`, `false` or `null`.
public enum PatternLiteral: String, Hashable, Sendable {
    /// `true`
    case `true`
    /// `false`
    case `false`
    /// `null`: a null that is there, not an absent field.
    case null
}

/// A number of a pattern.
public struct PatternNumber: Hashable, Sendable {
    /// The number as written.
    public let text: ExactString
    /// Its value, if it can be compared by value (see `JSONNumber.comparableValue`); nil where
    /// only identical text is equal.
    public let value: Double?
}

/// A test of strings. Values of other types never pass.
public enum TextPattern: Hashable, Sendable {
    /// `{"prefix": s}`: begins with s.
    case prefix(ExactString)
    /// `{"suffix": s}`: ends with s.
    case suffix(ExactString)
    /// `{"equals-ignore-case": s}`
    case equalsIgnoreCase(ExactString)
    /// `{"prefix": {"equals-ignore-case": s}}`
    case prefixIgnoreCase(ExactString)
    /// `{"suffix": {"equals-ignore-case": s}}`
    case suffixIgnoreCase(ExactString)
    /// `{"wildcard": s}`
    case wildcard(Wildcard)
}

/// What `anything-but` excludes.
public enum AnythingBut: Hashable, Sendable {
    /// These strings, compared exactly.
    case strings([ExactString])
    /// These numbers, compared by value: each one has a ``PatternNumber/value``.
    case numbers([PatternNumber])
    /// Every string that passes one of these tests.
    case text([TextPattern])
}

/// A range of numbers with at least one bound; `=` is the range from a number to itself.
public struct NumericRange: Hashable, Sendable {
    /// One end of a range.
    public struct Bound: Hashable, Sendable {
        /// The number, whose ``PatternNumber/value`` is there.
        public let number: PatternNumber
        /// Whether the number itself is in the range.
        public let isInclusive: Bool
    }

    /// The lower end; nil where there is none.
    public let lower: Bound?
    /// The upper end; nil where there is none.
    public let upper: Bound?

    /// Whether a number lies in the range.
    public func contains(_ value: Double) -> Bool {
        if let lower, let bound = lower.number.value {
            guard lower.isInclusive ? value >= bound : value > bound else { return false }
        }
        if let upper, let bound = upper.number.value {
            guard upper.isInclusive ? value <= bound : value < bound else { return false }
        }
        return true
    }
}
