internal import EventEnvelope
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
            case .like: NamePattern.matches(pattern, value)
            case .isMissing: false
            }
        }
        return isFound != isNegated
    }
}
