/// What a rule may want of one field, and how often events satisfy it.
struct FieldTest: Sendable {
    /// The operators of the pattern language, `$or` aside.
    enum Operator: Sendable {
        case exact, prefix, suffix, ignoreCase, wildcard, anythingBut, exists, numeric, cidr
    }

    let kind: Operator
    /// The share of events that one unit satisfies; a unit is an element of the field's list, or for
    /// ranges a hundredth of the span.
    let share: Double
    /// How many units a rule may take.
    let unitLimit: Int
    /// Writes the elements of the list.
    let write: @Sendable (inout TextWriter, inout SeededNumbers, Int) -> Void

    /// The share of events that satisfy so many units.
    func probability(units: Int) -> Double {
        let satisfied = min(1, self.share * Double(units))
        return self.kind == .anythingBut ? 1 - satisfied : satisfied
    }
}

extension FieldTest {
    /// One or more exact values. `hits` is how many values an event has there.
    static func exact(_ pool: ValuePool, hits: Double = 1, limit: Int = 8) -> FieldTest {
        FieldTest(
            kind: .exact, share: hits / Double(pool.count),
            unitLimit: min(limit, max(1, pool.count - 1))
        ) { out, numbers, units in
            for value in numbers.different(units, below: pool.count) {
                out.separate()
                out.json(pool, value)
            }
        }
    }

    /// One or more objects `{"operator": value}`.
    ///
    /// - Parameters:
    ///   - kind: the operator.
    ///   - key: its name.
    ///   - pool: the operands.
    ///   - share: the share of events that one operand matches.
    static func match(
        _ kind: Operator, _ key: StaticString, _ pool: ValuePool, share: Double, limit: Int = 3
    ) -> FieldTest {
        FieldTest(kind: kind, share: share, unitLimit: limit) { out, numbers, units in
            for value in numbers.different(units, below: pool.count) {
                out.separate()
                out.text("{\"")
                out.text(key)
                out.text("\":")
                out.json(pool, value)
                out.text("}")
            }
        }
    }

    /// A prefix of the pool's values, each of which begins `1 / pool.count` of the events' values.
    static func prefix(_ pool: ValuePool, share: Double? = nil, limit: Int = 3) -> FieldTest {
        .match(.prefix, "prefix", pool, share: share ?? 1 / Double(pool.count), limit: limit)
    }

    /// A prefix of random hexadecimal digits after a fixed beginning.
    static func hexadecimalPrefix(_ lead: String, digits: Int) -> FieldTest {
        let count = 1 << (4 * digits)
        return .prefix(
            ValuePool(count: count) { value in
                var text = TextWriter()
                text.value(lead)
                text.hexadecimal(UInt64(value), digits: digits)
                return text.string
            })
    }

    /// A suffix out of a pool, with which `1 / pool.count` of the events' values end.
    static func suffix(_ pool: ValuePool) -> FieldTest {
        .match(.suffix, "suffix", pool, share: 1 / Double(pool.count))
    }

    /// A value of a pool, in another case than events have it.
    static func ignoreCase(_ pool: ValuePool, hits: Double = 1) -> FieldTest {
        .match(.ignoreCase, "equals-ignore-case", pool, share: hits / Double(pool.count))
    }

    /// A wildcard out of a pool, each of which matches `1 / pool.count` of the events' values.
    static func wildcard(_ pool: ValuePool) -> FieldTest {
        .match(.wildcard, "wildcard", pool, share: 1 / Double(pool.count))
    }

    /// `anything-but` of one value or a list; or, with a form, `{"anything-but": {form: value}}`.
    static func anythingBut(
        _ pool: ValuePool, form: StaticString? = nil, share: Double? = nil, limit: Int = 4
    ) -> FieldTest {
        FieldTest(
            kind: .anythingBut, share: share ?? 1 / Double(pool.count),
            unitLimit: min(limit, max(1, pool.count - 1))
        ) { out, numbers, units in
            out.text("{\"anything-but\":")
            if let form {
                out.text("{\"")
                out.text(form)
                out.text("\":")
            }
            let values = numbers.different(units, below: pool.count)
            if values.count > 1 { out.text("[") }
            for (position, value) in values.enumerated() {
                if position > 0 { out.text(",") }
                out.json(pool, value)
            }
            if values.count > 1 { out.text("]") }
            out.text(form == nil ? "}" : "}}")
        }
    }

    /// `exists` with its answer, which so many events satisfy.
    static func exists(_ answer: Bool, share: Double) -> FieldTest {
        FieldTest(kind: .exists, share: share, unitLimit: 1) { out, _, _ in
            out.value(answer ? "{\"exists\":true}" : "{\"exists\":false}")
        }
    }

    /// A range of a field whose values spread evenly over `span`, written with so many decimals.
    static func numeric(_ span: ClosedRange<Int>, decimals: Int, limit: Int = 20) -> FieldTest {
        FieldTest(kind: .numeric, share: 0.01, unitLimit: limit) { out, numbers, units in
            let length = span.upperBound - span.lowerBound
            let middle = max(1, length * units / 100)
            let width = max(1, numbers.within(max(1, middle / 2)...(middle + middle / 2)))
            let low = span.lowerBound + numbers.below(max(1, length - width))
            if numbers.chance(percent: 25) {
                out.text("{\"numeric\":[\">=\",")
                out.fraction(span.upperBound - width, decimals: decimals)
            } else {
                out.text("{\"numeric\":[\">=\",")
                out.fraction(low, decimals: decimals)
                out.text(",\"<\",")
                out.fraction(low + width, decimals: decimals)
            }
            out.text("]}")
        }
    }

    /// A block of the addresses in AWS events: `bits` after the first byte.
    static func cidr(bits: Int) -> FieldTest {
        let blocks = AWSPools.networks.count << bits
        let pool = ValuePool(count: blocks) { block in
            let rest = (block & (1 << bits - 1)) << (24 - bits)
            return "\(AWSPools.networks[block >> bits]).\(rest >> 16).\(rest >> 8 & 255)."
                + "\(rest & 255)/\(8 + bits)"
        }
        return .match(.cidr, "cidr", pool, share: 1 / Double(blocks))
    }
}

extension TextWriter {
    /// Writes a comma unless a list or object has just begun.
    mutating func separate() {
        guard let last = self.bytes.last else { return }
        if last != UInt8(ascii: "[") && last != UInt8(ascii: "{") { self.text(",") }
    }
}
