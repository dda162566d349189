#if Server
    /// AWS's encoding of URIs: all bytes but letters, digits, `-`, `.`, `_` and `~` become `%` and
    /// two upper-case digits.
    enum PercentEncoding {
        static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(upperDigit(byte >> 4))
                bytes.append(upperDigit(byte & 15))
            }
        }

        /// Appends what was encoded once, in the only form that AWS knows: what needs no encoding
        /// is decoded, and what does is encoded. O(length).
        ///
        /// - Parameter kept: a byte that stays as it is.
        /// - Returns: whether it was encoded: each `%` stands before two digits.
        static func appendNormalized(
            _ text: Substring.UTF8View, keeping kept: UInt8, to bytes: inout [UInt8]
        ) -> Bool {
            var rest = text
            while let byte = rest.popFirst() {
                if byte == kept {
                    bytes.append(byte)
                } else if byte == UInt8(ascii: "%") {
                    guard let high = rest.popFirst().flatMap(value),
                        let low = rest.popFirst().flatMap(value)
                    else { return false }
                    append(high << 4 | low, to: &bytes)
                } else {
                    append(byte, to: &bytes)
                }
            }
            return true
        }

        /// What a value of a query stands for; nil if it is not encoded as it should be, or no
        /// text.
        static func decoded(_ text: Substring.UTF8View) -> String? {
            var bytes: [UInt8] = []
            var rest = text
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "%") else {
                    bytes.append(byte)
                    continue
                }
                guard let high = rest.popFirst().flatMap(value),
                    let low = rest.popFirst().flatMap(value)
                else { return nil }
                bytes.append(high << 4 | low)
            }
            return String(validating: bytes, as: UTF8.self)
        }

        private static func isUnreserved(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                true
            default: false
            }
        }

        private static func upperDigit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
        }

        private static func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
    }
#endif
