public import JSONScan

/// Why a text is not an event pattern, and where.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong. Messages follow the wording of EventBridge where it has one.
    public enum Reason: Error, Hashable, Sendable {
        /// The text is not JSON.
        case json(JSONError.Kind)
        /// The text's first value is not an object.
        case notAnObject
        /// An object without members.
        case emptyObject
        /// A field with an empty list.
        case emptyArray
        /// A field whose value is neither an object nor an array.
        case notObjectOrArray(key: ExactString)
        /// An element of a field's list that cannot be matched.
        case unmatchableValue
        /// `{}` as an element of a field's list.
        case missingMatchExpression
        /// Two operators in one object.
        case severalMatchExpressions
        /// An operator that does not exist.
        case unknownOperator(ExactString)
        /// An operator whose operand has to be a string.
        case operandNotAString(operator: String)
        /// `prefix` or `suffix` of an object that is not `equals-ignore-case`.
        case unsupportedNesting(operator: String, ExactString)
        /// `exists` of something other than `true` or `false`.
        case existsNotABoolean
        /// A wildcard with two stars in a row.
        case consecutiveWildcards(position: Int)
        /// A wildcard with a backslash before anything but `*` and `\`.
        case invalidWildcardEscape(position: Int)
        /// A `numeric` whose operand is no list, or one in which something is not in its place.
        case malformedNumeric(String)
        /// A number that is no shortest decimal of a finite double.
        case notComparable(ExactString)
        /// A range whose lower end is not below its upper end.
        case emptyRange
        /// A `cidr` that is not `address/length`.
        case malformedCIDR(ExactString)
        /// A `cidr` whose length is out of its family's range.
        case invalidMask(ExactString)
        /// An `anything-but` of something it cannot exclude.
        case malformedAnythingBut(String)
        /// `$or` of something other than a list of at least two objects.
        case malformedOr(String)
        /// A reserved name as a field inside `$or`.
        case reservedName(ExactString)
        /// More branches than the limit allows.
        case tooManyBranches(count: Int, limit: Int)
        /// More paths in one branch than ``PatternLimits/pathsPerBranch``.
        case tooManyPaths(count: Int)
    }

    /// What is wrong.
    public let reason: Reason
    /// Where: a byte offset into the pattern's text; 0 for what concerns the whole pattern.
    public let offset: Int
    /// The line of that offset, from 1.
    public let line: Int
    /// The column of that offset in characters, from 1.
    public let column: Int

    init(_ reason: Reason, offset: Int, in text: UnsafeRawBufferPointer) {
        self.reason = reason
        self.offset = offset
        (line, column) = textPosition(of: offset, in: text)
    }

    /// An error that concerns the pattern as a whole.
    init(_ reason: Reason) {
        self.reason = reason
        offset = 0
        line = 1
        column = 1
    }

    /// What is wrong, in a sentence without position.
    public var message: String { reason.message }

    /// The message with line and column.
    public var description: String { "\(message) at line \(line), column \(column)" }
}

extension PatternError.Reason {
    /// What is wrong, in a sentence.
    public var message: String {
        switch self {
        case .json(let kind): JSONError(kind, offset: 0).message
        case .notAnObject: "Filter is not an object"
        case .emptyObject: "Empty objects are not allowed"
        case .emptyArray: "Empty arrays are not allowed"
        case .notObjectOrArray(let key): "\"\(key)\" must be an object or an array"
        case .unmatchableValue: "Match value must be String, number, true, false, or null"
        case .missingMatchExpression: "Match expression name not found"
        case .severalMatchExpressions: "Only one key allowed in match expression"
        case .unknownOperator(let name): "Unrecognized match type \(name)"
        case .operandNotAString(let name): "\(name) match pattern must be a string"
        case .unsupportedNesting(let name, let inner):
            "Unsupported \(name) match pattern: \(inner); only equals-ignore-case can stand here"
        case .existsNotABoolean: "exists match pattern must be either true or false"
        case .consecutiveWildcards(let position):
            "Consecutive wildcard characters at pos \(position)"
        case .invalidWildcardEscape(let position): "Invalid escape character at pos \(position)"
        case .malformedNumeric(let what): "Invalid numeric match: \(what)"
        case .notComparable(let number):
            "Cannot compare number : \(number) is not the shortest form of a 64-bit number"
        case .emptyRange: "Bottom must be less than top"
        case .malformedCIDR(let text):
            "Malformed CIDR \"\(text)\": an IP address, '/' and one number were expected"
        case .invalidMask(let text):
            "Malformed CIDR \"\(text)\": mask bits must be 0 to 31 for IPv4, 0 to 127 for IPv6"
        case .malformedAnythingBut(let what): "Invalid anything-but pattern: \(what)"
        case .malformedOr(let what): "Invalid $or: \(what)"
        case .reservedName(let name): "\"\(name)\" is reserved and cannot be a field inside $or"
        case .tooManyBranches(let count, let limit):
            "$or expands to \(count == .max ? "too many" : "\(count)") branches; the limit is \(limit)"
        case .tooManyPaths(let count):
            "\(count) paths in one branch; the limit is \(PatternLimits.pathsPerBranch)"
        }
    }
}

/// Limits of a pattern.
public enum PatternLimits {
    /// Branches that the `$or`s of one rule may expand to, unless the caller says otherwise: each
    /// one costs the memory of a rule.
    public static let branches = 1_000
    /// Paths of one branch; the reference implementation's limit.
    public static let pathsPerBranch = 256
}
