internal import CSwitchyard

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Numbers as JSON writes them, and as event patterns compare them.
public enum JSONNumber {
    /// Whether the bytes are exactly one number of RFC 8259. O(bytes).
    package static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        func skipDigits() -> Int {
            let start = at
            while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
            return at - start
        }
        if at < text.count, text[at] == UInt8(ascii: "-") { at += 1 }
        let integerStart = at
        let integerDigits = skipDigits()
        guard integerDigits > 0 else { return false }
        if integerDigits > 1, text[integerStart] == UInt8(ascii: "0") { return false }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() > 0 else { return false }
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") {
                at += 1
            }
            guard skipDigits() > 0 else { return false }
        }
        return at == text.count
    }

    /// The number's value, if it can be compared with others by value; nil where only identical
    /// text makes two of them equal.
    ///
    /// Comparable is a number whose written decimal, less zeros at its ends, is what
    /// `Double.toString` of a current Java prints for the nearest double: the shortest decimal that
    /// rounds to that double. So every number of up to 15 significant digits is comparable (unless
    /// it is out of a double's range), `9007199254740993` is not, and neither is
    /// `0.1000000000000000055`. Minus zero gives zero.
    ///
    /// O(bytes); allocates nothing for up to 15 significant digits and exponents to +-22, and in
    /// nearly all other cases.
    ///
    /// - Parameter text: a number that the scanner accepted.
    package static func comparableValue(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let decimal = Decimal(text) else { return nil }
        if decimal.digits == 0 { return 0 }
        if decimal.digits <= 1 << 53, decimal.exponent >= -22, decimal.exponent <= 22 {
            // Clinger's exact case: both factors are exact doubles, so one rounding.
            let power = sw_power_of_ten(UInt32(abs(decimal.exponent)))
            let magnitude =
                decimal.exponent < 0
                ? Double(decimal.digits) / power : Double(decimal.digits) * power
            // All decimals as short as this one are multiples of its last digit's unit. Where that is
            // more than what doubles lie apart, no two of them round to the same double, so this one
            // is the shortest of its own. Up to 15 digits that is always so.
            if decimal.digitCount <= 15
                || decimal.exponent < 0 && 1 / power > magnitude.ulp * 1.000_001
            {
                return decimal.isNegative ? -magnitude : magnitude
            }
        }
        return comparableValueSlow(text, decimal)
    }

    /// A written number as `digits * 10^exponent`, the digits without zeros at either end.
    struct Decimal: Equatable {
        var digits: UInt64 = 0
        var digitCount = 0
        var exponent = 0
        var isNegative = false

        /// Reads a valid number; nil if it has more than 17 significant digits (no shortest decimal
        /// has) or an exponent beyond anything a double can hold.
        init?(_ text: UnsafeBufferPointer<UInt8>) {
            var at = 0
            if text[0] == UInt8(ascii: "-") {
                isNegative = true
                at = 1
            }
            var fractionDigits = 0
            var inFraction = false
            var pendingZeros = 0
            while at < text.count {
                let byte = text[at]
                if byte == UInt8(ascii: ".") {
                    inFraction = true
                } else if byte | 0x20 == UInt8(ascii: "e") {
                    break
                } else if let eight = eightDigits(text, at), digitCount > 0, eight % 10 != 0 {
                    digitCount += pendingZeros + 8
                    guard digitCount <= 17 else { return nil }
                    for _ in 0..<pendingZeros { digits &*= 10 }
                    pendingZeros = 0
                    digits = digits &* 100_000_000 &+ eight
                    if inFraction { fractionDigits += 8 }
                    at += 8
                    continue
                } else {
                    if inFraction { fractionDigits += 1 }
                    if byte == UInt8(ascii: "0") {
                        // Counts only when another digit follows; before the first one never.
                        if digitCount > 0 { pendingZeros += 1 }
                    } else {
                        digitCount += pendingZeros + 1
                        guard digitCount <= 17 else { return nil }
                        for _ in 0...pendingZeros { digits &*= 10 }
                        digits &+= UInt64(byte &- UInt8(ascii: "0"))
                        pendingZeros = 0
                    }
                }
                at += 1
            }
            guard digits != 0 else { return }
            var written = 0
            if at < text.count {
                at += 1
                let isNegative = text[at] == UInt8(ascii: "-")
                if isNegative || text[at] == UInt8(ascii: "+") { at += 1 }
                while at < text.count {
                    written = written * 10 + Int(text[at] &- UInt8(ascii: "0"))
                    guard written < 10_000 else { return nil }
                    at += 1
                }
                if isNegative { written = -written }
            }
            exponent = written + pendingZeros - fractionDigits
        }
    }

    /// The eight digits at `start` as a number, or nil where eight digits are not.
    @inline(__always)
    private static func eightDigits(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt64? {
        guard start &+ 8 <= text.count, let base = text.baseAddress else { return nil }
        let word = DigitWord(UnsafeRawPointer(base + start))
        return word.hasDigitsOnly ? word.value : nil
    }

    @inline(never)
    private static func comparableValueSlow(
        _ text: UnsafeBufferPointer<UInt8>, _ decimal: Decimal
    ) -> Double? {
        let value = nearestDouble(text)
        guard value.isFinite, value != 0 else { return nil }
        if decimal.digitCount <= 15, value.isNormal { return value }
        return shortestDecimal(abs(value)) == (decimal.digits, decimal.exponent) ? value : nil
    }

    /// The double nearest to a valid number, which has at most 17 digits here but may have been
    /// written with many zeros.
    private static func nearestDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        // strtod wants a terminated copy; JSON's grammar is a subset of its own in the C locale.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
            for at in 0..<text.count { copy[at] = CChar(bitPattern: text[at]) }
            copy[text.count] = 0
            return copy.baseAddress.map { strtod($0, nil) } ?? .nan
        }
    }

    /// The digits and exponent of the decimal that Java prints for a positive finite double.
    private static func shortestDecimal(_ value: Double) -> (UInt64, Int) {
        var printed = "\(value)"
        if !value.isNormal {
            // Java keeps at least two digits and takes the nearest of these: 4.9E-324 where the
            // shortest would be 5e-324. Above the subnormals both are the same number.
            if let shortest = decimal(printed), shortest.digitCount == 1 {
                printed = twoDigits(value)
            }
        }
        let result = decimal(printed)
        return (result?.digits ?? 0, result?.exponent ?? 0)
    }

    private static func decimal(_ printed: String) -> Decimal? {
        var printed = printed
        return printed.withUTF8 { Decimal($0) }
    }

    /// The value rounded to two significant digits.
    private static func twoDigits(_ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 32)
        withVaList([value]) { _ = vsnprintf(&buffer, buffer.count, "%.1e", $0) }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
