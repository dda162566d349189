internal import InternalSystem

/// What comes encoded in requests: paths, queries, forms (RFC 3986; WHATWG URL, 5.1 for forms).
package enum FormText {
    /// What an encoded text stands for; sequences that are none stay as they are.
    package static func decoded(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") })
        else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+"), plusIsBlank {
                bytes.append(UInt8(ascii: " "))
                continue
            }
            guard byte == UInt8(ascii: "%"), let high = rest.first.flatMap(PercentEncoding.digit),
                let low = rest.dropFirst().first.flatMap(PercentEncoding.digit)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of a form or a query, in their order.
    package static func form(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                decoded(parts[0], plusIsBlank: true),
                parts.count > 1 ? decoded(parts[1], plusIsBlank: true) : ""
            )
        }
    }
}
