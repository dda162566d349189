internal import CSwitchyard

/// The value of a hexadecimal digit, or nil.
@inlinable
package func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
    default: nil
    }
}

/// What stands between the quotes of a JSON string, taken out of its escapes.
public enum JSONString {
    /// Writes the string that `raw` spells, as UTF-8. O(bytes), allocates nothing.
    ///
    /// A surrogate without its partner is no character and cannot be written in UTF-8: it becomes
    /// U+FFFD, in patterns and events alike.
    ///
    /// - Parameters:
    ///   - raw: the bytes between the quotes of a string that the scanner accepted.
    ///   - output: room for `raw.count` bytes: no escape is shorter than what it stands for.
    /// - Returns: how many bytes were written.
    package static func unescape(
        _ raw: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        guard let bytes = raw.baseAddress else { return 0 }
        var read = 0
        var written = 0
        while true {
            written += sw_json_unescape(bytes, raw.count, &read, output + written)
            // It stops at the end, or before a `\u`.
            if read == raw.count { break }
            written += writeUTF8(unicodeEscape(raw, at: &read), output + written)
        }
        return written
    }

    /// As ``unescape(_:into:)``; nil where `raw` has the escape of a surrogate, which may lack its partner.
    package static func unescapeWithoutSurrogates(
        _ raw: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard let bytes = raw.baseAddress else { return 0 }
        var read = 0
        var written = 0
        while true {
            written += sw_json_unescape(bytes, raw.count, &read, output + written)
            if read == raw.count { return written }
            if (0xD800...0xDFFF).contains(codeUnit(raw, at: read + 2)) { return nil }
            written += writeUTF8(unicodeEscape(raw, at: &read), output + written)
        }
    }

    /// Whether `raw` is this text, as it stands: an escape is none of it. O(bytes), allocates nothing.
    package static func isPlain(
        _ raw: UnsafeBufferPointer<UInt8>, _ text: StaticString
    ) -> Bool {
        raw.elementsEqual(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The string that `raw` spells.
    package static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> ExactString {
        guard raw.contains(UInt8(ascii: "\\")) else { return ExactString(utf8: Array(raw)) }
        return ExactString(
            utf8: [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
                // The buffer has room for at least one byte: `raw` holds a backslash.
                count = buffer.baseAddress.map { unescape(raw, into: $0) } ?? 0
            })
    }

    /// Where in `raw` the byte stands, or the escape, that gives the byte at `offset` of the string;
    /// behind it all, where the string is shorter. O(bytes).
    package static func rawOffset(of offset: Int, in raw: UnsafeBufferPointer<UInt8>) -> Int {
        var read = 0
        var written = 0
        while read < raw.count {
            let start = read
            if raw[read] != UInt8(ascii: "\\") {
                written += 1
                read += 1
            } else if raw[read + 1] == UInt8(ascii: "u") {
                let scalar = unicodeEscape(raw, at: &read)
                written += scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
            } else {
                written += 1
                read += 2
            }
            if written > offset { return start }
        }
        return raw.count
    }

    /// Reads `\uXXXX` at `read`, with the low surrogate's escape where one follows a high one.
    private static func unicodeEscape(
        _ raw: UnsafeBufferPointer<UInt8>, at read: inout Int
    ) -> UInt32 {
        let unit = codeUnit(raw, at: read + 2)
        read += 6
        switch unit {
        case 0xD800...0xDBFF:
            guard read + 6 <= raw.count, raw[read] == UInt8(ascii: "\\"),
                raw[read + 1] == UInt8(ascii: "u")
            else { return 0xFFFD }
            let low = codeUnit(raw, at: read + 2)
            guard (0xDC00...0xDFFF).contains(low) else { return 0xFFFD }
            read += 6
            return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        case 0xDC00...0xDFFF: return 0xFFFD
        default: return unit
        }
    }

    private static func codeUnit(_ raw: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32 {
        var unit: UInt32 = 0
        for digit in start..<start + 4 { unit = unit << 4 | (hexadecimalValue(raw[digit]) ?? 0) }
        return unit
    }

    private static func writeUTF8(
        _ scalar: UInt32, _ output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift) & 0x3F) }
        switch scalar {
        case 0..<0x80:
            output[0] = UInt8(scalar)
            return 1
        case 0x80..<0x800:
            output[0] = UInt8(0xC0 | scalar >> 6)
            output[1] = continuation(0)
            return 2
        case 0x800..<0x10000:
            output[0] = UInt8(0xE0 | scalar >> 12)
            output[1] = continuation(6)
            output[2] = continuation(0)
            return 3
        default:
            output[0] = UInt8(0xF0 | scalar >> 18)
            output[1] = continuation(12)
            output[2] = continuation(6)
            output[3] = continuation(0)
            return 4
        }
    }

    /// A text as a JSON string with quotes. O(length).
    package static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        appendQuoted(ExactString(text), to: &output)
        return output
    }

    /// Appends `string` as a JSON string with quotes: the shortest escapes, everything else as is.
    package static func appendQuoted(_ string: ExactString, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x08: output += "\\b".utf8
            case 0x09: output += "\\t".utf8
            case 0x0A: output += "\\n".utf8
            case 0x0C: output += "\\f".utf8
            case 0x0D: output += "\\r".utf8
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output += "\\u00".utf8
                output += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
