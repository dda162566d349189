/// Bytes written as `%` and two hexadecimal digits where they can't stand for themselves (RFC 3986, 2.1):
/// paths, queries, forms, keys.
package enum PercentEncoding {
    /// What stands for itself everywhere: letters, digits, `-`, `.`, `_` and `~` (RFC 3986, 2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// A text in which all bytes but some are encoded. O(length).
    package static func encoded(
        _ text: String, keeping isKept: (UInt8) -> Bool = isUnreserved
    ) -> String {
        if text.utf8.allSatisfy(isKept) { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 { append(byte, keeping: isKept, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a byte, encoded unless it is kept.
    package static func append(
        _ byte: UInt8, keeping isKept: (UInt8) -> Bool = isUnreserved, to bytes: inout [UInt8]
    ) {
        if isKept(byte) {
            bytes.append(byte)
        } else {
            bytes.append(UInt8(ascii: "%"))
            bytes.append(upperDigit(byte >> 4))
            bytes.append(upperDigit(byte & 15))
        }
    }

    /// The bytes that an encoded text stands for; nil where a `%` does not stand before two digits.
    /// O(length).
    package static func decoded(_ text: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit),
                let low = rest.popFirst().flatMap(digit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// What a hexadecimal digit of either case stands for; nil for any other byte.
    package static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
