/// What a pattern says, as a tree.
indirect enum PatternNode {
    /// One character of a set.
    case set(ScalarSet)
    /// `^`
    case start
    /// `$`
    case end
    /// One after the other.
    case sequence([PatternNode])
    /// One of them.
    case choice([PatternNode])
    /// So many times, without an upper bound where that is nil.
    case `repeat`(PatternNode, minimum: Int, maximum: Int?)
    /// What has to follow, `(?=…)`, or must not, `(?!…)`.
    case look(PatternNode, isNegated: Bool)
}

/// Why a pattern can't be read.
struct PatternError: Error, CustomStringConvertible {
    /// What is wrong, and where.
    let description: String
}

/// Reads the part of Java's regular expressions that the models use. Whatever else there is, such as
/// references back, is an error: a test reads the patterns of all tables.
struct PatternParser {
    private let scalars: [UInt32]
    private var at = 0
    private var dotTakesAll = false
    private var depth = 0

    /// No pattern of a model nests more than six groups.
    private static let depthMax = 32

    /// Reads a pattern.
    static func parse(_ source: String) throws(PatternError) -> PatternNode {
        var parser = PatternParser(scalars: source.unicodeScalars.map(\.value))
        let node = try parser.choice()
        guard parser.at == parser.scalars.count else { throw parser.error("an open bracket") }
        return node
    }

    private init(scalars: [UInt32]) { self.scalars = scalars }

    private func error(_ expected: String) -> PatternError {
        PatternError(description: "\(expected) was expected at character \(at) of the pattern")
    }

    private func isNext(_ character: Unicode.Scalar, ahead: Int = 0) -> Bool {
        at + ahead < scalars.count && scalars[at + ahead] == character.value
    }

    private mutating func skip(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard scalars[at...].starts(with: wanted) else { return false }
        at += wanted.count
        return true
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw error("less nesting") }
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while at < scalars.count, !isNext("|"), !isNext(")") {
            if skip("(?s)") {
                dotTakesAll = true
            } else {
                nodes.append(try repeated())
            }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func repeated() throws(PatternError) -> PatternNode {
        var node = try atom()
        while at < scalars.count {
            if skip("*") {
                node = .repeat(node, minimum: 0, maximum: nil)
            } else if skip("+") {
                node = .repeat(node, minimum: 1, maximum: nil)
            } else if skip("?") {
                node = .repeat(node, minimum: 0, maximum: 1)
            } else if skip("{") {
                let minimum = try number()
                var maximum: Int? = minimum
                if skip(",") { maximum = isNext("}") ? nil : try number() }
                guard skip("}"), maximum ?? minimum >= minimum else { throw error("}") }
                node = .repeat(node, minimum: minimum, maximum: maximum)
            } else {
                break
            }
        }
        return node
    }

    private mutating func number() throws(PatternError) -> Int {
        var number = 0
        let start = at
        while at < scalars.count, let digit = Self.digit(scalars[at], radix: 10), number < 10_000 {
            number = number * 10 + Int(digit)
            at += 1
        }
        guard at > start else { throw error("a number") }
        return number
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        if skip("(") { return try group() }
        if skip("[") { return .set(try characterClass()) }
        if skip("\\") { return .set(try escape()) }
        if skip(".") { return .set(dotTakesAll ? .all : .dot) }
        if skip("^") { return .start }
        if skip("$") { return .end }
        guard !isNext("*"), !isNext("+"), !isNext("?"), !isNext("{") else { throw error("an atom") }
        at += 1
        return .set(ScalarSet(scalars[at - 1]))
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let isLookedAt = skip("?=")
        let isNegated = !isLookedAt && skip("?!")
        if !isLookedAt, !isNegated, !skip("?:"), isNext("?") { throw error("a known group") }
        let node = try choice()
        guard skip(")") else { throw error(")") }
        return isLookedAt || isNegated ? .look(node, isNegated: isNegated) : node
    }

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isNegated = skip("^")
        var set = ScalarSet()
        let start = at
        while !isNext("]") || at == start {
            guard at < scalars.count, !isNext("["), !(isNext("&") && isNext("&", ahead: 1)) else {
                throw error("a plain class of characters")
            }
            guard let first = try classCharacter(into: &set) else { continue }
            // A dash before the closing bracket stands for itself.
            guard isNext("-"), at + 1 < scalars.count, !isNext("]", ahead: 1) else {
                set.insert(first...first)
                continue
            }
            at += 1
            guard let last = try classCharacter(into: &set), last >= first else {
                throw error("the end of a range")
            }
            set.insert(first...last)
        }
        at += 1
        return isNegated ? set.complement : set
    }

