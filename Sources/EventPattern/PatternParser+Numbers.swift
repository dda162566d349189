internal import JSONScan

/// Numbers, alone and in ranges.
extension PatternParser {
    func number(_ value: JSONValue) -> PatternNumber {
        PatternNumber(
            text: ExactString(utf8: Array(value.text)),
            value: JSONNumber.comparableValue(value.text))
    }

    func comparableNumber(_ value: JSONValue) throws(PatternError) -> PatternNumber {
        let number = number(value)
        guard number.value != nil else { throw fail(.notComparable(number.text), at: value) }
        return number
    }

    /// Reads `["=", n]`, `["<", n]`, `[">", n]` or `[">", n, "<", m]`, each with or without "=".
    func numericRange(_ operand: JSONValue) throws(PatternError) -> NumericRange {
        guard operand.kind == .array else {
            throw fail(
                .malformedNumeric("a list of operators and numbers was expected"), at: operand)
        }
        let terms = operand.elements
        guard !terms.isEmpty else {
            throw fail(.malformedNumeric("the list is empty"), at: operand)
        }
        let (sign, first) = try comparison(terms, at: 0, in: operand)
        switch sign {
        case "=":
            try expectEnd(terms, at: 2)
            let bound = NumericRange.Bound(number: first, isInclusive: true)
            return NumericRange(lower: bound, upper: bound)
        case "<", "<=":
            try expectEnd(terms, at: 2)
            return NumericRange(
                lower: nil, upper: .init(number: first, isInclusive: sign == "<="))
        default:
            let lower = NumericRange.Bound(number: first, isInclusive: sign == ">=")
            guard terms.count > 2 else { return NumericRange(lower: lower, upper: nil) }
            let (secondSign, second) = try comparison(terms, at: 2, in: operand)
            guard secondSign == "<" || secondSign == "<=" else {
                throw fail(
                    .malformedNumeric("after a lower bound only < or <= can follow"), at: terms[2])
            }
            try expectEnd(terms, at: 4)
            guard let low = first.value, let high = second.value, low < high else {
                throw fail(.emptyRange, at: operand)
            }
            return NumericRange(
                lower: lower, upper: .init(number: second, isInclusive: secondSign == "<="))
        }
    }

    private func comparison(
        _ terms: [JSONValue], at position: Int, in operand: JSONValue
    ) throws(PatternError) -> (sign: ExactString, number: PatternNumber) {
        let sign = string(terms[position])
        guard ["=", "<", "<=", ">", ">="].contains(sign) else {
            throw fail(
                .malformedNumeric("one of =, <, <=, > and >= was expected"), at: terms[position])
        }
        guard position + 1 < terms.count else {
            throw fail(.malformedNumeric("\(sign) has no number"), at: operand)
        }
        let number = terms[position + 1]
        guard number.kind == .number else {
            throw fail(.malformedNumeric("\(sign) wants a number"), at: number)
        }
        return (sign, try comparableNumber(number))
    }

    private func expectEnd(_ terms: [JSONValue], at position: Int) throws(PatternError) {
        guard terms.count <= position else {
            throw fail(.malformedNumeric("too many terms"), at: terms[position])
        }
    }
}
