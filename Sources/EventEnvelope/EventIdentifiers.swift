internal import InternalSystem

/// Random identifiers of events: UUIDs of version 4 (RFC 9562), drawn from the system's generator
/// by the page.
package struct EventIdentifiers {
    /// The length of an identifier's text.
    package static let byteCount = 36

    private var page: [UInt64] = []

    package init() {}

    /// The next one, as text in lower case.
    package mutating func next() -> String {
        String(unsafeUninitializedCapacity: Self.byteCount) { buffer in
            if let start = buffer.baseAddress { write(to: start) }
            return Self.byteCount
        }
    }

    /// Writes the next one's ``byteCount`` bytes. Allocates nothing once warm.
    package mutating func write(to output: UnsafeMutablePointer<UInt8>) {
        if page.isEmpty { drawPageSlow() }
        var high = page.removeLast() & ~0xF000 | 0x4000
        var low = page.removeLast() & ~(3 << 62) | 1 << 63
        var at = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                output[at] = UInt8(ascii: "-")
                at &+= 1
            }
            if digit == 16 { swap(&high, &low) }
            let value = UInt8(truncatingIfNeeded: high >> 60)
            high <<= 4
            // The distance from `9` to `a`, for what is above nine.
            output[at] = UInt8(ascii: "0") &+ value &+ (value > 9 ? 39 : 0)
            at &+= 1
        }
    }

    @inline(never)
    private mutating func drawPageSlow() {
        page = Array(repeating: 0, count: 512)
        page.withUnsafeMutableBytes { fillWithRandomBytes($0) }
    }
}
