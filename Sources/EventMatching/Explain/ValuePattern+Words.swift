internal import EventPattern
internal import JSONScan

extension ValuePattern {
    /// What the pattern wants, in words that follow "the rule wants".
    var words: String {
        switch self {
        case .string(let text):
            NetworkAddress(text) == nil
                ? quoted(text) : "\(quoted(text)) or the same IP address written differently"
        case .exactly(let text): "exactly \(quoted(text))"
        case .number(let number): "\(number.text)"
        case .literal(let literal): literal.rawValue
        case .text(let pattern): pattern.words
        case .numeric(let range): range.words
        case .cidr(let block): "an IP address in \(block.text)"
        case .exists(true): "any value"
        case .exists(false): "no value at all"
        case .anythingBut(let excluded): "a value that is not \(excluded.words)"
        }
    }
}

extension ValuePattern {
    /// Whether it compares an event's number with numbers.
    var comparesNumbers: Bool {
        switch self {
        case .number, .numeric, .anythingBut(.numbers): true
        case .string, .exactly, .literal, .text, .cidr, .exists, .anythingBut: false
        }
    }
}

extension TextPattern {
    fileprivate var words: String {
        switch self {
        case .prefix(let text): "a string that begins with \(quoted(text))"
        case .suffix(let text): "a string that ends with \(quoted(text))"
        case .equalsIgnoreCase(let text): "\(quoted(text)) in upper or lower case"
        case .prefixIgnoreCase(let text):
            "a string that begins with \(quoted(text)) in upper or lower case"
        case .suffixIgnoreCase(let text):
            "a string that ends with \(quoted(text)) in upper or lower case"
        case .wildcard(let wildcard): "a string like \(quoted(wildcard.text))"
        }
    }
}

extension NumericRange {
    fileprivate var words: String {
        if let lower, lower == upper { return "a number equal to \(lower.number.text)" }
        let bounds = [
            lower.map { "\($0.isInclusive ? ">=" : ">") \($0.number.text)" },
            upper.map { "\($0.isInclusive ? "<=" : "<") \($0.number.text)" },
        ]
        return "a number " + bounds.compactMap(\.self).joined(separator: " and ")
    }
}

extension AnythingBut {
    fileprivate var words: String {
        switch self {
        case .strings(let strings): strings.map(quoted).joined(separator: " or ")
        case .numbers(let numbers): numbers.map { "\($0.text)" }.joined(separator: " or ")
        case .text(let patterns): patterns.map(\.words).joined(separator: " or ")
        }
    }
}

private func quoted(_ text: ExactString) -> String {
    var output: [UInt8] = []
    JSONString.appendQuoted(text, to: &output)
    return String(decoding: output, as: UTF8.self)
}
