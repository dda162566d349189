internal import JSONScan

/// Writes JSON and XML, piece by piece.
enum WireText {
    /// A string of JSON.
    static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONString.appendQuoted(ExactString(text), to: &bytes)
        return bytes
    }

    /// An object of JSON, of values that are JSON already.
    static func object(_ members: [(name: String, json: [UInt8])]) -> [UInt8] {
        var bytes = [UInt8(ascii: "{")]
        for (position, member) in members.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += string(member.name)
            bytes.append(UInt8(ascii: ":"))
            bytes += member.json
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// A text as XML has it between tags.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
