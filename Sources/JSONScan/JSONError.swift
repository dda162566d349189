/// Why bytes are not the JSON text that they should be, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// There are no bytes.
        case emptyText
        /// The text is longer than ``JSONLimits/textBytes``.
        case textTooLong
        /// The first value is not an object.
        case notAnObject
        /// The text ends before the object does.
        case unexpectedEnd
        /// Something follows the value, where nothing may. No scan says so: it ignores what follows.
        case textAfterValue
        /// Something other than a string stands where a member's key belongs.
        case expectedKey
        /// No `:` after a key.
        case expectedColon
        /// No value where one belongs.
        case expectedValue
        /// Neither `,` nor `}` after a member.
        case expectedCommaOrBrace
        /// Neither `,` nor `]` after an element.
        case expectedCommaOrBracket
        /// A word other than `true`, `false` and `null`.
        case invalidLiteral
        /// A number that RFC 8259 does not know (leading zero, `+1`, `.5`, `1.`, `NaN`, ...).
        case invalidNumber
        /// A number of more than ``JSONLimits/numberBytes`` characters.
        case numberTooLong
        /// A string of more than ``JSONLimits/stringBytes`` bytes.
        case stringTooLong
        /// A key of more than ``JSONLimits/keyBytes`` bytes.
        case keyTooLong
        /// A backslash before a character that it can't escape.
        case invalidEscape
        /// A raw character below U+0020 inside a string.
        case controlCharacter
        /// A string without its closing quote.
        case unterminatedString
        /// Bytes that are not UTF-8.
        case invalidUTF8
        /// More than ``JSONLimits/depth`` brackets inside each other.
        case tooDeep
    }

    /// What is wrong.
    public let kind: Kind
    /// Where: a byte offset into the text.
    public let offset: Int

    /// Creates an error.
    public init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// What is wrong, in a sentence without position.
    public var message: String {
        switch kind {
        case .emptyText: "the text is empty; an object was expected"
        case .textTooLong: "the text is longer than \(JSONLimits.textBytes) bytes"
        case .notAnObject: "the text has to begin with an object"
        case .unexpectedEnd: "the text ends inside the object"
        case .textAfterValue: "there is more after the value"
        case .expectedKey: "a key in double quotes was expected"
        case .expectedColon: "a ':' was expected after the key"
        case .expectedValue: "a value was expected"
        case .expectedCommaOrBrace: "a ',' or '}' was expected"
        case .expectedCommaOrBracket: "a ',' or ']' was expected"
        case .invalidLiteral: "unknown word; only true, false and null may stand without quotes"
        case .invalidNumber: "not a JSON number"
        case .numberTooLong: "the number has more than \(JSONLimits.numberBytes) characters"
        case .stringTooLong: "the string is longer than \(JSONLimits.stringBytes) bytes"
        case .keyTooLong: "the key is longer than \(JSONLimits.keyBytes) bytes"
        case .invalidEscape: "invalid escape sequence in a string"
        case .controlCharacter: "a control character in a string has to be escaped"
        case .unterminatedString: "the string is not closed"
        case .invalidUTF8: "invalid UTF-8"
        case .tooDeep: "more than \(JSONLimits.depth) levels of nesting"
        }
    }

    /// The message and the byte offset.
    public var description: String { "\(message) (at byte \(offset))" }
}

/// Limits of a JSON text. Depth and lengths are those of the reference implementation's parser
/// (Jackson's default constraints), counted in bytes where it counts UTF-16 units.
public enum JSONLimits {
    /// Brackets inside each other.
    public static let depth = 1_000
    /// Characters of a number.
    public static let numberBytes = 1_000
    /// Bytes of a string between its quotes, escapes counted as written.
    public static let stringBytes = 20_000_000
    /// Bytes of a key between its quotes, escapes counted as written.
    public static let keyBytes = 50_000
    /// Bytes of a whole text: offsets are kept in 32 bits.
    public static let textBytes = 1 << 30
}
