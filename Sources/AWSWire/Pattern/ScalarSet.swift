/// The characters that a class of a pattern takes: `[\w.-]`, `\d`, `.`, or one character alone.
///
/// A character of ASCII is looked up in 128 bits. The others are looked for in ranges, and where the
/// class names categories of Unicode (`\p{L}`), their category is.
struct ScalarSet: Sendable, Equatable {
    /// The largest character there is.
    static let last: UInt32 = 0x10FFFF

    /// The characters of ASCII, and nothing else.
    struct ASCII: Sendable, Equatable {
        fileprivate var low: UInt64 = 0
        fileprivate var high: UInt64 = 0

        /// Whether a byte below 128 is in it. O(1).
        @inline(__always)
        func contains(_ byte: UInt8) -> Bool {
            (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 != 0
        }
    }

    /// Those of ASCII.
    private(set) var ascii = ASCII()
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [Category] = []
    private var isNegated = false

    /// A major category: the first letter of a general category's two.
    enum Category: Character, Sendable {
        case letter = "L"
        case mark = "M"
        case number = "N"
        case punctuation = "P"
        case symbol = "S"
        case separator = "Z"
    }

    /// The set of nothing.
    init() {}

    /// One character.
    init(_ scalar: UInt32) { insert(scalar...scalar) }

    /// The characters of these ranges.
    init(_ ranges: ClosedRange<UInt32>...) { for range in ranges { insert(range) } }

    /// `\d`: with Java's default flags ASCII's alone, as `\w` and `\s` are.
    static let digits = ScalarSet(0x30...0x39)
    /// `\w`
    static let word = ScalarSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    /// `\s`: tab, line feed, vertical tab, form feed, carriage return, blank.
    static let blanks = ScalarSet(0x09...0x0D, 0x20...0x20)
    /// `.`: all but what ends a line.
    static let dot = ScalarSet(0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029).complement
    /// `.` where `(?s)` went before.
    static let all = ScalarSet(0...last)

    /// All other characters.
    var complement: ScalarSet {
        var other = self
        other.ascii.low = ~ascii.low
        other.ascii.high = ~ascii.high
        other.isNegated.toggle()
        return other
    }

    /// Adds a range of characters.
    mutating func insert(_ range: ClosedRange<UInt32>) {
        precondition(!isNegated, "a class is complemented when it is complete")
        ranges.append(range)
        for scalar in range.clamped(to: 0...127) where range.contains(scalar) { setBit(scalar) }
    }

    /// Adds the characters of a category.
    mutating func insert(_ category: Category) {
        precondition(!isNegated, "a class is complemented when it is complete")
        categories.append(category)
        for scalar in UInt32(0)..<128 where Self.category(of: scalar) == category { setBit(scalar) }
    }

    /// Adds the characters of a set without categories, complemented or not: `[\s\S]`.
    mutating func insert(_ other: ScalarSet) {
        precondition(other.categories.isEmpty, "a class in a class is one of \\d, \\w and \\s")
        guard other.isNegated else { return other.ranges.forEach { insert($0) } }
        var next: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { insert(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= Self.last { insert(next...Self.last) }
    }

    /// Whether a character is in it. O(ranges) beyond ASCII.
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 128 { return ascii.contains(UInt8(scalar)) }
        let isNamed =
            ranges.contains { $0.contains(scalar) }
            || !categories.isEmpty && Self.category(of: scalar).map(categories.contains) == true
        return isNamed != isNegated
    }

    private mutating func setBit(_ scalar: UInt32) {
        if scalar < 64 {
            ascii.low |= 1 << UInt64(scalar)
        } else {
            ascii.high |= 1 << UInt64(scalar - 64)
        }
    }

    private static func category(of scalar: UInt32) -> Category? {
        switch Unicode.Scalar(scalar)?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            .letter
        case .nonspacingMark, .spacingMark, .enclosingMark: .mark
        case .decimalNumber, .letterNumber, .otherNumber: .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: .separator
        default: nil
        }
    }
}
