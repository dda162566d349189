public import JSONScan

/// An IPv4 or IPv6 address.
///
/// Literals are read as the reference implementation reads them: four decimal numbers, leading
/// zeros meaning nothing, at most 15 characters; or groups of hexadecimal digits with one `::`, no
/// zone and no dotted tail. An IPv4-mapped IPv6 address is the IPv4 address.
public struct NetworkAddress: Hashable, Sendable {
    /// The address as a number, an IPv4 one in the low 32 bits.
    public let bits: UInt128
    /// Whether it is an IPv4 address.
    public let isIPv4: Bool

    /// How many bits an address of its family has.
    public var width: Int { isIPv4 ? 32 : 128 }

    /// Reads an address; nil if the bytes do not spell one. O(1) beyond 45 bytes, else O(bytes).
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 2, text.count <= 45 else { return nil }
        if let bits = Self.ipv4(text) {
            self.bits = bits
            isIPv4 = true
        } else if let bits = Self.ipv6(text) {
            isIPv4 = bits >> 32 == 0xFFFF
            self.bits = isIPv4 ? bits & 0xFFFF_FFFF : bits
        } else {
            return nil
        }
    }

    /// Reads an address; nil if the string does not spell one.
    public init?(_ text: ExactString) {
        let address = text.utf8.withUnsafeBufferPointer { NetworkAddress($0) }
        guard let address else { return nil }
        self = address
    }

    private static func ipv4(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        guard text.count <= 15 else { return nil }
        var bits: UInt128 = 0
        var parts = 1
        var part: UInt128 = 0
        var digits = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, parts < 4 else { return nil }
                bits = bits << 8 | part
                (part, digits) = (0, 0)
                parts += 1
            } else {
                guard byte &- UInt8(ascii: "0") < 10 else { return nil }
                part = part * 10 + UInt128(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 255 else { return nil }
            }
        }
        return parts == 4 && digits > 0 ? bits << 8 | part : nil
    }

    private static func ipv6(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var bits: UInt128 = 0
        var groups = 0
        /// How many groups stand before the `::`.
        var gap: Int?
        var at = 0
        if text[0] == colon {
            guard text[1] == colon else { return nil }
            gap = 0
            at = 2
        }
        while at < text.count {
            var group: UInt32 = 0
            let start = at
            while at < text.count, let digit = hexadecimalValue(text[at]) {
                group = group << 4 | digit
                guard group <= 0xFFFF else { return nil }
                at += 1
            }
            guard at > start, groups < 8 else { return nil }
            bits = bits << 16 | UInt128(group)
            groups += 1
            if at == text.count { break }
            guard text[at] == colon, at + 1 < text.count else { return nil }
            at += 1
            if text[at] == colon {
                guard gap == nil else { return nil }
                gap = groups
                at += 1
            }
        }
        guard let gap else { return groups == 8 ? bits : nil }
        guard groups < 8 else { return nil }
        let tailBits = UInt128(16 * (groups - gap))
        let tail = bits & ((1 << tailBits) - 1)
        let head = bits >> tailBits
        return gap == 0 ? tail : head << UInt128(128 - 16 * gap) | tail
    }
}

/// A block of addresses, `{"cidr": "10.0.0.0/8"}`.
public struct AddressBlock: Hashable, Sendable {
    /// The block as written.
    public let text: ExactString
    /// The address as written, bits behind the prefix included.
    public let address: NetworkAddress
    /// How many leading bits an address has to share with ``address``.
    public let prefixLength: Int

    /// Reads `address/length`. As in the reference implementation, an IPv4 length is 0 to 31, an
    /// IPv6 length 0 to 127.
    init(_ text: ExactString) throws(PatternError.Reason) {
        let pieces = text.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // Java's split drops empty strings at the end, so a trailing slash is nothing.
        let kept = pieces.reversed().drop { $0.isEmpty }.reversed()
        guard kept.count == 2, let first = kept.first, let last = kept.last else {
            throw .malformedCIDR(text)
        }
        guard let length = Int(String(decoding: last, as: UTF8.self)),
            let address = NetworkAddress(ExactString(utf8: Array(first)))
        else { throw .malformedCIDR(text) }
        guard length >= 0, length < address.width else { throw .invalidMask(text) }
        self.text = text
        self.address = address
        prefixLength = length
    }

    /// Whether an address lies in the block.
    public func contains(_ other: NetworkAddress) -> Bool {
        guard other.isIPv4 == address.isIPv4 else { return false }
        let shift = UInt128(address.width - prefixLength)
        return shift >= 128 || other.bits >> shift == address.bits >> shift
    }

    /// The lowest and the highest address of the block, as numbers of its family.
    package var bounds: ClosedRange<UInt128> {
        let shift = UInt128(address.width - prefixLength)
        let hostMask: UInt128 = shift >= 128 ? .max : (1 << shift) - 1
        return (address.bits & ~hostMask)...(address.bits | hostMask)
    }
}
