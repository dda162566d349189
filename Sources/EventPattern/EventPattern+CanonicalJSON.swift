package import JSONScan

extension EventPattern {
    /// The pattern as JSON without blanks, members in text order, that parses to an equal tree.
    ///
    /// Strings are written with the shortest escapes, numbers as they were written, and what
    /// `anything-but` excludes always as a list.
    public var canonicalJSON: String {
        var printer = CanonicalPrinter()
        printer.print(root)
        return String(decoding: printer.output, as: UTF8.self)
    }
}

extension ValuePattern {
    /// The element as JSON.
    public var canonicalJSON: String {
        var printer = CanonicalPrinter()
        printer.print(self)
        return String(decoding: printer.output, as: UTF8.self)
    }
}

private struct CanonicalPrinter {
    var output: [UInt8] = []

    mutating func print(_ object: PatternObject) {
        list(object.members, "{", "}") { printer, member in
            switch member {
            case .object(let key, let object):
                printer.print(key: key)
                printer.print(object)
            case .values(let key, let values):
                printer.print(key: key)
                printer.list(values, "[", "]") { $0.print($1) }
            case .or(let alternatives):
                printer.print(key: "$or")
                printer.list(alternatives, "[", "]") { $0.print($1) }
            }
        }
    }

    mutating func print(_ value: ValuePattern) {
        switch value {
        case .string(let text): JSONString.appendQuoted(text, to: &output)
        case .number(let number): output += number.text.utf8
        case .literal(let literal): output += literal.rawValue.utf8
        case .exactly(let text): expression("exactly") { $0.print(text) }
        case .text(let pattern): print(pattern)
        case .numeric(let range): expression("numeric") { $0.print(range) }
        case .cidr(let block): expression("cidr") { $0.print(block.text) }
        case .exists(let wanted): expression("exists") { $0.output += "\(wanted)".utf8 }
        case .anythingBut(let excluded): expression("anything-but") { $0.print(excluded) }
        }
    }

    private mutating func print(_ pattern: TextPattern) {
        let (name, text) = pattern.nameAndOperand
        expression(name) { printer in
            if pattern.isNested {
                printer.expression("equals-ignore-case") { $0.print(text) }
            } else {
                printer.print(text)
            }
        }
    }

    private mutating func print(_ excluded: AnythingBut) {
        switch excluded {
        case .strings(let strings): list(strings, "[", "]") { $0.print($1) }
        case .numbers(let numbers): list(numbers, "[", "]") { $0.output += $1.text.utf8 }
        case .text(let patterns):
            // All of them have the same operator, and none is nested.
            guard let name = patterns.first?.nameAndOperand.name else { return }
            expression(name) {
                $0.list(patterns, "[", "]") { $0.print($1.nameAndOperand.operand) }
            }
        }
    }

    private mutating func print(_ range: NumericRange) {
        var terms: [(String, PatternNumber)] = []
        if let lower = range.lower, lower == range.upper {
            terms = [("=", lower.number)]
        } else {
            if let lower = range.lower {
                terms.append((lower.isInclusive ? ">=" : ">", lower.number))
            }
            if let upper = range.upper {
                terms.append((upper.isInclusive ? "<=" : "<", upper.number))
            }
        }
        list(terms, "[", "]") { printer, term in
            printer.output += "\"\(term.0)\",".utf8
            printer.output += term.1.text.utf8
        }
    }

    private mutating func print(_ text: ExactString) { JSONString.appendQuoted(text, to: &output) }

    private mutating func print(key: ExactString) {
        print(key)
        output.append(UInt8(ascii: ":"))
    }

    private mutating func expression(_ name: String, _ body: (inout CanonicalPrinter) -> Void) {
        output += "{\"\(name)\":".utf8
        body(&self)
        output.append(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(
        _ elements: [Element], _ open: String, _ close: String,
        _ body: (inout CanonicalPrinter, Element) -> Void
    ) {
        output += open.utf8
        for (number, element) in elements.enumerated() {
            if number > 0 { output.append(UInt8(ascii: ",")) }
            body(&self, element)
        }
        output += close.utf8
    }
}

extension TextPattern {
    /// The operator's name, and its operand as written (inside `equals-ignore-case` where nested).
    package var nameAndOperand: (name: String, operand: ExactString) {
        switch self {
        case .prefix(let text), .prefixIgnoreCase(let text): ("prefix", text)
        case .suffix(let text), .suffixIgnoreCase(let text): ("suffix", text)
        case .equalsIgnoreCase(let text): ("equals-ignore-case", text)
        case .wildcard(let wildcard): ("wildcard", wildcard.text)
        }
    }

    /// Whether its operand stands inside `{"equals-ignore-case": ...}`.
    package var isNested: Bool {
        switch self {
        case .prefixIgnoreCase, .suffixIgnoreCase: true
        default: false
        }
    }
}
