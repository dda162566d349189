import TestSupport

/// JSON together with how it is written: numbers keep their text, strings their escapes, objects
/// their order and repeated keys.
///
/// Events and patterns of the differential test are made as trees and only ever printed, so that no
/// parser stands between what a case means and what the engine reads.
indirect enum JSONTree: Sendable {
    /// A member of an object.
    struct Member: Sendable {
        var key: SpelledText
        var value: JSONTree
    }

    case object([Member])
    case array([JSONTree])
    case string(SpelledText)
    /// A number, `true`, `false` or `null`.
    case word(String)

    /// An object of one member without escapes.
    static func expression(_ name: String, _ operand: JSONTree) -> JSONTree {
        .object([Member(key: SpelledText(name), value: operand)])
    }

    /// The tree as text.
    ///
    /// - Parameter blanks: what stands between its tokens, over and over again.
    func text(blanks: [String] = [""]) -> String {
        var text = ""
        var count = 0
        append(to: &text, blanks: blanks, count: &count)
        return text
    }

    private func append(to text: inout String, blanks: [String], count: inout Int) {
        func blank() {
            text += blanks[count % blanks.count]
            count += 1
        }
        blank()
        switch self {
        case .word(let word): text += word
        case .string(let string): text += "\"\(string.spelling)\""
        case .array(let elements):
            text += "["
            for (number, element) in elements.enumerated() {
                if number > 0 { text += "," }
                element.append(to: &text, blanks: blanks, count: &count)
            }
            blank()
            text += "]"
        case .object(let members):
            text += "{"
            for (number, member) in members.enumerated() {
                if number > 0 { text += "," }
                blank()
                text += "\"\(member.key.spelling)\""
                blank()
                text += ":"
                member.value.append(to: &text, blanks: blanks, count: &count)
            }
            blank()
            text += "}"
        }
        blank()
    }
}

/// A string and one of the ways to write it in JSON.
struct SpelledText: Sendable {
    /// The characters that it stands for.
    let scalars: [Unicode.Scalar]
    /// What stands between the quotes.
    let spelling: String

    /// A string with no escapes but those that it needs.
    init(_ string: String) { self.init(Array(string.unicodeScalars)) }

    /// A string with no escapes but those that it needs.
    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        spelling = scalars.map { Self.needsEscape($0) ? Self.hexadecimal($0) : String($0) }.joined()
    }

    /// A string with escapes at random: none, some, or nothing but escapes.
    init(_ string: String, _ random: inout SeededGenerator) {
        scalars = Array(string.unicodeScalars)
        let rate = random.below(10) < 6 ? 0 : random.below(2) == 0 ? 25 : 100
        var spelling = ""
        for scalar in scalars {
            let isEscaped = Self.needsEscape(scalar) || random.below(100) < rate
            guard isEscaped else {
                spelling.unicodeScalars.append(scalar)
                continue
            }
            let hexadecimal = Self.hexadecimal(scalar, uppercase: random.chance(50))
            let short = random.chance(50) ? Self.shortEscapes[scalar] : nil
            spelling += short ?? hexadecimal
        }
        self.spelling = spelling
    }

    private static let shortEscapes: [Unicode.Scalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n",
        "\r": "\\r", "\t": "\\t",
    ]

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
    }

    /// `\uXXXX`, once or twice.
    private static func hexadecimal(
        _ scalar: Unicode.Scalar, uppercase: Bool = false
    ) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: uppercase)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

extension SeededGenerator {
    /// A number from 0 to one less than `limit`.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// Whether a chance of `percent` in a hundred came up.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of several, which must not be none.
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
