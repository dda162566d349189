/// A key as two words and its length: all there is to it for up to 16 bytes, so that such keys are
/// told apart without a loop.
struct KeyWords: BitwiseCopyable, Equatable {
    /// The first eight bytes; of a shorter key all, and zeros.
    let first: UInt64
    /// The last eight bytes; of a shorter key the same as `first`.
    let last: UInt64
    let count: UInt32

    /// What no key is.
    static let none = KeyWords(first: 0, last: 0, count: .max)

    init(first: UInt64, last: UInt64, count: UInt32) {
        self.first = first
        self.last = last
        self.count = count
    }

    /// Reads a key.
    ///
    /// - Parameter room: how many bytes can be read from its beginning, at least its own.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, _ count: Int, room: Int) {
        let raw = UnsafeRawPointer(bytes)
        self.count = UInt32(truncatingIfNeeded: count)
        if count >= 8 {
            first = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
            last = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
        } else {
            if room >= 8 {
                let word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
                first = word & ((1 &<< (UInt64(truncatingIfNeeded: count) &* 8)) &- 1)
            } else {
                first = Self.short(bytes, count)
            }
            last = first
        }
    }

    /// Reads a key, and nothing behind it.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, _ count: Int) { self.init(bytes, count, room: count) }

    /// A key of eight bytes or fewer that are a number's: the lowest first, zeros above.
    @inline(__always)
    init(number: UInt64, count: UInt32) { self.init(first: number, last: number, count: count) }

    /// Reads a key without a branch that depends on it. (In arithmetic, because of conditions the
    /// compiler makes branches.)
    ///
    /// - Parameters:
    ///   - bytes: at least eight can be read, whatever the key's length.
    ///   - count: the key's length, above 0: what an empty key gives is not its words.
    @inline(__always)
    init(readable bytes: UnsafeRawPointer, _ count: Int) {
        let behind = count &- 8
        let isShort = behind >> 63
        // A short key's word has bytes behind it, which are shifted out; a long one's has none.
        let unused = UInt64(truncatingIfNeeded: (behind & isShort) &* -8)
        let mask = ~0 &>> unused
        first = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) & mask
        let tail = behind & ~isShort
        last =
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: tail, as: UInt64.self)) & mask
        self.count = UInt32(truncatingIfNeeded: count)
    }

    /// Reads a key byte by byte.
    init(_ bytes: ArraySlice<UInt8>) {
        count = UInt32(bytes.count)
        first = Self.gather(bytes.prefix(8))
        last = bytes.count < 8 ? first : Self.gather(bytes.suffix(8))
    }

    /// Fewer than eight bytes as a word, from parts that overlap.
    @inline(__always)
    private static func short(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        if count >= 4 {
            let low = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
            let high = UInt32(
                littleEndian: raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            return UInt64(low) | UInt64(high) &<< UInt64(truncatingIfNeeded: (count &- 4) &* 8)
        }
        guard count > 0 else { return 0 }
        let middle = count >> 1
        let end = count &- 1
        return UInt64(bytes[0])
            | UInt64(bytes[middle]) &<< UInt64(truncatingIfNeeded: middle &* 8)
            | UInt64(bytes[end]) &<< UInt64(truncatingIfNeeded: end &* 8)
    }

    private static func gather(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for (position, byte) in bytes.enumerated() { word |= UInt64(byte) << (8 * position) }
        return word
    }
}
