internal import CSwitchyard

/// The numbers that nearly all are, without a loop over their digits: up to eight digits before the
/// point and sixteen behind it, no exponent.
extension JSONNumber {
    /// As ``comparableValue(_:)``, faster where there is room around the number.
    ///
    /// - Parameters:
    ///   - text: a number that the scanner accepted.
    ///   - before: how many bytes can be read before it.
    ///   - after: how many bytes can be read from its beginning on. The one behind it is no digit.
    @inline(__always)
    package static func comparableValue(
        _ text: UnsafeBufferPointer<UInt8>, before: Int, after: Int
    ) -> Double? {
        guard before >= 16, after >= 16, let base = text.baseAddress else {
            return comparableValue(text)
        }
        let isNegative = base[0] == UInt8(ascii: "-")
        let start = UnsafeRawPointer(base + (isNegative ? 1 : 0))
        let count = text.count &- (isNegative ? 1 : 0)

        let first = DigitWord(start)
        let whole = first.leadingDigits
        guard whole < 8 else { return comparableValue(text) }
        let integer = first.value(ofFirst: whole)
        if whole == count { return isNegative && integer != 0 ? -Double(integer) : Double(integer) }

        let fraction = count &- whole &- 1
        guard start.load(fromByteOffset: whole, as: UInt8.self) == UInt8(ascii: "."),
            fraction <= 16, whole &+ fraction <= 17
        else { return comparableValue(text) }
        // The last sixteen bytes of the number, of which the fraction may be the end.
        let low = DigitWord(start + (count &- 8)).last(min(fraction, 8))
        let high = DigitWord(start + (count &- 16)).last(max(fraction &- 8, 0))
        guard low.hasDigitsOnly, high.hasDigitsOnly else { return comparableValue(text) }
        let behindPoint = high.value &* 100_000_000 &+ low.value
        let digits = integer &* integerPowerOfTen(fraction) &+ behindPoint
        guard digits <= 1 << 53 else { return comparableValue(text) }
        let power = sw_power_of_ten(UInt32(truncatingIfNeeded: fraction))
        let magnitude = Double(digits) / power
        // A zero at the end is not a digit of the decimal.
        if digits >= 1_000_000_000_000_000,
            base[text.count &- 1] == UInt8(ascii: "0") || !isShortest(magnitude, power)
        {
            return comparableValue(text)
        }
        return isNegative && digits != 0 ? -magnitude : magnitude
    }

    /// Whether a decimal of `magnitude`, in units of 1 / `power`, is surely the shortest one of it: see
    /// ``comparableValue(_:)``.
    @inline(__always)
    private static func isShortest(_ magnitude: Double, _ power: Double) -> Bool {
        // The distance between doubles: 2^-52 of the power of two below. No subnormal has so few digits
        // behind its point.
        let binade = Double(bitPattern: magnitude.bitPattern & 0x7FF0_0000_0000_0000)
        let distance = binade * 0x1p-52
        return 1 > distance * 1.000_001 * power
    }

    /// 10 to a power from 0 to 16.
    @inline(__always)
    private static func integerPowerOfTen(_ exponent: Int) -> UInt64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        case 15: 1_000_000_000_000_000
        default: 10_000_000_000_000_000
        }
    }
}

/// Eight bytes of a text, some of which are digits; the first one is the lowest.
struct DigitWord {
    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    private let bytes: UInt64

    @inline(__always)
    init(_ pointer: UnsafeRawPointer) {
        bytes = UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
    }

    private init(digits: UInt64) { bytes = digits ^ Self.zeros }

    /// How many digits it begins with.
    @inline(__always)
    var leadingDigits: Int {
        // A digit has the high nibble 3, and still has it after adding 6. A carry out of a byte can only
        // come of one that is no digit, so it can't spoil those before.
        let isOther =
            ((bytes ^ Self.zeros) | ((bytes &+ 0x0606_0606_0606_0606) ^ Self.zeros))
            & 0xF0F0_F0F0_F0F0_F0F0
        return isOther.trailingZeroBitCount / 8
    }

    /// Only the last `count` bytes, from 0 to 8, with the digit 0 before them.
    @inline(__always)
    func last(_ count: Int) -> DigitWord {
        // Two shifts, because one can't shift by 64.
        let half = UInt64(truncatingIfNeeded: (8 &- count) &* 4)
        return DigitWord(digits: ((((bytes ^ Self.zeros) &>> half) &>> half) &<< half) &<< half)
    }

    var hasDigitsOnly: Bool {
        @inline(__always) get {
            let digits = bytes ^ Self.zeros
            return (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0
        }
    }

    /// The number that its first `count` digits make, fewer than 8.
    @inline(__always)
    func value(ofFirst count: Int) -> UInt64 {
        let unused = UInt64(truncatingIfNeeded: (8 &- count) &* 4)
        return DigitWord(digits: ((bytes ^ Self.zeros) &<< unused) &<< unused).value
    }

    /// The number that its eight digits make.
    var value: UInt64 {
        @inline(__always) get {
            // Pairs, then fours, then eight: each step joins neighbours by one multiplication.
            let digits = bytes ^ Self.zeros
            let pairs = (digits &* 10 &+ digits &>> 8) & 0x00FF_00FF_00FF_00FF
            let fours = (pairs &* 100 &+ pairs &>> 16) & 0x0000_FFFF_0000_FFFF
            return (fours &* 10_000 &+ fours &>> 32) & 0xFFFF_FFFF
        }
    }
}
