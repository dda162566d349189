internal import FoundationEssentials

/// An operator of a policy's condition, `StringLike` for instance.
struct PolicyCondition {
    private enum Test {
        case equals
        case equalsIgnoringCase
        case like
        case bool
        case isMissing
    }

    private let test: Test
    private let isNegated: Bool
    /// Whether a request without the key meets the condition.
    private let meetsMissing: Bool
    /// `ForAllValues:`, which a request without the key meets.
    private let isForAll: Bool

    /// The operator of a name; nil if it is not known.
    init?(_ name: String) {
        var name = name[...]
        func drop(_ prefix: String) -> Bool {
            guard name.hasPrefix(prefix) else { return false }
            name = name.dropFirst(prefix.count)
            return true
        }
        isForAll = drop("ForAllValues:")
        _ = drop("ForAnyValue:")
        var ifExists = false
        if name.hasSuffix("IfExists"), name != "Null" {
            name = name.dropLast("IfExists".count)
            ifExists = true
        }
        let known: (Test, Bool)? =
            switch name {
            case "StringEquals": (.equals, false)
            case "StringNotEquals": (.equals, true)
            case "StringEqualsIgnoreCase": (.equalsIgnoringCase, false)
            case "StringNotEqualsIgnoreCase": (.equalsIgnoringCase, true)
            case "StringLike", "ArnLike", "ArnEquals": (.like, false)
            case "StringNotLike", "ArnNotLike", "ArnNotEquals": (.like, true)
            case "Bool": (.bool, false)
            case "Null": (.isMissing, false)
            default: nil
            }
        guard let known else { return nil }
        (test, isNegated) = known
        meetsMissing = ifExists
    }

    /// Whether a request with a value, or without one, meets the condition.
    func isMet(by value: String?, _ wanted: [String]) -> Bool {
        if test == .isMissing {
            return wanted.contains { $0.lowercased() == (value == nil ? "true" : "false") }
        }
        guard let value else { return meetsMissing || isForAll || isNegated }
        let isFound = wanted.contains { pattern in
            switch test {
            case .equals: pattern == value
            case .equalsIgnoringCase, .bool: pattern.lowercased() == value.lowercased()
            case .like: PolicyText.matches(pattern, value)
            case .isMissing: false
            }
        }
        return isFound != isNegated
    }
}

/// Texts with `*` for any characters and `?` for one.
enum PolicyText {
    /// Whether a text is one that a pattern stands for. O(pattern x text) at worst, no recursion.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (p, t) = (0, 0)
        /// Where the last star stands, and how much of the text it has taken.
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
