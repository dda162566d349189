/// Names of rules as columns of text show them.
enum ShownName {
    /// The name as it is; or, where that could be taken for more or less than one name of a column, in
    /// quotes, with what separates columns, names and lines escaped as in JSON: `"a\u002cb\tc"`.
    static func text(_ name: String) -> String {
        let scalars = name.unicodeScalars
        // A hyphen alone stands for no name.
        guard
            name.isEmpty || name == "-" || name.first == " " || name.last == " "
                || name.first == "\"" || scalars.contains(where: mustBeEscaped)
        else { return name }
        return "\"" + scalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\r": "\\r"
        default:
            mustBeEscaped(scalar)
                ? "\\u" + hexadecimal(scalar.value) : String(Character(scalar))
        }
    }

    /// Commas, and what terminals do not show as it is: control characters, other ends of lines, and
    /// what turns the direction of writing round. None of them lies beyond `U+FFFF`.
    private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: scalar == ","
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
