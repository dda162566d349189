import EventPattern
import Foundation
import JSONScan

/// What each element of a field's list takes, by its plain definition.
enum PlainOperators {
    /// Whether an element takes a leaf. `exists: false` takes none.
    static func takes(_ pattern: ValuePattern, _ leaf: JSONTree) -> Bool {
        switch pattern {
        case .exists(let wanted): return wanted
        case .literal(let literal):
            if case .word(literal.rawValue) = leaf { return true }
            return false
        case .number(let number):
            return self.number(leaf).map { areEqual($0, number.text.description) } ?? false
        case .numeric(let range):
            guard let text = number(leaf), let value = comparable(text) else { return false }
            return lies(value, in: range)
        case .string(let wanted):
            guard let string = string(leaf) else { return false }
            guard let address = PlainAddress(scalars(wanted)) else {
                return string == scalars(wanted)
            }
            return PlainAddress(string) == address
        case .exactly(let wanted): return string(leaf) == scalars(wanted)
        case .cidr(let block):
            guard let string = string(leaf) else { return false }
            let parts = block.text.description.split(separator: "/")
            guard let address = PlainAddress(string), parts.count == 2, let length = Int(parts[1]),
                let base = PlainAddress(Array(parts[0].unicodeScalars))
            else { return false }
            return address.bits.count == base.bits.count
                && address.bits.prefix(length) == base.bits.prefix(length)
        case .text(let test): return string(leaf).map { passes($0, test) } ?? false
        case .anythingBut(.strings(let excluded)):
            return !excluded.contains { string(leaf) == scalars($0) }
        case .anythingBut(.numbers(let excluded)):
            guard let text = number(leaf) else { return true }
            return !excluded.contains { areEqual(text, $0.text.description) }
        case .anythingBut(.text(let excluded)):
            guard let string = string(leaf) else { return true }
            return !excluded.contains { passes(string, $0) }
        }
    }

    private static func string(_ leaf: JSONTree) -> [Unicode.Scalar]? {
        if case .string(let text) = leaf { text.scalars } else { nil }
    }

    private static func number(_ leaf: JSONTree) -> String? {
        guard case .word(let word) = leaf, !["true", "false", "null"].contains(word) else {
            return nil
        }
        return word
    }

    private static func passes(_ value: [Unicode.Scalar], _ test: TextPattern) -> Bool {
        switch test {
        case .prefix(let text): return value.starts(with: scalars(text))
        case .suffix(let text): return value.reversed().starts(with: scalars(text).reversed())
        case .equalsIgnoreCase(let text):
            return ends(of: scalars(text), in: value, from: 0).contains(value.count)
        case .prefixIgnoreCase(let text):
            return !ends(of: scalars(text), in: value, from: 0).isEmpty
        case .suffixIgnoreCase(let text):
            return (0...value.count).contains {
                ends(of: scalars(text), in: value, from: $0).contains(value.count)
            }
        case .wildcard(let wildcard):
            return passes(value, pieces: wildcard.pieces.map(scalars))
        }
    }

    /// All places where a text that ignores case can end that begins at a place. Each character of
    /// the *pattern* stands for its lower or upper case; one beyond the BMP also for itself.
    private static func ends(
        of text: [Unicode.Scalar], in value: [Unicode.Scalar], from start: Int
    ) -> Set<Int> {
        var places: Set<Int> = [start]
        for scalar in text {
            var spellings = [
                scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping,
            ]
            if scalar.value > 0xFFFF { spellings.append(String(scalar)) }
            var next: Set<Int> = []
            for place in places {
                for spelling in spellings
                where value[place...].starts(with: spelling.unicodeScalars) {
                    next.insert(place + spelling.unicodeScalars.count)
                }
            }
            places = next
        }
        return places
    }

    /// Dynamic programming: for each part of the pattern, which starts of the value it can take.
    private static func passes(_ value: [Unicode.Scalar], pieces: [[Unicode.Scalar]]) -> Bool {
        var taken = (0...value.count).map { $0 == 0 }
        for (number, piece) in pieces.enumerated() {
            if number > 0 {
                for at in taken.indices.dropFirst() { taken[at] = taken[at] || taken[at - 1] }
            }
            for scalar in piece {
                taken = taken.indices.map { $0 > 0 && taken[$0 - 1] && value[$0 - 1] == scalar }
            }
        }
        return taken[value.count]
    }
}

/// Numbers.
extension PlainOperators {
    /// Whether two numbers are the same text, or both comparable and of the same value.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let left = comparable(one), let right = comparable(other) else { return false }
        return left == right
    }

    private static func lies(_ value: Double, in range: NumericRange) -> Bool {
        if let lower = range.lower, let bound = comparable(lower.number.text.description) {
            guard value > bound || lower.isInclusive && value == bound else { return false }
        }
        if let upper = range.upper, let bound = comparable(upper.number.text.description) {
            guard value < bound || upper.isInclusive && value == bound else { return false }
        }
        return true
    }

    /// The value of a number that is written as the shortest decimal of its double, but for zeros
    /// at its ends. As in Java, "shortest" has two digits or more.
    static func comparable(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        let written = significant(text)
        if written.digits.isEmpty { return 0 }
        let shortest = significant("\(value)")
        let printed =
            shortest.digits.count == 1 ? significant(String(format: "%.1e", value)) : shortest
        return written == printed ? value : nil
    }

    /// A decimal's digits without zeros at either end, and the power of ten of the last one.
    private static func significant(_ text: String) -> Significant {
        let parts = text.lowercased().split(separator: "e")
        let mantissa = parts[0].drop { $0 == "-" }.split(separator: ".")
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = Array(mantissa[0] + fraction)
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count
        while digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        return Significant(digits: String(digits.drop { $0 == "0" }), exponent: exponent)
    }

    private struct Significant: Equatable {
        var digits: String
        var exponent: Int
    }
}

/// An IPv4 or IPv6 address, bit by bit.
struct PlainAddress: Equatable {
    let bits: [Bool]

    /// Reads four decimal numbers (leading zeros mean nothing) or groups of hexadecimal digits; nil
    /// for anything else.
    init?(_ text: [Unicode.Scalar]) {
        let text = text.map(String.init)
        let bytes: [UInt8]
        if text.allSatisfy({ "0123456789.".contains($0) }) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
                .map { UInt8($0.joined()) }
            guard parts.count == 4, text.count <= 15, !parts.contains(nil) else { return nil }
            bytes = parts.compactMap(\.self)
        } else {
            guard text.allSatisfy({ "0123456789abcdefABCDEF:".contains($0) }) else { return nil }
            var address = in6_addr()
            guard inet_pton(AF_INET6, text.joined(), &address) == 1 else { return nil }
            let all = withUnsafeBytes(of: &address) { Array($0) }
            let isMapped = all.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            bytes = isMapped ? Array(all.suffix(4)) : all
        }
        bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } }
    }
}
