/// Writes text into one growing byte buffer.
///
/// It knows no JSON: what is written between quotes has to be escaped already, as everything in a
/// ``ValuePool`` is.
struct TextWriter {
    private(set) var bytes: [UInt8]

    init(capacity: Int = 256) {
        self.bytes = []
        self.bytes.reserveCapacity(capacity)
    }

    /// What was written, as a string.
    var string: String { String(decoding: self.bytes, as: UTF8.self) }

    mutating func removeAll() { self.bytes.removeAll(keepingCapacity: true) }

    /// Writes a literal of the source text.
    @inline(__always)
    mutating func text(_ literal: StaticString) {
        self.bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Writes one byte.
    @inline(__always)
    mutating func byte(_ byte: UInt8) { self.bytes.append(byte) }

    /// Writes a string as it is.
    mutating func value(_ string: String) { self.bytes.append(contentsOf: string.utf8) }

    /// Writes a string between quotes.
    mutating func quoted(_ string: String) {
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: string.utf8)
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a decimal number, with zeros in front up to so many digits.
    mutating func decimal(_ number: Int, digits: Int = 1) {
        if number < 0 { self.bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = self.bytes.count
        repeat {
            self.bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || self.bytes.count - start < digits
        self.bytes[start...].reverse()
    }

    /// Writes `number / 10^decimals`, with exactly so many decimals.
    mutating func fraction(_ number: Int, decimals: Int) {
        if number < 0 { self.bytes.append(UInt8(ascii: "-")) }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let magnitude = Int(number.magnitude)
        self.decimal(magnitude / scale)
        guard decimals > 0 else { return }
        self.bytes.append(UInt8(ascii: "."))
        self.decimal(magnitude % scale, digits: decimals)
    }

    /// Writes the lower `digits` hexadecimal digits of a number.
    mutating func hexadecimal(_ number: UInt64, digits: Int) {
        for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(place)) & 15
            self.bytes.append(
                digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Writes a UUID of version 4.
    mutating func uuid(_ numbers: inout SeededNumbers) {
        let high = numbers.next()
        let low = numbers.next()
        self.hexadecimal(high >> 32, digits: 8)
        self.text("-")
        self.hexadecimal(high >> 16, digits: 4)
        self.text("-4")
        self.hexadecimal(high, digits: 3)
        self.text("-")
        self.hexadecimal(8 | (low >> 62), digits: 1)
        self.hexadecimal(low >> 48, digits: 3)
        self.text("-")
        self.hexadecimal(low, digits: 12)
    }

    /// Writes a time as `2026-03-01T00:00:00Z`, counted in seconds from the start of that day.
    mutating func time(_ seconds: Int) {
        // Days to a civil date after Howard Hinnant, "chrono-compatible low-level date algorithms".
        let day = seconds / 86_400 + 20_513 + 719_468
        let era = day / 146_097
        let dayOfEra = day % 146_097
        let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.decimal(era * 400 + year + (month >= 10 ? 1 : 0), digits: 4)
        self.text("-")
        self.decimal(month < 10 ? month + 3 : month - 9, digits: 2)
        self.text("-")
        self.decimal(dayOfYear - (153 * month + 2) / 5 + 1, digits: 2)
        self.text("T")
        self.decimal(seconds / 3_600 % 24, digits: 2)
        self.text(":")
        self.decimal(seconds / 60 % 60, digits: 2)
        self.text(":")
        self.decimal(seconds % 60, digits: 2)
        self.text("Z")
    }
}
