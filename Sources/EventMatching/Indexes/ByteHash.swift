/// A hash of a few bytes, made for the lengths that keys and values have: two overlapping loads and
/// one wide multiplication for up to 16 bytes, one more for each further 16.
///
/// The mixing step (multiply 64 by 64 bits, fold the halves) is that of Wang Yi's wyhash. It is not
/// seeded: the tables that use it are filled from rules alone, and a lookup costs at most the
/// longest run of occupied slots, whatever an event holds.
@inline(__always)
func byteHash(_ bytes: UnsafePointer<UInt8>, _ count: Int, seed: UInt64) -> UInt64 {
    let raw = UnsafeRawPointer(bytes)
    var state = seed ^ 0xA076_1D64_78BD_642F
    let low: UInt64
    let high: UInt64
    if count <= 16 {
        if count >= 8 {
            low = raw.loadUnaligned(as: UInt64.self)
            high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            low = UInt64(raw.loadUnaligned(as: UInt32.self))
            high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else if count > 0 {
            low =
                UInt64(bytes[0]) << 16 | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count &- 1])
            high = 0
        } else {
            low = 0
            high = 0
        }
    } else {
        var at = 0
        while at &+ 16 < count {
            state = fold(
                raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ 0xE703_7ED1_A0B4_28DB,
                raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self) ^ state)
            at &+= 16
        }
        low = raw.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
        high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    }
    return fold(low ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(truncatingIfNeeded: count), high ^ state)
}

/// A hash, mixed as ``byteHash(_:_:seed:)`` does, of at most 16 bytes that are words already.
@inline(__always)
func wordHash(_ words: KeyWords, seed: UInt64) -> UInt64 {
    fold(
        words.first ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(words.count),
        words.last ^ 0xA076_1D64_78BD_642F ^ seed)
}

@inline(__always)
private func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let product = one.multipliedFullWidth(by: other)
    return product.high ^ product.low
}

/// Whether two stretches of `count` bytes are the same.
@inline(__always)
func equalBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let left = UnsafeRawPointer(one)
    let right = UnsafeRawPointer(other)
    guard count >= 8 else {
        var at = 0
        while at < count {
            if one[at] != other[at] { return false }
            at &+= 1
        }
        return true
    }
    var at = 0
    while at &+ 8 < count {
        if left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            != right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        {
            return false
        }
        at &+= 8
    }
    return left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
}
