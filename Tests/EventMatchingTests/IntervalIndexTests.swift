import EventMatching
import TestSupport
import Testing

/// A range as a rule writes it, and its plain meaning.
private struct TestRange {
    var lower: (value: Double, isInclusive: Bool)?
    var upper: (value: Double, isInclusive: Bool)?

    var pattern: String {
        let terms = [
            lower.map { "\"\($0.isInclusive ? ">=" : ">")\",\($0.value)" },
            upper.map { "\"\($0.isInclusive ? "<=" : "<")\",\($0.value)" },
        ]
        return #"{"v":[{"numeric":["# + terms.compactMap(\.self).joined(separator: ",") + "]}]}"
    }

    func contains(_ value: Double) -> Bool {
        if let lower, lower.isInclusive ? value < lower.value : value <= lower.value {
            return false
        }
        if let upper, upper.isInclusive ? value > upper.value : value >= upper.value {
            return false
        }
        return true
    }

    /// A range between two of `ends`, or open at one side.
    static func random(_ ends: [Double], _ generator: inout SeededGenerator) -> TestRange {
        var range = TestRange()
        let first = ends.randomElement(using: &generator)!
        let second = ends.randomElement(using: &generator)!
        let kind = Int.random(in: 0..<8, using: &generator)
        if kind != 0 || first == second {
            range.lower = (min(first, second), Bool.random(using: &generator))
        }
        if kind != 1 && first != second {
            range.upper = (max(first, second), Bool.random(using: &generator))
        }
        return range
    }
}

@Suite(.onThreadsOfItsOwn) struct IntervalIndexTests {
    @Test(
        "a number is in exactly the ranges whose ends say so", arguments: [1, 2, 3, 10, 100, 1_000])
    func ranges(_ count: Int) throws {
        var generator = SeededGenerator(stream: UInt64(count))
        let edges: [Double] = [
            0, 1, -1, 0.1, 1e300, -1e300, 5e-300, .greatestFiniteMagnitude,
            -.greatestFiniteMagnitude, 1.0.nextUp, 1.0.nextDown,
        ]
        let ends =
            edges
            + (0..<count).map { _ in
                Double(Int.random(in: -1_000...1_000, using: &generator)) / 8
            }
        let ranges = (0..<count).map { _ in TestRange.random(ends, &generator) }
        let rules = try RuleSet(
            ranges.enumerated().map { try Rule(name: "\($0)", pattern: $1.pattern) })
        var matcher = Matcher(rules)
        let between = (0..<300).map { _ in Double.random(in: -130...130, using: &generator) }
        for value in ends.flatMap({ [$0, $0.nextUp, $0.nextDown] }) + between + [-0.0]
        where value.isFinite && value.magnitude != .leastNonzeroMagnitude {
            // (The least one is written 5e-324, which the language takes for text.)
            let expected = ranges.indices.filter { ranges[$0].contains(value) }.map { "\($0)" }
            let matching = try matcher.matchNames("{\"v\":\(value)}".utf8Span.span.bytes)
            // Not `==`: the lists are long.
            let wrong = Set(matching).symmetricDifference(expected).sorted()
            #expect(wrong == [], "\(value)")
        }
    }

    @Test("neighbouring numbers have nothing between them")
    func emptyRange() throws {
        let rules = try RuleSet([
            Rule(name: "none", pattern: #"{"v":[{"numeric":[">",1,"<",1.0000000000000002]}]}"#),
            Rule(name: "two", pattern: #"{"v":[{"numeric":[">=",1,"<=",1.0000000000000002]}]}"#),
        ])
        #expect(try rules.matches(#"{"v":1}"#) == ["two"])
        #expect(try rules.matches(#"{"v":1.0000000000000002}"#) == ["two"])
        #expect(try rules.matches(#"{"v":1.0000000000000004}"#) == [])
        #expect(try rules.matches(#"{"v":"1"}"#) == [])
    }

    @Test("an address is in exactly the blocks of its family that hold it")
    func blocks() throws {
        var generator = SeededGenerator(stream: 7_001)
        // Few different bits, so that blocks nest and touch.
        var patterns: [(isIPv4: Bool, bits: UInt128, length: Int)] = []
        for _ in 0..<1_500 {
            let isIPv4 = Bool.random(using: &generator)
            patterns.append(
                (
                    isIPv4, Self.randomBits(isIPv4, &generator),
                    Int.random(in: 0..<(isIPv4 ? 32 : 128), using: &generator)
                ))
        }
        let rules = try RuleSet(
            patterns.enumerated().map { number, block in
                let address = Self.text(block.bits, block.isIPv4)
                return try Rule(
                    name: "\(number)",
                    pattern: "{\"v\":[{\"cidr\":\"\(address)/\(block.length)\"}]}")
            })
        var matcher = Matcher(rules)
        for round in 0..<2_000 {
            let isIPv4 = Bool.random(using: &generator)
            var bits = Self.randomBits(isIPv4, &generator)
            if round < 2 { bits = round == 0 ? 0 : isIPv4 ? 0xFFFF_FFFF : .max }
            let expected = patterns.indices.filter { number in
                let block = patterns[number]
                let hostBits = (isIPv4 ? 32 : 128) - block.length
                return block.isIPv4 == isIPv4
                    && (hostBits == 128 || block.bits >> hostBits == bits >> hostBits)
            }
            let event = "{\"v\":\"\(Self.text(bits, isIPv4))\"}"
            let matching = try matcher.matchNames(event.utf8Span.span.bytes)
            #expect(matching == expected.map { "\($0)" }, "\(event)")
        }
    }

    private static func randomBits(_ isIPv4: Bool, _ generator: inout SeededGenerator) -> UInt128 {
        var bits: UInt128 = isIPv4 ? 0x0A00_0000 : 0x2001_0DB8 << 96
        for _ in 0..<4 {
            bits ^= 1 << UInt128.random(in: 0..<(isIPv4 ? 32 : 128), using: &generator)
        }
        return bits
    }

    private static func text(_ bits: UInt128, _ isIPv4: Bool) -> String {
        let step = isIPv4 ? 8 : 16
        let parts = stride(from: isIPv4 ? 24 : 112, through: 0, by: -step).map { shift in
            String(bits >> UInt128(shift) & (1 << UInt128(step) - 1), radix: isIPv4 ? 10 : 16)
        }
        return parts.joined(separator: isIPv4 ? "." : ":")
    }

    @Test("100,000 nested ranges in one field")
    func nested() throws {
        let count = 100_000
        let rules = try RuleSet(
            (0..<count).map {
                try Rule(
                    name: "\($0)",
                    pattern: #"{"v":[{"numeric":[">=",\#($0),"<=",\#(2 * count - $0)]}]}"#)
            })
        var matcher = Matcher(rules)
        for value in [-1, 0, 1, 777, count - 1, count, count + 1, 2 * count, 2 * count + 1] {
            let event = "{\"v\":\(value)}"
            let expected = value < 0 ? 0 : min(value + 1, count, max(2 * count - value + 1, 0))
            #expect(try matcher.match(event.utf8Span.span.bytes).count == expected, "\(value)")
        }
    }
}
