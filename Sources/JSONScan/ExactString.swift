/// A string that is equal to another one only if both are the same sequence of code points.
///
/// Swift's `String` takes "é" as one character and as "e" with an accent for equal; event patterns
/// do not. Order is by UTF-16 code units, in which the reference implementation sorts field names,
/// and the outcome of `exists: false` inside arrays depends on that order.
public struct ExactString: Hashable, Sendable {
    /// The string as UTF-8.
    public let utf8: [UInt8]

    /// Creates a string from its UTF-8, which has to be valid.
    public init(utf8: [UInt8]) { self.utf8 = utf8 }

    /// Creates a string.
    public init(_ string: some StringProtocol) { utf8 = Array(string.utf8) }
}

extension ExactString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// Creates a string from a literal.
    public init(stringLiteral value: String) { self.init(value) }

    /// The same characters as a `String`.
    public var description: String { String(decoding: utf8, as: UTF8.self) }
}

extension ExactString: Comparable {
    /// Whether `one` sorts before `other` by UTF-16 code units.
    public static func < (one: ExactString, other: ExactString) -> Bool {
        // UTF-8 sorts like code points; UTF-16 puts the surrogates (so all beyond U+FFFF, whose
        // UTF-8 begins at 0xF0) before U+E000 ... U+FFFF (0xEE, 0xEF).
        func rank(_ byte: UInt8) -> UInt8 { byte >= 0xF0 ? 0xED : byte >= 0xEE ? byte &+ 1 : byte }
        let (one, other) = (one.utf8.span, other.utf8.span)
        for position in 0..<min(one.count, other.count) {
            let (left, right) = (one[position], other[position])
            if left == right { continue }
            if left >= 0xEE || right >= 0xEE {
                let (leftRank, rightRank) = (rank(left), rank(right))
                if leftRank != rightRank { return leftRank < rightRank }
            }
            return left < right
        }
        return one.count < other.count
    }
}
