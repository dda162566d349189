internal import InternalSystem

/// Random identifiers of events: UUIDs of version 4 (RFC 9562), drawn from the system's generator
/// by the page.
///
/// What must hold: the last `left` words of the page are drawn and not used.
package struct EventIdentifiers: ~Copyable {
    /// The length of an identifier's text.
    package static let byteCount = 36

    private static let pageWords = 512
    private let page = UnsafeMutablePointer<UInt64>.allocate(capacity: pageWords)
    private var left = 0

    package init() { page.initialize(repeating: 0, count: Self.pageWords) }

    deinit { page.deallocate() }

    /// The next one, as text in lower case.
    package mutating func next() -> String {
        String(unsafeUninitializedCapacity: Self.byteCount) { buffer in
            if let start = buffer.baseAddress { write(to: start) }
            return Self.byteCount
        }
    }

    /// Writes the next one's ``byteCount`` bytes. Allocates nothing.
    package mutating func write(to output: UnsafeMutablePointer<UInt8>) {
        if left == 0 { drawPageSlow() }
        // A page has an even number of words.
        left &-= 2
        write(page[left] & ~0xF000 | 0x4000, page[left &+ 1] & ~(3 << 62) | 1 << 63, to: output)
    }

    private func write(_ high: UInt64, _ low: UInt64, to output: UnsafeMutablePointer<UInt8>) {
        var digits = high
        var at = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                output[at] = UInt8(ascii: "-")
                at &+= 1
            }
            if digit == 16 { digits = low }
            let value = UInt8(truncatingIfNeeded: digits >> 60)
            digits <<= 4
            // The distance from `9` to `a`, for what is above nine.
            output[at] = UInt8(ascii: "0") &+ value &+ (value > 9 ? 39 : 0)
            at &+= 1
        }
    }

    @inline(never)
    private mutating func drawPageSlow() {
        fillWithRandomBytes(
            UnsafeMutableRawBufferPointer(start: page, count: Self.pageWords * 8))
        left = Self.pageWords
    }
}
