import JSONScan
import TestSupport
import Testing

@Suite("JSON numbers", .onThreadsOfItsOwn)
struct JSONNumberTests {
    @Test(
        "every way to write a number has the same value",
        arguments: [
            (["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000000000000000000000000", "1E+0"], 1),
            (["0", "-0", "0.0", "-0.0", "0e400", "0e-400", "-0E99999", "0.000e5"], 0),
            (["100", "1e2", "1.0E2", "0.001e5", "100.00"], 100),
            (["-2.5", "-25e-1", "-0.25e1"], -2.5),
            (["9007199254740993e0", "9007199254740993"], nil),
            (["9007199254740992", "9007199254740992.0"], 9_007_199_254_740_992),
            (["1e23", "10e22", "100000000000000000000000"], 1e23),
            (["1e22", "10000000000000000000000"], 1e22),
            (["0.1", "1e-1", "0.10000"], 0.1),
            (["5e-324", "4.9406564584124654E-324", "3e-324", "4e-324"], nil),
            (["4.9E-324", "49e-325"], .leastNonzeroMagnitude),
            (["1.7976931348623157e308", "17976931348623157e292"], .greatestFiniteMagnitude),
            (["2.2250738585072014e-308"], .leastNormalMagnitude),
        ] as [([String], Double?)])
    func spellings(spellings: [String], value: Double?) {
        for spelling in spellings { #expect(comparableValue(spelling) == value, "\(spelling)") }
    }

    @Test(
        "a number that is not the shortest decimal of a double is not comparable",
        arguments: [
            "0.1000000000000000055", "0.1000000000000000055511151231257827", "9007199254740993",
            "9007199254740993.0", "1e400", "-1e400", "1e-400", "1e99999", "1.7976931348623158e308",
            "1.7976931348623159e308", "123456789012345678901", "0.30000000000000000001",
            "100000000000000000000001", "9.999999999999999e22", "2.47e-324", "1e-324",
        ])
    func notComparable(number: String) {
        #expect(comparableValue(number) == nil)
    }

    @Test("minus zero is zero")
    func minusZero() {
        #expect(comparableValue("-0.0")?.sign == .plus)
        #expect(comparableValue("-0e5")?.sign == .plus)
    }

    @Test("every normal double is comparable as it is printed, and equal to itself")
    func printedDoubles() {
        var random = SeededGenerator(stream: 40)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isNormal else { continue }
            let printed = "\(value)"
            if comparableValue(printed) == value { continue }
            Issue.record("\(printed) is \(String(describing: comparableValue(printed)))")
        }
    }

    @Test("subnormal doubles are comparable as Java prints them: with two digits or more")
    func subnormals() {
        var random = SeededGenerator(stream: 41)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next() & 0x000F_FFFF_FFFF_FFFF)
            let printed = "\(value)"
            let digits = printed.prefix { $0 != "e" }.filter(\.isNumber)
            guard value != 0, digits.count > 1, !printed.contains(".0e") else { continue }
            #expect(comparableValue(printed) == value)
        }
    }

    @Test("up to 15 digits are always comparable, and have the value that Swift reads")
    func fifteenDigits() throws {
        var random = SeededGenerator(stream: 42)
        for _ in 0..<20_000 {
            let digits = Int.random(in: 0...999_999_999_999_999, using: &random)
            let exponent = Int.random(in: -40...40, using: &random)
            let text = "\(Bool.random(using: &random) ? "-" : "")\(digits)e\(exponent)"
            let expected = try #require(Double(text))
            if comparableValue(text) == expected { continue }
            Issue.record("\(text) is \(String(describing: comparableValue(text)))")
        }
    }

    @Test("digits around a point, zeros at either end, have the value that Swift reads")
    func plainDecimals() throws {
        var random = SeededGenerator(stream: 44)
        func digits(_ counts: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: counts, using: &random)).map { _ in
                    "00123456789".randomElement(using: &random) ?? "0"
                })
        }
        for _ in 0..<20_000 {
            let whole = digits(1...10).drop { $0 == "0" }
            let text =
                "\(Bool.random(using: &random) ? "-" : "")\(whole.isEmpty ? "0" : whole)"
                + (Int.random(in: 0..<8, using: &random) == 0 ? "" : "." + digits(1...18))
            let value = try #require(Double(text))
            let significant = text.filter(\.isNumber).drop { $0 == "0" }
            // Swift prints the shortest decimal.
            let isShortest = Self.digits(of: "\(value)") == Self.digits(of: text)
            let expected = significant.count <= 15 || isShortest ? value : nil
            if comparableValue(text) == expected.map({ $0 == 0 ? 0 : $0 }) { continue }
            Issue.record("\(text) is \(String(describing: comparableValue(text)))")
        }
    }

    /// The significant digits of a decimal without zeros at either end.
    private static func digits(of decimal: String) -> Substring {
        let digits = decimal.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
        guard let last = digits.lastIndex(where: { $0 != "0" }) else { return "" }
        return digits[...last]
    }

    @Test("of the 17-digit decimals only the shortest form of a double is comparable")
    func seventeenDigits() throws {
        var random = SeededGenerator(stream: 43)
        for _ in 0..<5_000 {
            let digits = Int.random(
                in: 10_000_000_000_000_000...99_999_999_999_999_999, using: &random)
            guard digits % 10 != 0 else { continue }
            let text = "\(digits)e-16"
            let value = try #require(Double(text))
            let shortest = "\(value)".filter { $0 != "." }
            #expect(comparableValue(text) == (shortest == "\(digits)" ? value : nil), "\(text)")
        }
    }

    @Test(
        "the grammar of numbers is RFC 8259's",
        arguments: [
            ("0", true), ("-0", true), ("10", true), ("1.05", true), ("1e05", true), ("1E+5", true),
            ("", false), ("-", false), ("01", false), ("1.", false), (".1", false), ("+1", false),
            ("1e", false), ("1e+", false), ("0x1", false), ("1 ", false), ("1f", false),
        ])
    func grammar(text: String, isValid: Bool) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer(JSONNumber.isValid) == isValid)
    }

    /// The value by the general way and, with room around the number, by the fast one, which have to
    /// agree.
    private func comparableValue(_ text: String) -> Double? {
        let general = Array(text.utf8).withUnsafeBufferPointer { JSONNumber.comparableValue($0) }
        for surroundings in ["[", "0", " "] {
            let before = String(repeating: surroundings, count: 16)
            let bytes = Array((before + text + "," + before).utf8)
            let fast = bytes.withUnsafeBufferPointer {
                JSONNumber.comparableValue(
                    UnsafeBufferPointer(rebasing: $0[16..<16 + text.utf8.count]), before: 16,
                    after: bytes.count - 16)
            }
            #expect(fast?.bitPattern == general?.bitPattern, "\(text)")
        }
        return general
    }
}
