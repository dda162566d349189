internal import JSONScan

/// The elements of a field's list.
extension PatternParser {
    func valuePattern(_ value: JSONValue) throws(PatternError) -> ValuePattern {
        switch value.kind {
        case .string: .string(string(value))
        case .number: .number(number(value))
        case .true: .literal(.true)
        case .false: .literal(.false)
        case .null: .literal(.null)
        case .array: throw fail(.unmatchableValue, at: value)
        case .object: try matchExpression(value)
        }
    }

    private func matchExpression(_ value: JSONValue) throws(PatternError) -> ValuePattern {
        let (name, operand) = try singleMember(value)
        switch name {
        case "exactly": return .exactly(try stringOperand(of: "exact", operand))
        case "exists":
            guard operand.kind == .true || operand.kind == .false else {
                throw fail(.existsNotABoolean, at: operand)
            }
            return .exists(operand.kind == .true)
        case "numeric": return .numeric(try numericRange(operand))
        case "cidr":
            let text = try stringOperand(of: "cidr", operand)
            return .cidr(
                try located(at: operand) { () throws(PatternError.Reason) in
                    try AddressBlock(text)
                })
        case "anything-but": return .anythingBut(try anythingBut(operand))
        case "prefix", "suffix", "equals-ignore-case", "wildcard":
            return .text(try textPattern(name, operand))
        default: throw fail(.unknownOperator(name), at: value)
        }
    }

    private func singleMember(
        _ value: JSONValue
    ) throws(PatternError) -> (name: ExactString, operand: JSONValue) {
        let members = value.members
        guard let member = members.first else { throw fail(.missingMatchExpression, at: value) }
        guard members.count == 1 else {
            throw PatternError(.severalMatchExpressions, offset: members[1].keyOffset, in: text)
        }
        return (member.key, member.value)
    }

    private func textPattern(
        _ name: ExactString, _ operand: JSONValue
    ) throws(PatternError) -> TextPattern {
        switch name {
        case "equals-ignore-case":
            return .equalsIgnoreCase(try stringOperand(of: "equals-ignore-case", operand))
        case "wildcard":
            let text = try stringOperand(of: "wildcard", operand)
            return .wildcard(
                try located(at: operand) { () throws(PatternError.Reason) in
                    try Wildcard(text)
                })
        default:
            let isPrefix = name == "prefix"
            guard operand.kind == .object else {
                let text = try stringOperand(of: name.description, operand)
                return isPrefix ? .prefix(text) : .suffix(text)
            }
            let (inner, innerOperand) = try singleMember(operand)
            guard inner == "equals-ignore-case" else {
                throw fail(
                    .unsupportedNesting(operator: name.description, inner), at: operand)
            }
            let text = try stringOperand(of: "equals-ignore-case", innerOperand)
            return isPrefix ? .prefixIgnoreCase(text) : .suffixIgnoreCase(text)
        }
    }

    private func anythingBut(_ operand: JSONValue) throws(PatternError) -> AnythingBut {
        switch operand.kind {
        case .string: return .strings([string(operand)])
        case .number: return .numbers([try comparableNumber(operand)])
        case .array: return try anythingButList(operand)
        case .object:
            let (name, inner) = try singleMember(operand)
            switch name {
            case "prefix", "suffix", "equals-ignore-case", "wildcard":
                return .text(try excludedTexts(name, inner))
            default:
                throw fail(
                    .malformedAnythingBut("\(name) cannot stand inside anything-but"), at: operand)
            }
        case .true, .false, .null:
            throw fail(
                .malformedAnythingBut("a string, a number or a list of either was expected"),
                at: operand)
        }
    }

    private func anythingButList(_ list: JSONValue) throws(PatternError) -> AnythingBut {
        var strings: [ExactString] = []
        var numbers: [PatternNumber] = []
        for element in list.elements {
            switch element.kind {
            case .string: strings.append(string(element))
            case .number: numbers.append(try comparableNumber(element))
            default:
                throw fail(
                    .malformedAnythingBut("its list may hold strings or numbers only"), at: element)
            }
        }
        if strings.isEmpty, numbers.isEmpty {
            throw fail(.malformedAnythingBut("an empty list excludes nothing"), at: list)
        }
        guard strings.isEmpty || numbers.isEmpty else {
            throw fail(
                .malformedAnythingBut("its list may hold strings or numbers, not both"), at: list)
        }
        return strings.isEmpty ? .numbers(numbers) : .strings(strings)
    }

    private func excludedTexts(
        _ name: ExactString, _ operand: JSONValue
    ) throws(PatternError) -> [TextPattern] {
        let operands = operand.kind == .array ? operand.elements : [operand]
        guard !operands.isEmpty else {
            throw fail(.malformedAnythingBut("an empty list excludes nothing"), at: operand)
        }
        var excluded: [TextPattern] = []
        for operand in operands {
            guard operand.kind == .string else {
                throw fail(.operandNotAString(operator: "anything-but \(name)"), at: operand)
            }
            let text = string(operand)
            if text.utf8.isEmpty, name == "prefix" || name == "suffix" {
                throw fail(.malformedAnythingBut("Null prefix/suffix not allowed"), at: operand)
            }
            excluded.append(try textPattern(name, operand))
        }
        return excluded
    }

    func string(_ value: JSONValue) -> ExactString { value.string ?? "" }

    private func stringOperand(
        of name: String, _ operand: JSONValue
    ) throws(PatternError) -> ExactString {
        guard let text = operand.string else {
            throw fail(.operandNotAString(operator: name), at: operand)
        }
        return text
    }
}
