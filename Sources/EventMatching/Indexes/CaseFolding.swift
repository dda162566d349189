internal import JSONScan

/// What a string that ignores case matches.
///
/// The reference implementation goes by each UTF-16 unit c of the *pattern*, and lets the event have
/// lower(c) or upper(c), with Unicode's full mappings and no locale. So "straße" matches "STRASSE"
/// and not the other way round, and the Kelvin sign matches "k" while "k" does not match it. A
/// character beyond the BMP, which that one never matches, matches itself and its simple case pair.
enum CaseFolding {
    /// An ASCII string matches exactly the strings with the same letters in either case: both sides
    /// are folded to lower case and hashed. Nil where the string is not ASCII.
    static func asciiKey(_ text: ExactString) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return text.utf8.map(lowercaseASCII)
    }

    @inline(__always)
    static func lowercaseASCII(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// For each character of a string, the two spellings that match it. They differ in their first
    /// and in their last byte or are the same, so a match never has to be taken back.
    static func spellings(_ text: ExactString) -> [(lower: [UInt8], upper: [UInt8])] {
        text.description.unicodeScalars.map { scalar in
            let properties = scalar.properties
            var lower = Array(properties.lowercaseMapping.utf8)
            let upper = Array(properties.uppercaseMapping.utf8)
            // Beyond the BMP there are no title case letters, so this adds nothing but the
            // character itself where it has no other case.
            if scalar.value > 0xFFFF, lower == upper { lower = Array(String(scalar).utf8) }
            return (lower, upper)
        }
    }
}