    /// One character of a class; nil where it is a class of its own, which is put into the set.
    private mutating func classCharacter(into set: inout ScalarSet) throws(PatternError) -> UInt32?
    {
        guard skip("\\") else {
            at += 1
            return scalars[at - 1]
        }
        if skip("p{") {
            set.insert(try category())
            return nil
        }
        if let named = namedClass() {
            set.insert(named)
            return nil
        }
        return try escapedCharacter()
    }

    private mutating func escape() throws(PatternError) -> ScalarSet {
        if skip("p{") {
            var set = ScalarSet()
            set.insert(try category())
            return set
        }
        if let named = namedClass() { return named }
        return ScalarSet(try escapedCharacter())
    }

    private mutating func category() throws(PatternError) -> ScalarSet.Category {
        guard at < scalars.count, let letter = Unicode.Scalar(scalars[at]),
            let category = ScalarSet.Category(rawValue: Character(letter)), isNext("}", ahead: 1)
        else { throw error("a category of one letter") }
        at += 2
        return category
    }

    private mutating func namedClass() -> ScalarSet? {
        if skip("d") { return .digits }
        if skip("w") { return .word }
        if skip("s") { return .blanks }
        if skip("D") { return ScalarSet.digits.complement }
        if skip("W") { return ScalarSet.word.complement }
        if skip("S") { return ScalarSet.blanks.complement }
        return nil
    }

    private mutating func escapedCharacter() throws(PatternError) -> UInt32 {
        if skip("t") { return 0x09 }
        if skip("n") { return 0x0A }
        if skip("r") { return 0x0D }
        if skip("f") { return 0x0C }
        if skip("x") { return try hexadecimal(2) }
        if skip("u") { return try codeUnits() }
        guard at < scalars.count else { throw error("an escaped character") }
        let character = scalars[at]
        // A letter that is none of these has a meaning that is not known here.
        guard !ScalarSet.word.contains(character) || character == 0x5F else {
            throw error("a known escape")
        }
        at += 1
        return character
    }

    /// `XXXX` behind `\u`, and with it the other half of a pair, which is one character in Java too.
    private mutating func codeUnits() throws(PatternError) -> UInt32 {
        let unit = try hexadecimal(4)
        guard (0xD800...0xDBFF).contains(unit), isNext("\\"), isNext("u", ahead: 1) else {
            return unit
        }
        let back = at
        at += 2
        let low = try hexadecimal(4)
        guard (0xDC00...0xDFFF).contains(low) else {
            at = back
            return unit
        }
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard at < scalars.count, let digit = Self.digit(scalars[at], radix: 16) else {
                throw error("a hexadecimal digit")
            }
            value = value << 4 | digit
            at += 1
        }
        return value
    }

    private static func digit(_ scalar: UInt32, radix: UInt32) -> UInt32? {
        let digit: UInt32? =
            switch scalar {
            case 0x30...0x39: scalar - 0x30
            case 0x41...0x46: scalar - 0x41 + 10
            case 0x61...0x66: scalar - 0x61 + 10
            default: nil
            }
        return digit.flatMap { $0 < radix ? $0 : nil }
    }
}
